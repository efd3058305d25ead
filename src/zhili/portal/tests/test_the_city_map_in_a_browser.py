"""The city map in a real browser: clusters opened by tap and by key, the list that follows, and no WebGL at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from zhili.core.cases import doors
from zhili.core.cases.tests.city import ELSEWHERE, INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.portal.tests.browsing import DESK, PHONE, QUIET, Visits
from zhili.portal.tests.looking import faults, small_targets, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CLOSE_BY = "120.04,30.045,120.06,30.055"


def matters(city: SmallCity) -> None:
    """Two close together and one in the other county, all accepted: only then are they public."""
    near = INSIDE | {"lon": INSIDE["lon"] + 0.003}
    for what, place, by in (
        ("路灯不亮", INSIDE, "A.grid"),
        ("井盖松动", near, "A.grid"),
        ("护栏断了", ELSEWHERE, "B.grid2"),
    ):
        made = doors.open_case("citizen_reports.report", "report", ANONYMOUS, {"what": what, "place": place})
        doors.act(made.case_id, "accept", city.actor(by), {"category": "201001"})


def on_map(visits: Visits, address: str, **how: Any) -> Page:
    page = visits.of(look="light", **how)
    page.goto(address)
    page.wait_for_selector("[data-drawn]")
    return page


def test_a_cluster_opens_by_key_and_a_matter_as_a_card(visits: Visits, small_city: SmallCity) -> None:
    matters(small_city)
    page = on_map(visits, f"/map?bbox={CLOSE_BY}", size=DESK)
    expect(page.locator("#list")).to_have_text("本屏 2 件")
    page.locator(".map canvas").focus()
    for _ in range(6):
        page.keyboard.press("Enter")
        page.wait_for_timeout(350)
        if page.locator(".map-card").count():
            break
    card = page.locator(".map-card")
    expect(card.get_by_role("link")).to_have_count(1)
    expect(card.get_by_role("link")).to_be_focused()
    assert small_targets(page) == []
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(page.locator(".map canvas")).to_be_focused()


def test_the_list_follows_the_map_and_the_address_is_kept(visits: Visits, small_city: SmallCity) -> None:
    matters(small_city)
    page = on_map(visits, "/map", size=DESK)
    expect(page.locator("#list")).to_have_text("共 3 件")
    box = page.locator(".map canvas").bounding_box()
    assert box
    # the two that lie close together, left of the middle
    page.mouse.click(box["x"] + box["width"] * 0.08, box["y"] + box["height"] * 0.5)
    page.locator(".map canvas").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#list")).to_contain_text("本屏")
    assert "bbox=" in page.url
    count = page.locator("#list").text_content()
    page.reload()
    page.wait_for_selector("[data-drawn]")
    expect(page.locator("#list")).to_have_text(str(count))


def test_what_cannot_be_fetched_is_said_and_tried_again(visits: Visits, small_city: SmallCity) -> None:
    matters(small_city)
    page = visits.of(look="light", size=PHONE)
    page.route(re.compile("matters.geojson|part=list"), lambda route: route.abort())
    page.goto("/map")
    expect(page.locator(".map-trouble")).to_contain_text("清单照常可用")
    page.locator(".map canvas").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".map-failed")).to_be_visible()
    page.unroute_all()
    page.locator(".map-trouble button").click()
    expect(page.locator(".map-trouble")).to_have_count(0)
    page.locator(".map-failed button").click()
    expect(page.locator("#list")).to_contain_text("本屏")
    assert too_wide(page) == []


@pytest.fixture
def without_webgl(chromium_path: str, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    plain = [one for one in QUIET if "gl" not in one and "swiftshader" not in one]
    with sync_playwright() as tool:
        browser = tool.chromium.launch(
            executable_path=chromium_path, args=[*plain, "--disable-3d-apis", "--disable-webgl"]
        )
        yield browser.new_context(base_url=live_server.url, viewport=PHONE, locale="zh-CN").new_page()
        browser.close()


def test_without_webgl_the_list_and_the_filters_do_everything(
    without_webgl: Page, small_city: SmallCity
) -> None:
    matters(small_city)
    page = without_webgl
    page.goto("/map")
    assert page.evaluate("!document.createElement('canvas').getContext('webgl')")
    expect(page.locator(".map-missing")).to_contain_text("这台设备不能显示地图")
    page.get_by_role("searchbox").fill("井盖")
    page.keyboard.press("Enter")
    expect(page.locator("#list")).to_have_text("共 1 件")
    page.get_by_role("link", name="清除条件").click()
    page.get_by_role("link", name=re.compile("秀洲区")).first.click()
    expect(page.locator("#list")).to_have_text("共 1 件")
    page.get_by_role("link", name="护栏断了").click()
    expect(page).to_have_url(re.compile(r"/c/\d+$"))
    page.wait_for_load_state("networkidle")
