"""A browser that runs no scripts: report, receipt, look it up, read on, rate; and the city map as a list."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.portal.tests.browsing import PHONE, Visits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_the_report_to_the_rating(visits: Visits, small_city: SmallCity) -> None:
    page = visits.of(size=PHONE, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("link", name="报一件事").first.click()
    page.get_by_label("发生了什么").fill("路灯不亮")
    page.locator("[name=place__address], #f-place-address").first.fill("建设路1号")
    page.get_by_role("button", name="报上去").click()
    expect(page.locator(".receipt")).to_contain_text("谁也改不了")
    number = re.sub(r"\D", "", page.locator(".number-big").inner_text())
    code = page.locator(".code").inner_text()

    case = Case.objects.get(number=number)
    grid = small_city.actor("A.grid")
    # without a map the address alone does not say which office: as if it had been handed to the grid
    Case.objects.filter(pk=case.pk).update(office_id=grid.office_id)
    doors.act(case.pk, "accept", grid, {"category": "201001"})
    doors.act(case.pk, "finish", grid, {"answer": "灯已换好。"})

    page.context.clear_cookies()
    page.goto("/track")
    page.get_by_label("编号").fill(number)
    page.get_by_label(re.compile("查询码")).fill(code)
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_text("灯已换好。").first).to_be_visible()
    rate = page.locator("#act-rate")
    if rate.get_attribute("open") is None:
        rate.locator("summary").click()
    rate.get_by_role("radio").last.check()
    rate.get_by_role("button", name="评价").click()
    expect(page.locator("#now")).to_have_text("已办好")
    case.refresh_from_db()
    assert case.rating is not None


def test_the_city_map_is_a_list_with_filters(visits: Visits, small_city: SmallCity) -> None:
    data = {"what": "井盖松动", "place": INSIDE}
    made = doors.open_case("citizen_reports.report", "report", ANONYMOUS, data)
    doors.act(made.case_id, "accept", small_city.actor("A.grid"), {"category": "201001"})
    page = visits.of(size=PHONE, java_script_enabled=False)
    page.goto("/map")
    expect(page.locator(".map-city")).to_be_hidden()
    page.get_by_label("办到哪一步").select_option("closed")
    page.get_by_role("button", name="查找").click()
    expect(page.locator("#list")).to_contain_text("共 0 件")
    page.get_by_label("办到哪一步").select_option("open")
    page.get_by_role("button", name="查找").click()
    expect(page.locator("#list")).to_contain_text("共 1 件")
    page.get_by_role("link", name="井盖松动").click()
    expect(page).to_have_url(re.compile(rf"/c/{made.number}$"))
