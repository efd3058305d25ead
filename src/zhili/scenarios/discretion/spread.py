"""How alike cases came out: fines of one clause by the row of the benchmark that held. Cells under five are not shown.

A cell is the cases of one row of one version. It tells how many, the lowest, the middle and the highest; never a single
case, and a group too small is left out of every sum. Nor can a small group be had by taking one answer from another:
periods are whole calendar years, which do not overlap, and of one kind of party a cell is shown only where the other
kind's cell of the same rows is empty or has five, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from statistics import median_low
from typing import Final

from django.db.models import QuerySet

from zhili.core.cases import query
from zhili.core.people.actors import Actor
from zhili.scenarios.discretion import kinds, law
from zhili.scenarios.discretion.models import PenaltyDetail

FEWEST: Final = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """One clause, decisions from ``first`` to ``last`` (both counted), ``party``: entity, person or all ("")."""

    provision: str
    first: date
    last: date
    party: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """Similar cases: the rows that held in a version (none: no benchmark), and their fines in fen."""

    table_number: int | None
    rows: tuple[int, ...]
    low: int
    high: int
    count: int
    least: int
    middle: int
    most: int
    outside: int
    """Decided outside the range, with another person's approval."""


@dataclass(frozen=True, slots=True)
class Spread:
    """``hidden``: groups of fewer than five, which are in none of the cells."""

    cells: tuple[Cell, ...]
    hidden: int

    @property
    def count(self) -> int:
        """Cases in the cells shown."""
        return sum(one.count for one in self.cells)


def decided(asked: Asked, actor: Actor) -> QuerySet[PenaltyDetail]:
    """Fines decided, of cases the actor may see; the on-the-spot ones apart, which no benchmark weighs."""
    rows = PenaltyDetail.objects.filter(
        provision=asked.provision,
        decided_on__range=(asked.first, asked.last),
        outcome=kinds.FINE,
        spot=False,
        case__in=query.visible(actor),
    )
    if asked.party:
        rows = (
            rows.filter(party_kind=law.ENTITY)
            if asked.party == law.ENTITY
            else rows.exclude(party_kind=law.ENTITY)
        )
    return rows


def of(asked: Asked, actor: Actor) -> Spread:
    """The spread, one query."""
    everybody = replace(asked, party="")
    found = decided(everybody, actor).values_list("table_number", "rows", "low", "high", "fine", "party_kind")
    return group(found, asked.party)


def group(
    fines: Iterable[tuple[int | None, list[int], int | None, int | None, int | None, str]], party: str = ""
) -> Spread:
    """Cells of (version, rows, low, high, fine, kind of party); what may not be told is only counted as hidden."""
    groups: defaultdict[tuple[int | None, tuple[int, ...], int, int], dict[bool, list[int]]] = defaultdict(
        lambda: {True: [], False: []}
    )
    for number, rows, low, high, fine, kind in fines:
        groups[number, tuple(rows), low or 0, high or 0][kind == law.ENTITY].append(fine or 0)
    wanted = [(key, *_split(by, party)) for key, by in groups.items()]
    asked = [(key, mine, rest) for key, mine, rest in wanted if mine]
    cells = [_cell(key, mine) for key, mine, rest in asked if may_be_told(len(mine), len(rest))]
    cells.sort(key=lambda one: (-(one.table_number or 0), one.low, one.high, one.rows))
    return Spread(tuple(cells), len(asked) - len(cells))


def may_be_told(count: int, rest: int) -> bool:
    """Whether a cell is shown: five cases at least, and what is left of the whole is none or five, too."""
    return count >= FEWEST and (rest == 0 or rest >= FEWEST)


def _split(by: dict[bool, list[int]], party: str) -> tuple[list[int], list[int]]:
    """(the cases asked for, the others of the same rows)."""
    if not party:
        return [*by[True], *by[False]], []
    entity = party == law.ENTITY
    return by[entity], by[not entity]


def year_of(asked: int) -> tuple[date, date]:
    """A calendar year's first and last day."""
    return date(asked, 1, 1), date(asked, 12, 31)


def _cell(key: tuple[int | None, tuple[int, ...], int, int], fines: list[int]) -> Cell:
    number, rows, low, high = key
    outside = sum(not low <= fine <= high for fine in fines)
    return Cell(number, rows, low, high, len(fines), min(fines), median_low(fines), max(fines), outside)
