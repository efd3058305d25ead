"""Where rows leave something open and where two of them meet, found exactly.

Every column is cut into parts (``axes``); a box takes some parts of each column. What is open is found column by
column, remembering which sets of rows were already looked at, so a table costs what its rows differ by and not the
product of all its parts. A table too tangled to be proven within ``WORK`` steps says so instead of guessing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from operator import or_
from typing import Final, TypeAlias

from zhili.base.decisions.axes import Axis, domain, ends
from zhili.base.decisions.table import Interval

WORK: Final = 3_000_000
Box: TypeAlias = tuple[tuple[int, ...], ...]
"""Of each axis, the parts that belong to it."""


class TooTangled(Exception):
    """More combinations than ``WORK``."""


class Cover:
    """Which boxes within ``within`` none of the rows ``rows`` covers."""

    def __init__(
        self, axes: Sequence[Axis], rows: int, within: Sequence[Sequence[int]] | None = None
    ) -> None:
        self._count = len(axes)
        every = within if within is not None else [range(len(one.masks)) for one in axes]
        self._order = sorted(range(self._count), key=lambda i: len(every[i]))
        self._every = [tuple(every[i]) for i in self._order]
        self._parts = [[(part, axes[i].masks[part]) for part in every[i]] for i in self._order]
        free = [axes[i].free for i in self._order]
        self._rest = [rows] * (self._count + 1)
        """From an axis on: rows that ask for none of the axes left."""
        for k in range(self._count - 1, -1, -1):
            self._rest[k] = self._rest[k + 1] & free[k]
        self._rows = rows
        self._known: dict[tuple[int, int], bool] = {}
        self._work = 0

    def complete(self) -> bool:
        """Whether nothing is open."""
        return not self._open(0, self._rows)

    def boxes(self) -> Iterator[Box]:
        """The open boxes, none meeting another."""
        for found in self._walk(0, self._rows, []):
            box: list[tuple[int, ...]] = [()] * self._count
            for place, i in enumerate(self._order):
                box[i] = found[place]
            yield tuple(box)

    def _open(self, k: int, rows: int) -> bool:
        if rows == 0:
            return True
        if rows & self._rest[k]:
            return False
        key = (k, rows)
        found = self._known.get(key)
        if found is None:
            found = any(self._open(k + 1, left) for left in self._split(k, rows))
            self._known[key] = found
        return found

    def _split(self, k: int, rows: int) -> dict[int, list[int]]:
        """Parts of an axis by the rows that hold in them, fewest rows first: where few hold, a gap is near."""
        found: dict[int, list[int]] = {}
        for part, mask in self._parts[k]:
            found.setdefault(mask & rows, []).append(part)
        self._work += len(self._parts[k])
        if self._work > WORK:
            raise TooTangled
        return dict(sorted(found.items(), key=lambda item: item[0].bit_count()))

    def _walk(self, k: int, rows: int, chosen: list[tuple[int, ...]]) -> Iterator[list[tuple[int, ...]]]:
        if rows == 0:
            yield [*chosen, *self._every[k:]]
            return
        if not self._open(k, rows):
            return
        for left, parts in self._split(k, rows).items():
            yield from self._walk(k + 1, left, [*chosen, tuple(parts)])


class Meeting:
    """Which rows meet a row: boxes meet when they do on every axis."""

    def __init__(self, axes: Sequence[Axis], rows: int, conditions: Sequence[Sequence[object]]) -> None:
        """``conditions``: of each axis, those of the rows in their order."""
        self._axes = sorted(zip(axes, conditions, strict=True), key=lambda pair: -len(pair[0].masks))
        self._all = (1 << rows) - 1
        self._begun = [list(accumulate(one.masks, or_)) for one, _ in self._axes]

    def after(self, row: int) -> list[int]:
        """Indexes of the rows further down that meet this one."""
        found = self._all >> (row + 1) << (row + 1)
        for (one, conditions), begun in zip(self._axes, self._begun, strict=True):
            if not found:
                break
            if not one.free >> row & 1:
                found &= _touched(one, begun, row, conditions[row])
        return list(bits(found))


def joined(boxes: Sequence[Box]) -> list[Box]:
    """The same space in fewer boxes: two that differ on one axis only are one. The order of the first of each."""
    found = list(boxes)
    changed = True
    while changed:
        changed = False
        for i, one in enumerate(found):
            for j in range(len(found) - 1, i, -1):
                if (axis := _only_difference(one, found[j])) is not None:
                    parts = tuple(sorted({*one[axis], *found[j][axis]}))
                    one = found[i] = (*one[:axis], parts, *one[axis + 1 :])
                    del found[j]
                    changed = True
    return found


def _only_difference(one: Box, other: Box) -> int | None:
    axes = [k for k, (mine, theirs) in enumerate(zip(one, other, strict=True)) if mine != theirs]
    return axes[0] if len(axes) == 1 else None


def parts_of(one: Axis, row: int) -> tuple[int, ...]:
    """The parts of an axis where a row holds."""
    return tuple(part for part, mask in enumerate(one.masks) if mask >> row & 1)


def bits(mask: int) -> Iterator[int]:
    """The places of the ones in a number, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _touched(one: Axis, begun: list[int], row: int, condition: object) -> int:
    """Rows that hold in any part where this row holds; on numbers without walking through them all."""
    if one.cuts and isinstance(condition, Interval):
        low, high = ends(condition, one.column.whole)
        least, most = domain(one.column)
        if max(low, least) >= min(high, most):
            return 0
        first = bisect_left(one.cuts, max(low, least))
        last = bisect_left(one.cuts, min(high, most)) - 1
        return one.masks[first] | (begun[last] & ~begun[first])
    found = 0
    for mask in one.masks:
        if mask >> row & 1:
            found |= mask
    return found
