"""Consent first, then a device; the wearer names who may look; withdrawing ends all of it at one press."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from zhili.base.signals.measures import Said
from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Step
from zhili.core.forms import FormErrors
from zhili.core.people import secrets
from zhili.core.people.models import Secret
from zhili.core.signals.models import SealedMeasurement, Source
from zhili.core.signals.store import storing
from zhili.portal.tests.pages_client import reader, words_of
from zhili.scenarios.eldercare import family, home, looking
from zhili.scenarios.eldercare.models import WearingDetail
from zhili.scenarios.eldercare.tests.caring import WEARING, WISH, Caring


def test_a_wearing_holds_no_person_in_the_open(caring: Caring) -> None:
    with pytest.raises(FormErrors):
        doors.open_case(WEARING, "apply", caring.elder, {**WISH, "agreed": False})
    with pytest.raises(FormErrors) as asked:
        doors.open_case(WEARING, "apply", caring.elder, {**WISH, "consent_by": "guardian"})
    assert set(asked.value.errors) == {"guardian", "guardian_phone", "guardian_reason", "guardian_document"}

    case = Case.objects.get(pk=caring.applied(fence="500").case_id)

    assert case.office_id == caring.city.offices["A.village"].pk, "the village of the home, not its grid"
    assert case.cell == caring.city.cells["A.grid"]
    assert (case.lon, case.lat, case.address, case.confidential) == (None, None, "", True)
    step = Step.objects.get(case=case)
    kept = str(step.data) + case.title
    for plain in ("陈阿婆", "13800138000", "12号", "心脏病", "120.05", "建设路"):
        assert plain not in kept
    ids = looking.secret_ids(case.pk)
    assert {"name", "phone", "address", "notes", "home_point", "contact"} <= set(ids)
    zone = home.zone_of("wearer", case.pk)
    assert zone is not None
    assert zone.outside((120.05, 30.05)) == pytest.approx(-500)

    outside = {**WISH, "home": {"lon": 121.5, "lat": 31.2}}
    with pytest.raises(Refused):
        doors.open_case(WEARING, "apply", caring.elder, outside)


def test_withdrawing_is_one_press_and_ends_everything(caring: Caring) -> None:
    wearing = caring.worn()
    source = Source.objects.get(number="3700000001")
    assert (source.subject_kind, source.subject_id) == ("wearer", wearing.pk)
    now = timezone.now()
    said = (
        Said("heart_rate", now, 72.0),
        Said("position", now, 10.0, (120.05, 30.05)),
        Said("battery", now, 0.6),
    )
    (verdict,) = storing.accept([storing.Message("3700000001", "watch", said, b"a frame", now)])
    assert verdict.accepted
    doors.act(
        wearing.pk, "name_family", caring.elder, {"relation": "child", "who": "陈建国", "location": True}
    )
    (relative,) = family.of(wearing)
    page = f"/care/family/{relative.code}"
    daughter, elder = reader(), reader(caring.elder)
    assert "现在没有呼救" in words_of(daughter.get(page))
    assert "电量 60%" in words_of(daughter.get(page))

    refused = daughter.post(f"{page}/where", {"purpose": " "})
    assert refused.status_code == 422
    assert "30.05000" in words_of(daughter.post(f"{page}/where", {"purpose": "打电话没人接"}))
    assert daughter.post(f"{page}/health").status_code == 403, "the wearer did not say so"
    own = words_of(elder.post(f"/care/w/{wearing.number}/health"))
    assert "72–72" in own
    seen = words_of(elder.get(f"/care/w/{wearing.number}"))
    assert "子女（1） 看了手环的位置 用途：打电话没人接" in seen, seen
    assert "看了心率、步数" in seen
    assert reader(caring.village).post(f"/care/w/{wearing.number}/health").status_code == 403

    assert elder.post(f"/care/w/{wearing.number}/withdraw").status_code == 302
    wearing.refresh_from_db()
    source.refresh_from_db()
    assert wearing.stage == "withdrawn"
    assert (source.subject_kind, source.subject_id) == ("device", source.pk)
    assert WearingDetail.objects.get(pk=wearing.pk).source_id is None
    assert not SealedMeasurement.objects.exists()
    assert daughter.get(page).status_code == 404
    ids = looking.secret_ids(wearing.pk).values()
    assert all(text == "" for text in secrets.masked(ids).values())
    assert not Secret.objects.filter(pk__in=ids, erased_at=None).exists()
    assert home.zone_of("wearer", wearing.pk) is None


def test_a_device_is_one_persons_at_a_time_and_may_be_exchanged(caring: Caring) -> None:
    wearing = caring.worn()
    other = caring.applied()
    with pytest.raises(Refused):
        doors.act(other.case_id, "activate", caring.village, {"device": "3700000001"})
    with pytest.raises(Refused):
        doors.act(other.case_id, "activate", caring.village, {"device": "no such"})
    caring.device("3700000002")
    doors.act(wearing.pk, "exchange", caring.village, {"device": "3700000002", "reason": "表带断了"})

    first, second = Source.objects.order_by("number")
    assert (first.subject_kind, second.subject_id) == ("device", wearing.pk)
    doors.act(other.case_id, "activate", caring.village, {"device": "3700000001"})
    told = words_of(reader(caring.village).get("/care/wearers"))
    assert "3700000002" in told
    assert "还没有消息" in told
    Source.objects.filter(pk=second.pk).update(last_seen_at=timezone.now() - timedelta(days=2), battery=0.1)
    told = words_of(reader(caring.village).get("/care/wearers"))
    assert "很久没有消息" in told
    assert "电量 10%" in told
    assert "陈" not in told.partition("手环")[2].replace("陈阿婆的账号", "")

    doors.act(wearing.pk, "name_family", caring.elder, {"relation": "child", "who": "陈建国"})
    (relative,) = family.of(wearing)
    doors.act(wearing.pk, "take_back", caring.elder, {"serial": relative.serial})
    assert reader().get(f"/care/family/{relative.code}").status_code == 404
