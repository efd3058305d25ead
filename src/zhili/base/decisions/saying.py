"""Conditions as people write and read them: ≥100, <500; one choice or another; and the way back from a cell.

What ``written`` gives, ``read_condition`` reads to the same condition.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from zhili.base.decisions.axes import Axis, Cut, domain
from zhili.base.decisions.boxes import Box
from zhili.base.decisions.conditions import shown
from zhili.base.decisions.table import Anything, Column, Condition, Interval, Is, OneOf


def written(condition: Condition, column: Column) -> str:
    """A condition as a cell of a sheet holds it; empty for any value. Money in yuan."""
    if isinstance(condition, Anything):
        return ""
    if isinstance(condition, OneOf):
        known = [choice for choice in column.choices if choice in condition.choices]
        return "|".join([*known, *sorted(condition.choices - set(known))])
    if isinstance(condition, Is):
        return "是" if condition.value else "否"
    return _interval(condition, column)


def box_words(axes: Sequence[Axis], box: Box) -> str:
    """A box in words: each column that is not free, with its values."""
    told = [
        f"{one.column.title} {_parts_in_words(one, parts)}"
        for one, parts in zip(axes, box, strict=True)
        if len(parts) < len(one.masks)
    ]
    return "，".join(told) or "—"


def _interval(one: Interval, column: Column) -> str:
    if one.low is not None and one.low == one.high and one.low_closed and one.high_closed:
        return f"={shown(one.low, column)}"
    low = "" if one.low is None else f"{'≥' if one.low_closed else '>'}{shown(one.low, column)}"
    high = "" if one.high is None else f"{'≤' if one.high_closed else '<'}{shown(one.high, column)}"
    return ", ".join(filter(None, (low, high))) or "*"


def _parts_in_words(one: Axis, parts: tuple[int, ...]) -> str:
    column = one.column
    if column.kind == "boolean":
        return "是" if parts[0] else "否"
    if not one.cuts:
        return "、".join(column.choices[part] for part in parts)
    unit = column.unit or ("元" if column.kind == "money" else "")
    spans = [_interval(_between(*one.span(first, last), column), column) for first, last in _runs(parts)]
    return " / ".join(spans) + (f" {unit}" if unit else "")


def _runs(parts: tuple[int, ...]) -> list[tuple[int, int]]:
    """Parts that lie side by side, as (first, last)."""
    runs: list[tuple[int, int]] = []
    for part in parts:
        if runs and runs[-1][1] == part - 1:
            runs[-1] = (runs[-1][0], part)
        else:
            runs.append((part, part))
    return runs


def _between(low: Cut, high: Cut, column: Column) -> Interval:
    """The interval between two cuts; an end that is only the end of the column is left out."""
    least, most = domain(column)
    first = None if low == least and low[0] == -math.inf else low[0]
    last = None if high == most else high[0]
    if column.whole and last is not None and first is not None and last == first + 1:
        return Interval(first, first, True, True)
    return Interval(first, last, low[1] == 0, high[1] == 1)
