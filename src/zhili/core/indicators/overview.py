"""Reading the figures. Cost follows the days asked for, never the number of cases."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from django.db import connection

from zhili.core.indicators.grains import Part, everywhere, of_durations, of_facts, parts
from zhili.core.indicators.measures import CHILD, CONFIDENTIAL, MEASURES, TO_ANSWER, TO_CLOSE, nearest_rank
from zhili.core.indicators.storing import CURRENT

SUMS = ", ".join(f"sum({m})::bigint" for m in MEASURES)
COLUMNS = ", ".join(MEASURES)
# One index range for each part; at most three parts.
PART = f"""
SELECT {{columns}} FROM {{table}} WHERE generation = {CURRENT} AND division_id = ANY(%s) AND grain = %s
  AND period >= %s AND period < %s
  AND CASE WHEN %s::varchar IS NULL THEN left(scenario, 1) NOT IN ('{CONFIDENTIAL}', '{CHILD}')
           ELSE scenario = %s END"""  # noqa: S608
BY_MONTH = f"SELECT date_trunc('month', period)::date, {SUMS} FROM ({{parts}}) f GROUP BY 1 ORDER BY 1"  # noqa: S608
BY_CATEGORY = f"""
SELECT scenario, category, {SUMS} FROM ({{parts}}) f WHERE category <> ''
GROUP BY 1, 2 ORDER BY sum(opened) DESC, 1, 2 LIMIT {{top}}"""  # noqa: S608
BY_DIVISION = f"SELECT division_id, {SUMS} FROM ({{parts}}) f GROUP BY 1"  # noqa: S608
BY_DAY = f"SELECT period, {SUMS} FROM ({{parts}}) f GROUP BY 1"  # noqa: S608
HOURS = "SELECT period, days, sum(count)::bigint FROM ({parts}) f GROUP BY 1, 2"
DAYS = "SELECT measure, days, sum(count)::bigint FROM ({parts}) f GROUP BY 1, 2 ORDER BY 1, 2"


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
    unclocked: int = 0

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
        """Reopenings to answers given in these days; belongs beside every figure of speed."""
        return _share(self.reopened, self.answered)

    @property
    def on_time_share(self) -> float | None:
        """Of the answers given in these days under a limit, the part given before any limit ran out."""
        return _share(self.on_time, self.answered - self.unclocked)

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

    division_id: int | None
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
    """The figures of a division and all below it, or of the whole site for None; three queries.

    Days are the city's own. `by_category` holds the `top` categories by cases opened.
    """
    places = everywhere() if division_id is None else [division_id]
    totals = parts(places, since, until, "d", "m", of_facts)
    by_category = parts(places, since, until, "dc", "mc", of_facts)
    spans = parts(places, since, until, "d", "m", of_durations)
    months = [MonthCounts(m, Counts(*sums)) for m, *sums in _facts(BY_MONTH, totals, scenario)]
    counts = sum((m.counts for m in months), Counts())
    ranked = _facts(BY_CATEGORY, by_category, scenario, top=int(top))
    days = _rows(DAYS, "indicators_duration", "measure, days, count", spans, scenario)
    return Overview(
        division_id=division_id,
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
    if not division_ids:
        return {}
    asked = parts(division_ids, since, until, "d", "m", of_facts)
    found = {division: Counts(*sums) for division, *sums in _facts(BY_DIVISION, asked, scenario)}
    return dict.fromkeys(division_ids, Counts()) | found


def by_day(
    division_id: int | None, since: date, until: date, scenario: str | None = None
) -> dict[date, Counts]:
    """The counts of each day, also those on which nothing happened; one query."""
    places = everywhere() if division_id is None else [division_id]
    asked = parts(places, since, until, "d", "d", of_facts)
    found = {day: Counts(*sums) for day, *sums in _facts(BY_DAY, asked, scenario)}
    every = (since + timedelta(days=n) for n in range((until - since).days + 1))
    return {day: found.get(day, Counts()) for day in every}


def speeds(
    division_id: int | None, since: date, until: date, counts: Counts, scenario: str | None = None
) -> tuple[Speed, Speed]:
    """Days to an answer and days to the end, with the reopening rate of `counts`, which must be of the same days.

    One query; for whoever has the counts already.
    """
    places = everywhere() if division_id is None else [division_id]
    spans = parts(places, since, until, "d", "m", of_durations)
    days = _rows(DAYS, "indicators_duration", "measure, days, count", spans, scenario)
    return _speed(days, TO_ANSWER, counts), _speed(days, TO_CLOSE, counts)


def by_hour(
    division_id: int | None, days: Sequence[date], scenario: str | None = None
) -> dict[date, list[int]]:
    """How many were opened in each of the 24 hours of these days; one query. Nothing is kept of villages."""
    places = everywhere() if division_id is None else [division_id]
    asked = [Part(places, "h", day, day + timedelta(days=1)) for day in days]
    found = {day: [0] * 24 for day in days}
    for day, hour, count in _rows(HOURS, "indicators_duration", "period, days, count", asked, scenario):
        found[day][hour] = count
    return found


def _speed(days: Sequence[tuple[str, int, int]], measure: str, counts: Counts) -> Speed:
    pairs = [(value, count) for name, value, count in days if name == measure]
    total = sum(count for _, count in pairs)
    return Speed(total, nearest_rank(pairs, 0.5), nearest_rank(pairs, 0.9), counts.reopened_share)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _facts(sql: str, asked: Sequence[Part], scenario: str | None, **more: int) -> list[tuple[Any, ...]]:
    columns = f"division_id, period, scenario, category, {COLUMNS}"
    return _rows(sql, "indicators_fact", columns, asked, scenario, **more)


def _rows(
    sql: str, table: str, columns: str, asked: Sequence[Part], scenario: str | None, **more: int
) -> list[tuple[Any, ...]]:
    if not asked:
        return []
    one = PART.format(columns=columns, table=table)
    values = [v for p in asked for v in (p.divisions, p.grain, p.since, p.before, scenario, scenario)]
    with connection.cursor() as cursor:
        cursor.execute(sql.format(parts=" UNION ALL ".join([one] * len(asked)), **more), values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
