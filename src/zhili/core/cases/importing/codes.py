"""Values of the file to what this site knows: categories (made where the mapping wants), divisions, offices, ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from django.db import transaction

from zhili.base.codes import CodeError, normalise_division
from zhili.base.sheets.errors import MappingRefused
from zhili.base.sheets.reading import ROW, Bad
from zhili.core.cases import historical, registry, routing
from zhili.core.cases.importing.checking import LOOKED_UP, Checked
from zhili.core.cases.importing.mapping import Mapping
from zhili.core.cases.models import Category
from zhili.core.people.offices import tree as offices
from zhili.core.places.tree import nodes

TOP = "top"
"""As a division: the whole site."""
NAME, CODE = 60, 20


@dataclass
class Codes:
    """For each looked-up field: the file's value → what a row takes."""

    category: dict[str, str] = field(default_factory=dict)
    division: dict[str, int | None] = field(default_factory=dict)
    office: dict[str, int | None] = field(default_factory=dict)
    outcome: dict[str, str] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    """Names of the categories that are new."""


def resolve(checked: Checked, mapping: Mapping, *, write: bool) -> Codes:
    """Look every value up, set aside rows with unknown ones; with ``write``, make the categories that are wanted."""
    procedure = registry.procedure(mapping.procedure)
    if procedure is None:
        raise MappingRefused(
            f"映射 {mapping.name} 第 {mapping.line('', 'procedure')} 行：没有事项种类 {mapping.procedure}；"
            f"有：{'、'.join(registry.procedures())}。 No such procedure."
        )
    codes = Codes()
    finders: dict[str, Callable[[str], Any]] = {
        "category": _categories(mapping, procedure.scenario, codes),
        "division": lambda value: _division(mapping, value),
        "office": lambda value: _office(mapping, value),
        "outcome": lambda value: _outcome(mapping, value),
    }
    for name in LOOKED_UP:
        checked.drop(_look_up(checked.good, mapping, name, finders[name], getattr(codes, name)))
    for outcome in set(codes.outcome.values()) or {"closed"}:
        _holds(mapping, outcome)
    if write and codes.made:
        _make(mapping, procedure.scenario, codes)
    return codes


def _holds(mapping: Mapping, outcome: str) -> None:
    procedure = registry.procedures()[mapping.procedure]
    try:
        if historical.way(procedure, outcome).final is not None or "closed" not in mapping.columns:
            return
        words = f"{mapping.procedure} 没有结果为 {outcome} 的终结环节 no final stage with this outcome"
    except historical.NoWay as error:
        words = str(error)
    raise MappingRefused(f"映射 {mapping.name} 第 {mapping.line('', 'procedure')} 行：{words}")


class _Unknown(LookupError):
    """A value this site does not know, in words."""


def _look_up(
    good: pl.DataFrame, mapping: Mapping, name: str, find: Callable[[str], Any], into: dict[str, Any]
) -> Iterator[Bad]:
    column = mapping.columns.get(name, "")
    for value in good[name].unique(maintain_order=True):
        try:
            into[value] = find(value)
        except _Unknown as unknown:
            if not column:
                raise MappingRefused(
                    f"映射 {mapping.name} 第 {mapping.line('fixed', name)} 行：{unknown}"
                ) from None
            yield from (Bad(row, column, str(unknown)) for row in good[ROW].filter(good[name] == value))


# --- categories -------------------------------------------------------------------------------------


def _categories(mapping: Mapping, scenario: str, codes: Codes) -> Callable[[str], str]:
    rule = mapping.category
    routing.forget()
    book = routing.directory()
    known = {code for (one, code) in book.names if one == scenario}
    named = {
        name: code
        for (one, code), name in book.names.items()
        if one == scenario and (not rule.parent or book.parents[one, code] == rule.parent)
    }

    def find(value: str) -> str:
        if value in rule.values:
            value = rule.values[value]
            if value and value not in known:
                raise _Unknown(f"没有这个分类代码：“{value}” no such category")
            return value
        if not value:
            if rule.empty == "reject":
                raise _Unknown("没有分类 no category")
            return ""
        if value in known:
            return value
        if value[:NAME] in named:
            return named[value[:NAME]]
        if rule.others == "none":
            return ""
        if rule.others == "reject":
            raise _Unknown(f"没有这个分类：“{value}” no such category")
        named[value[:NAME]] = made = _code(rule.prefix, known)
        known.add(made)
        codes.made.append(value[:NAME])
        return made

    return find


def _code(prefix: str, known: set[str]) -> str:
    taken = [int(n[1]) for code in known if (n := re.fullmatch(re.escape(prefix) + r"([0-9]{3,7})", code))]
    return f"{prefix}{max(taken, default=0) + 1:03}"[:CODE]


def _make(mapping: Mapping, scenario: str, codes: Codes) -> None:
    rule = mapping.category
    wanted = {value: code for value, code in codes.category.items() if value[:NAME] in codes.made}
    rows = [
        Category(
            scenario=scenario, code=code, parent=rule.parent, name=value[:NAME], historical=rule.historical
        )
        for value, code in wanted.items()
    ]
    if rule.parent and not Category.objects.filter(scenario=scenario, code=rule.parent).exists():
        name = (rule.parent_name or rule.parent)[:NAME]
        rows.insert(0, Category(scenario=scenario, code=rule.parent, name=name, historical=rule.historical))
    with transaction.atomic():
        Category.objects.bulk_create(rows)
    routing.forget()


# --- divisions, offices, outcomes --------------------------------------------------------------------


def _division(mapping: Mapping, value: str) -> int | None:
    value = mapping.division.values.get(value, value)
    if not value:
        return None
    if value == TOP:
        tops = [n.id for n in nodes().values() if n.parent_id is None and n.valid_to is None]
        return tops[0] if len(tops) == 1 else None
    try:
        code = normalise_division(value)
    except CodeError:
        code = value
    found = next((n.id for n in nodes().values() if n.code == code and n.valid_to is None), None)
    if found is None and mapping.division.others == "reject":
        raise _Unknown(f"没有这个区划：“{value}” no such division")
    return found


def _office(mapping: Mapping, value: str) -> int | None:
    value = mapping.office.values.get(value, value)
    if not value:
        return None
    found = offices().by_code.get(value)
    if found is None and mapping.office.others == "reject":
        raise _Unknown(f"没有这个单位：“{value}” no such office")
    return found.id if found else None


def _outcome(mapping: Mapping, value: str) -> str:
    value = mapping.outcomes.get(value, value) or "closed"
    if value not in historical.OUTCOMES:
        raise _Unknown(f"不认识的结果：“{value}” unknown outcome; {', '.join(historical.OUTCOMES)}")
    return value
