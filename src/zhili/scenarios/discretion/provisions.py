"""The clauses a penalty may rest on here, each with what the law allows. Read once from ``data/provisions.csv``.

Taken from the texts of the regulations; a city adds its own lines. The benchmark of a clause is the table of its
article (``core.tables.naming``): what ``zhili import fines`` brings in, once two people confirmed it, is what counts.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from zhili.core.tables import naming
from zhili.scenarios.discretion.law import ENTITY, Statute

FILE: Final = Path(__file__).parent / "data" / "provisions.csv"


@dataclass(frozen=True, slots=True)
class Provision:
    """One clause that sets a fine. ``low`` and ``high`` in fen, both allowed; ``party``: whom it is for."""

    code: str
    violation: str
    law: str
    article: str
    low: int
    high: int
    party: Literal["any", "entity", "person"]
    clause: str

    @property
    def where(self) -> str:
        return f"《{self.law}》{self.article}"

    @property
    def statute(self) -> Statute:
        return Statute(self.low, self.high, self.where)

    @property
    def table(self) -> str:
        """The name of its benchmark table: that of its article."""
        return naming.of_article(self.law, self.article)

    def fits(self, party: str) -> bool:
        """Whether it is for a party of this kind. A sole trader counts as a person."""
        return self.party == "any" or (self.party == "entity") == (party == ENTITY)


@cache
def known() -> dict[str, Provision]:
    """Every clause by code. ValueError when a line has no article, or a range that cannot be."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: _read(number, row) for number, row in enumerate(csv.DictReader(file), start=2)}


def of_table(name: str) -> list[Provision]:
    """The clauses of the article whose table is called so."""
    return [one for one in known().values() if one.table == name]


def _read(number: int, row: dict[str, str]) -> Provision:
    low, high = int(row["low"]) * 100, int(row["high"]) * 100
    if not row["article"] or not row["law"] or not 0 <= low <= high or not high:
        raise ValueError(f"{FILE.name} line {number}: a fine needs law, article and a range: {row}")
    if row["party"] not in ("any", "entity", "person"):
        raise ValueError(f"{FILE.name} line {number}: party is any, entity or person: {row['party']}")
    party: Literal["any", "entity", "person"] = row["party"]  # type: ignore[assignment]
    return Provision(
        row["code"], row["violation"], row["law"], row["article"], low, high, party, row["clause"]
    )


@cache
def choices() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """For a form: by law, then code and what it is about."""
    laws: dict[str, list[tuple[str, str]]] = {}
    for one in known().values():
        laws.setdefault(one.law, []).append((one.code, f"{one.violation}（{one.article}）"))
    return tuple((law, tuple(lines)) for law, lines in laws.items())
