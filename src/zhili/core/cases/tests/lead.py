"""A report that a town has taken as its own, and those who work on it: what tests of referrals begin with."""

from __future__ import annotations

from typing import Any

from zhili.core.cases import doors
from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import Actor

REPORT = "citizen_reports.report"
DATA = {"what": "道路积水，井盖破损", "place": INSIDE, "category": "201001"}


class Lead:
    """The report in the hands of the town ``A.town``; ``resident`` reported it."""

    def __init__(self, city: SmallCity, name: str = "居民甲", data: dict[str, Any] | None = None) -> None:
        self.city = city
        self.resident = city.resident(name)
        self.number = doors.open_case(REPORT, "report", self.resident, data or DATA).number
        self.town = city.actor("A.town")
        doors.act(self.number, "pass_up", city.actor("A.grid"), {"reason": "x"})
        doors.act(self.number, "pass_up", city.actor("A.village"), {"reason": "x"})
        doors.act(self.number, "accept", self.town)

    @property
    def case(self) -> Case:
        return Case.objects.get(number=self.number)

    @property
    def last(self) -> Step:
        return Step.objects.filter(case=self.case).latest("seq")

    @property
    def children(self) -> list[Case]:
        return list(Case.objects.filter(parent=self.case).order_by("id"))

    def ask(self, *offices: str, **more: Any) -> list[Case]:
        """Ask these offices for assistance; all children there are now."""
        ids = [self.city.offices[one].pk for one in offices]
        self.act("ask_assistance", {"offices": ids, "what": "请更换井盖", **more})
        return self.children

    def act(self, action: str, data: dict[str, Any] | None = None, by: Actor | None = None) -> None:
        doors.act(self.number, action, by or self.town, data or {})

    def answer(self) -> None:
        """Draft and issue an answer."""
        self.act("draft", {"answer": "拟稿"})
        self.act("issue", {"answer": "积水已排除，井盖已更换。"})

    def actor(self, office: str, *roles: str) -> Actor:
        return self.city.actor(office, *roles)
