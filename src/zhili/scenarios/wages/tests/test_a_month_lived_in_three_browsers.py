"""A worker with a phone, a team leader with a tablet and a firm at a desk live a month; the firm falls behind, the
warning comes before the payday, and the worker's complaint runs to its end with a draft of who pays first.

What three people would do on thirty days, the client of `zhili simulate wages` does over HTTP, all but two days.
"""

from __future__ import annotations

import asyncio
from calendar import monthrange
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from zhili.base.wages.payday import payday, payday_ahead
from zhili.core import params
from zhili.core.cases.models import Case, Category, Duty
from zhili.core.cases.tests.city import forget
from zhili.core.people import phones, secrets, tokens
from zhili.core.people.actors import Actor, of_account
from zhili.core.people.models import Account
from zhili.core.signals.judge import judging_run
from zhili.core.streams.testing import deliver
from zhili.core.web import assets
from zhili.portal.tests.browsing import DESK, PHONE, Visits, browsing
from zhili.portal.tests.looking import at
from zhili.portal.tests.serving import Served
from zhili.scenarios.wages import holidays, who
from zhili.scenarios.wages.models import Engagement, Project, WageLine, WageSheet, Worker
from zhili.scenarios.wages.money import feeding
from zhili.scenarios.wages.tests.conftest import Site
from zhili.scenarios.wages.tests.test_a_month_is_paid import LAST
from zhili.simulate.api import Api, Asker
from zhili.simulate.tally import Tally
from zhili.simulate.wages import site as played
from zhili.simulate.wages.plan import Did, Month, plan
from zhili.simulate.wages.playing import Playing
from zhili.simulate.wages.reckoning import earned

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TABLET = {"width": 820, "height": 1180}
FIRST, SECOND = LAST.replace(day=20), LAST.replace(day=21)
"""The days that are lived by hand."""
TERMS = (("day", 31_050), ("day", 30_000), ("piece", 1_055), ("month", 933_300))


class Building:
    """The site of the small city as the client knows it, with a payday ahead; ``worker`` is the second of the crew."""

    def __init__(self, site: Site) -> None:
        self.site, self.today = site, timezone.localdate()
        self.worker = of_account(phones.new_resident())
        joined = [
            site.join(name, n, bank_account=f"622202000000000000{n}")
            for n, name in enumerate(("李小木", "周小砖", "吴春生"), 2)
        ]
        for n, one in enumerate(joined):
            Engagement.objects.filter(pk=one.engagement.pk).update(
                pay=TERMS[n + 1][0], rate_fen=TERMS[n + 1][1]
            )
        Worker.objects.filter(pk=joined[0].worker.pk).update(account_id=self.worker.account_id)
        account = secrets.prepare("bank_account", "6222020000000000001", None)
        secrets.save([account])
        Worker.objects.filter(pk=site.leader_row.pk).update(bank_account_id=account.id)
        leader = Engagement.objects.get(worker=site.leader_row)
        Engagement.objects.filter(pk=leader.pk).update(rate_fen=TERMS[0][1])
        Engagement.objects.update(starts=LAST)
        self.payday = payday_ahead(LAST.year, LAST.month, self.today, params.calendar())
        Project.objects.update(minimum_wage_fen=0, payday=self.payday)
        keys = [{"token": token(site.leader)}, {"token": token(self.worker)}]
        keys += [{"link": who.link(site.project, one.worker)} for one in joined[1:]]
        rows = [(leader.pk, site.leader_row.code), *((one.engagement.pk, one.worker.code) for one in joined)]
        crew = tuple(played.Worker(pk, code, *TERMS[n], **keys[n]) for n, (pk, code) in enumerate(rows))
        self.mine = crew[1].engagement
        self.known = played.Site(
            LAST,
            self.today,
            {day: holidays.kind(day) for day in days_of(LAST)},
            Asker(),
            Asker(),
            (
                played.Project(
                    site.project.case.number,
                    site.project.name,
                    payday(LAST.year, LAST.month, self.payday, params.calendar()),
                    Asker(token(site.officer)),
                    Asker(token(site.clerk)),
                    (played.Crew(site.crew.pk, site.crew.name, crew),),
                ),
            ),
        )
        self.month: Month = plan(self.known, "three browsers")

    def play(self, url: str) -> None:
        """All days but the two, over HTTP; in a thread of its own, since browsers are driven in this one."""

        async def live() -> None:
            api = Api(url, Tally(), 4)
            try:
                await Playing(api, self.known, self.month, 0, lambda _words: None).days(but={FIRST, SECOND})
            finally:
                await api.close()

        with ThreadPoolExecutor(1) as aside:
            aside.submit(lambda: asyncio.run(live())).result(60)

    def wages(self) -> dict[int, int]:
        """Reckoned apart from `base/wages`, in fractions, by what was played and what was done by hand."""
        found = {}
        for one in self.known.projects[0].crews[0].workers:
            worked = {
                day: did
                for day, did in self.month.counted(one.engagement).items()
                if day not in (FIRST, SECOND)
            }
            if one.engagement == self.mine:
                worked |= {FIRST: Did(10, 120), SECOND: Did(20)}
            found[one.engagement] = earned(one.pay, one.rate, worked, self.known.kinds, self.known.scheduled)
        return found


