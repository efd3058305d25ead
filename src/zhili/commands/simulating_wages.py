"""What `zhili simulate wages` needs from the site's own machine: two building sites whose people were there last month.

Firms, projects, workers, contracts and tokens, by the same doors as the pages'; nothing of the month itself.
Engagements that begin in the past are made here because a client lives in the present.
"""

from __future__ import annotations

import json
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from zhili.base.codes import made_uscc
from zhili.base.wages.payday import payday, payday_ahead
from zhili.commands.simulating import LABEL, NotForPlaying, write
from zhili.core import params
from zhili.core.cases import doors
from zhili.core.people import tokens
from zhili.core.people.actors import Actor, of_account
from zhili.core.people.demo import PLAYED, demo_accounts
from zhili.core.people.models import Account, AccountKind, Post, PostHolding
from zhili.core.places.models import Cell
from zhili.core.registers import firms as registered
from zhili.core.registers.given import GivenFirm
from zhili.core.registers.models import Firm
from zhili.scenarios.wages import contracts, holidays, registering, who
from zhili.scenarios.wages.asked import engagement_with_all
from zhili.scenarios.wages.models import Crew, Engagement, Project, Seat, Worker
from zhili.simulate.wages.site import VERSION

FIRMS = (
    ("PA2A0001", "凤桥置业有限公司（演出）"),
    ("PA2A0002", "长水建设集团有限公司（演出）"),
    ("PA2A0003", "城北建工有限公司（演出）"),
    ("PA2A0004", "平安劳务有限公司（演出）"),
)
TRADES = ("木工班", "钢筋班", "瓦工班", "架子工班", "水电班", "油漆班")
FAMILY, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许", "安平福贵来顺根宝春生长明德旺金水大山小河"
PAID_ON = 15
DEPOSIT_YUAN = 200_000


@dataclass
class Numbers:
    """Made-up numbers, of nobody and not twice. ``run``: how often was prepared before."""

    run: int
    person: int = 0

    def citizen(self) -> str:
        self.person += 1
        born = date(1970, 1, 1) + timedelta(days=self.run)
        first = f"330402{born:%Y%m%d}{self.person:03d}"
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        return first + "10X98765432"[sum(int(one) * by for one, by in zip(first, weights, strict=True)) % 11]

    def name(self) -> str:
        family = FAMILY[self.person % len(FAMILY)]
        return family + GIVEN[(7 * self.person + self.run) % len(GIVEN)]

    def account(self) -> str:
        return f"622848{self.run:05d}{self.person:05d}"


def prepare(file: Path, crews: int, workers: int, lasting: int = 7) -> date:
    """Write the file of two fresh sites with last month before them; the month's first day. ``lasting``: days the
    tokens are valid. Raises NotForPlaying where it is no demo."""
    if not demo_accounts():
        raise NotForPlaying("这不是示范站点（没有演示账号）。 This is no demo site.")
    today = timezone.localdate()
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    until = timezone.now() + timedelta(days=lasting)
    with transaction.atomic():
        office, desk = _office(until)
        run = Project.objects.filter(name__endswith="（演出）").count()
        numbers = Numbers(run)
        firms = [_firm(office, code, name) for code, name in FIRMS]
        ahead = payday_ahead(month.year, month.month, today, params.calendar())
        both: list[Worker] = []
        told = [
            _site(numbers, office, firms, n, (crews, workers), month, (PAID_ON, ahead)[n], until, both)
            for n in (0, 1)
        ]
    kinds = [month.replace(day=n) for n in range(1, monthrange(month.year, month.month)[1] + 1)]
    whole = {
        "version": VERSION,
        "month": month.isoformat(),
        "today": today.isoformat(),
        "kinds": {day.isoformat(): holidays.kind(day) for day in kinds},
        **desk,
        "projects": told,
    }
    write(file, json.dumps(whole, ensure_ascii=False))
    return month


def _office(until: Any) -> tuple[Actor, dict[str, Any]]:
    """The labour office: who the demo's handler and leader are, in two accounts of their own."""
    desk, actor = {}, None
    for role, demo_name in (("handler", "handler"), ("leader", "leader")):
        seat = PostHolding.objects.filter(account__username=demo_name, valid_to=None).order_by("pk").first()
        post = Post.objects.get(pk=seat.post_id if seat else 0)
        account = _account(f"wages-{role}", AccountKind.STAFF)
        held = PostHolding.objects.filter(account=account, post=post, valid_to=None)
        if not held.exists():
            PostHolding.objects.create(account=account, post=post, valid_from=timezone.localdate())
        desk[role] = {"token": tokens.issue(account, LABEL, expires=until)[0], "post": post.pk}
        actor = actor or of_account(account, post.pk)
    assert actor is not None
    return actor, desk


