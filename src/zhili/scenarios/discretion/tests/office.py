"""An enforcement office of the small city, and a penalty case on its way through it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Clock
from zhili.core.cases.tests.city import SmallCity
from zhili.core.forms import FormErrors
from zhili.core.people.actors import Actor
from zhili.scenarios.discretion.models import PenaltyDetail

PENALTY = "discretion.penalty"
AT = "A.zhzf"
ENTITY = {"party_kind": "entity", "entity_name": "示例餐饮有限公司", "entity_code": "91330402MA2B0A1B21"}
PERSON = {"party_kind": "natural", "party_name": "王小明", "party_id": "330402199001011230"}
FUME = "fume.14"


def at(day: date, hour: int = 10) -> AbstractContextManager[Any]:
    """As if it were that day."""
    now = datetime.combine(day, time(hour), timezone.get_default_timezone())
    return mock.patch.object(timezone, "now", return_value=now)


@dataclass
class Office:
    """``first`` and ``second`` are the two officers, ``lawyer`` reviews, ``leader`` files and decides."""

    city: SmallCity

    @property
    def first(self) -> Actor:
        return self.city.actor(AT, "handler", name="first")

    @property
    def second(self) -> Actor:
        return self.city.actor(AT, "handler", name="second")

    @property
    def lawyer(self) -> Actor:
        return self.city.actor(AT, "handler", name="lawyer")

    @property
    def leader(self) -> Actor:
        return self.city.actor(AT, "leader", name="leader")

    def report(self, **more: Any) -> Case:
        today = timezone.localdate().isoformat()
        data = {
            **(PERSON if more.pop("person", False) else ENTITY),
            "provision": FUME, "source": "inspection", "where": "建设路1号", "what": "后厨油烟直接排到街上",
            "act_ended": today, "discovered_on": today, "grave": "no", **more,
        }  # fmt: skip
        return Case.objects.get(pk=doors.open_case(PENALTY, "report", self.first, data).case_id)

    def do(self, case: Case, action: str, by: Actor | None = None, **data: Any) -> PenaltyDetail:
        """A step, and the columns after it."""
        doors.act(case.pk, action, by or self.first, data)
        case.refresh_from_db()
        return self.detail(case)

    def detail(self, case: Case) -> PenaltyDetail:
        return PenaltyDetail.objects.get(pk=case.pk)

    def refused(self, case: Case, action: str, by: Actor | None = None, **data: Any) -> str:
        """The words of the refusal; nothing changed."""
        before = case.seq
        with pytest.raises((Refused, FormErrors)) as error:
            doors.act(case.pk, action, by or self.first, data)
        case.refresh_from_db()
        assert case.seq == before
        told = error.value
        if isinstance(told, FormErrors):
            return " ".join(f"{name}: {one}" for name, many in told.errors.items() for one in many)
        return told.message

    def investigated(self, **more: Any) -> Case:
        """Filed, and looked into by two."""
        case = self.report(**more)
        self.do(case, "file", self.leader, another_act=True)
        self.do(case, "take_up", certificate="ZJ330402001", impartial=True)
        self.do(case, "join", self.second, certificate="ZJ330402002", impartial=True)
        return case

    def proposed(self, fine: int = 10_000, **more: Any) -> Case:
        case = self.investigated(**more)
        self.propose(case, fine)
        return case

    def propose(self, case: Case, fine: int, action: str = "propose", **more: Any) -> PenaltyDetail:
        return self.do(case, action, **self.proposal(fine, **more))

    @staticmethod
    def proposal(fine: int, **more: Any) -> dict[str, Any]:
        return {
            "facts": "{}", "penalty": "fine", "fine": str(fine), "mitigation": "none", "heavy": "none",
            "review": "law", "grounds": "现场检查笔录、照片", **more,
        }  # fmt: skip

    def told(self, fine: int = 10_000, **more: Any) -> Case:
        """Reviewed, and the party told today."""
        case = self.proposed(fine, **more)
        self.do(case, "pass_review", self.lawyer)
        self.tell(case)
        return case

    def tell(self, case: Case, **more: Any) -> PenaltyDetail:
        data = {
            "served_on": timezone.localdate().isoformat(), "way": "direct", "told_content": True,
            "told_statement": True, "told_hearing": self.detail(case).hearing_due, **more,
        }  # fmt: skip
        return self.do(case, "notify", **data)

    def decided(self, fine: int = 10_000, **more: Any) -> Case:
        case = self.told(fine, **more)
        self.do(case, "waive", proof="在回执上写明放弃")
        self.do(case, "decide", self.leader, penalty="fine", fine=str(fine), document="嘉综执罚〔2026〕1号")
        return case

    def served(self, fine: int = 10_000, **more: Any) -> Case:
        case = self.decided(fine, **more)
        today = timezone.localdate().isoformat()
        self.do(case, "serve", way="there", received_on=today)
        return case


def due(case: Case, name: str = "stage") -> date:
    """The last day of a clock."""
    clock = Clock.objects.get(case=case, name=name)
    assert clock.due_at is not None
    return timezone.localtime(clock.due_at - timedelta(minutes=1)).date()
