"""The whole life of a report, each person at a browser of their own: resident, grid worker, office, and its leader."""

from __future__ import annotations

import re

import pytest
from django.utils import translation
from playwright.sync_api import Page, expect

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.portal.tests.browsing import DESK, PHONE, Visits
from zhili.portal.tests.looking import at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST = "已约业主面谈，请耐心等待。"
SECOND = "铁皮棚今天拆了，现场已清理。"


def take(page: Page, action: str, button: str, **given: str) -> None:
    """One step on a case's page: unfold it, fill it in, send it."""
    part = page.locator(f"#act-{action}")
    if part.get_attribute("open") is None:
        part.locator("summary").first.click()
    for name, text in given.items():
        part.locator(f"[name={name}]").fill(text)
    part.get_by_role("button", name=button, exact=True).click()


def stands(page: Page, stage: str) -> None:
    """The step was taken: said on the case's page, or, where the next matter is offered, above the list."""
    expect(page.locator("#now, .page-said .note").filter(has_text=stage).first).to_be_visible()


def answered(handler: Page, leader: Page, number: str, text: str) -> None:
    """Accepted and drafted by one, issued by another."""
    at(handler, "/desk")
    expect(handler.locator("#main").get_by_text("楼顶搭了铁皮棚").first).to_be_visible()
    at(handler, f"/desk/c/{number}")
    take(handler, "accept", "受理")
    stands(handler, "办理中")
    take(handler, "draft", "拟写答复", answer=text)
    stands(handler, "答复待审")
    at(leader, f"/desk/c/{number}")
    take(leader, "issue", "签发答复", answer=text)
    stands(leader, "已答复")


class Resident:
    """Somebody with a phone, in their own language and look."""

    def __init__(self, visits: Visits, language: str = "", look: str = "") -> None:
        self.page = visits.of(
            size=PHONE,
            look=look,
            language=language,
            has_touch=True,
            geolocation={"longitude": 120.05, "latitude": 30.05},
            permissions=["geolocation"],
        )
        self.language = language or "zh-hans"
        self.mine = ""

    def said(self, text: str) -> str:
        with translation.override(self.language):
            return translation.gettext(text)

    def reports(self, what: str) -> Case:
        page = at(self.page, "/")
        page.get_by_role("link", name=self.said("报一件事")).first.click()
        page.wait_for_selector("html.js", state="attached")
        page.get_by_label(self.said("发生了什么")).fill(what)
        page.get_by_role("button", name=self.said("用我现在的位置")).click()
        expect(page.get_by_text(self.said("已用您现在的位置，可在地图上移动标记。"))).to_be_visible()
        page.get_by_role("button", name=self.said("报上去"), exact=True).click()
        page.wait_for_url("**/done/*")
        self.mine = page.get_by_role("link", name=self.said("看这件事")).get_attribute("href") or ""
        found = re.search(r"/c/(\d+)\?g=", self.mine)
        assert found, self.mine
        return Case.objects.get(number=found[1])

    def reads(self, text: str) -> None:
        at(self.page, self.mine)
        expect(self.page.get_by_text(text).first).to_be_visible()

    def reopens(self, why: str) -> None:
        take(self.page, "reopen", self.said("仍未解决，请重办"), what=why)
        expect(self.page.locator("#now")).to_have_text(self.said("已收到，等待受理"))

    def rates(self, points: int) -> None:
        part = self.page.locator("#act-rate")
        if part.get_attribute("open") is None:
            part.locator("summary").first.click()
        part.locator(f"label:has([value='{points}'])").click()
        part.get_by_role("button", name=self.said("评价"), exact=True).click()
        expect(self.page.locator("#now")).to_have_text(self.said("已办好"))


def test_from_a_phone_to_an_office_and_back_twice(visits: Visits, small_city: SmallCity) -> None:
    resident = Resident(visits)
    case = resident.reports("楼顶搭了铁皮棚")

    grid = at(visits.of(small_city.actor("A.grid"), PHONE), "/desk")
    grid.get_by_role("link", name="楼顶搭了铁皮棚").click()
    take(grid, "accept", "受理")
    stands(grid, "办理中")
    take(grid, "pass_up", "上报上一级", reason="要执法部门认定")
    stands(grid, "待受理")
    doors.act(case.pk, "pass_up", small_city.actor("A.village"), {"reason": "村里没有执法权"})
    office = small_city.department.pk
    doors.act(case.pk, "hand_over", small_city.actor("A.town"), {"office": office, "reason": "属执法局职责"})

    handler = visits.of(small_city.actor("A.zhzf", "handler"), DESK)
    leader = visits.of(small_city.actor("A.zhzf", "leader"), DESK)
    answered(handler, leader, case.number, FIRST)
    resident.reads(FIRST)
    resident.reopens("约了三次都没有人来")
    at(grid, f"/desk/c/{case.number}")  # by the duty list, from the beginning
    take(grid, "accept", "受理")
    stands(grid, "办理中")
    take(grid, "finish", "办结答复", answer=SECOND)
    stands(grid, "已答复")
    resident.reads(SECOND)
    resident.rates(4)
    case.refresh_from_db()
    assert (case.rating, case.reopened, case.closed_at is not None) == (4, 1, True)


@pytest.mark.parametrize(("language", "look"), [("en", ""), ("", "elder")], ids=["English", "elder"])
def test_the_residents_part(visits: Visits, small_city: SmallCity, language: str, look: str) -> None:
    """In English, and in large letters: the same life, from the resident's side."""
    resident = Resident(visits, language, look)
    case = resident.reports("路灯不亮")
    grid = small_city.actor("A.grid")
    for answer in (FIRST, SECOND):
        doors.act(case.pk, "accept", grid, {})
        doors.act(case.pk, "finish", grid, {"answer": answer})
        resident.reads(answer)
        if answer == FIRST:
            resident.reopens("还是不亮")
    resident.rates(5)
    case.refresh_from_db()
    assert (case.rating, case.reopened) == (5, 1)
