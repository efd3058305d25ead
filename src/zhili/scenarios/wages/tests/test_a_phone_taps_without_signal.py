"""A phone signs its owner's taps: without signal, with a wrong clock, twice, altered, and once it is retired."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from zhili.core.web import assets
from zhili.portal.tests.browsing import Visits, browsing
from zhili.portal.tests.looking import until
from zhili.portal.tests.serving import Served
from zhili.portal.tests.test_the_app_on_a_phone import installed
from zhili.scenarios.wages import devices, sitecode, tapping, who
from zhili.scenarios.wages.models import DeviceKey, Tap
from zhili.scenarios.wages.tests.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visits(
    site: Site, chromium_path: str, served: Served, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Visits]:
    if not assets.manifest():
        pytest.skip("the front end is not built: run make setup")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with browsing(chromium_path, served.url) as found:
        yield found


def on_site(site: Site, **more: float) -> dict[str, Any]:
    """A phone that stands in the middle of the fence."""
    place = {"longitude": site.project.lon, "latitude": site.project.lat, "accuracy": 8.0, **more}
    return {"service_workers": "allow", "geolocation": place, "permissions": ["geolocation"]}


def enrolled(visits: Visits, site: Site, clock: str = "", **where: float) -> Page:
    """A worker's phone: their link opened once, the app's worker in charge, this phone enrolled."""
    one = site.join("李小木", 2)
    site.one = one.engagement  # type: ignore[attr-defined]
    page = visits.of(**on_site(site, **where))
    if clock:
        page.context.add_init_script(clock)
    installed(page, f"/wages/me/{who.link(site.project, one.worker)}")
    page.goto(f"/wages/{site.project.case.number}/tap")
    page.get_by_role("button", name="登记这部手机").click()
    expect(page.get_by_text("这部手机已登记")).to_be_visible()
    return page


def scan(page: Page, site: Site, code: str = "") -> None:
    """The QR code on the site's screen, which leads to the page with the code of this half minute."""
    code = code or sitecode.code(site.project, timezone.now())
    page.goto(f"/wages/{site.project.case.number}/tap?c={code}")
    expect(page.locator("form[data-site-ready]")).to_be_visible()


def sent(page: Page) -> dict[str, str]:
    """What waits on the phone, as it would be sent."""
    found: list[list[str]] = page.evaluate(
        """() => new Promise(done => {
          const asked = indexedDB.open('zhili');
          asked.onsuccess = () => {
            const all = asked.result.transaction('outbox').objectStore('outbox').getAll();
            all.onsuccess = () => done([...all.result[0].fields, ['_key', all.result[0].id]]);
          };
        })"""
    )
    return dict(found)  # type: ignore[arg-type]


def signal(page: Page) -> None:
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")


def test_a_tap_without_signal_is_signed_kept_and_counted_once(visits: Visits, site: Site) -> None:
    page = enrolled(visits, site)
    key = DeviceKey.objects.get()
    assert (key.kind, key.worker_id) == ("phone", site.one.worker_id)  # type: ignore[attr-defined]
    page.context.set_offline(True)
    before = timezone.now()
    scan(page, site)
    page.get_by_role("button", name="进场").click()
    expect(page.get_by_text("打卡已签名，存在这部手机上")).to_be_visible()
    expect(page.get_by_text("还有 1 次打卡等信号送出")).to_be_visible()
    waiting = sent(page)
    assert {"lon", "lat", "longitude", "latitude"}.isdisjoint(waiting)
    assert (waiting["inside"], Tap.objects.count()) == ("inside", 0)
    signal(page)
    until(Tap.objects.exists, page)
    expect(page.get_by_text("次打卡等信号送出")).to_be_hidden()
    kept = Tap.objects.get()
    assert (kept.way, kept.inside, kept.code_ok, kept.device_key_id) == ("in", True, True, key.pk)
    assert before - timedelta(seconds=1) <= kept.happened
    expect(page.locator("section:has(#taps)").get_by_text("进场")).to_be_visible(timeout=20_000)
    # the answer was lost and the phone sends it again, then one that somebody altered on the way
    address = f"/wages/{site.project.case.number}/tap"
    again = Client().post(address, waiting, headers={"Accept": "application/json"})
    assert (again.status_code, again.json()["repeated"], Tap.objects.count()) == (200, True, 1)
    for change in (
        {"way": "out"},
        {"inside": "outside"},
        {"device_at": "2026-01-01T00:00:00Z"},
        {"code": "1"},
    ):
        altered = Client().post(
            address, waiting | change | {"_key": "another"}, headers={"Accept": "application/json"}
        )
        assert (altered.status_code, "签名对不上" in altered.json()["detail"]) == (422, True), change
    assert Tap.objects.count() == 1


