"""Whether a benchmark fits its clauses: which of its rows is for which clause, and that none goes beyond the law.

A table is that of an article, and an article may hold several clauses, each with a range of its own; its column
``clause`` tells them apart. Which choice of that column a clause is, the server works out: nobody picks another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from zhili.base.decisions import Column, Fault, Row, Table, Words
from zhili.base.decisions.conditions import of
from zhili.core.tables import naming
from zhili.scenarios.discretion import provisions
from zhili.scenarios.discretion.law import yuan
from zhili.scenarios.discretion.provisions import Provision

LOW, HIGH = "low", "high"
"""Outputs every benchmark has, in fen."""


def clause_column(table: Table) -> Column | None:
    """The column that tells the clauses of the article apart; None where there is none."""
    return next((one for one in table.inputs if one.name == naming.CLAUSE and one.kind == "choice"), None)


def own_clause(provision: Provision, table: Table) -> str | None:
    """Which choice a clause is: the one whose rows reach from its lowest to its highest fine, or that says its words.

    None where none or several do: then whoever proposes has to say it.
    """
    return _own(provision, table.name, _hulls(table))


def _hulls(table: Table) -> tuple[tuple[str, int, int], ...]:
    """(choice, lowest, highest fine of its rows in fen)."""
    column = clause_column(table)
    found = []
    for choice in column.choices if column else ():
        rows = [row for row in table.rows if column and _is_for(row, column, choice) and _fen(row, HIGH)]
        lows, highs = [_fen(row, LOW) for row in rows], [_fen(row, HIGH) for row in rows]
        found.append((choice, min(lows, default=0), max(highs, default=0)))
    return tuple(found)


@lru_cache(maxsize=256)
def _own(provision: Provision, _name: str, hulls: tuple[tuple[str, int, int], ...]) -> str | None:
    exact = [choice for choice, low, high in hulls if (low, high) == (provision.low, provision.high)]
    if len(exact) == 1:
        return exact[0]
    wanted = _bare(provision.clause)
    alike = [choice for choice, _low, _high in hulls if _bare(choice) in wanted or wanted in _bare(choice)]
    both = [choice for choice in alike if choice in exact] or alike
    return both[0] if len(both) == 1 else None


def _bare(text: str) -> str:
    """Without the article before it, the amounts after it, and signs."""
    text = re.sub(r"（\d+—\d+元）$", "", text)
    return re.sub(r"[\s，。；、：,.;:]", "", re.sub(r"^第[零一二三四五六七八九十百]+条", "", text.strip()))


def _is_for(row: Row, column: Column, choice: str) -> bool:
    condition = of(row, column)
    return choice in getattr(condition, "choices", (choice,))


def _fen(row: Row, name: str) -> int:
    value = row.then.get(name)
    return value if type(value) is int else 0


def beyond(table: Table) -> Iterator[Fault]:
    """What makes a table unfit to measure a fine by, each with its row and why. Tables of articles that no case rests
    on are held to their shape alone."""
    outputs = {one.name: one for one in table.outputs}
    for name in (LOW, HIGH):
        if name not in outputs or outputs[name].kind != "money":
            yield Fault("unfit", Words("裁量基准要有编码为“%(name)s”的金额结果列", name=name), column=name)
            return
    if table.hit == "collect":
        yield Fault("unfit", Words("裁量基准不能用“汇总”：一件案件只能有一个范围"))
        return
    for row in table.rows:
        low, high = _fen(row, LOW), _fen(row, HIGH)
        if low > high:
            told = {"low": yuan(low), "high": yuan(high)}
            yield Fault("unfit", Words("下限 %(low)s 元高于上限 %(high)s 元", **told), (row.number,))
    clauses = provisions.of_table(table.name)
    if clauses:
        yield from _outside(table, clauses)


def _outside(table: Table, clauses: list[Provision]) -> Iterator[Fault]:
    """Rows that reach beyond what the law allows in every clause they may be asked for."""
    column = clause_column(table)
    own = {one.code: own_clause(one, table) for one in clauses}
    for row in table.rows:
        named = [one for one in clauses if own[one.code] is not None]
        mine = [one for one in named if column and _is_for(row, column, own[one.code] or "")]
        if column is not None and not mine and len(named) == len(clauses):
            continue  # a clause of the article that no case rests on here
        held = mine or clauses
        low, high = _fen(row, LOW), _fen(row, HIGH)
        if high == 0 or any(one.low <= low and high <= one.high for one in held):
            continue
        first = held[0]
        words = Words(
            "%(low)s—%(high)s 元超出法定幅度：%(where)s规定 %(least)s—%(most)s 元",
            low=yuan(low), high=yuan(high), where=first.where, least=yuan(first.low), most=yuan(first.high),
        )  # fmt: skip
        yield Fault("unfit", words, (row.number,))


def again(name: str, number: int) -> str:
    """Where the past decisions of an article are asked again under a version of its table."""
    clauses = provisions.of_table(name)
    return f"/desk/discretion/recompute?provision={clauses[0].code}&version={number}" if clauses else ""
