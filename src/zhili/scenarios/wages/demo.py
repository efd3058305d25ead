"""The wages' share of the demo city: a project with two crews, a week of days, some of them not confirmed yet, and last
month paid; a second one, of another contractor, that has fallen behind (``demo_pay``)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from zhili.base.codes import made_uscc
from zhili.core.cases import doors, routing
from zhili.core.cases.models import Case, Duty
from zhili.core.people import demo as people
from zhili.core.people.actors import Actor, of_account
from zhili.core.people.models import Account, AccountKind, Office
from zhili.core.places.models import Cell
from zhili.core.registers import firms as registered
from zhili.core.registers.given import GivenFirm
from zhili.core.registers.models import Firm
from zhili.scenarios.wages import contracts, days, demo_pay, registering
from zhili.scenarios.wages.asked import engagement_with_all
from zhili.scenarios.wages.jobs import demo as board
from zhili.scenarios.wages.models import Crew, DaySheet, Engagement, Project, Seat, Worker

SCENARIO = "wages"
FIRMS = (
    ("MA2A0001", "南湖城市建设投资有限公司"),
    ("MA2A0002", "大工建设集团有限公司"),
    ("MA2A0003", "小河劳务有限公司"),
    ("MA2A0004", "长水建筑工程有限公司"),
    ("MA2A0005", "秀水置业有限公司"),
)
CREWS = (("木工班", ("孙大力", "李小木", "周来福", "吴春生")), ("钢筋班", ("郑国强", "王铁柱", "冯根宝")))
BEHIND = (("泥工班", ("何长根", "吕水生", "施阿毛", "张金土")), ("水电班", ("孔明亮", "曹志远", "严小伟")))
WEEK = 7
FOUND, LATE = "南湖公寓二期", "长水路学校扩建"


def load() -> dict[str, int]:
    """Make them once. Returns how many there are of each."""
    handler = Account.objects.filter(username="handler").first()
    cell = Cell.objects.filter(valid_to=None).order_by("code").first()
    if handler is not None and cell is not None and not Case.objects.filter(scenario=SCENARIO).exists():
        _site(of_account(handler), cell)
    return {
        "building projects": Project.objects.count(),
        "workers": Worker.objects.count(),
        "day sheets": DaySheet.objects.count(),
    }


def _site(office: Actor, cell: Cell) -> None:
    at = Office.objects.get(pk=office.office_id or 0)
    Duty.objects.bulk_create(
        Duty(scenario=SCENARIO, category=code, division=at.division, office=at, direct=True, source="示范")
        for code in ("W1", "W2", "W3")
    )
    routing.forget()
    word = make_password(people.password())
    who = {person.username: _account(person, word) for person in people.BUILDERS}
    firms = [_firm(office, number, name, at.division_id) for number, name in FIRMS]
    project = _project(office, who["officer"], FOUND, (firms[0], firms[1]), cell)
    _seat(project, firms[2], who["clerk"])
    serial = 1
    for name, crew in CREWS:
        made, joined = _crew(who, project, firms[2], name, crew, serial)
        serial += len(crew)
        _week(who, made, joined)
    first = Crew.objects.get(project=project, name=CREWS[0][0])
    workers = [one.worker_id for one in Engagement.objects.filter(crew=first).order_by("pk")]
    Worker.objects.filter(pk=workers[0]).update(account_id=who["foreman"].account_id)
    Worker.objects.filter(pk=workers[1]).update(account_id=who["worker"].account_id)
    _contracts(who, first)
    late = _project(office, who["officer2"], LATE, (firms[4], firms[3]), cell, payday=10)
    _seat(late, firms[2], who["clerk"])
    for name, crew in BEHIND:
        _crew(who, late, firms[2], name, crew, serial)
        serial += len(crew)
    demo_pay.paid(who, project)
    demo_pay.behind(who, late, office)
    board.load(office, who["clerk"], who["worker"], project, firms[2])


def _seat(project: Project, firm: Firm, clerk: Actor) -> None:
    Seat.objects.create(
        project=project, firm=firm, account_id=clerk.account_id or 0, kind="clerk", since=timezone.now()
    )


def _crew(
    who: dict[str, Actor], project: Project, firm: Firm, name: str, people: tuple[str, ...], serial: int
) -> tuple[Crew, list[Engagement]]:
    made = Crew.objects.create(project=project, firm=firm, name=name)
    joined = [_join(who["clerk"], made, worker, n) for n, worker in enumerate(people, serial)]
    made.leader = joined[0].worker
    made.save()
    return made, joined


def _account(person: Any, word: str) -> Actor:
    made, _new = Account.objects.update_or_create(
        username=person.username,
        defaults={
            "kind": AccountKind.RESIDENT,
            "display_name": person.what.partition("：")[0],
            "password": word,
        },
    )
    return of_account(made)


def _firm(office: Actor, number: str, name: str, division_id: int) -> Firm:
    given = GivenFirm(made_uscc("91", "330402", number), name, "firm", division_id=division_id)
    return registered.save(given, office, source="示范")


def _project(
    office: Actor, officer: Actor, name: str, firms: tuple[Firm, Firm], cell: Cell, payday: int = 15
) -> Project:
    """``firms``: who builds, who contracts for it."""
    told = {
        "name": name,
        "site": {"lon": cell.lon, "lat": cell.lat, "address": "建设路 88 号"},
        "developer": firms[0].code,
        "contractor": firms[1].code,
        "department": f"{name}项目部",
        "industry": "住房和城乡建设局",
        "industry_phone": "0573-82710000",
        "officer_name": "钱一鸣",
        "officer_phone": "13800138000",
        "bank": "某银行南湖支行",
        "account_number": "33001638747053000001",
        "deposit_kind": "guarantee",
        "deposit_yuan": 800_000,
        "payday": payday,
        "starts": (timezone.localdate() - timedelta(days=100)).isoformat(),
    }
    made = doors.open_case("wages.project", "file", officer, told)
    doors.act(made.case_id, "accept", office, {})
    doors.act(made.case_id, "start", officer)
    return Project.objects.get(pk=made.case_id)


def _join(clerk: Actor, crew: Crew, name: str, n: int) -> Engagement:
    person = registering.Person(name, _number(n), bank_account=f"62220200000000{n:05d}")
    terms = registering.Terms("day", 30_000 + 1_000 * n, timezone.localdate() - timedelta(days=95))
    return registering.register(clerk, crew, person, terms).engagement


def _number(n: int) -> str:
    """A made-up identity number of nobody: area 330402, born on 1 January 1980."""
    first = f"33040219800101{900 + n:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first + "10X98765432"[sum(int(one) * by for one, by in zip(first, weights, strict=True)) % 11]


def _week(who: dict[str, Actor], crew: Crew, joined: list[Engagement]) -> None:
    """All three confirmed the days before yesterday; of yesterday the workers and the firm are lacking."""
    for ago in range(WEEK, 0, -1):
        day: date = timezone.localdate() - timedelta(days=ago)
        sheet = days.sheet_of(crew, day)
        given = [
            days.Given(one.pk, 5 if (ago, n) == (3, 1) else 10, 60 * (ago % 3))
            for n, one in enumerate(joined)
        ]
        lines = days.write(sheet, given)
        roles = ("leader",) if ago == 1 else ("worker", "leader", "firm")
        said = [
            days.Said(line.pk, role, how="pad" if role == "worker" else "account")
            for line in lines
            for role in roles
        ]
        if (ago, crew.name) == (3, CREWS[0][0]):
            said = [one for one in said if (one.line_id, one.role) != (lines[1].pk, "worker")]
            said.append(days.Said(lines[1].pk, "worker", "dispute", "下午也在，是一个整工"))
        days.confirm(who["clerk"], sheet, said)


def _contracts(who: dict[str, Actor], crew: Crew) -> None:
    for n, one in enumerate(Engagement.objects.filter(crew=crew).order_by("pk")):
        engagement = engagement_with_all(one.pk)
        if engagement is None:
            continue
        more = {"work": "木工模板制作、安装", "hours": "每天 8 小时，7:00 至 11:00、13:00 至 17:00"}
        version = contracts.draft(who["clerk"], engagement, more)
        for role in ("firm", "leader") if n == 1 else ("firm", "leader", "worker"):
            contracts.sign(who["clerk"], version, role, "account")
