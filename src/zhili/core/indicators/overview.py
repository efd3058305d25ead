"""Reading the figures. Cost follows the days asked for, never the number of cases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from django.db import connection

from zhili.core.indicators.measures import MEASURES, TO_ANSWER, TO_CLOSE, nearest_rank
from zhili.core.indicators.models import SITE
from zhili.core.indicators.storing import CURRENT

SUMS = ", ".join(f"sum(f.{m})::bigint" for m in MEASURES)
# Whole months come from monthly sums, the days at either end from daily ones: exact for any span.
SPANS = """
(VALUES ('d', %s::date, %s::date), ('m', %s::date, %s::date), ('d', %s::date, %s::date))
w (grain, since, before)"""
WITHIN = f"""f.generation = {CURRENT} AND f.grain = w.grain AND f.period >= w.since AND f.period < w.before
  AND (%s::varchar IS NULL OR f.scenario = %s)"""
BY_MONTH = f"""
SELECT date_trunc('month', f.period)::date AS month, {SUMS}
FROM {SPANS} JOIN indicators_fact f ON {WITHIN} AND f.division_id = %s AND f.category = ''
GROUP BY 1 ORDER BY 1"""  # noqa: S608
BY_CATEGORY = f"""
SELECT f.scenario, f.category, {SUMS}
FROM {SPANS} JOIN indicators_fact f ON {WITHIN} AND f.division_id = %s AND f.category <> ''
GROUP BY 1, 2 ORDER BY sum(f.opened) DESC, 1, 2 LIMIT %s"""  # noqa: S608
BY_DIVISION = f"""
SELECT f.division_id, {SUMS}
FROM {SPANS} JOIN indicators_fact f ON {WITHIN} AND f.division_id = ANY(%s) AND f.category = ''
GROUP BY 1"""  # noqa: S608
BY_DAY = f"""
SELECT f.period, {SUMS} FROM indicators_fact f
WHERE f.generation = {CURRENT} AND f.division_id = %s AND f.grain = 'd' AND f.period BETWEEN %s AND %s
  AND (%s::varchar IS NULL OR f.scenario = %s) AND f.category = ''
GROUP BY 1 ORDER BY 1"""  # noqa: S608
DAYS = f"""
SELECT f.measure, f.days, sum(f.count)::bigint
FROM {SPANS} JOIN indicators_duration f ON {WITHIN} AND f.division_id = %s
GROUP BY 1, 2 ORDER BY 1, 2"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Counts:
    """Sums of some days; measures.py says what each counts. A share of nothing is None."""

    opened: int = 0
    answered: int = 0
    closed: int = 0
    refused: int = 0
    withdrawn: int = 0
    reopened: int = 0
    returned: int = 0
    overdue: int = 0
    on_time: int = 0
    rated: int = 0
    rating_sum: int = 0
    settled: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def open(self) -> int:
        """Opened in these days and not at an end today."""
        return self.opened - self.settled

    @property
    def closed_share(self) -> float | None:
        """Of those opened in these days, the part that is at an end today (closed, refused or withdrawn)."""
        return _share(self.settled, self.opened)

    @property
    def reopened_share(self) -> float | None:
        """Reopenings to closings in these days; belongs beside every figure of speed."""
        return _share(self.reopened, self.closed)

    @property
    def on_time_share(self) -> float | None:
        """Of the first answers given in these days, the part given before any limit ran out."""
        return _share(self.on_time, self.answered)

    @property
    def rating(self) -> float | None:
        """Mean of the ratings given in these days, 1 to 5."""
        return _share(self.rating_sum, self.rated)


@dataclass(frozen=True, slots=True)
class Speed:
    """Whole calendar days from opening, over `count` cases ended in the days asked for.

    Carries the reopening rate of the same days, so that it is never shown without.
    """

    count: int
    median: int | None
    p90: int | None
    reopened_share: float | None


@dataclass(frozen=True, slots=True)
class CategoryCounts:
    scenario: str
    category: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """`month` is its first day; only the days asked for are counted."""

    month: date
    counts: Counts


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of one division and all below it, from `since` to `until`, both included."""

    division_id: int
    since: date
    until: date
    scenario: str | None
    counts: Counts
    to_answer: Speed
    to_close: Speed
    by_category: list[CategoryCounts]
    by_month: list[MonthCounts]


def overview(
    division_id: int | None, since: date, until: date, scenario: str | None = None, top: int = 10
) -> Overview:
    """The figures of a division, or of the whole site for None; three queries.

    Days are the city's own. `by_category` holds the `top` categories by cases opened.
    """
    place = SITE if division_id is None else division_id
    asked = [*spans(since, until), scenario, scenario, place]
    months = [MonthCounts(month, Counts(*sums)) for month, *sums in _rows(BY_MONTH, asked)]
    counts = _total(m.counts for m in months)
    ranked = _rows(BY_CATEGORY, [*asked, top])
    days = _rows(DAYS, asked)
    return Overview(
        division_id=place,
        since=since,
        until=until,
        scenario=scenario,
        counts=counts,
        to_answer=_speed(days, TO_ANSWER, counts),
        to_close=_speed(days, TO_CLOSE, counts),
        by_category=[CategoryCounts(s, c, Counts(*sums)) for s, c, *sums in ranked],
        by_month=months,
    )


def compare(
    division_ids: Sequence[int], since: date, until: date, scenario: str | None = None
) -> dict[int, Counts]:
    """The counts of each of these divisions, for a table or a map; one query. None is missing."""
    found = _rows(BY_DIVISION, [*spans(since, until), scenario, scenario, list(division_ids)])
    return dict.fromkeys(division_ids, Counts()) | {division: Counts(*sums) for division, *sums in found}


def by_day(
    division_id: int | None, since: date, until: date, scenario: str | None = None
) -> dict[date, Counts]:
    """The counts of each day, also those on which nothing happened; one query."""
    place = SITE if division_id is None else division_id
    found = {day: Counts(*sums) for day, *sums in _rows(BY_DAY, [place, since, until, scenario, scenario])}
    every = (since + timedelta(days=n) for n in range((until - since).days + 1))
    return {day: found.get(day, Counts()) for day in every}


def spans(since: date, until: date) -> tuple[date, date, date, date, date, date]:
    """Days before the first whole month, whole months, days after the last: three half-open spans."""
    end = until + timedelta(days=1)
    first = since if since.day == 1 else _next_month(since)
    last = end.replace(day=1)
    if last <= first:  # no whole month between them
        return since, end, end, end, end, end
    return since, first, first, last, last, end


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _total(counts: Iterable[Counts]) -> Counts:
    return sum(counts, Counts())


def _speed(days: Sequence[tuple[str, int, int]], measure: str, counts: Counts) -> Speed:
    pairs = [(value, count) for name, value, count in days if name == measure]
    total = sum(count for _, count in pairs)
    return Speed(total, nearest_rank(pairs, 0.5), nearest_rank(pairs, 0.9), counts.reopened_share)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _rows(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
