"""The pages used most, on a phone, by the rules of WCAG 2.2 AA. `make soak` looks at every page in every look."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from zhili.core.cases.tests.city import SmallCity
from zhili.portal.tests.browsing import DESK, Visits
from zhili.portal.tests.looking import at, faults, small_targets, unfold_all
from zhili.portal.tests.scene import REPORT, Scene, scene_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(small_city: SmallCity) -> Scene:
    return scene_in(small_city)


def wrong(page: Page, where: str) -> list[str]:
    unfold_all(page)
    return [f"{where}: {one}" for one in [*faults(page), *small_targets(page)]]


def test_the_judge_sees_a_fault(visits: Visits) -> None:
    page = at(visits.of(), "/track")
    page.evaluate("document.getElementById('main').insertAdjacentHTML('beforeend', '<input><a href=/>x</a>')")
    assert [one.split(":")[0] for one in faults(page)] == ["label"]
    assert len(small_targets(page)) == 1


def test_residents_pages(visits: Visits, scene: Scene) -> None:
    page = visits.of()
    found = []
    for address in ("/", "/accounts/login/", "/track", f"/c/{scene.fresh}?g={scene.code}"):
        found += wrong(at(page, address), address)
    form = f"/new/{REPORT}/report"
    found += wrong(at(page, form), form)
    page.get_by_role("button", name="报上去").click()
    expect(page.locator(".form-summary")).to_be_focused()
    found += wrong(page, "the form with errors")
    page.get_by_label("发生了什么").fill("路灯不亮")
    page.get_by_role("button", name="报上去").click()
    expect(page.get_by_role("heading", name="查询码")).to_be_visible()
    found += wrong(page, "the receipt")
    mine = visits.of(scene.resident)
    for address in ("/my", f"/c/{scene.late}"):
        found += wrong(at(mine, address), address)
    assert found == []


def test_the_desk(visits: Visits, scene: Scene) -> None:
    page = visits.of(scene.city.actor("A.grid"), DESK)
    found = []
    for address in ("/desk", f"/desk/c/{scene.fresh}"):
        found += wrong(at(page, address), address)
    assert found == []
