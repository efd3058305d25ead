"""Registration, taps and contracts: what is refused, what is kept with a flag, and what no longer verifies."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection
from django.utils import timezone

from zhili.core.cases.errors import Refused
from zhili.core.people import secrets
from zhili.core.people.models import Secret
from zhili.core.trail.audit import covering
from zhili.scenarios.wages import asked, contracts, photos, registering, sitecode, tapping
from zhili.scenarios.wages.models import ContractVersion, DeviceKey, Engagement, Tap
from zhili.scenarios.wages.registering import Person, Terms
from zhili.scenarios.wages.tests.conftest import Site, number

pytestmark = pytest.mark.django_db


def test_an_identity_number_is_held_against_its_check_digit_and_values_are_sealed(site: Site) -> None:
    good = number("33040219800101002")
    wrong = good[:17] + ("0" if good[17] != "0" else "1")
    terms = Terms("day", 30000, site.day())
    before = Engagement.objects.count()
    for person, words in (
        (Person("李小木", wrong), "校验不符"),
        (Person("李小木", good, bank_account="12ab"), "银行账号"),
        (Person("12", good), "姓名"),
    ):
        with pytest.raises(Refused, match=words):
            registering.register(site.clerk, site.crew, person, terms)
    assert Engagement.objects.count() == before
    formula = Person('=HYPERLINK("http://x")甲', good, bank_account="6222 0210 0111 6245 702")
    made = registering.register(site.clerk, site.crew, formula, terms, photo=b"\xff\xd8 a photo")
    assert made.worker.verified == "not_connected"
    assert registering.pin_fits(made.worker, made.pin)
    assert not registering.pin_fits(made.worker, "000000" if made.pin != "000000" else "111111")
    assert secrets.masked([made.worker.bank_account_id])[made.worker.bank_account_id] == "**** 5702"
    photo = made.worker.photos.get()
    assert b"a photo" not in bytes(photo.sealed or b"")
    assert photos.taken_out(photo) == b"\xff\xd8 a photo"
    assert photos.uses(photo.key_id) == 1
    assert Secret.objects.filter(masked__contains="HYPERLINK").count() == 0
    with pytest.raises(Refused, match=made.worker.code):
        registering.register(site.clerk, site.crew, formula, terms)


def _told(site: Site, at: datetime, **more: object) -> tapping.Told:
    code = sitecode.code(site.project, at)
    told = {"way": "in", "code": code, "device_at": at, "sent_at": at, "key": uuid.uuid4().hex, **more}
    return tapping.Told(**told)  # type: ignore[arg-type]


def test_a_tap_needs_the_code_on_the_screen_and_a_wrong_clock_is_kept_and_said(site: Site) -> None:
    one = site.join("李小木", 2).engagement
    now = timezone.now()
    with pytest.raises(Refused, match="现场码"):
        tapping.tap(
            site.leader, one, _told(site, now, code=sitecode.code(site.project, now - timedelta(minutes=3)))
        )
    told = _told(site, now, device_at=now - timedelta(days=1), sent_at=now - timedelta(days=1), inside=False)
    kept, again = tapping.tap(site.leader, one, told)
    assert (again, tapping.clock_off(kept), kept.inside) == (False, True, False)
    assert abs(kept.happened - now) < timedelta(minutes=1)
    assert tapping.tap(site.leader, one, told) == (kept, True)
    assert not {"lon", "lat"} & {field.name for field in Tap._meta.get_fields()}
    with pytest.raises(Refused, match="本机签名"):
        tapping.tap(site.leader, one, _told(site, now, source="offline"))


def test_an_offline_tap_is_signed_by_the_device_and_put_right_by_its_clock(site: Site) -> None:
    one = Engagement.objects.select_related("crew__project__case").get(
        pk=site.join("李小木", 2).engagement.pk
    )
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    DeviceKey.objects.create(
        worker=one.worker, kind="phone", public=public, sha256="a" * 64, added_at=timezone.now()
    )
    real = timezone.now() - timedelta(hours=5)
    off = timedelta(days=1)  # the phone runs a day ahead: the site's code is that of the true moment
    told = _told(
        site, real, device_at=real + off, sent_at=timezone.now() + off, source="offline", device="a" * 64
    )
    r, s = decode_dss_signature(key.sign(tapping.signed_text(told, one), ec.ECDSA(SHA256())))
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    signed = tapping.Told(**{**vars(told), "signature": signature})
    kept, _again = tapping.tap(site.leader, one, signed)
    assert abs(kept.happened - real) < timedelta(seconds=30)
    assert (kept.source, tapping.clock_off(kept)) == ("offline", True)
    with pytest.raises(Refused, match="签名对不上"):
        tapping.tap(site.leader, one, tapping.Told(**{**vars(signed), "key": "x", "way": "out"}))


def test_shifts_cross_midnight_and_two_of_a_day_are_two() -> None:
    start = datetime(2026, 11, 2, 8, tzinfo=timezone.get_current_timezone())
    hours = (("in", 0), ("out", 8), ("in", 12), ("out", 20), ("out", 60), ("in", 70))
    taps = [Tap(way=way, happened=start + timedelta(hours=n)) for way, n in hours]
    found = tapping.shifts(taps)
    assert [one.minutes for one in found] == [480, 480, 0, 0]
    assert found[1].went is not None
    assert found[1].went.date() == start.date() + timedelta(days=1)


def test_a_contract_is_signed_by_three_and_does_not_verify_once_it_was_changed(site: Site) -> None:
    one = asked.engagement_with_all(site.join("李小木", 2).engagement.pk)
    assert one is not None
    first = contracts.draft(site.clerk, one)
    for role in ("worker", "leader", "firm"):
        contracts.sign(site.clerk, first, role, "account")
    assert contracts.standing(first).whole
    with pytest.raises(Refused, match="原因"):
        contracts.draft(site.clerk, one)
    second = contracts.draft(site.clerk, one, {"pay": "day", "rate_fen": 35000}, "涨工资")
    with pytest.raises(Refused, match="新的一份"):
        contracts.sign(site.clerk, first, "worker", "account")
    assert contracts.standing(second).signed == ()
    for role in ("worker", "leader", "firm"):
        contracts.sign(site.clerk, second, role, "account")
    assert Engagement.objects.get(pk=one.pk).rate_fen == 35000
    cover = next(one for one in covering.covers() if one.name == "wages_contractversion")
    assert cover.batch(None).faults == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE wages_contractversion DISABLE TRIGGER wages_contractversion_append_only")
        cursor.execute(
            "UPDATE wages_contractversion SET terms = jsonb_set(terms, '{rate_fen}', '3500') WHERE id = %s",
            [second.pk],
        )
        cursor.execute("ALTER TABLE wages_contractversion ENABLE TRIGGER wages_contractversion_append_only")
    altered = ContractVersion.objects.get(pk=second.pk)
    assert "改过" in contracts.standing(altered).fault
    assert [fault.what for fault in cover.batch(None).faults] == ["altered"]
