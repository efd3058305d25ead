"""A project under way in the small city, with two crews, and short words for what its people do."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from zhili.base.codes import made_uscc
from zhili.core.cases import doors
from zhili.core.cases.models import Category, Duty
from zhili.core.cases.tests.city import INSIDE, SmallCity, forget
from zhili.core.people import phones
from zhili.core.people.actors import Actor, of_account
from zhili.core.registers import firms
from zhili.core.registers.given import GivenFirm
from zhili.core.registers.models import Firm
from zhili.scenarios.wages import days, registering
from zhili.scenarios.wages.models import Crew, DaySheet, Engagement, Project, Seat, Worker

FILED = {
    "name": "南湖公寓二期",
    "site": INSIDE,
    "department": "南湖公寓二期项目部",
    "industry": "南湖区住房和城乡建设局",
    "industry_phone": "0573-82710000",
    "officer_name": "钱一鸣",
    "officer_phone": "13800138000",
    "bank": "某银行南湖支行",
    "account_number": "33001638747053000001",
    "deposit_kind": "guarantee",
    "deposit_yuan": 500000,
    "payday": 15,
}


KINDS = ("W1", "W2")


def number(first17: str) -> str:
    """A made-up identity number with the check digit it must have."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    rest = sum(int(one) * weight for one, weight in zip(first17, weights, strict=True)) % 11
    return first17 + "10X98765432"[rest]


class Site:
    """A running project: ``officer`` (general contractor), ``clerk`` (sub-contractor), ``leader``, workers."""

    def __init__(self, city: SmallCity) -> None:
        self.city = city
        self.office = city.actor("A.zhzf", "handler")
        Category.objects.bulk_create(Category(scenario="wages", code=c, name=c, public=False) for c in KINDS)
        Duty.objects.bulk_create(
            Duty(
                scenario="wages",
                category=c,
                division=city.divisions["A"],
                office=city.department,
                direct=True,
            )
            for c in KINDS
        )
        forget()
        self.firms = [self._firm(n, name) for n, name in enumerate(("南湖城投", "大工建设", "小工劳务"), 1)]
        self.officer = of_account(phones.new_resident())
        self.clerk = of_account(phones.new_resident())
        self.case = self.file()
        self.project = Project.objects.get(pk=self.case)
        Seat.objects.create(
            project=self.project, firm=self.firms[2], account_id=self.clerk.account_id or 0, kind="clerk",
            since=timezone.now(),
        )  # fmt: skip
        self.crew = self.make_crew(self.project)
        self.leader_row = self.join("孙大力", 1).worker
        self.leader = of_account(phones.new_resident())
        Worker.objects.filter(pk=self.leader_row.pk).update(account_id=self.leader.account_id)
        self.crew.leader = self.leader_row
        self.crew.save()

    def file(self, **more: Any) -> int:
        """File, accept and start a project; its case."""
        codes = {"developer": self.firms[0].code, "contractor": self.firms[1].code}
        data = {**FILED, **codes, "starts": (timezone.localdate() - timedelta(days=60)).isoformat(), **more}
        case = doors.open_case("wages.project", "file", self.officer, data).case_id
        doors.act(case, "accept", self.office, {})
        doors.act(case, "start", self.officer)
        return case

    def _firm(self, n: int, name: str) -> Firm:
        code = made_uscc("91", "330402", f"MA28{n:04d}")
        given = GivenFirm(code, name, "firm", division_id=self.city.divisions["A"].pk)
        return firms.save(given, self.city.actor("A"))

    def make_crew(self, project: Project, name: str = "木工班") -> Crew:
        return Crew.objects.create(project=project, firm=self.firms[2], name=name)

    def join(self, name: str, n: int, crew: Crew | None = None, **more: Any) -> registering.Registered:
        person = registering.Person(name, number(f"33040219800101{n:03d}"), **more)
        terms = registering.Terms("day", 30000, timezone.localdate() - timedelta(days=50))
        return registering.register(self.clerk, crew or self.crew, person, terms)

    def day(self, ago: int = 1) -> date:
        return timezone.localdate() - timedelta(days=ago)

    def sheet(
        self, *engagements: Engagement, ago: int = 1, crew: Crew | None = None, **more: Any
    ) -> DaySheet:
        sheet = days.sheet_of(crew or self.crew, self.day(ago))
        days.write(sheet, [days.Given(one.pk, **more) for one in engagements])
        return sheet

    def say(
        self, sheet: DaySheet, role: str, actor: Actor | None = None, verdict: str = "agree", said: str = ""
    ) -> None:
        """One of the three says so of every line of a sheet."""
        lines = days.lines_of(sheet)
        who = actor or {"worker": self.leader, "leader": self.leader, "firm": self.clerk}[role]
        days.confirm(who, sheet, [days.Said(one.pk, role, verdict, said) for one in lines])


@pytest.fixture
def site(small_city: SmallCity) -> Site:
    return Site(small_city)
