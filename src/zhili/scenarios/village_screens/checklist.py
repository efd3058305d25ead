"""What article 30 asks of a village, and what of it is missing this quarter."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone

from zhili.scenarios.village_screens.kinds import DUTIES, Duty
from zhili.scenarios.village_screens.models import DisclosureDetail

DONE, OWED, COMING, LATER, WHEN = "done", "owed", "coming", "later", "when"


@dataclass(frozen=True)
class Line:
    """One thing to be published, for one period. ``state``: done, owed, coming (its month runs still), later
    (its month has not begun), when."""

    duty: Duty
    first: date
    last: date
    state: str
    number: str = ""
    """Of the case that published it."""


def quarter(day: date) -> tuple[date, date]:
    """First and last day of the quarter of a day."""
    month = (day.month - 1) // 3 * 3 + 1
    return date(day.year, month, 1), date(day.year, month + 2, monthrange(day.year, month + 2)[1])


def before(day: date) -> tuple[date, date]:
    """The quarter before the one of a day."""
    first = quarter(day)[0]
    return quarter(date(first.year - (first.month == 1), (first.month + 10) % 12 + 1, 1))


def of(division_id: int, monthly: bool, today: date | None = None) -> list[Line]:
    """The quarter's list. One query.

    What is due by the quarter is owed until something of it was made public in the quarter, or is about it. A month's
    finances are about that month, and owed once it is over.
    """
    today = today or timezone.localdate()
    first, last = quarter(today)
    published = list(
        DisclosureDetail.objects.filter(
            Q(last__gte=first, first__lte=last)
            | Q(approved_at__date__gte=first, approved_at__date__lte=last),
            division_id=division_id,
            case__stage="published",
        )
        .select_related("case")
        .order_by("pk")
    )
    lines = []
    for duty in DUTIES:
        for since, until in _periods(duty, monthly, first, last):
            whole = (since, until) == (first, last)
            found = next(
                (
                    one
                    for one in published
                    if one.item == duty.key and (whole or (one.first <= until and one.last >= since))
                ),
                None,
            )
            if found:
                state = DONE
            elif duty.every == "once":
                state = WHEN
            else:
                state = (
                    OWED if until < today or duty.every == "quarter" else LATER if since > today else COMING
                )
            lines.append(Line(duty, since, until, state, found.case.number if found else ""))
    return lines


def missing(lines: list[Line]) -> int:
    return sum(one.state == OWED for one in lines)


def _periods(duty: Duty, monthly: bool, first: date, last: date) -> list[tuple[date, date]]:
    if duty.every != "month" or not monthly:
        return [(first, last)]
    months = [date(first.year, first.month + n, 1) for n in range(3)]
    return [(one, date(one.year, one.month, monthrange(one.year, one.month)[1])) for one in months]