def token(actor: Actor) -> str:
    return tokens.issue(Account.objects.get(pk=actor.account_id), "test")[0]


def days_of(month: date) -> list[date]:
    return [month + timedelta(days=n) for n in range(monthrange(month.year, month.month)[1])]


@pytest.fixture
def building(site: Site) -> Building:
    Category.objects.create(scenario="wages", code="W3", name="欠薪投诉", public=False)
    Duty.objects.create(
        scenario="wages",
        category="W3",
        division=site.city.divisions["A"],
        office=site.city.department,
        direct=True,
    )
    forget()
    return Building(site)


@pytest.fixture
def visits(
    building: Building, chromium_path: str, served: Served, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Visits]:
    if not assets.manifest():
        pytest.skip("the front end is not built: run make setup")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with browsing(chromium_path, served.url) as found:
        yield found


def test_a_month_is_lived_and_complained_about(visits: Visits, building: Building, served: Served) -> None:
    building.play(served.url)
    worker = visits.of(building.worker, PHONE, has_touch=True, is_mobile=True)
    leader, firm = (
        visits.of(building.site.leader, TABLET, has_touch=True),
        visits.of(building.site.clerk, DESK),
    )
    two_days(building, worker, leader, firm)
    officer = visits.of(building.site.officer, DESK)
    sheet = drawn_up(building, firm, officer)
    signed(worker, sheet.lines.get(engagement_id=building.mine))
    handler = visits.of(building.site.office, DESK)
    warned_before_the_payday(building, sheet, officer, handler)
    number = complained(building, worker)
    chief = visits.of(building.site.city.actor("A.zhzf", "leader"), DESK)
    decided(building, number, sheet, officer, handler, chief)
    at(worker, f"/c/{number}")
    expect(worker.get_by_text("钱已付到本人账户").first).to_be_visible()


def two_days(building: Building, worker: Page, leader: Page, firm: Page) -> None:
    """One is disagreed about and corrected, one is a double shift."""
    crew, mine = f"/desk/wages/crews/{building.site.crew.pk}", building.mine
    at(leader, f"{crew}/{FIRST}")
    leader.locator(f"[name=days_{mine}]").fill("1")
    leader.get_by_role("button", name="记下并以班组长确认").click()
    expect(leader.get_by_text("1 条记录")).to_be_visible()
    at(worker, "/wages/me")
    day = worker.locator("#waiting ~ ul li, [aria-labelledby=waiting] li").filter(
        has_text=f"{FIRST.month}月{FIRST.day}日"
    )
    day.locator("summary").click()
    day.get_by_label("哪里不对").fill("晚上还加了两个小时班")
    day.get_by_role("button", name="我不同意").click()
    expect(worker.get_by_text("晚上还加了两个小时班")).to_be_visible()
    leader.reload()
    expect(leader.get_by_text("晚上还加了两个小时班").first).to_be_visible()
    leader.locator(f"[name=over_{mine}]").fill("120")
    leader.locator(f"[name=note_{mine}]").fill("和本人核对过")
    leader.get_by_role("button", name="记下并以班组长确认").click()
    expect(leader.locator(f"[name=over_{mine}]")).to_have_value("120")
    at(leader, f"{crew}/{SECOND}")
    leader.locator(f"[name=days_{mine}]").fill("2")
    leader.get_by_role("button", name="记下并以班组长确认").click()
    expect(leader.get_by_text("1 条记录")).to_be_visible()
    worker.reload()
    for one in (FIRST, SECOND):
        waiting = worker.locator("[aria-labelledby=waiting] li").filter(has_text=f"{one.month}月{one.day}日")
        waiting.get_by_role("button", name="对，确认").click()
        expect(waiting).to_have_count(0)
        at(firm, f"{crew}/{one}")
        firm.get_by_role("button", name="单位确认这一天").click()
        expect(firm.get_by_text("1 条三方已确认")).to_be_visible()


