"""The closure lottery: each month a public draw picks closed matters, and another office looks at them again."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_noop

from zhili.base.calendar import reach
from zhili.base.draw import Candidate
from zhili.core import params
from zhili.core.cases import doors
from zhili.core.cases.clocks import work_time
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.draws import announcing
from zhili.core.draws.kinds import Kind, Proposal
from zhili.core.draws.models import Draw, Outcome
from zhili.core.people.actors import CLOCK
from zhili.core.places.tree import node

log = logging.getLogger("zhili.citizen_reports")
NAME: Final = "citizen_reports.closed"
REPORT: Final = "citizen_reports.report"
CLAIMED: Final = ("closed", "fixed")
"""Stages in which an office says that it is done."""
MOST = 200
"""Picks of one draw: their re-inspections are opened in one short transaction."""
NOT_USED = "无"
BEGIN = 8
"""Hour of the first day on which a month's draw is announced."""


def candidates(scope: str) -> list[Candidate]:
    """The closed matters of the months ``2026-10`` or ``2026-07..2026-09``, each in the stratum of its county.

    Confidential ones are not drawn, nor duplicates that were answered with another one.
    """
    since, until = span(scope)
    closed = Case.objects.filter(
        procedure=REPORT,
        stage__in=CLAIMED,
        confidential=False,
        lead=None,
        parent=None,
        closed_at__gte=_midnight(since),
        closed_at__lt=_midnight(until),
    )
    return [
        Candidate(number, _county(place)) for number, place in closed.values_list("number", "division_id")
    ]


def due(now: datetime) -> Proposal | None:
    """The draw of the months just past, unless one stands already, nothing was closed in them, or the rule ran out."""
    if not params.in_force("citizen_reports.lottery"):
        return None
    local = timezone.localtime(now)
    months = max(1, int(params.get("citizen_reports.lottery_months").text))
    if (local.month - 1) % months or local < _midnight(local.date().replace(day=1)) + timedelta(hours=BEGIN):
        return None
    scope = scope_before(local.date(), months)
    last = Draw.objects.filter(kind=NAME, scope=scope).order_by("-attempt").first()
    if last is not None and not Outcome.objects.filter(draw=last).exclude(void="").exists():
        return None
    size = len(candidates(scope))
    return proposal(scope, size, now) if size else None


def proposal(scope: str, size: int, now: datetime) -> Proposal:
    """What is announced for these months: how many, where the seed will come from, and when."""
    count = min(int(params.get("citizen_reports.lottery_count").text), MOST, size)
    wait, _value = params.duration("citizen_reports.lottery_wait")
    draw_at = reach(now, wait.unit, wait.quantity, work_time(None))
    sources = [announcing.head_after(draw_at)]
    number = params.get("citizen_reports.lottery_number").text
    if number != NOT_USED:
        sources.append(announcing.numbers(number, params.get("citizen_reports.lottery_where").text))
    return Proposal(scope, f"{scope} 办结的群众报事，抽签重查", max(1, count), sources, draw_at)


def drawn(draw: Draw, names: Sequence[str]) -> None:
    """Open the re-inspection of each picked matter. One that no office can look at stands out in the figures."""
    for number in names:
        try:
            doors.act(number, "reinspect", CLOCK, {"draw": draw.pk}, key=f"draw/{draw.pk}/{number}")
        except Refused as error:
            log.warning("draw %s: %s is not looked at again: %s", draw.pk, number, error.message)


def link(number: str) -> str:
    """Where a listed matter is read about, as far as the reader may."""
    return f"/c/{number}"


def span(scope: str) -> tuple[date, date]:
    """First day, and the day after the last, of a scope. Raises ValueError."""
    first, _dots, last = scope.partition("..")
    begin = date.fromisoformat(f"{first}-01")
    end = date.fromisoformat(f"{last or first}-01")
    return begin, _next(end)


def scope_before(today: date, months: int) -> str:
    """The whole months before today's, as a scope."""
    found = list(_before(today, months))
    return found[0] if months == 1 else f"{found[-1]}..{found[0]}"


def _before(today: date, months: int) -> Iterator[str]:
    day = today.replace(day=1)
    for _ in range(months):
        day = (day - timedelta(days=1)).replace(day=1)
        yield day.strftime("%Y-%m")


def _next(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _county(division_id: int | None) -> str:
    """The county a place lies in, by its code; "" for none."""
    if division_id is None:
        return ""
    for above in node(division_id).line:
        if node(above).level == "county":
            return node(above).code
    return ""


KIND: Final = Kind(NAME, gettext_noop("办结事项抽签重查"), candidates, drawn, due, link)