def _site(
    numbers: Numbers,
    office: Actor,
    firms: list[Firm],
    n: int,
    size: tuple[int, int],
    month: date,
    on: int,
    until: Any,
    both: list[Worker],
) -> dict[str, Any]:
    """One project with its crews. ``both``: the worker of the first who also works on the second."""
    mark = f"wages-{numbers.run}-{n}"
    officer, clerk = (_account(f"{mark}-{name}", AccountKind.RESIDENT) for name in ("officer", "clerk"))
    project = _project(office, of_account(officer), firms, n, month, on)
    Seat.objects.create(project=project, firm=firms[3], account=clerk, kind="clerk", since=timezone.now())
    crews = []
    for k in range(size[0]):
        name = TRADES[k % len(TRADES)] + (str(1 + k // len(TRADES)) if k >= len(TRADES) else "")
        crew = Crew.objects.create(project=project, firm=firms[3], name=name)
        rows = []
        for place in range(size[1]):
            known = both[0] if n and k == 0 and place == size[1] - 1 and both else None
            rows.append(_join(numbers, of_account(clerk), crew, place, month, until, known))
            if not n and k == 0 and place == size[1] - 1:
                both.append(Worker.objects.get(code=rows[-1]["code"]))
        crew.leader = Worker.objects.get(code=rows[0]["code"])
        crew.save()
        for row in rows:
            _contract(of_account(clerk), int(row["engagement"]))
        crews.append({"id": crew.pk, "name": crew.name, "workers": rows})
    return {
        "number": project.case.number,
        "name": project.name,
        "due": payday(month.year, month.month, on, params.calendar()).isoformat(),
        "officer": tokens.issue(officer, LABEL, expires=until)[0],
        "clerk": tokens.issue(clerk, LABEL, expires=until)[0],
        "crews": crews,
    }


def _project(office: Actor, officer: Actor, firms: list[Firm], n: int, month: date, on: int) -> Project:
    cell = Cell.objects.filter(valid_to=None).order_by("code").first()
    assert cell is not None
    told = {
        "name": ("安居苑", "新市集")[n] + "（演出）",
        "site": {"lon": cell.lon, "lat": cell.lat, "address": "建设路"},
        "developer": firms[0].code,
        "contractor": firms[1 + n].code,
        "department": "项目部",
        "industry": "住房和城乡建设局",
        "industry_phone": "0573-82710000",
        "officer_name": "钱一鸣",
        "officer_phone": "13800138000",
        "bank": "某银行",
        "account_number": f"3300163874705300{n:04d}",
        "deposit_kind": "guarantee",
        "deposit_yuan": DEPOSIT_YUAN,
        "payday": on,
        "starts": (month - timedelta(days=40)).isoformat(),
    }
    made = doors.open_case("wages.project", "file", officer, told)
    doors.act(made.case_id, "accept", office, {})
    doors.act(made.case_id, "start", officer)
    return Project.objects.select_related("case").get(pk=made.case_id)


def _join(
    numbers: Numbers, clerk: Actor, crew: Crew, place: int, month: date, until: Any, known: Worker | None
) -> dict[str, Any]:
    """A worker of the crew: the fourth is paid by the piece, the fifth by the month, others by the day; every third
    has a link and no account."""
    pay, rate = {3: ("piece", 1_055), 4: ("month", 933_300)}.get(place, ("day", 31_000 + 1_050 * place))
    terms = registering.Terms(pay, rate, month - timedelta(days=20))
    if known is not None:
        worker = known
        engagement = Engagement.objects.create(
            crew=crew, worker=known, pay=pay, rate_fen=rate, starts=terms.starts
        )
    else:
        citizen = numbers.citizen()
        person = registering.Person(numbers.name(), citizen, bank_account=numbers.account())
        made = registering.register(clerk, crew, person, terms)
        worker, engagement = made.worker, made.engagement
    told = {"engagement": engagement.pk, "code": worker.code, "pay": pay, "rate": rate}
    if place % 3 == 2 and known is None:
        return {**told, "link": who.link(crew.project, worker)}
    account = _account(f"wages-w-{worker.code}", AccountKind.RESIDENT)
    Worker.objects.filter(pk=worker.pk).update(account_id=account.pk)
    return {**told, "token": tokens.issue(account, LABEL, expires=until)[0]}


def _contract(clerk: Actor, engagement: int) -> None:
    whole = engagement_with_all(engagement)
    assert whole is not None
    version = contracts.draft(clerk, whole, {"work": "按班组安排", "hours": "每天 8 小时"})
    for role in ("firm", "leader", "worker"):
        contracts.sign(clerk, version, role, "account")


def _firm(office: Actor, number: str, name: str) -> Firm:
    code = made_uscc("91", "330402", number)
    division = office.division_id
    assert division is not None
    given = GivenFirm(code, name, "firm", division_id=division)
    return Firm.objects.filter(code=code).first() or registered.save(given, office, source="演出")


def _account(name: str, kind: AccountKind) -> Account:
    """Nobody can sign in to it: it has a token only."""
    made, _new = Account.objects.get_or_create(
        username=f"{PLAYED}{name}",
        defaults={"kind": kind, "display_name": "演出", "password": make_password(None)},
    )
    return made
