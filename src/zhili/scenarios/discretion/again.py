"""Past decisions under another version of their benchmark: what would have been allowed. Nothing decided is changed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from zhili.base.decisions import Compiled
from zhili.core.people.actors import Actor
from zhili.core.tables.models import TableVersion
from zhili.core.tables.reading import compiled
from zhili.core.tables.recomputing import Decision, recompute
from zhili.scenarios.discretion import benchmarks, provisions
from zhili.scenarios.discretion.provisions import Provision
from zhili.scenarios.discretion.spread import FEWEST, Asked, decided

MOST_SHOWN: Final = 30
STEPS: Final = (1_000_00, 5_000_00, 20_000_00)
"""Fen: how the distance from a range is grouped; the last group is everything beyond."""
WITHIN, BELOW, ABOVE, UNASKED = "within", "below", "above", "unasked"


@dataclass
class Again:
    """What came of it. ``counts`` by outcome: the fine inside the new range, below it, above it, or not to be asked
    because a fact is missing. ``moved``: cases by (old rows, new rows). ``cases``: numbers with their fine and new
    range, of those outside it. ``seconds``: for computing alone."""

    asked: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    same_range: int = 0
    moved: Counter[tuple[tuple[int, ...], tuple[int, ...]]] = field(default_factory=Counter)
    cases: list[tuple[str, date, int, int, int]] = field(default_factory=list)
    away: Counter[int] = field(default_factory=Counter)
    """How far each fine lies from the new range: cases by step of ``STEPS``, below it negative, inside it 0."""
    total: int = 0
    """Fen by which the fines outside would have to move to the nearest end, all together."""
    seconds: float = 0.0

    @property
    def moves(self) -> list[tuple[tuple[int, ...], tuple[int, ...], int]]:
        """From which rows to which, those of five cases and more."""
        return [(old, new, n) for (old, new), n in sorted(self.moved.items()) if n >= FEWEST]

    @property
    def hidden(self) -> int:
        return sum(n < FEWEST for n in self.moved.values())


def versions(provision: Provision) -> list[TableVersion]:
    """Every version of its benchmark, drafts too, the newest first."""
    return list(TableVersion.objects.filter(name=provision.table).defer("document").order_by("-number"))


def of(asked: Asked, version: TableVersion, actor: Actor) -> Again:
    """The decisions of a period under one version. One query for them, one for the table when it is new here."""
    fields = ("case__number", "decided_on", "facts", "rows", "low", "high", "fine")
    rows = decided(asked, actor).order_by("decided_on", "case_id").values_list(*fields)
    provision = provisions.known()[asked.provision]
    return compute(rows, compiled(version.pk, version.sha256), provision)


def compute(rows: Iterable[tuple[Any, ...]], under: Compiled, provision: Provision) -> Again:
    """The same of rows (number, day, facts, rows, low, high, fine)."""
    kept = list(rows)
    began, again = time.perf_counter(), Again()
    numbers = {one.name for one in under.table.inputs if one.kind == "number"}
    for row, found in zip(kept, recompute(_decisions(kept, under, numbers), under), strict=True):
        number, day, _facts, old, low, high, fine = row
        again.asked += 1
        if found.outcome is None:
            again.counts[UNASKED] += 1
            continue
        lowest, highest = benchmarks.within(provision, found.outcome)
        again.same_range += (lowest, highest) == (low, high)
        again.moved[tuple(old), found.outcome.rows] += 1
        how = WITHIN if lowest <= fine <= highest else BELOW if fine < lowest else ABOVE
        again.counts[how] += 1
        gap = 0 if how == WITHIN else fine - lowest if how == BELOW else fine - highest
        again.away[step(gap)] += 1
        again.total += abs(gap)
        if how != WITHIN and len(again.cases) < MOST_SHOWN:
            again.cases.append((number, day, fine, lowest, highest))
    again.seconds = time.perf_counter() - began
    return again


def step(gap: int) -> int:
    """Which group a distance in fen is in: 0 none, 1 the nearest above the range, -1 the nearest below."""
    if not gap:
        return 0
    n = 1 + sum(abs(gap) > one for one in STEPS)
    return n if gap > 0 else -n


def _decisions(rows: list[tuple[Any, ...]], under: Compiled, numbers: set[str]) -> Iterator[Decision]:
    """Facts as they were kept; a number with decimals was kept as text and is read again."""
    for number, day, facts, *_rest in rows:
        text = any(type(facts.get(name)) is str for name in numbers)
        yield Decision(number, day, benchmarks.facts_for(under.table, facts) if text else facts)
