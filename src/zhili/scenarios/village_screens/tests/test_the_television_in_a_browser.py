"""The television for days: paired, alarmed within two seconds, cut off and back, and never growing."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from zhili.core.cases import doors
from zhili.core.cases.tests.city import SmallCity
from zhili.core.signals.tests.judged import Court, court, test_rules
from zhili.core.signals.warnings import showing
from zhili.core.web import assets
from zhili.portal.tests.browsing import Visits, browsing
from zhili.portal.tests.pages_client import reader
from zhili.portal.tests.serving import Served
from zhili.scenarios.village_screens.tests.conftest import Committee

__all__ = ["court", "test_rules"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WALL = {"width": 1920, "height": 1080}


@pytest.fixture
def visits(chromium_path: str, served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visits]:
    """On a server that has ``/live``."""
    if not assets.manifest():
        pytest.skip("the front end is not built: run make setup")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with browsing(chromium_path, served.url) as found:
        yield found


def within(seconds: float) -> float:
    """As much longer as more wants to run on this machine than it has cores."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def heading(page: Page, text: str) -> None:
    expect(page.locator("[data-tv=heading]")).to_have_text(text)


def test_an_alarm_stands_on_a_paired_television_within_two_seconds(
    visits: Visits, small_city: SmallCity, court: Court
) -> None:
    committee = Committee(small_city)
    committee.shown("停水通知")
    page = visits.of(None, WALL)
    page.goto(f"{visits.base}/tv/{committee.division.code}?pair")
    heading(page, "停水通知")
    shown = page.locator("[data-tv=pairing]")
    expect(shown).to_contain_text("配对码")
    code = shown.inner_text().split()[1].strip("，")[:6]
    typed = {"code": code, "name": "礼堂"}
    assert reader(committee.secretary).post("/desk/village/displays", typed).status_code == 302
    with page.expect_response(lambda one: "/live?topics=tv" in one.url) as stream:
        page.reload()
    assert stream.value.status == 200
    expect(shown).to_be_hidden()

    # water over its limit: the gauge's message, judged, said on the screen
    began = time.monotonic()
    court.water.says(datetime.now(UTC), water_level=0.9)
    assert court.judge() > 0
    assert [one.words for one in showing.on_screen(committee.division.pk)] == ["南湖区1村01网格积水"]
    alarm = page.locator("[data-tv=alarm]").first
    expect(alarm).to_contain_text("积水")
    assert time.monotonic() - began < within(2)
    expect(alarm).to_contain_text("橙色")
    sizes = page.eval_on_selector_all(
        "body *", "all => all.filter(e => e.checkVisibility() && e.childElementCount === 0 && e.textContent.trim())"
        ".map(e => parseFloat(getComputedStyle(e).fontSize))",
    )  # fmt: skip
    assert min(sizes) >= 48

    # an urgent notice interrupts within two seconds too
    began = time.monotonic()
    committee.shown("台风停课", urgent=True)
    heading(page, "台风停课")
    assert time.monotonic() - began < within(2.5)


def test_it_keeps_what_it_has_when_cut_and_grows_by_nothing(visits: Visits, small_city: SmallCity) -> None:
    committee = Committee(small_city)
    committee.shown("停水通知")
    second = committee.shown("修路通知")
    page = visits.of(None, WALL)
    context = page.context
    page.clock.install()
    page.goto(f"{visits.base}/tv/{committee.division.code}")
    heading(page, "修路通知")
    page.clock.run_for(20_500)
    heading(page, "停水通知")

    # a day of turns: the same elements, the same listeners, no more memory than one day's noise
    spy = context.new_cdp_session(page)
    spy.send("Performance.enable")

    def measured() -> dict[str, float]:
        spy.send("HeapProfiler.collectGarbage")
        found = spy.send("Performance.getMetrics")["metrics"]
        wanted = ("Nodes", "JSEventListeners", "JSHeapUsedSize")
        return {one["name"]: one["value"] for one in found if one["name"] in wanted}

    context.set_offline(True)  # asking in vain is the harder case: five hundred times
    page.clock.run_for(10 * 60_000)
    expect(page.locator("[data-tv=status]")).to_contain_text("网络断了")
    before = measured()
    page.clock.run_for(4 * 3600_000)
    after = measured()
    assert after["Nodes"] <= before["Nodes"] + 5
    assert after["JSEventListeners"] <= before["JSEventListeners"] + 2
    assert after["JSHeapUsedSize"] < before["JSHeapUsedSize"] + 1_500_000
    expect(page.locator("[data-tv=status]")).to_be_visible()

    # meanwhile something was taken down; back on the network it says so by itself
    doors.act(second, "withdraw", committee.secretary, {"reason": "修好了"})
    context.set_offline(False)
    page.clock.run_for(1000)  # the browser says that it is on the network again: it asks at once
    expect(page.locator("[data-tv=status]")).to_be_hidden(timeout=10_000)
    page.clock.run_for(41_000)
    heading(page, "停水通知")
