"""What is counted, and how one step adds to it. Plain Python: no database.

A step adds the same whenever it is counted and in whatever order, so the figures are sums: steps can
come in any batches, be rolled up over place and time, and be counted again from history.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

# The columns of a fact, dated by the day of the step, in the city's own time zone:
#   opened, answered (anew after each reopening), closed, refused, withdrawn (ends, by outcome), reopened,
#   returned (handed back between offices), overdue (a limit ran out), on_time (answered before the overall
#   limit ran out), unclocked (answered where no limit ever ran: history), rated and rating_sum (1 to 5);
# and one dated by the day the case was opened:
#   settled: 1 at the end (nothing leaves a final stage), so that opened - settled is still open now.
MEASURES = (
    "opened",
    "answered",
    "closed",
    "refused",
    "withdrawn",
    "reopened",
    "returned",
    "overdue",
    "on_time",
    "rated",
    "rating_sum",
    "settled",
    "unclocked",
)
(
    OPENED,
    ANSWERED,
    CLOSED,
    REFUSED,
    WITHDRAWN,
    REOPENED,
    RETURNED,
    OVERDUE,
    ON_TIME,
    RATED,
    RATING_SUM,
    SETTLED,
    UNCLOCKED,
) = range(len(MEASURES))
ENDS = {"closed": CLOSED, "refused": REFUSED, "withdrawn": WITHDRAWN}
# Whole calendar days from opening to the first answer, and to each closing.
TO_ANSWER, TO_CLOSE = "answer", "close"

# A cohort: the cases opened in one calendar month, by category; what became of them until now. Beside the
# days to answer and to close, with `days` 0: opened (under the category the case has now), settled, reopened.
# What came within 15 times 24 hours is what has up to 15 days, less those of the 15th day that came past the
# hour of opening: only these are counted apart, as answer_past and close_past.
OPENED_THEN, SETTLED_NOW, REOPENED_SINCE = "opened", "settled", "reopened"
WITHIN = (15, 60)
# How many were opened in each hour of a day, 0 to 23 by the city's own clock; kept as a duration whose days are hours.
HOUR = "hour"

CONFIDENTIAL, CHILD = "~", "+"

FactKey = tuple[int, date, str, str]  # division (0: none known), day, scenario, category ('': none)
DurationKey = tuple[int, date, str, str, int]  # division, day, scenario, measure, days
CohortKey = tuple[int, date, str, str, str, int]  # division, month opened, scenario, category, measure, days


@dataclass
class Tally:
    """Sums over some steps, by the deepest division, day, scenario and category."""

    zone: ZoneInfo
    facts: dict[FactKey, list[int]] = field(default_factory=dict)
    durations: dict[DurationKey, int] = field(default_factory=dict)
    cohorts: dict[CohortKey, int] = field(default_factory=dict)
    hours: dict[DurationKey, int] = field(default_factory=dict)
    _moments: dict[str, datetime] = field(default_factory=dict)

    def add_all(self, payloads: Iterable[Mapping[str, Any]]) -> "Tally":
        """Count these steps; see `add`."""
        for payload in payloads:
            self.add(payload)
        return self

    def add(self, step: Mapping[str, Any]) -> None:
        """Count one step, given as the payload of its event."""
        adds = effects(step)
        was = step.get("was")
        if not adds and was is None:
            return
        place, scenario, category = step["division"] or 0, counted_under(step), step["category"] or ""
        at, opened_at = self._moment(step["at"]), self._moment(step["opened_at"])
        day, opened, days = at.date(), opened_at.date(), step["days"]
        if adds:
            sums = self._sums((place, day, scenario, category))
            for measure, amount in adds:
                sums[measure] += amount
        if step["first"]:
            hour = (place, day, scenario, HOUR, at.hour)
            self.hours[hour] = self.hours.get(hour, 0) + 1
        if step["final"]:
            self._sums((place, opened, scenario, category))[SETTLED] += 1
        ended = [TO_ANSWER] if step["answered"] and days is not None else []
        if step["final"] and step["outcome"] == "closed" and days is not None:
            ended.append(TO_CLOSE)
        cohort = (place, opened.replace(day=1), scenario)
        for name in ended:
            self._count((place, day, scenario, name, days))
            self._add((*cohort, category, name, days))
            if days in WITHIN and at - opened_at > timedelta(days=days):
                self._add((*cohort, category, past(name), days))
        self._follow(step, cohort, category, was)

    def _follow(
        self, step: Mapping[str, Any], cohort: tuple[int, date, str], category: str, was: str | None
    ) -> None:
        """How many of the cohort there are, at an end and opened again; a case that changes category moves."""
        if step["first"]:
            self._add((*cohort, category, OPENED_THEN, 0))
        elif was is not None and was != category:
            self._add((*cohort, was, OPENED_THEN, 0), -1)
            self._add((*cohort, category, OPENED_THEN, 0))
        if step["final"]:
            self._add((*cohort, category, SETTLED_NOW, 0))
        if step["reopened"]:
            self._add((*cohort, category, REOPENED_SINCE, 0))

    def _moment(self, text: str) -> datetime:
        """By the city's own clock, as a clock on the wall shows it; the same few moments come again and again."""
        found = self._moments.get(text)
        if found is None:
            found = datetime.fromisoformat(text).astimezone(self.zone).replace(tzinfo=None)
            self._moments[text] = found
        return found

    def _sums(self, key: FactKey) -> list[int]:
        sums = self.facts.get(key)
        if sums is None:
            sums = self.facts[key] = [0] * len(MEASURES)
        return sums

    def _count(self, key: DurationKey) -> None:
        self.durations[key] = self.durations.get(key, 0) + 1

    def _add(self, key: CohortKey, amount: int = 1) -> None:
        self.cohorts[key] = self.cohorts.get(key, 0) + amount


