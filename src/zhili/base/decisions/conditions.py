"""Whether a condition, an output or a fact fits its column; each refusal in words."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any, Final

from zhili.base.decisions.axes import domain, ends
from zhili.base.decisions.table import ANY, Anything, Column, Condition, Interval, Is, OneOf, Row
from zhili.base.decisions.words import Words

LARGEST: Final = 10**18
FINEST: Final = 9
"""Digits after the point."""


def of(row: Row, column: Column) -> Condition:
    """What a row asks of a column."""
    return row.when.get(column.name, ANY)


def misfit(condition: Condition, column: Column) -> Words | None:
    """Why a condition cannot stand in a column; None when it can."""
    if isinstance(condition, Anything):
        return None
    if isinstance(condition, OneOf) and column.kind == "choice":
        if not condition.choices:
            return Words("没有列出任何一个选项")
        strange = sorted(condition.choices - set(column.choices))
        return Words("选项里没有“%(strange)s”", strange="、".join(strange)) if strange else None
    if isinstance(condition, Is) and column.kind == "boolean":
        return None
    if isinstance(condition, Interval) and column.kind in ("number", "money"):
        return _interval(condition, column)
    return Words("条件和“%(title)s”的类型对不上", title=column.title)


def unfit(value: Any, column: Column) -> Words | None:
    """Why a value cannot be a fact or an output of a column; None when it can."""
    told = {"title": column.title}
    if column.kind == "boolean":
        return None if isinstance(value, bool) else Words("“%(title)s”要写是或否", **told)
    if column.kind == "choice":
        if isinstance(value, str) and value in column.choices:
            return None
        return Words("“%(title)s”的选项里没有“%(value)s”", value=str(value), **told)
    if column.kind == "text":
        return None if isinstance(value, str) else Words("“%(title)s”要写文字", **told)
    if not number(value):
        return Words("“%(title)s”要写数", **told)
    if column.whole and value != math.floor(value):
        return Words("“%(title)s”要写整数（金额以分计）", **told)
    if column.least is not None and value < column.least:
        return Words("“%(title)s”不能小于 %(end)s", end=shown(column.least, column), **told)
    if column.most is not None and value > column.most:
        return Words("“%(title)s”不能大于 %(end)s", end=shown(column.most, column), **told)
    return None


def number(value: Any) -> bool:
    """Whether something is a finite number; yes and no are not."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    return math.isfinite(value)


def bounded(value: Any) -> bool:
    """Whether a number is one a table can hold exactly."""
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) <= LARGEST
    if not isinstance(value, Decimal) or not value.is_finite() or abs(value) > LARGEST:
        return False
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -FINEST


def faulty(column: Column, output: bool) -> Words | None:
    """Why a column itself cannot be; None when it can."""
    if not column.name or not column.title:
        return Words("列要有编码和标题")
    if column.kind not in (*("number", "money", "choice", "boolean"), *(("text",) if output else ())):
        return Words("列“%(title)s”的类型不能是“%(kind)s”", title=column.title, kind=column.kind)
    if column.kind == "choice" and not _good_choices(column.choices):
        return Words("列“%(title)s”的可选值是空的、有重复或含有竖线", title=column.title)
    if not all(end is None or bounded(end) for end in (column.least, column.most)):
        return Words("列“%(title)s”的最小值或最大值不是可用的数", title=column.title)
    if column.kind in ("number", "money"):
        low, high = domain(column)
        if not low < high:
            return Words("列“%(title)s”的最小值比最大值大", title=column.title)
    return None


def shown(value: Any, column: Column) -> str:
    """A value as people read it: money in yuan, numbers without needless noughts."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if column.kind == "money" and number(value):
        return plain(Decimal(value) / 100)
    return plain(value) if number(value) else str(value)


def plain(value: Any) -> str:
    """A number without exponent and without noughts at its end."""
    text = (
        f"{Decimal(str(value)) if isinstance(value, float) else value:f}"
        if not isinstance(value, int)
        else ""
    )
    if not text:
        return str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _interval(interval: Interval, column: Column) -> Words | None:
    if not all(end is None or bounded(end) for end in (interval.low, interval.high)):
        return Words("区间的端点不是可用的数")
    low, high = ends(interval, column.whole)
    if not low < high:
        return Words("区间里一个数也没有")
    return None


def _good_choices(choices: tuple[str, ...]) -> bool:
    plain = all(one.strip() and "|" not in one for one in choices)
    return bool(choices) and plain and len(set(choices)) == len(choices)
