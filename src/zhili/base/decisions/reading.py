"""One cell of a sheet read as a condition or a value: what people write for numbers, choices, yes and no.

``100以上不足500``, ``≥100, <500``, ``[100,500)`` and ``100~500`` are all understood; 以上 and 以下 include the number
itself, as they do in law (民法典 1259), 不足 and 超过 do not.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from zhili.base.decisions.conditions import bounded, misfit, unfit
from zhili.base.decisions.table import ANY, Column, Condition, Interval, Is, Number, OneOf, Value
from zhili.base.decisions.words import Words

YES: Final = frozenset({"是", "有", "yes", "true", "1", "y", "√"})
NO: Final = frozenset({"否", "无", "没有", "no", "false", "0", "n", "×"})
NOTHING: Final = frozenset({"", "-", "—", "任意", "不限", "any", "/", "*"})
_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")
_AMOUNT: Final = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(万|亿)?")
_BRACKETS: Final = re.compile(r"([\[(])([^,]*),([^,]*)([\])])")
_RANGE: Final = re.compile(r"(.+?)\s*(?:~|至|到)\s*(.+)")
_BEFORE: Final = {
    ">=": "from", "≥": "from", "不低于": "from", "不少于": "from", "至少": "from", "大于等于": "from",
    "<=": "to", "≤": "to", "不超过": "to", "不高于": "to", "不多于": "to", "至多": "to", "小于等于": "to",
    ">": "above", "超过": "above", "大于": "above", "高于": "above", "多于": "above",
    "<": "below", "不足": "below", "小于": "below", "低于": "below", "少于": "below", "不满": "below",
    "=": "is", "等于": "is",
}  # fmt: skip
_AFTER: Final = {"以上": "from", "及以上": "from", "以下": "to", "及以下": "to"}
_SIGNS: Final = sorted(_BEFORE, key=len, reverse=True)


class CellRefused(ValueError):
    """Why a cell cannot be read, in words."""

    def __init__(self, words: Words) -> None:
        super().__init__(words)
        self.words = words


def read_condition(cell: Any, column: Column) -> Condition:
    """The condition a cell of an input column writes. Raises CellRefused."""
    text = clean(cell)
    if text.lower() in NOTHING and text not in column.choices:
        return ANY
    if column.kind == "boolean":
        return Is(_yes_or_no(text, column))
    if column.kind == "choice":
        found: Condition = _choices(text, column)
    else:
        found = _interval(text, column)
    if words := misfit(found, column):
        raise CellRefused(words)
    return found


def read_value(cell: Any, column: Column) -> Value:
    """The value a cell of an output column writes, or a fact typed for an input. Raises CellRefused."""
    text = clean(cell)
    if text == "" and column.kind != "text":
        raise CellRefused(Words("没有写“%(title)s”", title=column.title))
    value: Value
    if column.kind == "boolean":
        return _yes_or_no(text, column)
    if column.kind == "text":
        return str(cell).strip() if cell is not None else ""
    known = {clean(choice): choice for choice in column.choices}
    value = known.get(text, text) if column.kind == "choice" else amount(text, column)
    if words := unfit(value, column):
        raise CellRefused(words)
    return value


def clean(cell: Any) -> str:
    """What a cell says, in plain signs: full-width digits and brackets made narrow, numbers without exponent."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    text = unicodedata.normalize("NFKC", str(cell)).strip()
    return text.replace("～", "~").replace("〜", "~")


def amount(text: str, column: Column) -> Number:
    """A number of a column from its text: 1,000, 1.5万, with its unit or without; money in yuan to fen."""
    told = _THOUSANDS.sub("", text).strip().removesuffix(_unit(column)).strip()
    match = _AMOUNT.fullmatch(told)
    if match is None:
        raise CellRefused(Words("“%(text)s”不是数", text=text))
    try:
        value = Decimal(match[1]) * {None: 1, "万": 10_000, "亿": 100_000_000}[match[2]]
    except InvalidOperation:
        raise CellRefused(Words("“%(text)s”不是数", text=text)) from None
    if column.kind == "money":
        value *= 100
        if value != value.to_integral_value():
            raise CellRefused(Words("“%(text)s”比分还小", text=text))
    if not bounded(value):
        raise CellRefused(Words("“%(text)s”位数太多", text=text))
    return int(value) if value == value.to_integral_value() else value


def _choices(text: str, column: Column) -> OneOf:
    known = {clean(choice): choice for choice in column.choices}
    told, other = text, False
    if told not in known and told.startswith(("非", "除")):
        told, other = told[1:].removesuffix("外").removesuffix("以"), True
    named = _named(told, known)
    if strange := [one for one in named if one not in known]:
        told_of = {"strange": "、".join(strange), "choices": "、".join(column.choices)}
        raise CellRefused(Words("选项里没有“%(strange)s”，可写：%(choices)s", **told_of))
    chosen = {known[one] for one in named}
    return OneOf(*(set(column.choices) - chosen if other else chosen))


def _named(told: str, known: dict[str, str]) -> list[str]:
    """The choices a cell names. A choice may hold a sign that parts others: the widest reading that fits wins."""
    named: list[str] = []
    for pattern in (r"\n\r?", r"[|]", r"[|,、;]", r"[|,、;/]|或"):
        named = [one.strip() for one in re.split(pattern, told) if one.strip()]
        if all(one in known for one in named):
            break
    return named


def _yes_or_no(text: str, column: Column) -> bool:
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise CellRefused(Words("“%(title)s”要写是或否，写的是“%(text)s”", title=column.title, text=text))


def _interval(text: str, column: Column) -> Interval:
    if match := _BRACKETS.fullmatch(text.replace(" ", "")):
        low = amount(match[2], column) if match[2] else None
        high = amount(match[3], column) if match[3] else None
        return Interval(low, high, match[1] == "[", match[4] == "]")
    told = _THOUSANDS.sub("", text)
    if (match := _RANGE.fullmatch(told)) and not any(sign in told for sign in _SIGNS):
        return Interval(amount(match[1], column), amount(match[2], column), True, True)
    ends: dict[str, Number] = {}
    for part in _parts(told):
        sign, value = _end(part, column)
        if sign in ends or (sign, *ends) in _CLASHING:
            raise CellRefused(Words("“%(text)s”里同一头写了两次", text=text))
        ends[sign] = value
    if "is" in ends:
        if len(ends) > 1:
            raise CellRefused(Words("“%(text)s”看不懂", text=text))
        return Interval(ends["is"], ends["is"], True, True)
    return Interval(
        ends.get("from", ends.get("above")),
        ends.get("to", ends.get("below")),
        "above" not in ends,
        "to" in ends,
    )


_CLASHING: Final = frozenset({("from", "above"), ("above", "from"), ("to", "below"), ("below", "to")})


def _parts(told: str) -> list[str]:
    """A cell in its ends: at commas and 且, and after 以上 when more follows."""
    apart = re.sub(r"(以上|以下)(?=.)", r"\1,", told)
    return [one.strip() for one in re.split(r"[,;]|且|并且", apart) if one.strip()]


def _end(part: str, column: Column) -> tuple[str, Number]:
    for sign in _SIGNS:
        if part.startswith(sign):
            return _BEFORE[sign], amount(part[len(sign) :].strip(), column)
    for sign in sorted(_AFTER, key=len, reverse=True):
        if part.endswith(sign):
            return _AFTER[sign], amount(part[: -len(sign)].strip(), column)
    return "is", amount(part, column)


def _unit(column: Column) -> str:
    return column.unit or ("元" if column.kind == "money" else "")
