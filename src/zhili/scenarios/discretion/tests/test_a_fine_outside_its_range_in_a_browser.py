"""In a real browser: a fine outside its range is stopped, and goes on only with a reason to another person."""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from zhili.core.cases.tests.city import SmallCity
from zhili.portal.tests.browsing import DESK, PHONE, Visits
from zhili.scenarios.discretion import party
from zhili.scenarios.discretion.models import PenaltyDetail
from zhili.scenarios.discretion.tests import benchmark
from zhili.scenarios.discretion.tests.office import FUME, Office

SHOTS = os.environ.get("ZHILI_SHOTS", "")
"""A folder for pictures of each page, to look at."""
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def seen(page: Page, name: str) -> None:
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{name} scrolls sideways by {width} px"
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/discretion-{name}.png", full_page=True)


def test_stopped_then_reasoned_then_approved_by_another(
    visits: Visits, small_city: SmallCity, settings: Any
) -> None:
    office = Office(small_city)
    alike = [office.decided(8_000 + 4_000 * n) for n in range(6)]
    benchmark.in_force(office.leader, small_city.actor("A.zhzf", "leader", name="deputy"))
    rows = PenaltyDetail.objects.filter(pk__in=[one.pk for one in alike])
    rows.update(rows=[2], table_number=1, low=15_000_00, high=30_000_00)
    rows.update(facts={"stoves": 4, "harm": "一般", "again": False})
    case = office.investigated()
    officer = visits.of(office.first, PHONE)
    officer.goto(f"/desk/c/{case.number}")
    seen(officer, "case")
    officer.goto(f"/desk/c/{case.number}/propose")
    officer.locator("[name=fact_stoves]").fill("4")
    officer.locator(".form-field:has([name=fact_harm])").get_by_text("一般").click()
    officer.locator(".form-field:has([name=fact_again])").get_by_text("否").click()
    officer.locator("[name=fine]").fill("40000")
    officer.locator("[value=look]").click()
    expect(officer.locator("#range")).to_contain_text("15,000–30,000 元")
    expect(officer.get_by_text("填的罚款在范围以外")).to_be_visible()
    seen(officer, "propose-phone")
    officer.locator(".form-field:has([name=review])").get_by_text("法律、法规规定").click()
    officer.locator("[name=grounds]").fill("现场检查笔录、照片")
    officer.locator("[name=deviation]").fill("曾经阻挠检查，情节恶劣，影响很大")
    officer.locator("[value=propose]").click()
    expect(officer.get_by_text("不在裁量范围")).to_be_visible()
    officer.locator("[value=propose_outside]").click()
    expect(officer.get_by_text("超出裁量范围，待另一人批准").first).to_be_visible()
    leader = visits.of(office.leader, DESK)
    leader.goto(f"/desk/c/{case.number}")
    seen(leader, "deviating-desk")
    leader.goto(f"/desk/discretion?provision={FUME}")
    expect(leader.locator(".plot[data-done]")).to_be_visible()
    seen(leader, "spread-desk")
    leader.goto(f"/desk/discretion/recompute?provision={FUME}&version=1")
    seen(leader, "recompute-desk")
    officer.goto(f"/desk/discretion?provision={FUME}")
    seen(officer, "spread-phone")
    told = office.told(2_000, provision="sorting.26")
    outsider = visits.of(None, PHONE)
    outsider.goto(f"/c/{told.number}?g={party.code_of(told)}")
    expect(outsider.get_by_text("您可以陈述和申辩")).to_be_visible()
    seen(outsider, "party-phone")
    served = office.served(3_000, provision="sorting.26")
    office.do(served, "publish", office.leader, ground="safety", checked=True)
    outsider.goto("/penalties")
    expect(outsider.get_by_text("罚款3,000元")).to_be_visible()
    seen(outsider, "penalties-phone")
