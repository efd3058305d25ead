"""Matters in the small city, counted as the worker counts them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import ELSEWHERE, INSIDE, NORTH, OUTSIDE, SmallCity
from zhili.core.indicators.folding import fold_bulk
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.core.streams.models import StreamEvent
from zhili.portal.tests.scene import make_late
from zhili.scenarios.command_centre.pages import hot

REPORT = "citizen_reports.report"


@dataclass
class Wall:
    """The small city with matters in both counties; ``commander`` sees all of it, ``county`` county A."""

    city: SmallCity
    commander: Actor
    county: Actor
    counted: int = 0

    def count(self) -> None:
        """Let the figures catch up, as the worker does once this transaction is over."""
        events = list(StreamEvent.objects.filter(type="step", pk__gt=self.counted).order_by("pk"))
        fold_bulk([event.payload for event in events])
        self.counted = max([self.counted, *(event.pk for event in events)])

    def report(self, place: dict[str, Any] = INSIDE, by: Actor = ANONYMOUS, **more: Any) -> Case:
        data = {"what": "路边垃圾成堆", "place": place, "category": "201001", **more}
        return Case.objects.get(pk=doors.open_case(REPORT, "report", by, data).case_id)

    def answer(self, case: Case, office: str = "A.grid") -> None:
        doors.act(case.pk, "accept", self.city.actor(office), {})
        doors.act(case.pk, "finish", self.city.actor(office), {"answer": "已清运。"})


def _hide(case: Case) -> None:
    """As if it had been confidential from its first moment: no procedure opens one so yet."""
    Case.objects.filter(pk=case.pk).update(confidential=True)
    for event in StreamEvent.objects.filter(subject=case.pk, type="step"):
        StreamEvent.objects.filter(pk=event.pk).update(payload={**event.payload, "confidential": True})


@pytest.fixture
def wall(small_city: SmallCity) -> Iterator[Wall]:
    """Seven matters: five in county A (one late, one answered, one opened again), one in B, one outside."""
    hot.forget()
    made = Wall(small_city, small_city.actor("city", "commander"), small_city.actor("A"))
    resident = small_city.resident()
    late, answered, again = made.report(), made.report(NORTH), made.report(by=resident)
    made.report()
    made.report(NORTH)
    made.report(ELSEWHERE)
    made.report(OUTSIDE)
    make_late(late.pk)
    made.answer(answered, "A.gridn")
    made.answer(again)
    doors.act(again.pk, "reopen", resident, {"what": "又堆起来了"})
    _hide(made.report())
    yield made
    hot.forget()