AHEAD = "const real = Date; const off = 86400000; self.Date = class extends real { constructor(...a) { a.length ? super(...a) : super(real.now() + off); } static now() { return real.now() + off; } };"  # noqa: E501


def test_a_clock_a_day_ahead_is_put_right_and_said(visits: Visits, site: Site) -> None:
    page = enrolled(visits, site, AHEAD)
    page.context.set_offline(True)
    before = timezone.now()
    scan(page, site)
    page.get_by_role("button", name="进场").click()
    expect(page.get_by_text("打卡已签名，存在这部手机上")).to_be_visible()
    signal(page)
    until(Tap.objects.exists, page)
    kept = Tap.objects.get()
    assert before - timedelta(seconds=2) <= kept.happened <= timezone.now()
    assert (tapping.clock_off(kept), kept.code_ok, kept.offset_s // 3600) == (True, True, -24)


def test_a_clock_put_right_before_sending_is_known_by_the_sites_code(visits: Visits, site: Site) -> None:
    page = enrolled(visits, site, AHEAD)
    page.context.set_offline(True)
    scan(page, site)
    page.get_by_role("button", name="进场").click()
    expect(page.get_by_text("打卡已签名，存在这部手机上")).to_be_visible()
    said = sent(page)
    now = timezone.now()
    right = {"Accept": "application/json", "X-Sent-At": now.isoformat()}
    address = f"/wages/{site.project.case.number}/tap"
    wrong = said | {"error": "0", "_key": said["_key"]}
    refused = Client().post(address, wrong, headers=right)
    assert (refused.status_code, "时钟改过" in refused.json()["detail"]) == (422, True)
    assert Client().post(address, said, headers=right).status_code == 201
    kept = Tap.objects.get()
    assert abs(kept.happened - now) < timedelta(minutes=1)
    assert tapping.clock_off(kept)


def test_a_phone_that_was_retired_is_told_so_and_offered_to_enrol_anew(visits: Visits, site: Site) -> None:
    page = enrolled(visits, site, accuracy=3000.0)
    page.context.set_offline(True)
    scan(page, site)
    page.get_by_role("button", name="进场").click()
    expect(page.get_by_text("打卡已签名，存在这部手机上")).to_be_visible()
    devices.retire(site.leader, DeviceKey.objects.get())
    signal(page)
    expect(page.get_by_text("1 件没有被收下")).to_be_visible()
    page.goto("/outbox")
    expect(page.get_by_text("这台设备已经停用，没有收下")).to_be_visible()
    assert Tap.objects.count() == 0
    scan(page, site)
    page.get_by_role("button", name="进场").click()
    expect(page.locator("form").get_by_text("这台设备已经停用")).to_be_visible()
    page.get_by_role("button", name="登记这部手机").click()
    expect(page.get_by_text("这部手机已登记")).to_be_visible()
    assert DeviceKey.objects.filter(retired_at=None).count() == 1


def test_a_worker_retires_a_phone_and_a_stranger_enrols_none(visits: Visits, site: Site) -> None:
    page = enrolled(visits, site)
    page.goto(f"/wages/me/{who.link(site.project, site.one.worker)}")  # type: ignore[attr-defined]
    page.get_by_role("button", name="停用").click()
    expect(page.get_by_role("button", name="停用")).to_be_hidden()
    assert DeviceKey.objects.filter(retired_at=None).count() == 0
    answer = Client().post("/wages/keys", {"public": "04" * 65})
    assert (answer.status_code, DeviceKey.objects.count()) == (403, 1)


def test_a_screen_without_signal_goes_on_with_the_right_codes(visits: Visits, site: Site) -> None:
    page = visits.of(site.officer, service_workers="allow")
    installed(page, f"/wages/{site.project.case.number}/screen")
    page.context.set_offline(True)
    page.clock.install(time=timezone.now() + timedelta(hours=3))
    page.goto(f"/wages/{site.project.case.number}/screen")
    expect(page.get_by_text("现在没有信号，请在手机上输入")).to_be_visible(timeout=20_000)
    page.clock.run_for(31_000)
    expect(page.locator(".wages-qr")).to_be_hidden()
    shown = page.locator(".wages-code").inner_text().replace(" ", "")
    at = timezone.now() + timedelta(hours=3)
    assert any(sitecode.fits(site.project, shown, at + timedelta(seconds=n)) for n in (-30, 0, 30, 60, 90))
    page.clock.run_for(10 * 3_600_000)
    expect(page.get_by_text("现场码用完了")).to_be_visible()
