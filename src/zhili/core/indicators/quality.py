"""What became of the cases opened in some calendar months: in all, by category and by month.

Every figure of a row is about the same cases, those opened in the row's months: how many there are, how many
are at an end now, in how many days half and nine in ten were answered and closed, how many within 15 and 60
days, and how often they had to be opened again. Kept for towns and everything above.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection

from zhili.core.indicators.grains import everywhere
from zhili.core.indicators.measures import (
    OPENED_THEN,
    REOPENED_SINCE,
    SETTLED_NOW,
    TO_ANSWER,
    TO_CLOSE,
    WITHIN,
    past,
)
from zhili.core.indicators.storing import CURRENT

# Nearest rank in whole numbers: the smallest value that at least half (nine tenths) of all are no greater than.
COHORTS = f"""
WITH sets AS (
  SELECT CASE WHEN GROUPING(category) = 0 THEN 'type' WHEN GROUPING(period) = 0 THEN 'month' ELSE 'all' END AS by,
         scenario, category, period, measure, days, sum(count) AS n
  FROM indicators_cohort WHERE generation = {CURRENT} AND division_id = ANY(%(places)s)
    AND period >= %(first)s AND period <= %(last)s
    AND CASE WHEN %(scenario)s::varchar IS NULL THEN left(scenario, 1) NOT IN ('~', '+')
             ELSE scenario = %(scenario)s END
    AND (%(category)s::varchar IS NULL OR category = %(category)s)
  GROUP BY GROUPING SETS ((measure, days), (scenario, category, measure, days), (period, measure, days))),
ranked AS (
  SELECT *, sum(n) OVER (same ORDER BY days) AS upto, sum(n) OVER same AS total
  FROM sets WINDOW same AS (PARTITION BY by, scenario, category, period, measure))
SELECT by, scenario, category, period, measure, max(total)::bigint,
       min(days) FILTER (WHERE 2 * upto >= total), min(days) FILTER (WHERE 10 * upto >= 9 * total),
       coalesce(sum(n) FILTER (WHERE days <= {WITHIN[0]}), 0)::bigint,
       coalesce(sum(n) FILTER (WHERE days <= {WITHIN[1]}), 0)::bigint
FROM ranked GROUP BY 1, 2, 3, 4, 5"""  # noqa: S608


Numbers = tuple[int, int | None, int | None, int, int]
"""How many, median, 90th percentile, and how many of up to 15 and up to 60 days."""
NOTHING: Numbers = (0, None, None, 0, 0)


@dataclass(frozen=True, slots=True)
class Pace:
    """Whole calendar days over `count` answers (or closings); `within` counts those in so many times 24 hours."""

    count: int = 0
    median: int | None = None
    p90: int | None = None
    within: Mapping[int, int] = field(default_factory=lambda: dict.fromkeys(WITHIN, 0))

    def share(self, days: int) -> float | None:
        """The part within so many days; None of nothing."""
        return self.within[days] / self.count if self.count else None


@dataclass(frozen=True, slots=True)
class Quality:
    """One row: the cases opened in its months. A share of nothing is None."""

    opened: int = 0
    settled: int = 0
    reopened: int = 0
    to_answer: Pace = field(default_factory=Pace)
    to_close: Pace = field(default_factory=Pace)

    @property
    def closed_share(self) -> float | None:
        """The part that is at an end now: closed, refused or withdrawn."""
        return self.settled / self.opened if self.opened else None

    @property
    def reopened_share(self) -> float | None:
        """Reopenings to answers, or to closings where nothing was answered: beside every figure of speed."""
        ended = self.to_answer.count or self.to_close.count
        return self.reopened / ended if ended else None


@dataclass(frozen=True, slots=True)
class CategoryQuality:
    """`category` is '' for cases without one."""

    scenario: str
    category: str
    quality: Quality


@dataclass(frozen=True, slots=True)
class MonthQuality:
    """`month` is its first day."""

    month: date
    quality: Quality


@dataclass(frozen=True, slots=True)
class Report:
    """Of the cases opened in whole months, `first` to `last` (their first days), both included."""

    first: date
    last: date
    total: Quality
    by_category: list[CategoryQuality]
    by_month: list[MonthQuality]


def quality(
    division_id: int | None,
    since: date,
    until: date,
    scenario: str | None = None,
    category: str | None = None,
) -> Report:
    """The cases of a division and all below it, or of the whole site for None; one query.

    Whole calendar months, from that of `since` to that of `until`. Categories come with the most cases first,
    months in order; `category` picks one, '' those without. Of a village nothing is kept: use its town.
    """
    first, last = since.replace(day=1), until.replace(day=1)
    places = everywhere() if division_id is None else [division_id]
    asked: dict[str, Any] = {
        "places": places,
        "first": first,
        "last": last,
        "scenario": scenario,
        "category": category,
    }
    with connection.cursor() as cursor:
        cursor.execute(COHORTS, asked)
        rows = cursor.fetchall()
    found: dict[tuple[Any, ...], dict[str, Numbers]] = {}
    for by, scenario_, category_, month, measure, *numbers in rows:
        found.setdefault((by, scenario_, category_, month), {})[measure] = tuple(numbers)
    types = [CategoryQuality(key[1], key[2], _quality(m)) for key, m in found.items() if key[0] == "type"]
    months = [MonthQuality(key[3], _quality(m)) for key, m in found.items() if key[0] == "month"]
    return Report(
        first,
        last,
        _quality(found.get(("all", None, None, None), {})),
        sorted(
            (t for t in types if t.quality != Quality()),
            key=lambda t: (-t.quality.opened, t.scenario, t.category),
        ),
        sorted(months, key=lambda m: m.month),
    )


def months_of(report: Report) -> Sequence[date]:
    """Every month of the report, also those in which nothing was opened."""
    found, month = [], report.first
    while month <= report.last:
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def _quality(measures: Mapping[str, Numbers]) -> Quality:
    def count(name: str) -> int:
        return measures.get(name, NOTHING)[0]

    def pace(name: str) -> Pace:
        total, median, p90, *upto = measures.get(name, NOTHING)
        *_, over_first, over_both = measures.get(past(name), NOTHING)
        over = (over_first, over_both - over_first)
        return Pace(total, median, p90, {d: u - o for d, u, o in zip(WITHIN, upto, over, strict=True)})

    return Quality(
        count(OPENED_THEN), count(SETTLED_NOW), count(REOPENED_SINCE), pace(TO_ANSWER), pace(TO_CLOSE)
    )
