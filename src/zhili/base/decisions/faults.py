"""Whether a table can be relied on: everything wrong with it, with row numbers, reasons and facts that show it.

Gaps, overlaps and rows that never hold are looked for once every cell can be read: before that they would be guesses.
In a *collect* table no row is an answer too, so it has neither gaps nor overlaps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from zhili.base.decisions.axes import Axis, axis, value_at
from zhili.base.decisions.boxes import Box, Cover, Meeting, TooTangled, joined, parts_of
from zhili.base.decisions.conditions import faulty, misfit, of, shown, unfit
from zhili.base.decisions.saying import box_words
from zhili.base.decisions.table import HITS, Column, Fault, Row, Table, Value
from zhili.base.decisions.words import Words

MOST: Final = 100
"""Of each kind; more are summed up in one last fault."""


def faults(table: Table, most: int = MOST) -> list[Fault]:
    """Everything wrong with a table, cells first; an empty list means it can come into force."""
    found = [*_shape(table), *(fault for row in table.rows for fault in _cells(table, row))]
    if any(one.kind != "no citation" for one in found):
        return found
    return [*found, *_geometry(table, most)]


def _shape(table: Table) -> Iterator[Fault]:
    names = [column.name for column in (*table.inputs, *table.outputs)]
    if table.hit not in HITS:
        yield Fault("bad value", Words("命中方式不能是“%(hit)s”", hit=table.hit))
    if not table.outputs:
        yield Fault("bad value", Words("表没有结果列"))
    if not table.rows:
        yield Fault("bad value", Words("表一行也没有"))
    for name in sorted({one for one in names if names.count(one) > 1}):
        yield Fault("bad value", Words("列编码“%(name)s”用了不止一次", name=name), column=name)
    for column in table.inputs:
        if words := faulty(column, output=False):
            yield Fault("bad value", words, column=column.name)
    for column in table.outputs:
        if words := faulty(column, output=True):
            yield Fault("bad value", words, column=column.name)
    numbers = [row.number for row in table.rows]
    for number in sorted(one for one, times in Counter(numbers).items() if times > 1):
        yield Fault("bad value", Words("行号 %(row)s 用了不止一次", row=number), (number,))


def _cells(table: Table, row: Row) -> Iterator[Fault]:
    at = (row.number,)
    inputs = {column.name: column for column in table.inputs}
    outputs = {column.name: column for column in table.outputs}
    for name in (*sorted(set(row.when) - set(inputs)), *sorted(set(row.then) - set(outputs))):
        yield Fault("unknown column", Words("没有编码为“%(name)s”的列", name=name), at, column=name)
    for name, column in inputs.items():
        if words := misfit(of(row, column), column):
            yield Fault("bad value", words, at, column=name)
    for name, column in outputs.items():
        if name not in row.then:
            words = Words("没有写“%(title)s”", title=column.title)
            yield Fault("bad value", words, at, column=name)
        elif found := unfit(row.then[name], column):
            yield Fault("bad value", found, at, column=name)
    if not row.citation.strip():
        yield Fault("no citation", Words("没有写依据的条款或文件"), at)


def _geometry(table: Table, most: int) -> Iterator[Fault]:
    conditions = [[of(row, column) for row in table.rows] for column in table.inputs]
    axes = [axis(column, rows) for column, rows in zip(table.inputs, conditions, strict=True)]
    try:
        yield from _limited("never", _never(table, axes), most)
        if table.hit == "unique":
            meeting = Meeting(axes, len(table.rows), conditions)
            yield from _limited("overlap", _overlaps(table, axes, meeting), most)
        if table.hit != "collect":
            yield from _gaps(axes, len(table.rows), most)
    except TooTangled:
        words = Words("行与行交错太多，证明不了有没有空档；请拆成几张表或减少列")
        yield Fault("too large", words)


def _gaps(axes: list[Axis], rows: int, most: int) -> Iterator[Fault]:
    found = list(islice(Cover(axes, (1 << rows) - 1).boxes(), most + 1))
    for box in joined(found[:most]):
        words = Words("没有一行管到：%(where)s", where=box_words(axes, box))
        yield Fault("gap", words, example=example(axes, box))
    if len(found) > most:
        yield _more("gap", most)


def _overlaps(table: Table, axes: list[Axis], meeting: Meeting) -> Iterator[Fault]:
    for i, row in enumerate(table.rows):
        for j in meeting.after(i):
            other = table.rows[j]
            box = tuple(tuple(part for part in parts_of(one, i) if one.masks[part] >> j & 1) for one in axes)
            if not all(box):
                continue  # the other row holds nowhere at all: it has a fault of its own
            words = Words(
                "第 %(row)s 行和第 %(other)s 行都管到：%(where)s",
                row=row.number,
                other=other.number,
                where=box_words(axes, box),
            )
            yield Fault("overlap", words, (row.number, other.number), example(axes, box))


def _never(table: Table, axes: list[Axis]) -> Iterator[Fault]:
    for i, row in enumerate(table.rows):
        box = [parts_of(one, i) for one in axes]
        if not all(box):
            words = Words("这一行的条件在列的取值范围之外，永远用不上")
            yield Fault("never", words, (row.number,))
        elif table.hit == "first" and i and Cover(axes, (1 << i) - 1, box).complete():
            words = Words("前面的行已经全部管到，这一行永远用不上")
            yield Fault("never", words, (row.number,), example(axes, tuple(box)))


def example(axes: list[Axis], box: Box) -> Mapping[str, Value]:
    """Facts in a box, the first of each column."""
    return {one.column.name: value_at(one, parts[0]) for one, parts in zip(axes, box, strict=True)}


def facts_in_words(facts: Mapping[str, Any], columns: tuple[Column, ...]) -> str:
    """Facts as people read them: 货值金额 = 10000 元，情节 = 一般."""
    told = [
        f"{column.title} = {shown(facts[column.name], column)}{_unit(column)}"
        for column in columns
        if column.name in facts
    ]
    return "，".join(told)


def _unit(column: Column) -> str:
    unit = column.unit or ("元" if column.kind == "money" else "")
    return f" {unit}" if unit else ""


def _limited(kind: str, found: Iterator[Fault], most: int) -> Iterator[Fault]:
    yield from islice(found, most)
    if next(found, None) is not None:
        yield _more(kind, most)


def _more(kind: str, most: int) -> Fault:
    return Fault(kind, Words("同类问题不止这 %(most)s 处，改好后再查", most=most))
