"""What is counted, and how one step adds to it. Plain Python: no database.

A step adds the same whenever it is counted and in whatever order, so the figures are sums: steps can
come in any batches, be rolled up over place and time, and be counted again from history.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

# The columns of a fact, dated by the day of the step, in the city's own time zone:
#   opened, answered (anew after each reopening), closed, refused, withdrawn (ends, by outcome), reopened,
#   returned (handed back between offices), overdue (a limit ran out), on_time (answered with no
#   limit run out), rated and rating_sum (1 to 5);
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
) = range(len(MEASURES))
ENDS = {"closed": CLOSED, "refused": REFUSED, "withdrawn": WITHDRAWN}
# Whole calendar days from opening to the first answer, and to each closing.
TO_ANSWER, TO_CLOSE = "answer", "close"

CONFIDENTIAL, CHILD = "~", "+"

FactKey = tuple[int, date, str, str]  # division (0: none known), day, scenario, category ('': none)
DurationKey = tuple[int, date, str, str, int]  # division, day, scenario, measure, days


@dataclass
class Tally:
    """Sums over some steps, by the deepest division, day, scenario and category."""

    zone: ZoneInfo
    facts: dict[FactKey, list[int]] = field(default_factory=dict)
    durations: dict[DurationKey, int] = field(default_factory=dict)

    def add_all(self, payloads: Iterable[Mapping[str, Any]]) -> "Tally":
        """Count these steps; see `add`."""
        for payload in payloads:
            self.add(payload)
        return self

    def add(self, step: Mapping[str, Any]) -> None:
        """Count one step, given as the payload of its event."""
        adds = effects(step)
        if not adds:
            return
        place, scenario, category = step["division"] or 0, counted_under(step), step["category"] or ""
        day = self._day(step["at"])
        sums = self._sums((place, day, scenario, category))
        for measure, amount in adds:
            sums[measure] += amount
        if step["final"]:
            self._sums((place, self._day(step["opened_at"]), scenario, category))[SETTLED] += 1
        if step["days"] is not None:
            if step["answered"]:
                self._duration((place, day, scenario, TO_ANSWER, step["days"]))
            if step["final"] and step["outcome"] == "closed":
                self._duration((place, day, scenario, TO_CLOSE, step["days"]))

    def _day(self, moment: str) -> date:
        return datetime.fromisoformat(moment).astimezone(self.zone).date()

    def _sums(self, key: FactKey) -> list[int]:
        sums = self.facts.get(key)
        if sums is None:
            sums = self.facts[key] = [0] * len(MEASURES)
        return sums

    def _duration(self, key: DurationKey) -> None:
        self.durations[key] = self.durations.get(key, 0) + 1


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
        if not step.get("late", step["overdue"]):
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
