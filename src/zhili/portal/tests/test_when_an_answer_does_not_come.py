"""What is fetched into a page and does not come: what was there stays, a message says so, and one may try again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from zhili.core.cases.tests.city import SmallCity
from zhili.portal.tests.browsing import DESK, Visits
from zhili.portal.tests.looking import at, faults
from zhili.portal.tests.scene import LONG, Scene, scene_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FRAGMENT = '<div role="alert"><h2>系统出了问题</h2></div>'


@pytest.fixture
def desk(visits: Visits, small_city: SmallCity) -> Page:
    scene: Scene = scene_in(small_city)
    return at(visits.of(scene.city.actor("A.grid"), DESK), "/desk")


def break_it(page: Page, how: str) -> None:
    """From now on the list is asked for in vain."""

    def answer(route: Route) -> None:
        if route.request.headers.get("hx-request") != "true":
            route.continue_()
        elif how == "offline":
            route.abort("internetdisconnected")
        else:
            route.fulfill(status=int(how), content_type="text/html", body=FRAGMENT)

    page.route("**/desk?*", answer)


@pytest.mark.parametrize("how", ["offline", "503"])
def test_a_list_that_does_not_come_stays_and_may_be_asked_again(desk: Page, how: str, visits: Visits) -> None:
    expect(desk.locator("#inbox .row-title")).not_to_have_count(0)
    break_it(desk, how)
    desk.get_by_role("searchbox").fill("没有这样的事")
    desk.get_by_role("searchbox").press("Enter")
    note = desk.locator("[data-failed]")
    expect(note).to_be_visible()
    expect(note).to_contain_text("网络不通" if how == "offline" else "系统出了问题")
    expect(desk.locator("#inbox .row-title").first).to_contain_text(LONG[:5])  # nothing is lost
    assert faults(desk) == []
    desk.unroute("**/desk?*")
    note.get_by_role("button", name="再试一次").click()
    expect(desk.get_by_text("没有符合条件的事")).to_be_visible()
    expect(desk.locator("[data-failed]")).to_have_count(0)
    visits.broken.clear()  # the failure was ours


def test_whoever_was_signed_out_meanwhile_is_led_to_sign_in(desk: Page) -> None:
    desk.context.clear_cookies()
    desk.get_by_role("searchbox").fill("井盖")
    desk.get_by_role("searchbox").press("Enter")
    expect(desk).to_have_url(re.compile(r"/accounts/login/\?next=/desk"))


def test_a_part_that_is_coming_is_marked_so(desk: Page) -> None:
    waiting: list[Route] = []
    released: list[bool] = []
    desk.route("**/desk?*", lambda route: route.continue_() if released else waiting.append(route))
    desk.get_by_role("searchbox").fill("井盖")
    desk.get_by_role("searchbox").press("Enter")
    expect(desk.locator("main [aria-busy=true]")).not_to_have_count(0)
    released.append(True)
    for route in waiting:
        route.continue_()
    expect(desk.locator("main [aria-busy=true]")).to_have_count(0)


def test_a_step_the_server_failed_at_keeps_what_was_typed(desk: Page, visits: Visits) -> None:
    desk.locator(".row-title").first.click()
    desk.get_by_role("button", name="受理").click()
    expect(desk.locator("#now")).to_have_text("办理中")
    part = desk.locator("#act-finish")
    if part.get_attribute("open") is None:
        part.locator("summary").click()
    part.get_by_label("答复").fill("已经换好了新的井盖。")
    desk.route(
        "**/act/finish*", lambda route: route.fulfill(status=500, content_type="text/html", body=FRAGMENT)
    )
    part.get_by_role("button", name="办结答复").click()
    expect(desk.locator("[data-failed]")).to_contain_text("系统出了问题")
    expect(part.get_by_label("答复")).to_have_value("已经换好了新的井盖。")
    desk.unroute("**/act/finish*")
    desk.get_by_role("button", name="再试一次").click()
    expect(desk.get_by_text("现在：已答复")).to_be_visible()
    visits.broken.clear()
