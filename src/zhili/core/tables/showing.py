"""A table as a page shows it: cells as people read them, each row with what is wrong with it; two compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from zhili.base.decisions import Column, Fault, Row, Table
from zhili.base.decisions.conditions import shown
from zhili.base.decisions.faults import facts_in_words
from zhili.base.decisions.saying import written
from zhili.core.tables.telling import said


@dataclass(frozen=True)
class Line:
    """One row: its cells under the titles of the columns, what it rests on, and what is wrong with it."""

    number: int
    asked: list[tuple[str, str]]
    given: list[tuple[str, str]]
    citation: str
    faults: list[str]
    flags: list[str]
    fired: bool = False

    @property
    def marked(self) -> bool:
        return bool(self.faults)


@dataclass(frozen=True)
class Shown:
    """A table: its lines, and faults that belong to no single row, as (reason, example)."""

    table: Table
    lines: list[Line]
    faults: list[tuple[str, str]] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    count: int = 0

    @property
    def titles(self) -> list[tuple[str, bool]]:
        """Of the columns, with whether each is a result."""
        table = self.table
        return [(_titled(one), False) for one in table.inputs] + [
            (_titled(one), True) for one in table.outputs
        ]


def show(
    table: Table,
    faults: Sequence[Fault] = (),
    flags: Iterable[tuple[int, str]] = (),
    fired: Iterable[int] = (),
) -> Shown:
    """``flags``: what a person must look at, by row number (0: the whole); ``fired``: rows that hold."""
    of: dict[int, list[str]] = {}
    loose: list[tuple[str, str]] = []
    for fault in faults:
        words = said(fault.words)
        for number in fault.rows:
            of.setdefault(number, []).append(words)
        if not fault.rows:
            loose.append((words, facts_in_words(fault.example, table.inputs)))
    noted: dict[int, list[str]] = {}
    for number, words in flags:
        noted.setdefault(number, []).append(words)
    held = set(fired)
    lines = [
        _line(table, row, of.get(row.number, []), noted.get(row.number, []), row.number in held)
        for row in table.rows
    ]
    return Shown(table, lines, loose, noted.get(0, []), len(faults))


@dataclass(frozen=True)
class Difference:
    """What one row says in two versions. ``kind``: added, removed, changed or same."""

    kind: str
    asked: list[tuple[str, str]]
    former: list[tuple[str, str]]
    now: list[tuple[str, str]]
    citation: str


def compare(former: Table, now: Table) -> list[Difference]:
    """Row by row, those with the same conditions beside each other; the order of ``now``, then what is gone."""
    before = {_asked(former, row): row for row in former.rows}
    found: list[Difference] = []
    for row in now.rows:
        asked = _asked(now, row)
        was = before.pop(asked, None)
        given = _given(now, row)
        if was is None:
            found.append(Difference("added", list(asked), [], given, row.citation))
            continue
        then = _given(former, was)
        same = then == given and was.citation == row.citation
        found.append(Difference("same" if same else "changed", list(asked), then, given, row.citation))
    gone = [
        Difference("removed", list(key), _given(former, row), [], row.citation) for key, row in before.items()
    ]
    return found + gone


def columns_changed(former: Table, now: Table) -> list[str]:
    """Titles of columns that are not the same in both, and how rows win where that changed."""
    was = {one.name: one for one in (*former.inputs, *former.outputs)}
    new = {one.name: one for one in (*now.inputs, *now.outputs)}
    names = sorted(name for name in was.keys() | new.keys() if was.get(name) != new.get(name))
    return [(new.get(name) or was[name]).title for name in names]


def value(column: Column, told: Any) -> str:
    """A value with its unit."""
    unit = column.unit or (gettext("元") if column.kind == "money" else "")
    text = shown(told, column)
    return f"{text} {unit}" if unit and text and column.kind in ("number", "money") else text


def results(table: Table, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Outputs as people read them; of a table that collects, all of them."""
    told = []
    for column in table.outputs:
        if column.name in values:
            found = values[column.name]
            each = found if isinstance(found, tuple) else (found,)
            told.append((column.title, "、".join(value(column, one) for one in each) or "—"))
    return told


def _line(table: Table, row: Row, faults: list[str], flags: list[str], fired: bool) -> Line:
    return Line(row.number, list(_asked(table, row)), _given(table, row), row.citation, faults, flags, fired)


def _asked(table: Table, row: Row) -> tuple[tuple[str, str], ...]:
    return tuple(
        (_titled(one), written(row.when[one.name], one).replace("|", "、") if one.name in row.when else "")
        for one in table.inputs
    )


def _given(table: Table, row: Row) -> list[tuple[str, str]]:
    return [
        (_titled(one), shown(row.then[one.name], one) if one.name in row.then else "")
        for one in table.outputs
    ]


def _titled(column: Column) -> str:
    unit = column.unit or (gettext("元") if column.kind == "money" else "")
    return f"{column.title}（{unit}）" if unit else column.title
