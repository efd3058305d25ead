"""Which sums are kept for which place, and which of them answer a question.

    b   base: the cases of this very division (not of those below it), by day and category
    d   this division and all below it, by day         dc  the same by category
    m   this division and all below it, by month       mc  the same by category
    h   this division and all below it, by hour of the day (durations only, towns and above)

A village has few cases: its base rows are summed when asked. A town keeps days, months and months by
category. Counties and above keep everything, so that a city reads some thousand rows at most. This is
a third of the rows that all grains for all places would be.

A span of days is read as its whole months from monthly sums and the days at either end from daily
ones: exact for any span, and as cheap for ten years as for one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from zhili.core.places import tree

# Stands for cases outside the city or with no place.
NOWHERE = 0

Kept = Mapping[str, tuple[str, ...]]
_FULL = ("d", "dc", "m", "mc")
of_facts: Kept = {
    "province": _FULL,
    "city": _FULL,
    "county": _FULL,
    "town": ("d", "m", "mc"),
    "village": (),
}
of_durations: Kept = {
    "province": ("d", "m"),
    "city": ("d", "m"),
    "county": ("d", "m"),
    "town": ("m",),
    "village": (),
}


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that together answer a question: of these divisions, of this grain, from `since` to before `before`."""

    divisions: list[int]
    grain: str
    since: date
    before: date


def targets(division_id: int, kept: Kept) -> Iterator[tuple[int, str]]:
    """(division, grain) of all sums that a case of this division adds to."""
    yield division_id, "b"
    line = tree.ancestors(division_id) if division_id != NOWHERE else (NOWHERE,)
    for above in line:
        for grain in kept[_level(above)]:
            yield above, grain


def cohort_targets(division_id: int) -> Iterator[int]:
    """The divisions whose cohorts a case of this division adds to: all above it down to its town."""
    line = tree.ancestors(division_id) if division_id != NOWHERE else (NOWHERE,)
    return (above for above in line if _level(above) != "village")


def hour_targets(division_id: int) -> Iterator[tuple[int, str]]:
    """(division, grain) of the hours a case of this division adds to: all above it down to its town."""
    return ((above, "h") for above in cohort_targets(division_id))


def parts(
    division_ids: Iterable[int], since: date, until: date, day: str, month: str, kept: Kept
) -> list[Part]:
    """What to read for these divisions, from `since` to `until`, both included.

    `day` and `month` name the grains wanted; where a level does not keep one, base rows stand in for it.
    """
    by_level: dict[tuple[str, ...], list[int]] = {}
    for division in division_ids:
        by_level.setdefault(kept[_level(division)], []).append(division)
    return [part for has, some in by_level.items() for part in _parts(some, since, until, day, month, has)]


def _parts(
    divisions: list[int], since: date, until: date, day: str, month: str, has: tuple[str, ...]
) -> Iterator[Part]:
    base = [] if day in has else [low for division in divisions for low in _own_and_below(division)]
    end = until + timedelta(days=1)
    first, last = _whole_months(since, end)
    spans = [(day, since, first), (month, first, last), (day, last, end)]
    if month not in has or first >= last:
        spans = [(day, since, end)]
    for grain, a, b in spans:
        if a < b:
            yield Part(divisions, grain, a, b) if grain in has else Part(base, "b", a, b)


def everywhere() -> list[int]:
    """The places that together are the whole site: the topmost divisions, and nowhere."""
    return [NOWHERE, *(n.id for n in tree.nodes().values() if n.parent_id is None)]


def _level(division_id: int) -> str:
    return tree.node(division_id).level if division_id != NOWHERE else "city"


def _own_and_below(division_id: int) -> list[int]:
    """The division and those whose line runs through it: what `targets` rolls up into it."""
    if tree.node(division_id).level == "village":
        return [division_id]
    return [n.id for n in tree.nodes().values() if division_id in n.line]


def _whole_months(since: date, end: date) -> tuple[date, date]:
    """The first day of the first whole month at or after `since`, and of the month `end` lies in."""
    first = since if since.day == 1 else (since.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first, end.replace(day=1)
