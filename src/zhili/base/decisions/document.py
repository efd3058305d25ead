"""A table as JSON and back: the same document byte for byte, so that its digest can stand in a leaf.

Numbers that are not whole are strings, so that nothing is rounded on the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from zhili.base.decisions.table import (
    ANY,
    Anything,
    Column,
    Condition,
    Interval,
    Is,
    OneOf,
    Row,
    Table,
    Value,
)

FORMAT: Final = "zhili-table/1"


class NoTable(ValueError):
    """A document that is no table of this format."""


def to_document(table: Table) -> dict[str, Any]:
    """The table as JSON values."""
    return {
        "format": FORMAT,
        "name": table.name,
        "title": table.title,
        "hit": table.hit,
        "inputs": [_column(one) for one in table.inputs],
        "outputs": [_column(one) for one in table.outputs],
        "rows": [_row(one) for one in table.rows],
    }


def from_document(document: Mapping[str, Any]) -> Table:
    """The table of a document. Raises NoTable; whether the table can be relied on is for ``faults`` to say."""
    try:
        if document["format"] != FORMAT:
            raise NoTable(f"unknown format {document['format']!r}")
        outputs = tuple(_to_column(one) for one in document["outputs"])
        kinds = {one.name: one.kind for one in outputs}
        return Table(
            str(document["name"]),
            str(document["title"]),
            tuple(_to_column(one) for one in document["inputs"]),
            outputs,
            document["hit"],
            tuple(_to_row(one, kinds) for one in document["rows"]),
        )
    except (KeyError, TypeError, AttributeError, InvalidOperation, ValueError) as error:
        raise NoTable(f"not a table: {error}") from error


def _column(one: Column) -> dict[str, Any]:
    told: dict[str, Any] = {"name": one.name, "title": one.title, "kind": one.kind}
    if one.choices:
        told["choices"] = list(one.choices)
    if one.unit:
        told["unit"] = one.unit
    if one.least is not None:
        told["least"] = _value(one.least)
    if one.most is not None:
        told["most"] = _value(one.most)
    if one.whole:
        told["whole"] = True
    return told


def _row(one: Row) -> dict[str, Any]:
    when = {name: _condition(told) for name, told in one.when.items() if not isinstance(told, Anything)}
    then = {name: _value(value) for name, value in one.then.items()}
    return {"number": one.number, "when": when, "then": then, "citation": one.citation}


def _condition(one: Condition) -> dict[str, Any]:
    if isinstance(one, OneOf):
        return {"in": sorted(one.choices)}
    if isinstance(one, Is):
        return {"is": one.value}
    if isinstance(one, Interval):
        told: dict[str, Any] = {}
        if one.low is not None:
            told["from" if one.low_closed else "above"] = _value(one.low)
        if one.high is not None:
            told["to" if one.high_closed else "below"] = _value(one.high)
        return told
    return {}


def _value(value: Value) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else format(value.normalize(), "f")
    return value


def _to_column(told: Mapping[str, Any]) -> Column:
    return Column(
        str(told["name"]),
        str(told["title"]),
        told["kind"],
        tuple(str(one) for one in told.get("choices", ())),
        str(told.get("unit", "")),
        _number(told.get("least")),
        _number(told.get("most")),
        bool(told.get("whole", False)),
    )


def _to_row(told: Mapping[str, Any], kinds: Mapping[str, str]) -> Row:
    when = {str(name): _to_condition(one) for name, one in told["when"].items()}
    then = {
        str(name): _number(value) if kinds.get(name) in ("number", "money") else value
        for name, value in told["then"].items()
    }
    return Row(int(told["number"]), when, then, str(told["citation"]))


def _to_condition(told: Mapping[str, Any]) -> Condition:
    if "in" in told:
        return OneOf(*(str(one) for one in told["in"]))
    if "is" in told:
        return Is(bool(told["is"]))
    if not told:
        return ANY
    low = told.get("from", told.get("above"))
    high = told.get("to", told.get("below"))
    return Interval(_number(low), _number(high), "above" not in told, "to" in told)


def _number(told: Any) -> Any:
    if isinstance(told, str):
        return Decimal(told)
    return told
