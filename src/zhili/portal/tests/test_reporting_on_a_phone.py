"""Reporting in the hand: others' reports of the same shown while typing, large type, English, and no scripts at all."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.portal.tests.browsing import Visits
from zhili.portal.tests.looking import at, faults, small_targets, too_wide
from zhili.portal.tests.test_reporting_without_a_network import FORM, photo, waiting, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WHAT = "建国路口的路灯不亮，晚上看不清"


def public() -> Case:
    opened = doors.open_case("citizen_reports.report", "report", ANONYMOUS, {"what": WHAT, "place": INSIDE})
    Case.objects.filter(pk=opened.case_id).update(public=True)
    return Case.objects.get(pk=opened.case_id)


def test_the_same_is_shown_while_typing_and_joined_instead_of_reported_again(
    visits: Visits, small_city: SmallCity
) -> None:
    case = public()
    page = visits.of(
        geolocation={"longitude": INSIDE["lon"], "latitude": INSIDE["lat"]}, permissions=["geolocation"]
    )
    page.goto(FORM)
    expect(page.locator("form[data-safe]")).to_be_visible()
    page.get_by_role("button", name="用我现在的位置").click()
    expect(page.get_by_text("这里是")).to_be_visible()  # in words, so that it can be checked
    page.get_by_label("发生了什么").press_sequentially("路口路灯不亮好几天了")
    expect(page.get_by_text(case.title)).to_be_visible()
    page.get_by_role("button", name="我也遇到").click()
    expect(page.get_by_text("已记上：您也遇到")).to_be_visible()
    page.get_by_role("link", name="不报了，去看这件事").click()
    expect(page.get_by_role("heading", name=case.title)).to_be_visible()
    expect(page.get_by_text("另有 1 人也遇到")).to_be_visible()
    assert Case.objects.count() == 1
    page.goto(FORM)
    expect(page.locator("form[data-safe]")).to_be_visible()
    expect(page.get_by_label("发生了什么")).to_have_value("")
    case.refresh_from_db()
    assert case.joined == 1


def test_without_scripts_a_report_with_a_photo_goes_and_another_is_joined(
    visits: Visits, small_city: SmallCity
) -> None:
    case = public()
    page = visits.of(java_script_enabled=False)
    page.goto(FORM)
    page.get_by_label("发生了什么").fill("桥栏杆断了")
    page.get_by_label("地址或附近的标志").fill("人民桥")
    page.locator("input[type=file]").set_input_files([photo((800, 600))])
    page.get_by_role("button", name="报上去").click()
    expect(page.locator(".number-big")).to_be_visible()
    expect(page.locator(".code")).to_be_visible()
    assert Case.objects.count() == 2
    page.goto(f"/c/{case.number}")
    page.get_by_role("button", name="我也遇到").click()
    expect(page.get_by_text("另有 1 人也遇到")).to_be_visible()
    page.get_by_role("button", name="撤回").click()
    expect(page.get_by_text("另有 1 人也遇到")).to_have_count(0)


def kept_waiting(page: Page) -> Page:
    """With one report in the outbox, its page open."""
    at(page, FORM)
    write(page)
    page.locator("input[type=file]").set_input_files([photo((900, 600))])
    expect(page.locator(".upload input[type=hidden]")).to_have_count(1)
    page.context.route("**/offline/ticket", lambda route: route.abort())
    page.locator("form[data-safe] button[type=submit]").click()
    expect(page.locator("form a[href='/outbox']").first).to_be_visible()
    at(page, "/outbox")
    expect(page.locator(".outbox li")).to_have_count(1)
    return page


@pytest.mark.parametrize("look", ["light", "elder"])
def test_the_outbox_fits_a_phone_and_whoever_reads_it(
    visits: Visits, small_city: SmallCity, look: str
) -> None:
    page = kept_waiting(visits.of(look=look))
    assert faults(page, look=look) == []
    assert small_targets(page, look=look) == []
    assert too_wide(page) == []


def test_the_outbox_speaks_english(visits: Visits, small_city: SmallCity) -> None:
    page = kept_waiting(visits.of(language="en", look="light"))
    expect(page.get_by_role("button", name="Send now")).to_be_visible()
    said = page.locator("main").inner_text().replace("桥头的路灯坏了三天", "")
    assert not re.search("[\u4e00-\u9fff]", said), said


def test_what_waits_is_mended_and_sent_as_it_is_then(visits: Visits, small_city: SmallCity) -> None:
    page = kept_waiting(visits.of())
    page.get_by_role("link", name="改一改").click()
    expect(page.locator("form[data-safe]")).to_be_visible()
    expect(page.locator(".upload")).to_have_count(1)
    page.get_by_label("发生了什么").fill("桥头的路灯坏了五天")
    page.context.unroute("**/offline/ticket")
    page.get_by_role("button", name="报上去").click()
    page.wait_for_url("**/done/*")
    case = Case.objects.get()
    assert case.title == "桥头的路灯坏了五天"
    assert case.steps.get().data["photos"]


def test_what_a_stranger_wrote_stays_a_strangers(visits: Visits, small_city: SmallCity) -> None:
    page = kept_waiting(visits.of())
    page.context.unroute("**/offline/ticket")
    resident = small_city.resident()
    session = visits.of(resident)
    page.context.add_cookies(session.context.cookies())
    at(page, "/outbox")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("已送到")).to_be_visible()
    assert Case.objects.get().opener_id is None
    assert waiting(page)[0]["answer"]["code"]
