"""How alike cases came out: fines of one clause by the row of the benchmark that held. Cells under five are not shown.

A cell is the cases of one row of one version and one kind of party. It tells how many, the lowest, the middle and
the highest; never a single case, so that nobody can be recognised, and a group too small is left out of every sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
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
    """One clause, decisions from ``first`` to ``last`` (both counted), one kind of party or all ("")."""

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
    found = decided(asked, actor).values_list("table_number", "rows", "low", "high", "fine")
    return group(found)


def group(fines: Iterable[tuple[int | None, list[int], int | None, int | None, int | None]]) -> Spread:
    """Cells of rows (version, rows, low, high, fine); those under five only counted as hidden."""
    groups: defaultdict[tuple[int | None, tuple[int, ...], int, int], list[int]] = defaultdict(list)
    for number, rows, low, high, fine in fines:
        groups[number, tuple(rows), low or 0, high or 0].append(fine or 0)
    cells = [_cell(key, values) for key, values in groups.items() if len(values) >= FEWEST]
    cells.sort(key=lambda one: (-(one.table_number or 0), one.low, one.high, one.rows))
    return Spread(tuple(cells), len(groups) - len(cells))


def _cell(key: tuple[int | None, tuple[int, ...], int, int], fines: list[int]) -> Cell:
    number, rows, low, high = key
    outside = sum(not low <= fine <= high for fine in fines)
    return Cell(number, rows, low, high, len(fines), min(fines), median_low(fines), max(fines), outside)
