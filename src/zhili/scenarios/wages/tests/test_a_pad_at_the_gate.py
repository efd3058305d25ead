"""Workers without phones tap on the foreman's pad: own digits, locked after wrong ones, without signal too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from zhili.core.cases.errors import Refused
from zhili.portal.tests.browsing import Visits
from zhili.portal.tests.looking import until
from zhili.portal.tests.pages_client import reader
from zhili.portal.tests.test_the_app_on_a_phone import installed
from zhili.scenarios.wages import pins, registering, tapping
from zhili.scenarios.wages.models import DeviceKey, Tap, Worker
from zhili.scenarios.wages.registering import Registered
from zhili.scenarios.wages.tests.conftest import Site
from zhili.scenarios.wages.tests.test_a_phone_taps_without_signal import on_site, sent, signal, visits

__all__ = ["visits"]
TABLET = {"width": 820, "height": 1180}
browser = pytest.mark.browser
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pad(visits: Visits, site: Site) -> Page:
    page = visits.of(site.leader, TABLET, **on_site(site))
    installed(page, f"/desk/wages/crews/{site.crew.pk}")
    page.get_by_role("link", name="考勤平板").click()
    expect(page.get_by_text("找到自己")).to_be_hidden()
    page.get_by_role("button", name="登记这台平板").click()
    expect(page.get_by_text("已登记到这个项目")).to_be_visible()
    return page


def tap(page: Page, one: Registered, digits: str, way: str = "进场") -> None:
    row = page.locator("li", has_text=one.worker.code)
    if row.locator("details[open]").count() == 0:
        row.locator("summary").click()
    row.get_by_label("本人密码").fill(digits)
    row.get_by_role("button", name=way).click()


def other(digits: str) -> str:
    return "000000" if digits != "000000" else "111111"


@browser
def test_own_digits_are_asked_and_a_tap_without_signal_keeps_none_of_them(site: Site, pad: Page) -> None:
    one = site.join("周来福", 3)
    pad.reload()
    tap(pad, one, other(one.pin))
    expect(pad.get_by_text(f"{one.worker.code} 的密码不对")).to_be_visible()
    tap(pad, one, one.pin)
    expect(pad.get_by_text("已收下")).to_be_visible()
    kept = Tap.objects.get()
    key = DeviceKey.objects.get(kind="pad")
    assert (kept.source, kept.way, kept.inside, kept.device_key_id) == ("pad", "in", True, key.pk)
    pad.context.set_offline(True)
    pad.reload()
    before = timezone.now()
    tap(pad, one, one.pin, "出场")
    expect(pad.get_by_text("存在这台平板上")).to_be_visible()
    waiting = sent(pad)
    assert one.pin not in str(waiting)
    signal(pad)
    until(lambda: Tap.objects.count() == 2, pad)
    late = Tap.objects.get(way="out")
    assert (late.source, late.engagement_id) == ("pad", one.engagement.pk)
    assert late.happened >= before - timedelta(seconds=1)
    # the digits were sealed for this tap only: another tap with the same seal is not taken, nor the same tap twice
    client = reader(site.leader)
    address = f"/desk/wages/crews/{site.crew.pk}/pad"
    headers: Any = {"Accept": "application/json"}
    again = client.post(address, waiting, headers=headers)
    assert (again.status_code, again.json()["repeated"]) == (200, True)
    moved = client.post(address, waiting | {"_key": "another"}, headers=headers)
    assert (moved.status_code, Tap.objects.count()) == (422, 2)
    assert Client().post(address, waiting, headers=headers).status_code == 302


@browser
def test_a_pad_that_was_retired_signs_no_more(site: Site, pad: Page) -> None:
    one = site.join("周来福", 3)
    pad.reload()
    pad.get_by_role("button", name="停用").click()
    expect(pad.get_by_role("button", name="停用")).to_be_hidden()
    tap(pad, one, one.pin)
    expect(pad.get_by_text("这台设备已经停用")).to_be_visible()
    expect(pad.get_by_role("button", name="登记这台平板")).to_be_visible()
    assert Tap.objects.count() == 0


def test_digits_are_locked_after_wrong_tries_and_open_again(site: Site, monkeypatch: Any) -> None:
    one = site.join("周来福", 3)
    wrong = other(one.pin)
    assert [pins.fits(one.worker, wrong) for _n in range(4)] == [False] * 4
    with pytest.raises(Refused, match="输错太多次") as locked:
        pins.fits(one.worker, wrong)
    assert locked.value.status == 423
    with pytest.raises(Refused, match=one.worker.code) as later:
        pins.fits(one.worker, one.pin, late=True)
    assert later.value.status == 429
    Worker.objects.filter(pk=one.worker.pk).update(pin_locked_until=timezone.now())
    assert pins.fits(one.worker, one.pin)
    for _n in range(4):
        pins.fits(one.worker, wrong)
    fresh = registering.new_pin(one.worker)
    assert pins.fits(one.worker, fresh)


def test_a_pad_of_another_project_or_nobodys_is_refused(site: Site) -> None:
    one = site.join("周来福", 3)
    now = timezone.now()
    told = tapping.Told("in", "", now, now, "k", source="pad")
    with pytest.raises(Refused, match="签名"):
        tapping.tap(site.leader, one.engagement, told)
    other_hands = reader(site.office)
    assert other_hands.get(f"/desk/wages/crews/{site.crew.pk}/pad").status_code == 403
