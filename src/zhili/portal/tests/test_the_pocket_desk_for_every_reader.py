"""The pocket desk at phone size, without signal: in large letters, in English, by keyboard, by the rules."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from zhili.core.cases.tests.city import SmallCity
from zhili.portal.tests.browsing import Visits
from zhili.portal.tests.looking import at, faults, small_targets, too_wide
from zhili.portal.tests.pocket_steps import opened, phone, steps, taken_along, without_signal
from zhili.portal.tests.scene import LONG, make_late

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("look", "language"), [("light", ""), ("elder", ""), ("light", "en")])
def test_by_the_rules_without_signal(visits: Visits, small_city: SmallCity, look: str, language: str) -> None:
    case = opened(LONG)
    make_late(case.pk)
    page = taken_along(phone(visits, small_city.actor("A.grid"), look=look, language=language))
    without_signal(page)
    found = []
    for address in ("", f"c/{case.number}", f"c/{case.number}/pass_up", "quick/1", "queue"):
        page.goto(f"/desk/pocket#/{address}")
        page.locator("#pocket h1").wait_for()
        if address.endswith("pass_up"):
            page.locator("#pocket form button[type=submit]").click()  # with its reason left out
            expect(page.locator(".form-summary")).to_be_focused()
        page.locator("#pocket details").evaluate_all("all => all.forEach(one => one.open = true)")
        judged = [*faults(page, look=look), *small_targets(page, look=look), *too_wide(page)]
        found += [f"{address}: {one}" for one in judged]
    assert found == []


def test_the_page_does_not_jump_while_it_loads(visits: Visits, small_city: SmallCity) -> None:
    for n in range(6):
        opened(f"第{n}件")
    page = phone(visits, small_city.actor("A.grid"))
    page.add_init_script(
        "self.shifts = 0; new PerformanceObserver(list => list.getEntries().forEach("
        "one => { if (!one.hadRecentInput) self.shifts += one.value }))"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    at(page, "/desk/pocket")
    page.locator("#pocket[data-ready]").wait_for()
    assert page.evaluate("self.shifts") <= 0.1


def test_by_keyboard_alone(visits: Visits, small_city: SmallCity) -> None:
    case = opened()
    page = taken_along(phone(visits, small_city.actor("A.grid")))
    without_signal(page)
    to(page, "路灯不亮")
    page.keyboard.press("Enter")
    expect(page.locator("#pocket h1")).to_be_focused()
    to(page, "上报上一级")
    page.keyboard.press("Enter")
    expect(page.locator("#pocket h1")).to_be_focused()
    to(page, "f-reason")
    page.keyboard.insert_text("要动用吊车")
    to(page, "上报上一级")
    page.keyboard.press("Enter")
    expect(page.get_by_text("您已办完或已交出，还没有送达。")).to_be_visible()
    assert steps(case) == ["report"]


def to(page: Page, name: str, most: int = 40) -> None:
    """Press Tab until there; each stop must be seen."""
    passed = []
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "(() => { const e = document.activeElement; return [e.id, e.innerText ?? '',"
            " e.getClientRects().length > 0] })()"
        )
        passed.append(here[1] or here[0])
        assert here[2], f"out of sight: {passed[-1]}"
        if name == here[0] or name in here[1]:
            return
    raise AssertionError(f"{name} is not reached; passed {passed}")
