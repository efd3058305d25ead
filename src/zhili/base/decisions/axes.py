"""One column cut at every end of every row: between two cuts a table cannot tell one value from another.

A cut is ``(value, 0)`` just before a value or ``(value, 1)`` just after it, so that open and closed ends compare
exactly. In columns of whole numbers every end is moved to just before a whole number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any, TypeAlias

from zhili.base.decisions.table import Anything, Column, Condition, Interval, Is, Number, OneOf, Value

Cut: TypeAlias = tuple[Any, int]
START: Cut = (-math.inf, 0)
END: Cut = (math.inf, 0)
EXACT = Context(prec=60)
"""Ends have at most 18 digits before and 9 after the point (``conditions.checked``): half of a sum is exact."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A column of a table with its parts. ``masks``: of each part, the rows that hold there, bit i for the i-th row."""

    column: Column
    masks: tuple[int, ...]
    cuts: tuple[Cut, ...] = ()
    """Of numbers: the parts lie between one cut and the next."""
    free: int = 0
    """Rows that do not ask for this column."""

    def span(self, first: int, last: int) -> tuple[Cut, Cut]:
        """From where to where parts ``first`` to ``last`` reach."""
        return self.cuts[first], self.cuts[last + 1]


def axis(column: Column, conditions: Iterable[Condition]) -> Axis:
    """Cut a column by the conditions of the rows, in their order. Conditions fit the column (``conditions.misfit``)."""
    rows = list(conditions)
    free = _bits(i for i, one in enumerate(rows) if isinstance(one, Anything))
    if column.kind in ("number", "money"):
        return _numbers(column, rows, free)
    if column.kind == "boolean":
        masks = [_bits(i for i, one in enumerate(rows) if isinstance(one, Is) and one.value is on)
                 for on in (False, True)]  # fmt: skip
    else:
        masks = [_bits(i for i, one in enumerate(rows) if isinstance(one, OneOf) and choice in one.choices)
                 for choice in column.choices]  # fmt: skip
    return Axis(column, tuple(mask | free for mask in masks), free=free)


def ends(interval: Interval, whole: bool) -> tuple[Cut, Cut]:
    """Where an interval begins and ends; it is empty when the first is not below the second."""
    low = START if interval.low is None else _cut(interval.low, not interval.low_closed, whole)
    high = END if interval.high is None else _cut(interval.high, interval.high_closed, whole)
    return low, high


def domain(column: Column) -> tuple[Cut, Cut]:
    """Where a column of numbers begins and ends."""
    return ends(Interval(column.least, column.most, True, True), column.whole)


def inside(low: Cut, high: Cut) -> Number:
    """A value between two cuts, one a person would name: an end that belongs to it, else halfway, else one further."""
    if low[0] != -math.inf and low[1] == 0:
        return low[0]  # type: ignore[no-any-return]
    if high[0] != math.inf and high[1] == 1:
        return high[0]  # type: ignore[no-any-return]
    if low[0] == -math.inf:
        return 0 if high[0] > 0 else high[0] - 1  # type: ignore[no-any-return]
    if high[0] == math.inf:
        return low[0] + 1  # type: ignore[no-any-return]
    return _between(low[0], high[0])


def value_at(axis: Axis, part: int) -> Value:
    """A value of a part."""
    column = axis.column
    if axis.cuts:
        return inside(*axis.span(part, part))
    return bool(part) if column.kind == "boolean" else column.choices[part]


def _numbers(column: Column, rows: list[Condition], free: int) -> Axis:
    least, most = domain(column)
    reach = [ends(one, column.whole) if isinstance(one, Interval) else None for one in rows]
    known = {cut for pair in reach if pair for cut in pair if least < cut < most}
    cuts = (least, *sorted(known), most)
    opens: dict[Cut, int] = {}
    closes: dict[Cut, int] = {}
    for i, pair in enumerate(reach):
        if pair is not None and (low := max(pair[0], least)) < (high := min(pair[1], most)):
            opens[low] = opens.get(low, 0) | 1 << i
            closes[high] = closes.get(high, 0) | 1 << i
    masks, now = [], 0
    for cut in cuts[:-1]:
        now = (now & ~closes.get(cut, 0)) | opens.get(cut, 0)
        masks.append(now | free)
    return Axis(column, tuple(masks), cuts, free)


def _cut(value: Number, after: bool, whole: bool) -> Cut:
    if not whole:
        return value, int(after)
    return (math.floor(value) + 1, 0) if after else (math.ceil(value), 0)


def _between(low: Number, high: Number) -> Number:
    """The plainest number strictly between two: a whole one if there is, else halfway."""
    whole = math.floor(low) + 1
    if whole < high:
        return whole
    middle = EXACT.divide(EXACT.add(Decimal(low), Decimal(high)), Decimal(2))
    return middle.normalize(EXACT)


def _bits(indexes: Iterable[int]) -> int:
    mask = 0
    for index in indexes:
        mask |= 1 << index
    return mask


Locate: TypeAlias = Callable[[Any], int]
"""The part a fact lies in. Raises KeyError for a value the column cannot have."""
