"""In a real browser: a report from a resident's phone to the rating, and no page that asks another host."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.core.web import assets
from zhili.portal.tests.pages_client import reader

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
"""No sandbox as root, no calls home, and WebGL drawn by the processor."""


class Visits:
    """Browser contexts on the test site, and what went wrong in any of them."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.browser = browser
        self.base = base
        self.outside: list[str] = []
        self.broken: list[str] = []

    def of(self, actor: Actor | None = None, size: dict[str, int] = PHONE, **options: Any) -> Page:
        """A page of somebody signed in (or of a stranger)."""
        context = self.browser.new_context(base_url=self.base, viewport=size, locale="zh-CN", **options)
        context.set_default_timeout(20_000)
        context.add_init_script(
            "addEventListener('securitypolicyviolation',"
            " e => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI))"
        )
        self._watch(context)
        if actor is not None:
            session = reader(actor).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.base}])
        return context.new_page()

    def _watch(self, context: BrowserContext) -> None:
        own = (self.base, "data:", "blob:", "about:")
        context.on("request", lambda r: None if r.url.startswith(own) else self.outside.append(r.url))
        context.on("weberror", lambda e: self.broken.append(str(e.error)))
        context.on("console", lambda m: self.broken.append(m.text) if m.text.startswith("CSP ") else None)
        context.on("response", lambda r: self.broken.append(r.url) if r.status >= 500 else None)


@pytest.fixture
def visits(
    chromium_path: str, live_server: Any, monkeypatch: pytest.MonkeyPatch, small_city: SmallCity
) -> Iterator[Visits]:
    if not assets.manifest():
        pytest.skip("the front end is not built: run make setup")
    # playwright keeps an event loop in this thread; the ORM calls of the test itself are its only user here
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=chromium_path, args=QUIET)
        found = Visits(browser, live_server.url)
        yield found
        browser.close()
    assert found.outside == []
    assert found.broken == []


def unfold(page: Page, action: str) -> None:
    """Open an action's form unless the page shows it open already, as the likeliest one."""
    part = page.locator(f"#act-{action}")
    if part.get_attribute("open") is None:
        part.locator("summary").click()


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
    expect(resident.get_by_text("已存证，谁也不能改")).to_be_visible()
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
    page = visits.of(size=DESK)
    page.goto("/map")
    expect(page.locator(".map-ready, .map-missing")).to_have_count(1)
    expect(
        page.get_by_role("link", name="路灯不亮")
    ).to_be_visible()  # the list beside it, whatever the map does