def drawn_up(building: Building, firm: Page, officer: Page) -> WageSheet:
    """By the firm's clerk, checked by the contractor; every wage is what the second reckoning says, to the fen."""
    pay = f"/desk/wages/pay/{building.site.project.case.number}?month={LAST:%Y-%m}"
    at(firm, pay)
    firm.get_by_role("button", name="编制", exact=True).click()
    expect(firm.get_by_text("等劳资专管员审核").first).to_be_visible()
    sheet = WageSheet.objects.get()
    told = dict(WageLine.objects.values_list("engagement_id", "net_fen"))
    assert told == building.wages()
    at(officer, f"/desk/wages/sheets/{sheet.pk}")
    for fen in told.values():
        expect(officer.get_by_text(f"{fen // 100:,}.{fen % 100:02d}").first).to_be_visible()
    officer.get_by_role("button", name="审核通过").click()
    expect(officer.get_by_text("待工人签字").first).to_be_visible()
    return sheet


def signed(worker: Page, line: WageLine) -> None:
    at(worker, "/wages/pay")
    expect(worker.get_by_text(f"{line.net_fen // 100:,}.{line.net_fen % 100:02d} 元").first).to_be_visible()
    worker.get_by_role("button", name="看过了，对的，签字").click()
    expect(worker.get_by_text("本人已签字").first).to_be_visible()


