"""In a real browser: one matter, three offices asked to help, a refusal, a deputy, and a second report merged."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from zhili.core.cases.merging import Merging
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.people.actors import Actor
from zhili.core.people.models import Account
from zhili.core.streams.testing import deliver
from zhili.portal.tests.browsing import DESK, Visits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LEAD = "河道边有一大堆建筑垃圾，挡住了路，下雨还往河里流"
TWIN = "河边倒了很多砖头水泥块，没法走"


class Play:
    """Everybody of this story, each in a browser of their own."""

    def __init__(self, visits: Visits, city: SmallCity) -> None:
        self.visits = visits
        self.city = city
        self._pages: dict[Actor, Page] = {}

    def at(self, actor: Actor) -> Page:
        if actor not in self._pages:
            self._pages[actor] = self.visits.of(actor, DESK)
        return self._pages[actor]

    def takes(self, actor: Actor, number: str, action: str, button: str, **answers: str) -> None:
        """Open the matter on the desk, unfold the action, fill its form by label, send it."""
        page = self.at(actor)
        page.goto(f"/desk/c/{number}")
        form = page.locator(f"#act-{action}")
        if not form.is_visible():
            page.locator(".more-acts > summary").click()
        if form.get_attribute("open") is None:
            form.locator("> summary").click()
        for label, text in answers.items():
            form.get_by_label(label).fill(text)
        form.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_text(re.compile("已办。现在："))).to_be_visible()


def reports(visits: Visits, what: str) -> tuple[Page, str, str]:
    """A resident reports without a name; (their page, their link, the number)."""
    page = visits.of(geolocation={"longitude": 120.05, "latitude": 30.05}, permissions=["geolocation"])
    page.goto("/new/citizen_reports.report/report")
    page.get_by_label("发生了什么").fill(what)
    page.get_by_role("button", name="用我现在的位置").click()
    expect(page.get_by_text("已用您现在的位置")).to_be_visible()
    page.get_by_role("button", name="报上去").click()
    link = page.get_by_role("link", name="看这件事").get_attribute("href") or ""
    number = re.search(r"/c/(\d+)\?g=", link)
    assert number is not None
    return page, link, number[1]


def rates(page: Page, link: str, answer: str) -> None:
    page.goto(link)
    expect(page.get_by_text(answer).first).to_be_visible()
    part = page.locator("#act-rate")
    if part.get_attribute("open") is None:
        part.locator("summary").click()
    part.get_by_text("很满意", exact=False).last.click()
    part.get_by_role("button", name="评价").click()
    expect(page.locator("#now")).to_have_text("已办好")


def child_of(number: str, office: Actor) -> str:
    return Case.objects.get(parent__number=number, office=office.office_id).number


def test_a_matter_of_many_offices_to_its_rated_end(visits: Visits, small_city: SmallCity) -> None:
    play = Play(visits, small_city)
    grid, village, town = (small_city.actor(name) for name in ("A.grid", "A.village", "A.town"))
    county, department = small_city.actor("A"), small_city.actor("A.zhzf")
    first, first_link, lead = reports(visits, LEAD)
    second, second_link, twin = reports(visits, TWIN)

    play.takes(grid, lead, "pass_up", "上报上一级", 理由="量太大，网格清不动")
    play.takes(village, lead, "pass_up", "上报上一级", 理由="要几家一起办")
    play.takes(town, lead, "accept", "受理")
    ask_three_offices(play, town, lead)
    play.takes(grid, twin, "merge_into", "并入同一件事", 并入哪一件=lead, 为什么是同一件事="同一堆垃圾")
    second.goto(second_link)
    expect(second.locator("#now")).to_have_text("已与同一件事合并办理")

    play.takes(village, child_of(lead, village), "refuse", "不予协办", 理由="村里没有清运车辆")
    play.takes(county, child_of(lead, county), "reply", "反馈结果", 协办结果="已协调两辆清运车")
    stands_in = names_a_deputy(play, department, county)
    play.takes(stands_in, child_of(lead, department), "reply", "反馈结果", 协办结果="已查到倾倒的车队并立案")

    page = play.at(town)
    page.goto(f"/desk/c/{lead}")
    for said in ("村里没有清运车辆", "已协调两辆清运车", "已查到倾倒的车队并立案"):
        expect(page.get_by_text(said).first).to_be_visible()
    answer = "建筑垃圾已全部清走，倾倒的车队已被立案。"
    play.takes(town, lead, "draft", "拟写答复", 答复=answer)
    play.takes(town, lead, "issue", "签发答复", 答复=answer)
    deliver(Merging())

    rates(first, first_link, answer)
    rates(second, second_link, answer)
    assert list(Case.objects.filter(number__in=(lead, twin)).values_list("rating", flat=True)) == [5, 5]
    outcomes = Case.objects.filter(parent__number=lead).order_by("stage").values_list("stage", flat=True)
    assert list(outcomes) == ["done", "done", "refused"]


def ask_three_offices(play: Play, town: Actor, number: str) -> None:
    page = play.at(town)
    page.goto(f"/desk/c/{number}")
    page.locator(".more-acts > summary").click()
    form = page.locator("#act-ask_assistance")
    form.locator("> summary").click()
    for office in ("南湖区综合行政执法局", "南湖区社会治理中心", "南湖区1村"):
        form.get_by_label(office, exact=True).check()
    form.get_by_label("请对方做什么").fill("协助清运并查处倾倒者")
    form.get_by_role("button", name="请其他单位协办").click()
    expect(page.get_by_text(re.compile("已办。现在："))).to_be_visible()
    assert Case.objects.filter(parent__number=number).count() == 3


def names_a_deputy(play: Play, leader: Actor, other: Actor) -> Actor:
    """The department's leader is away from today on: somebody of the county takes the post, on the page."""
    page = play.at(leader)
    page.goto("/desk/deputies")
    account = Account.objects.get(pk=other.account_id)
    page.get_by_label(re.compile("handler、leader")).first.check()
    page.get_by_label(re.compile(re.escape(account.username))).check()
    page.get_by_label("到哪天止").fill(page.get_by_label("从哪天起").input_value())
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("已登记代理")).to_be_visible()
    stands_in = play.at(other)
    stands_in.goto("/accounts/post")
    stands_in.get_by_role("button", name=re.compile("南湖区综合行政执法局")).click()
    expect(stands_in.locator(".page-head")).to_contain_text("（代）")
    return other