def past(measure: str) -> str:
    """The measure that counts those of `measure` (answer, close) past the hour on the last day of a limit."""
    return f"{measure}_past"


def counted_under(step: Mapping[str, Any]) -> str:
    """The scenario, marked when the step is of no published matter: confidential, or a child of another case.

    Marked sums are kept beside the others, so that figures leave them out and still say how many were left out.
    """
    if step.get("confidential"):
        return CONFIDENTIAL + str(step["scenario"])
    return CHILD + str(step["scenario"]) if step.get("child") else str(step["scenario"])


def effects(step: Mapping[str, Any]) -> list[tuple[int, int]]:
    """What the step adds on its own day: (measure, amount)."""
    adds: list[tuple[int, int]] = []
    if step["first"]:
        adds.append((OPENED, 1))
    if step["answered"]:
        adds.append((ANSWERED, 1))
        if step.get("unclocked"):
            adds.append((UNCLOCKED, 1))
        elif not step.get("late", step["overdue"]):
            adds.append((ON_TIME, 1))
    if step["final"]:
        adds.append((ENDS[step["outcome"]], 1))
    if step["reopened"]:
        adds.append((REOPENED, 1))
    if step["returned"]:
        adds.append((RETURNED, 1))
    if step["action"] == "overdue":
        adds.append((OVERDUE, 1))
    if step["rating"] is not None:
        adds += [(RATED, 1), (RATING_SUM, step["rating"])]
    return adds


def nearest_rank(counts: Iterable[tuple[int, int]], fraction: float) -> int | None:
    """The nearest-rank percentile of (value, how many) pairs sorted by value; None of nothing.

    The smallest value that at least `fraction` of all are no greater than. Exact: no interpolation.
    """
    pairs = [(value, count) for value, count in counts if count]
    total = sum(count for _, count in pairs)
    passed = 0
    for value, count in pairs:
        passed += count
        if passed >= fraction * total:
            return value
    return None
