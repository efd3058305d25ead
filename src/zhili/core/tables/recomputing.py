"""Past decisions asked again: under another table, or under the tables that were in force when they were made.

Pure reading: what was decided stays decided. A decision is facts, the day, and what came out then; who it was about
has no place here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhili.base.decisions import BadFacts, Compiled, Outcome, Table
from zhili.core.tables.reading import InForce, history


@dataclass(frozen=True, slots=True)
class Decision:
    """``id``: what the asker calls it; ``values``: what the table gave then, by output, as far as it was kept."""

    id: Any
    on: date
    facts: Mapping[str, Any]
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recomputed:
    """``outcome``: what the table says now; None when it cannot be asked, ``why`` then says so in words.

    ``changed``: outputs that come out otherwise than in ``decision.values`` (or come out not at all).
    """

    decision: Decision
    outcome: Outcome | None
    changed: tuple[str, ...]
    why: str = ""


@dataclass
class Count:
    """How many came out the same, otherwise, fell in no row, or could not be asked."""

    asked: int = 0
    same: int = 0
    changed: int = 0
    no_row: int = 0
    refused: int = 0

    def add(self, one: Recomputed) -> None:
        self.asked += 1
        if one.outcome is None:
            self.refused += 1
        elif not one.outcome.rows:
            self.no_row += 1
        elif one.changed:
            self.changed += 1
        else:
            self.same += 1


def recompute(decisions: Iterable[Decision], under: Table | Compiled) -> Iterator[Recomputed]:
    """Ask every decision again under one table, in their order."""
    compiled = under if isinstance(under, Compiled) else Compiled(under)
    evaluate = compiled.evaluate
    for one in decisions:
        try:
            outcome = evaluate(one.facts)
        except BadFacts as error:
            yield Recomputed(one, None, tuple(one.values), str(error))
            continue
        values = outcome.values
        if values == one.values:
            yield Recomputed(one, outcome, ())
        else:
            yield Recomputed(one, outcome, _differing(one.values, values))


def as_it_was(decisions: Iterable[Decision], name: str, first: date, last: date) -> Iterator[Recomputed]:
    """Ask every decision again under the version of a table that held on its day. One query for the period."""
    versions = history(name, first, last)
    for one in decisions:
        found = _on(versions, one.on)
        if found is None:
            yield Recomputed(one, None, tuple(one.values), "")
        else:
            yield from recompute((one,), found.compiled)


def count(recomputed: Iterable[Recomputed]) -> Count:
    """How they came out."""
    found = Count()
    for one in recomputed:
        found.add(one)
    return found


def _differing(former: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name, value in former.items() if name not in now or now[name] != value)


def _on(versions: list[InForce], day: date) -> InForce | None:
    return next(
        (one for one in versions if one.since <= day and (one.until is None or one.until > day)), None
    )
