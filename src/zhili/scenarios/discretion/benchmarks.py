"""What the benchmark in force says of a case: the range, the rows that fired, and what the statute allows beside it.

A benchmark may not go beyond its clause: its range is cut to the statute's. Where none is in force, or none of its rows
holds, the range is the statute's own and the case says so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from zhili.base.decisions import BadFacts, Outcome, Table
from zhili.base.decisions.faults import facts_in_words
from zhili.base.decisions.reading import CellRefused, read_value
from zhili.core import tables
from zhili.core.cases.errors import Refused
from zhili.core.forms import FormErrors
from zhili.core.tables.reading import InForce
from zhili.core.tables.telling import said
from zhili.scenarios.discretion import kinds
from zhili.scenarios.discretion.law import Statute, yuan
from zhili.scenarios.discretion.provisions import Provision

LOW, HIGH = "low", "high"
"""Outputs every benchmark has, in fen."""


@dataclass(frozen=True, slots=True)
class Range:
    """From ``low`` to ``high`` fen, both in it. ``rows`` of ``table``; empty table: there was none in force."""

    low: int
    high: int
    statute: Statute
    table: str = ""
    number: int | None = None
    rows: tuple[int, ...] = ()
    citations: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    """As the table reads them: money in fen, whole numbers, yes and no, choices."""
    told: str = ""
    """The same in words."""

    def holds(self, fine: int) -> bool:
        return self.low <= fine <= self.high

    @property
    def words(self) -> str:
        return f"{yuan(self.low)}–{yuan(self.high)} 元"


def in_force(provision: Provision, on: date) -> InForce | None:
    """The benchmark of a clause that held on a day."""
    return tables.standing(provision.table, on)


def judge(provision: Provision, facts: Mapping[str, Any], ended: date, today: date) -> Range:
    """The range for these facts: of the benchmark in force when the act ended, or today's where it is lighter (37).

    Raises FormErrors when a fact is missing or cannot be.
    """
    found = {
        one.id: one for one in (in_force(provision, ended), in_force(provision, today)) if one is not None
    }
    ranges = [apply(provision, one, facts) for one in found.values()]
    if not ranges:
        return Range(provision.low, provision.high, provision.statute, facts=dict(facts))
    return min(ranges, key=lambda one: (one.high, one.low))


def apply(provision: Provision, version: InForce, facts: Mapping[str, Any]) -> Range:
    """What one version says of these facts."""
    typed = facts_for(version.table, facts)
    try:
        outcome = version.compiled.evaluate(typed)
    except BadFacts as error:
        raise FormErrors({"facts": [said(error.words)]}) from error
    cited = tuple(row.citation for one in outcome.rows if (row := version.table.row(one)) is not None)
    low, high = within(provision, outcome)
    return Range(
        low,
        high,
        provision.statute,
        version.name,
        version.number,
        outcome.rows,
        cited,
        typed,
        facts_in_words(typed, version.table.inputs),
    )


def within(provision: Provision, outcome: Outcome) -> tuple[int, int]:
    """The range of an outcome, cut to the clause's own. A row for no penalty at all (0 to 0) stays as it is."""
    low, high = outcome.values.get(LOW), outcome.values.get(HIGH)
    if type(low) is not int or type(high) is not int:
        return provision.low, provision.high
    if high == 0:
        return 0, 0
    low = min(max(low, provision.low), provision.high)
    return low, max(low, min(high, provision.high))


def facts_for(table: Table, given: Mapping[str, Any]) -> dict[str, Any]:
    """The facts a table is asked with: what people wrote is read as the table's column reads it (money in yuan).

    Raises FormErrors naming the column.
    """
    facts: dict[str, Any] = {}
    for column in table.inputs:
        told = given.get(column.name)
        if told is None or told == "":
            continue
        if isinstance(told, str) and column.kind != "choice":
            try:
                told = read_value(told, column)
            except CellRefused as refusal:
                raise FormErrors({"facts": [f"{column.title}：{said(refusal.words)}"]}) from refusal
        facts[column.name] = told
    return facts


def kept(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as a step and a column keep them: text, whole numbers, yes and no."""
    return {
        name: value if isinstance(value, str | bool | int) else str(value) for name, value in facts.items()
    }


def read_facts(text: str) -> dict[str, Any]:
    """The facts of a form's hidden answer. FormErrors when it is no JSON object."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise FormErrors({"facts": [_("裁量情节没有读懂，请在页面上重新填写。")]})
    if any(not isinstance(one, str | int | bool) and one is not None for one in found.values()):
        raise FormErrors({"facts": [_("裁量情节没有读懂，请在页面上重新填写。")]})
    return found


def refuse_beyond(statute: Statute, fine: int, mitigation: str) -> None:
    """A fine beyond what the clause allows is refused, with the article. Below it only by a lawful ground (30–32)."""
    shown = {"fine": yuan(fine), "low": yuan(statute.low), "high": yuan(statute.high), "where": statute.where}
    if fine > statute.high:
        words = _("罚款%(fine)s元超出法定幅度：%(where)s规定%(low)s元至%(high)s元，不能作出。")
        raise Refused("beyond_statute", words % shown)
    if fine < statute.low and mitigation in ("", kinds.MITIGATION_NONE):
        words = _(
            "罚款%(fine)s元低于法定幅度：%(where)s规定%(low)s元至%(high)s元。"
            "低于下限是减轻处罚，须有行政处罚法第三十条至第三十二条的情形。"
        )
        raise Refused("below_statute", words % shown)
