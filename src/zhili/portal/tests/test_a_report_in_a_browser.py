"""In a real browser: a report from a resident's phone to the rating, and no page that asks another host."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.portal.tests.browsing import DESK, PHONE, Visits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def unfold(page: Page, action: str) -> None:
    """Open an action's form unless the page shows it open already, as the likeliest one."""
    part = page.locator(f"#act-{action}")
    if part.get_attribute("open") is None:
        part.locator("summary").click()


def near_lake(colour: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 24 for a, b in zip(colour, (15, 118, 110), strict=True))


def photo() -> dict[str, Any]:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), "olive").save(out, "JPEG")
    return {"name": "门口.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_from_the_phone_to_the_rating(visits: Visits, small_city: SmallCity) -> None:
    resident = visits.of(
        geolocation={"longitude": 120.05, "latitude": 30.05}, permissions=["geolocation"], has_touch=True
    )
    resident.goto("/")
    resident.get_by_role("link", name="报一件事").first.click()
    resident.get_by_label("发生了什么").fill("小区门口垃圾成堆，三天没人收")
    resident.get_by_role("button", name="用我现在的位置").click()
    expect(resident.get_by_text("已用您现在的位置")).to_be_visible()
    resident.locator("input[type=file]").set_input_files(photo())
    expect(resident.locator(".upload input[type=hidden]")).to_have_count(1)
    expect(resident.get_by_label("姓名")).to_be_hidden()  # asked only of those who give their name
    resident.get_by_role("button", name="报上去").click()
    expect(resident.get_by_text("留存后谁也改不了")).to_be_visible()
    mine = resident.get_by_role("link", name="看这件事").get_attribute("href")
    assert mine is not None
    number = re.search(r"/c/(\d+)\?g=", mine)
    assert number is not None
    case = Case.objects.get(number=number[1])
    assert case.cell_id == small_city.cells["A.grid"].pk

    worker = visits.of(small_city.actor("A.grid"))
    worker.goto("/desk")
    worker.get_by_role("link", name="小区门口垃圾成堆").click()
    expect(worker.locator(".pictures img")).to_be_visible()
    worker.get_by_role("button", name="受理").click()
    expect(worker.locator("#now")).to_have_text("办理中")
    unfold(worker, "finish")
    worker.locator("#act-finish").get_by_role("button", name="办结答复").click()
    expect(worker.locator("#act-finish").get_by_text("请填写“答复”").first).to_be_visible()
    worker.locator("#act-finish").get_by_label("答复").fill("垃圾已清走，已与物业约定每日清运。")
    worker.locator("#act-finish").get_by_role("button", name="办结答复").click()
    expect(worker.get_by_text("现在：已答复")).to_be_visible()

    resident.goto(mine)
    expect(resident.get_by_text("已与物业约定每日清运")).to_be_visible()
    unfold(resident, "rate")
    resident.locator("#act-rate").get_by_text("很满意", exact=False).last.click()
    resident.locator("#act-rate").get_by_role("button", name="评价").click()
    expect(resident.locator("#now")).to_have_text("已办好")
    case.refresh_from_db()
    assert (case.rating, case.closed_at is not None) == (5, True)


def test_a_name_is_opened_in_place(visits: Visits, small_city: SmallCity) -> None:
    data = {"what": "路灯不亮", "place": INSIDE, "anonymous": False, "name": "张三丰", "phone": "13800138000"}
    case = doors.open_case("citizen_reports.report", "report", ANONYMOUS, data)
    doors.act(case.case_id, "pass_up", small_city.actor("A.grid"), {"reason": "办不了"})
    doors.act(case.case_id, "pass_up", small_city.actor("A.village"), {"reason": "办不了"})
    page = visits.of(small_city.actor("A.town"), DESK)
    page.goto(f"/desk/c/{case.number}")
    expect(page.get_by_text("13800138000")).to_have_count(0)
    for button in page.get_by_role("button", name="查看").all():
        button.click()
        expect(page.get_by_text("已留痕").first).to_be_visible()
        break
    expect(page.get_by_text(re.compile("张三丰|13800138000"))).to_have_count(1)


@pytest.mark.parametrize("look", ["light", "elder"])
def test_no_page_asks_another_host_or_outgrows_a_phone(
    visits: Visits, small_city: SmallCity, look: str
) -> None:
    case = doors.open_case(
        "citizen_reports.report", "report", ANONYMOUS, {"what": "路灯不亮", "place": INSIDE}
    )
    pages = {
        None: [
            "/",
            "/report",
            "/my",
            "/track",
            "/map",
            "/stats",
            f"/c/{case.number}",
            "/accounts/login/",
            "/x",
        ],
        "A.grid": ["/desk", "/desk/search", f"/desk/c/{case.number}", "/notices", "/accounts/post"],
    }
    for office, addresses in pages.items():
        page = visits.of(small_city.actor(office) if office else None)
        page.context.add_cookies([{"name": "zhili_look", "value": look, "url": visits.base}])
        for address in addresses:
            page.goto(address, wait_until="networkidle")
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE["width"], f"{address} is {wide} px wide"


def test_the_map_draws_or_says_that_it_cannot(visits: Visits, small_city: SmallCity) -> None:
    data = {"what": "路灯不亮", "place": INSIDE}
    case = doors.open_case("citizen_reports.report", "report", ANONYMOUS, data)
    doors.act(case.case_id, "accept", small_city.actor("A.grid"), {})
    for size in (PHONE, DESK):
        page = visits.of(size=size, look="light")
        page.goto("/map")
        expect(page.locator(".map-ready, .map-missing")).to_have_count(1)
        # the list beside it, whatever the map does
        expect(page.get_by_role("link", name="路灯不亮")).to_be_visible()
        if page.locator(".map-ready").count():
            expect(page.locator("[data-drawn]")).to_have_attribute("data-drawn", "1")
            shown = Image.open(io.BytesIO(page.locator(".map").screenshot())).convert("RGB")
            lake = sum(n for n, colour in shown.getcolors(shown.width * shown.height) if near_lake(colour))
            assert lake > 80, "the matter itself is not to be seen"
