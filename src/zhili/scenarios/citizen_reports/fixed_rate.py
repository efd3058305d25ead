"""The true fixed rate: what the re-inspections of a draw found, with its margin."""

from __future__ import annotations

from collections import Counter
from typing import Final

from django.utils.translation import gettext_noop

from zhili.base.margins import wilson
from zhili.core.draws.models import Draw, Outcome
from zhili.core.indicators.estimates import SMALLEST, Estimate, OfficeCell, shown_cells
from zhili.core.people.offices import tree as offices
from zhili.scenarios.citizen_reports.lottery import NAME
from zhili.scenarios.citizen_reports.models import Reinspection

TITLE: Final = gettext_noop("群众报事办结后抽签重查")
SHOWN: Final = 3
TOLD: Final = ("fixed", "partly", "not_fixed")


def latest() -> list[Estimate]:
    """The last few draws that gave a result, newest first. Three queries."""
    ended = (
        Outcome.objects.filter(draw__kind=NAME, void="").select_related("draw").order_by("-draw_id")[:SHOWN]
    )
    outcomes = list(ended)
    rows = Reinspection.objects.filter(draw__in=[o.draw_id for o in outcomes])
    found = list(rows.values_list("draw", "handled_by", "result"))
    return [_of(o.draw, len(o.drawn), [(h, r) for d, h, r in found if d == o.draw_id]) for o in outcomes]


def _of(draw: Draw, drawn: int, rows: list[tuple[int | None, str]]) -> Estimate:
    results = Counter(result for _office, result in rows)
    conclusive = sum(results[r] for r in TOLD)
    share = (
        wilson(results["fixed"], conclusive, _seeable(draw, drawn, conclusive))
        if conclusive >= SMALLEST
        else None
    )
    cells, hidden = shown_cells(_cells(rows)) if share else ((), 0)
    return Estimate(
        title=TITLE,
        period=draw.scope,
        draw_id=draw.pk,
        population=draw.size,
        drawn=drawn,
        waiting=results[""],
        not_placed=drawn - len(rows),
        unseen=results["unseen"],
        partly=results["partly"],
        not_fixed=results["not_fixed"],
        fixed=results["fixed"],
        share=share,
        by_office=cells,
        hidden=hidden,
    )


def _seeable(draw: Draw, drawn: int, conclusive: int) -> int:
    """How many of the list could be judged, going by the sample: those that could not be say nothing either way."""
    return max(conclusive, round(draw.size * conclusive / drawn))


def _cells(rows: list[tuple[int | None, str]]) -> list[OfficeCell]:
    """Results that tell something, by the office whose answer it was."""
    whole = Counter(office for office, result in rows if result in TOLD)
    fixed = Counter(office for office, result in rows if result == "fixed")
    nodes = offices().nodes
    known = [(o, n) for o, n in whole.items() if o is not None and o in nodes]
    return [OfficeCell(office, nodes[office].name, n, fixed[office]) for office, n in known]
