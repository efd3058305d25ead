"""What the benchmark in force says of a case: the range, the rows that fired, and what the statute allows beside it.

A benchmark may not go beyond its clause: such a table is not confirmed (``fitting``), and its range is cut to the
statute's. Where none is in force, the range is the statute's own and the case says so.
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
from zhili.core.tables import naming
from zhili.core.tables.reading import InForce
from zhili.core.tables.telling import said
from zhili.scenarios.discretion import kinds
from zhili.scenarios.discretion.fitting import HIGH, LOW, own_clause
from zhili.scenarios.discretion.law import Statute, yuan
from zhili.scenarios.discretion.provisions import Provision


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
    """What one version says of these facts. Which clause of the article it is, the case says and not the facts."""
    own = own_clause(provision, version.table)
    typed = facts_for(version.table, {**facts, naming.CLAUSE: own} if own else facts)
    try:
        outcome = version.compiled.evaluate(typed)
    except BadFacts as error:
        raise FormErrors({"facts": [said(error.words)]}) from error
    unfit = _unfit(provision, version, outcome)
    if unfit:
        raise Refused("unfit_table", unfit, 409)
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


def _unfit(provision: Provision, version: InForce, outcome: Outcome) -> str:
    """Why what a table says is no range for this clause; "" when it is one. Never passed over in silence."""
    low, high = outcome.values.get(LOW), outcome.values.get(HIGH)
    told = {"title": version.table.title, "number": version.number, "rows": "、".join(map(str, outcome.rows))}
    if type(low) is not int or type(high) is not int:
        return (
            _("基准“%(title)s”第%(number)s版没有给出一个范围，不能用来裁量。请先停用或者改好这张表。") % told
        )
    if high and (low > provision.high or high < provision.low):
        told |= {"low": yuan(low), "high": yuan(high), "where": provision.where}
        words = _(
            "基准“%(title)s”第%(number)s版第%(rows)s行的%(low)s–%(high)s元和%(where)s的法定幅度没有重合，"
            "不能用来裁量。请先停用或者改好这张表。"
        )
        return words % told
    return ""


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


def read_facts(text: str, version: InForce | None = None) -> dict[str, Any]:
    """The facts of a form's answer: a JSON object, or lines "标题：内容" of the table's columns. Else FormErrors."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = _lines(text, version) if version else None
    if not isinstance(found, dict):
        raise FormErrors({"facts": [_("裁量情节没有读懂，请在页面上重新填写。")]})
    if any(not isinstance(one, str | int | bool) and one is not None for one in found.values()):
        raise FormErrors({"facts": [_("裁量情节没有读懂，请在页面上重新填写。")]})
    return found


def _lines(text: str, version: InForce) -> dict[str, Any]:
    """What was written line by line under the titles of a table's columns."""
    names = {column.title: column.name for column in version.table.inputs}
    found: dict[str, Any] = {}
    for line in filter(None, (one.strip() for one in text.splitlines())):
        title, sign, told = line.replace(":", "：", 1).partition("：")
        if not sign or title.strip() not in names:
            words = _("“%(line)s”没有读懂，一行写一项：%(asks)s") % {"line": line[:40], "asks": asks(version)}
            raise FormErrors({"facts": [words]})
        found[names[title.strip()]] = told.strip()
    return found


def asks(version: InForce) -> str:
    """What a table asks for, in words: 危害后果（轻微、一般、严重）；灶头数."""
    each = [
        f"{one.title}（{'、'.join(one.choices or ('是', '否'))}）"
        if one.kind in ("choice", "boolean")
        else one.title
        for one in version.table.inputs
        if one.name != naming.CLAUSE
    ]
    return "；".join(each)


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