def warned_before_the_payday(building: Building, sheet: WageSheet, officer: Page, handler: Page) -> None:
    """The officer tells the balance; the labour office is told by itself. Days later the wage is late, too."""
    pay = f"/desk/wages/pay/{building.site.project.case.number}?month={LAST:%Y-%m}"
    at(officer, pay)
    officer.get_by_label("多少").fill(str(sheet.total_fen // 100 // 2))
    officer.get_by_role("button", name="记下", exact=True).click()
    expect(officer.get_by_text("记下了").first).to_be_visible()
    assert deliver(feeding.Figures()) > 0
    judging_run.run_once()
    at(handler, "/desk/warnings")
    expect(handler.get_by_text("专用账户余额只有下次应发工资的").first).to_be_visible()
    expect(handler.get_by_text("工资已晚")).to_have_count(0)
    assert sheet.due > building.today or building.payday == 31  # on a month's last days none may be ahead
    WageSheet.objects.filter(pk=sheet.pk).update(due=building.today - timedelta(days=2))  # days go by
    feeding.tell({building.site.project.pk})
    judging_run.run_once()
    at(handler, "/desk/warnings")
    expect(handler.get_by_text("工资已晚 2 天没有付清").first).to_be_visible()
    at(handler, "/desk/wages/cockpit")
    expect(handler.get_by_role("link", name=building.site.project.name).first).to_be_visible()


def complained(building: Building, worker: Page) -> str:
    """By the worker, from the page of their wages."""
    at(worker, "/wages/pay")
    worker.get_by_role("link", name="投诉欠薪").click()
    form = worker.locator("form:has([name=what])")
    choose(form, "cause", "unpaid")
    form.locator("[name=what]").fill("上个月的工资，公司说账上没有钱。")
    form.locator("[name=project]").fill(building.site.project.case.number)
    form.locator("button[type=submit]").last.click()
    expect(worker).not_to_have_url("/new/wages.complaint/complain")
    return str(Case.objects.get(procedure="wages.complaint").number)


def decided(
    building: Building, number: str, sheet: WageSheet, officer: Page, handler: Page, chief: Page
) -> None:
    """Filed, investigated, who pays first drafted by one, ordered by another; the firm pays and it ends."""
    yuan = str(-(-sheet.total_fen // 100))
    at(handler, f"/desk/c/{number}")
    step(handler, "file", "立案")
    expect(handler.locator("#act-reckon")).to_have_count(1)
    step(
        handler,
        "reckon",
        "拟清偿顺序",
        {"arrears": yuan, "unsettled": "3000"},
        {"developer_withheld": "yes", "employer_is_contractor": "no"},
    )
    expect(handler.get_by_text("待作出处理决定").first).to_be_visible()
    paper = Case.objects.get(procedure="documents.outgoing").number
    at(handler, f"/desk/c/{paper}/document")
    draft = handler.locator("textarea[name=body]").input_value()
    assert draft.index("建设单位") < draft.index("施工总承包单位")
    for said in ("3000.00 元", "第二十九条", "第二十六条", "第三十二条", "还要查明", "【请填写"):
        assert said in draft, draft
    until = (building.today + timedelta(days=10)).isoformat()
    order = {"amount": yuan, "articles": "第三十条", "until": until, "heard": "单位称工程款没有到账。"}
    at(chief, f"/desk/c/{number}")
    step(chief, "order", "责令限期支付", order, {"payer": "contractor"}, ticked="told")
    expect(chief.get_by_text("责令支付中").first).to_be_visible()
    paid(building, officer)
    at(handler, f"/desk/c/{number}")
    step(handler, "pay", "付到本人账户", {"amount": yuan, "reply": "全部付到本人账户。"})
    expect(handler.get_by_text("已清偿").first).to_be_visible()
    assert Case.objects.get(number=number).stage == "paid"


def paid(building: Building, officer: Page) -> None:
    """The firm pays at last: a file to the bank, and its answer."""
    at(officer, f"/desk/wages/pay/{building.site.project.case.number}?month={LAST:%Y-%m}")
    officer.get_by_label("没有签字的也发，原因").fill("手机停机，当面核对过")
    officer.get_by_role("button", name="做代发文件").click()
    with officer.expect_download() as download:
        officer.get_by_role("link", name="zhili-pay-1").click()
    rows = [row.split(",") for row in download.value.path().read_text("utf-8-sig").splitlines()[1:]]
    answer = "流水号,状态,金额（元）,原因代码\n" + "".join(f"{row[1]},成功,{row[4]},\n" for row in rows)
    file: Any = {"name": "回单.csv", "mimeType": "text/csv", "buffer": answer.encode()}
    officer.get_by_label("CSV 文件").set_input_files(file)
    officer.get_by_role("button", name="收下").click()
    expect(officer.get_by_text("已付清").first).to_be_visible()
    assert set(WageSheet.objects.values_list("state", flat=True)) == {"closed"}


def step(
    page: Page,
    action: str,
    button: str,
    given: dict[str, str] | None = None,
    chosen: dict[str, str] | None = None,
    ticked: str = "",
) -> None:
    """One step on a case's page: unfold it, fill it in, send it."""
    part = page.locator(f"#act-{action}")
    if part.get_attribute("open") is None:
        part.locator("summary").first.click()
    for name, text in (given or {}).items():
        part.locator(f"[name={name}]").fill(text)
    for name, value in (chosen or {}).items():
        choose(part, name, value)
    if ticked:
        part.locator(f"[name={ticked}]").check(force=True)
    part.get_by_role("button", name=button, exact=True).click()


def choose(part: Locator, name: str, value: str) -> None:
    """From a list, or among buttons."""
    if part.locator(f"select[name={name}]").count():
        part.locator(f"select[name={name}]").select_option(value)
    else:
        part.locator(f"[name={name}][value={value}]").check(force=True)
