"""A call for help: heard by the village, answered by one person, going up when nobody accepts, closed by a finding."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from zhili.base.signals.measures import Said
from zhili.core.cases import doors, query, sweeping
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE
from zhili.core.people.actors import Actor
from zhili.core.signals.store import storing
from zhili.core.trail.models import Access
from zhili.portal.tests.pages_client import reader, words_of
from zhili.scenarios.eldercare.kinds import KINDS
from zhili.scenarios.eldercare.models import AlarmDetail
from zhili.scenarios.eldercare.tests.caring import WISH, Caring

PRIVATE = ("陈阿婆", "13800138000", "12号", "心脏病")


def shows(actor: Actor, alarm: Case) -> set[str]:
    """Which private values a person's page of the alarm shows."""
    answer = reader(actor).get(f"/care/a/{alarm.number}")
    return {one for one in PRIVATE if answer.status_code == 200 and one in answer.content.decode()}


def test_who_sees_what_at_every_point(caring: Caring) -> None:
    wearing = caring.worn()
    assert wearing not in query.inbox(caring.village), "a worn wristband is no to-do"
    alarm = caring.calls(wearing)
    assert alarm in query.inbox(caring.village)
    assert '<li><a href="/care"' in reader(caring.grid).get("/desk").content.decode(), (
        "in a phone's bottom bar"
    )
    outsiders = (
        caring.city.actor("B.village"),
        caring.city.actor("A"),
        caring.city.actor("city"),
        caring.town,
    )

    for one in (caring.village, caring.grid):
        told = words_of(reader(one).get("/care"))
        assert "南湖区1村01网格" in told
        assert "按了呼救键" in told
        assert shows(one, alarm) == set()
    for one in outsiders:
        assert reader(one).get(f"/care/a/{alarm.number}").status_code == 404
    assert "现在没有人呼救" in words_of(reader(caring.town).get("/care"))
    assert not any(one in words_of(reader(caring.village).get("/care")) for one in PRIVATE)

    went = reader(caring.grid).post(f"/care/a/{alarm.number}/do/accept")
    assert went.headers["Location"] == f"/care/a/{alarm.number}"
    assert shows(caring.grid, alarm) == set(PRIVATE)
    assert shows(caring.village, alarm) == set(), "only the one who accepted"
    assert reader(caring.village).post(f"/care/a/{alarm.number}/where").status_code == 403
    assert reader(caring.village).post(f"/care/a/{alarm.number}/do/go").status_code == 409
    looked = Access.objects.filter(case_id=alarm.pk)
    assert {row.office_id for row in looked} == {caring.grid.office_id}
    assert "响应呼救" in words_of(reader(caring.elder).get(f"/care/w/{wearing.number}"))
    assert "响应呼救" in words_of(reader(caring.elder).get("/my/data"))

    doors.act(alarm.pk, "take_over", caring.village, {"reason": "我离得更近"})
    assert shows(caring.grid, alarm) == set()
    assert shows(caring.village, alarm) == set(PRIVATE)
    doors.act(alarm.pk, "go", caring.village)
    now = timezone.now()
    said = (Said("position", now, 10.0, (INSIDE["lon"], INSIDE["lat"] + 0.001)),)
    storing.accept([storing.Message("3700000001", "watch", said, b"a frame", now)])
    page = words_of(reader(caring.village).post(f"/care/a/{alarm.number}/where"))
    assert "离家约 110 米" in page
    assert "住处" in page
    first = str(KINDS["sos"].first)
    assert first in page
    doors.act(alarm.pk, "arrive", caring.village)
    assert first not in words_of(reader(caring.village).get(f"/care/a/{alarm.number}"))
    data = {"finding": "false", "words": "起身时碰到了按键，人没事"}
    assert (
        reader(caring.village).post(f"/care/a/{alarm.number}/do/close", data).headers["Location"] == "/care"
    )
    assert shows(caring.village, alarm) == set(), "after the alarm it closes"
    assert reader(caring.village).post(f"/care/a/{alarm.number}/where").status_code == 403
    assert "误报" in words_of(reader(caring.elder).get(f"/care/w/{wearing.number}"))


def test_repeats_of_one_wearer_are_one_alarm(caring: Caring) -> None:
    wearing = caring.worn()
    alarm = caring.calls(wearing)
    second = caring.calls(wearing, "fall")

    assert (second.stage, second.closed_at is not None) == ("joined", True)
    assert caring.detail(second).joined_id == alarm.pk
    assert caring.detail(alarm).repeats == 1
    doors.act(alarm.pk, "accept", caring.village)
    caring.calls(wearing)
    alarm.refresh_from_db()
    assert (alarm.stage, caring.detail(alarm).repeats) == ("accepted", 2)
    caring.device("3700000009")
    other = caring.city.resident("另一位")
    opened = doors.open_case("eldercare.wearing", "apply", other, WISH)
    doors.act(opened.case_id, "activate", caring.village, {"device": "3700000009"})
    assert caring.calls(Case.objects.get(pk=opened.case_id)).stage == "raised", (
        "another person is another alarm"
    )


def test_when_nobody_accepts_it_goes_up_to_the_town_and_then_to_120(caring: Caring) -> None:
    wearing = caring.worn()
    alarm = caring.calls(wearing)
    began = timezone.now()

    assert sweeping.sweep(now=began + timedelta(seconds=90)) == 0
    sweeping.sweep(now=began + timedelta(seconds=125))
    alarm.refresh_from_db()
    assert (alarm.stage, alarm.office_id) == ("raised_town", caring.town.office_id)
    assert "村里没人响应" in words_of(reader(caring.town).get("/care"))
    assert reader(caring.town).post(f"/care/a/{alarm.number}/for120").status_code == 403

    sweeping.sweep(now=began + timedelta(seconds=310))
    alarm.refresh_from_db()
    assert (alarm.stage, caring.detail(alarm).reached) == ("unanswered", "120")
    page = reader(caring.town).post(f"/care/a/{alarm.number}/for120")
    told = words_of(page)
    assert all(one in told for one in PRIVATE)
    assert 'href="tel:120"' in page.content.decode()
    assert reader(caring.village).post(f"/care/a/{alarm.number}/for120").status_code == 403
    assert Access.objects.filter(case_id=alarm.pk, purpose__startswith="拨打120").exists()
    doors.act(alarm.pk, "called", caring.town, {"note": "救护车十分钟到"})
    assert caring.detail(alarm).called_at is not None
    doors.act(alarm.pk, "accept", caring.village)
    alarm.refresh_from_db()
    assert alarm.stage == "accepted"


def test_consent_withdrawn_while_help_is_on_the_way(caring: Caring) -> None:
    wearing = caring.worn()
    alarm = caring.calls(wearing)
    doors.act(alarm.pk, "accept", caring.grid)
    doors.act(wearing.pk, "withdraw", caring.elder)

    assert shows(caring.grid, alarm) == set(PRIVATE), "who is going must find the door"
    doors.act(alarm.pk, "close", caring.grid, {"finding": "real", "words": "扶起来了，没有受伤"})
    assert AlarmDetail.objects.get(pk=alarm.pk).finding == "real"
    assert "***" not in shows(caring.grid, alarm)
    with pytest.raises(Refused):
        caring.calls(wearing)
