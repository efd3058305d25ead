"""The same kind of matter again and again in one cell is a warning about the kind and the place, not about anybody."""

from __future__ import annotations

import pytest

from zhili.core.cases import doors
from zhili.core.cases.tests.city import INSIDE, NORTH
from zhili.core.signals import registry
from zhili.core.signals.judge import judging_run, matters
from zhili.core.signals.models import CategoryPlace, Source, Warning
from zhili.core.signals.rules import kernel_rules
from zhili.core.signals.tests.judged import Court
from zhili.core.streams.testing import deliver

pytestmark = pytest.mark.django_db


def test_five_heaps_of_rubbish_in_one_cell_within_a_week(court: Court) -> None:
    def report(place: dict, category: str = "201001") -> None:
        data = {"what": "垃圾成堆", "place": place, "category": category}
        doors.open_case("citizen_reports.report", "report", court.city.resident(), data)

    consumer = matters.Matters()
    report(INSIDE)
    last = deliver(consumer)
    assert not CategoryPlace.objects.exists()  # no rule reads it, nothing is counted

    registry.declare(kernel_rules.CASE_OPENED, kernel_rules.RECURRING)
    judging_run._judge.planner.forget()
    for _ in range(4):
        report(INSIDE)
    report(NORTH)
    report(INSIDE, "201013")
    last = deliver(consumer, last)
    court.judge()
    assert not Warning.objects.exists()
    report(INSIDE)
    deliver(consumer, last)
    court.judge()
    one = court.warning()
    kind = CategoryPlace.objects.get(pk=one.subject_id)
    assert (one.subject_kind, kind.category, kind.cell_id) == (
        "category",
        "201001",
        court.city.cells["A.grid"].pk,
    )
    assert one.office_id == court.city.offices["A.grid"].pk
    assert "5" in one.facts.values() or 5 in one.facts.values()
    assert Source.objects.filter(protocol="internal").count() == CategoryPlace.objects.count() == 3
