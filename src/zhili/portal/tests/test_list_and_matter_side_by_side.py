"""A wide screen shows the matter beside its list; everything goes by keyboard, and the keys can be switched off."""

from __future__ import annotations

from playwright.sync_api import expect

from zhili.core.cases import doors
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.portal.tests.browsing import DESK, PHONE, Visits
from zhili.portal.tests.looking import at

REPORT = "citizen_reports.report"


def reports(*what: str) -> list[str]:
    return [doors.open_case(REPORT, "report", ANONYMOUS, {"what": w, "place": INSIDE}).number for w in what]


def test_a_matter_opens_beside_the_list_and_back_works(visits: Visits, small_city: SmallCity) -> None:
    first, second = reports("路灯不亮", "垃圾成堆")
    page = at(visits.of(small_city.actor("A.grid"), DESK), "/desk?sort=old")
    page.get_by_role("link", name="路灯不亮").click()
    pane = page.locator("#pane")
    expect(pane.get_by_role("heading", name="路灯不亮")).to_be_visible()
    assert f"open={first}" in page.url
    page.get_by_role("link", name="垃圾成堆").click()
    expect(pane.get_by_role("heading", name="垃圾成堆")).to_be_visible()
    page.go_back()
    expect(pane.get_by_role("heading", name="路灯不亮")).to_be_visible()
    page.go_back()
    expect(pane).to_be_hidden()
    page.goto(f"/desk?open={second}")  # the address can be shared
    expect(pane.get_by_role("heading", name="垃圾成堆")).to_be_visible()


def test_a_step_in_the_pane_opens_the_next_matter(visits: Visits, small_city: SmallCity) -> None:
    first, second, third = reports("路灯不亮", "垃圾成堆", "井盖松动")
    page = at(visits.of(small_city.actor("A.grid"), DESK), f"/desk?sort=old&open={second}")
    up = page.locator("#pane #act-pass_up")
    up.locator("summary").click()
    up.get_by_role("button", name="上报村社区", exact=True).or_(up.locator("button").first).first.click()
    expect(page.locator("#pane .form-summary")).to_be_visible()  # a fault is shown here, the list stays
    expect(page.get_by_role("link", name="路灯不亮")).to_be_visible()
    up.get_by_label("理由").fill("网格办不了")
    up.locator("button").first.click()
    expect(page.locator("#pane").get_by_role("heading", name="井盖松动")).to_be_visible()
    assert f"open={third}" in page.url
    assert "sort=old" in page.url
    expect(page.locator(f'[data-matter="{second}"]')).to_have_count(0)
    expect(page.locator(f'[data-matter="{first}"]')).to_be_visible()


def test_a_phone_goes_to_the_matters_own_page(visits: Visits, small_city: SmallCity) -> None:
    (number,) = reports("路灯不亮")
    page = at(visits.of(small_city.actor("A.grid"), PHONE), "/desk")
    page.get_by_role("link", name="路灯不亮").click()
    page.wait_for_url(f"**/desk/c/{number}")
    page.goto(f"/desk?open={number}")
    page.wait_for_url(f"**/desk/c/{number}")


def test_the_desk_by_keyboard_alone(visits: Visits, small_city: SmallCity) -> None:
    reports("路灯不亮", "垃圾成堆")
    page = at(visits.of(small_city.actor("A.grid"), DESK), "/desk?sort=old")
    expect(page.locator("[data-keys]")).to_be_visible()  # the keys are there
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="路灯不亮")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="垃圾成堆")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(page.get_by_role("checkbox", name="选中“路灯不亮”")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator("#pane").get_by_role("heading", name="路灯不亮")).to_be_visible()
    page.keyboard.press("e")
    assert page.evaluate("!!document.activeElement.closest('#pane .act')")
    page.locator("#pane").focus()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("jxe?")  # while somebody types, a letter is a letter
    expect(page.get_by_role("searchbox")).to_have_value("jxe?")
    expect(page.locator("#keys")).to_be_hidden()


def test_the_keys_are_told_and_can_be_switched_off(visits: Visits, small_city: SmallCity) -> None:
    reports("路灯不亮")
    page = at(visits.of(small_city.actor("A.grid"), DESK), "/desk")
    page.get_by_role("button", name="快捷键").click()
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    page.get_by_label("用单个字母作快捷键").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="路灯不亮")).not_to_be_focused()
    page.reload()
    page.wait_for_selector("[data-keys]:visible")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()


def test_filters_on_a_phone(visits: Visits, small_city: SmallCity) -> None:
    doors.open_case(REPORT, "report", ANONYMOUS, {"what": "垃圾成堆", "place": INSIDE, "category": "201001"})
    reports("路灯不亮")
    page = at(visits.of(small_city.actor("A.grid"), PHONE), "/desk")
    page.get_by_text("筛选和排序").click()
    page.get_by_label("类别").select_option("201001")
    expect(page.get_by_role("link", name="路灯不亮")).to_have_count(0)
    expect(page.get_by_label("类别")).to_be_visible()  # the sheet stays open
    page.get_by_role("link", name="暴露垃圾").click()
    expect(page.get_by_role("link", name="路灯不亮")).to_be_visible()
