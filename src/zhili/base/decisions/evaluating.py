"""Asking a table: compiled once, then a few look-ups a question.

Each column is cut where rows begin and end (``axes``); a fact is looked up to its part, and what holds in a combination
of parts is worked out once and kept. Rows are bits of one number, so a combination costs one AND a column.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from zhili.base.decisions.axes import Axis, axis
from zhili.base.decisions.conditions import misfit, of, unfit
from zhili.base.decisions.table import BadFacts, Column, Outcome, Table, Value
from zhili.base.decisions.words import Words

KEPT: Final = 1 << 16
"""Combinations kept; beyond them each is worked out anew."""
_MISSING: Final = object()


class Compiled:
    """A table ready to be asked many times. Raises ValueError for a table whose conditions do not fit its columns.

    Columns no row asks for are not looked at.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self._all = (1 << len(table.rows)) - 1
        self._axes: list[Axis] = []
        for column in table.inputs:
            conditions = [of(row, column) for row in table.rows]
            if found := next(filter(None, (misfit(one, column) for one in conditions)), None):
                raise ValueError(found)
            cut = axis(column, conditions)
            if cut.free != self._all:
                self._axes.append(cut)
        self._ask = [(one.column.name, _locate(one)) for one in self._axes]
        self._kept: dict[tuple[int, ...], Outcome] = {}

    def evaluate(self, facts: Mapping[str, Any]) -> Outcome:
        """What the table says about facts. Facts left out (or None) do no harm where no row that might win asks for
        them. Raises BadFacts."""
        try:
            parts = tuple([locate(facts[name]) for name, locate in self._ask])
        except KeyError:
            return self._lacking(facts)
        found = self._kept.get(parts)
        if found is None:
            found = self._outcome(self._masks(parts))
            if len(self._kept) < KEPT:
                self._kept[parts] = found
        return found

    def many(self, asked: Iterable[Mapping[str, Any]]) -> Iterator[Outcome | BadFacts]:
        """The same for each of many, in their order; where facts are bad, the refusal itself."""
        evaluate = self.evaluate
        for facts in asked:
            try:
                yield evaluate(facts)
            except BadFacts as error:
                yield error

    def _masks(self, parts: tuple[int, ...]) -> int:
        mask = self._all
        for one, part in zip(self._axes, parts, strict=True):
            mask &= one.masks[part]
        return mask

    def _outcome(self, mask: int) -> Outcome:
        if self.table.hit == "first":
            mask &= -mask
        rows = [row for i, row in enumerate(self.table.rows) if mask >> i & 1]
        numbers = tuple(row.number for row in rows)
        if self.table.hit == "collect":
            values: dict[str, Any] = {
                one.name: tuple(row.then[one.name] for row in rows if one.name in row.then)
                for one in self.table.outputs
            }
            return Outcome(numbers, MappingProxyType(values))
        single: Mapping[str, Value] = rows[0].then if len(rows) == 1 else {}
        return Outcome(numbers, MappingProxyType(dict(single)), ambiguous=len(rows) > 1)

    def _lacking(self, facts: Mapping[str, Any]) -> Outcome:
        """Some fact is missing or bad: bad ones are refused, missing ones only where they could change the answer."""
        mask, asking, missing = self._all, 0, []
        for one, (name, locate) in zip(self._axes, self._ask, strict=True):
            value = facts.get(name, _MISSING)
            if value is _MISSING or value is None:
                missing.append(one)
                asking |= self._all & ~one.free
                continue
            try:
                mask &= one.masks[locate(value)]
            except KeyError:
                words = unfit(value, one.column) or Words("“%(title)s”不可用", title=one.column.title)
                raise BadFacts(words, (name,)) from None
        decided = mask & -mask if self.table.hit == "first" else mask
        if decided & asking:
            needed = [one.column for one in missing if decided & ~one.free]
            raise BadFacts(_lacks(needed), tuple(column.name for column in needed))
        return self._outcome(mask)


def evaluate(table: Table, facts: Mapping[str, Any]) -> Outcome:
    """Ask a table once; for many questions keep a ``Compiled``. Raises BadFacts."""
    return Compiled(table).evaluate(facts)


def _lacks(columns: list[Column]) -> Words:
    return Words("缺少“%(titles)s”，定不下来", titles="”“".join(column.title for column in columns))


def _locate(one: Axis) -> Callable[[Any], int]:
    column = one.column
    if column.kind == "boolean":
        return _yes_or_no
    if column.kind == "choice":
        return _choice({choice: i for i, choice in enumerate(column.choices)})
    return _whole(one) if column.whole else _number(one)


def _yes_or_no(value: Any) -> int:
    if value is True:
        return 1
    if value is False:
        return 0
    raise KeyError


def _choice(known: dict[str, int]) -> Callable[[Any], int]:
    def locate(value: Any) -> int:
        if type(value) is not str:
            raise KeyError
        return known[value]

    return locate


def _whole(one: Axis) -> Callable[[Any], int]:
    ends = [cut[0] for cut in one.cuts]
    inner, least, most = ends[1:-1], ends[0], ends[-1]

    def locate(value: Any) -> int:
        if type(value) is not int and (unfit(value, one.column) is not None):
            raise KeyError
        if not least <= value < most:
            raise KeyError
        return bisect_right(inner, value)

    return locate


def _number(one: Axis) -> Callable[[Any], int]:
    inner, least, most = list(one.cuts[1:-1]), one.cuts[0], one.cuts[-1]

    def locate(value: Any) -> int:
        kind = type(value)
        if kind is not int and kind is not Decimal and unfit(value, one.column) is not None:
            raise KeyError
        if kind is Decimal and not value.is_finite():
            raise KeyError
        at = (value, 0.5)
        if not least <= at < most:
            raise KeyError
        return bisect_right(inner, at)

    return locate
