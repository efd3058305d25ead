"""The door for history: cases that lived elsewhere come in by the ten thousand, each step with its leaf.

No notices, no clocks, no events: nobody is woken for what happened years ago. The figures count each batch in its
own transaction, which is short, for an open writer holds every stream back. What came in once never comes in again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, pairwise
from typing import Any, Final

from django.db import connection, transaction

from zhili.core.cases import registry
from zhili.core.cases.models import Origin
from zhili.core.cases.telling import Batch

FIRST_BATCH, MOST, LEAST = 1_000, 8_000, 100
AIM_S: Final = 0.8
"""Seconds a batch should take: a transaction must end within two, also where the machine is busy."""


@dataclass(slots=True)
class HistoryRow:
    """One case as its former system kept it. Times are aware; ``outcome`` is closed, refused or withdrawn.

    ``source`` and ``external_id`` together are known once. With a point and no division the place is looked up.
    ``public`` says that the matter was published before; the map shows it then, if its category allows.
    """

    source: str
    external_id: str
    procedure: str
    opened_at: datetime
    category: str = ""
    title: str = ""
    text: str = ""
    division_id: int | None = None
    lon: float | None = None
    lat: float | None = None
    address: str = ""
    office_id: int | None = None
    answered_at: datetime | None = None
    answer: str = ""
    closed_at: datetime | None = None
    outcome: str = "closed"
    public: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many cases came in, how many were in already, and how many steps were written."""

    came_in: int = 0
    already: int = 0
    steps: int = 0

    def __add__(self, other: Loaded) -> Loaded:
        return Loaded(self.came_in + other.came_in, self.already + other.already, self.steps + other.steps)


class TryLater(RuntimeError):
    """History cannot come in just now; nothing of the batch was kept."""


class OutOfOrder(ValueError):
    """A row whose times cannot be: without a zone, answered or closed before it was opened, or in no order."""


_counters: list[Callable[[list[dict[str, Any]]], Any]] = []


def count_with(counter: Callable[[list[dict[str, Any]]], Any]) -> None:
    """Have every batch counted, in its transaction: ``counter`` gets what the outbox would have said of its steps."""
    if counter not in _counters:
        _counters.append(counter)


def load_history(
    rows: Iterable[HistoryRow], *, after: Callable[[Sequence[HistoryRow], Loaded], None] | None = None
) -> Loaded:
    """Bring these cases in, in batches of a transaction each; ``after`` is called inside it, after each batch.

    Idempotent by (source, external_id). Raises OutOfOrder, historical.NoWay, or what a counter raises (figures
    being rebuilt); the batches before are kept. Not to be called in a transaction.
    """
    total, size = Loaded(), FIRST_BATCH
    rest = iter(rows)
    while batch := list(islice(rest, size)):
        started = time.monotonic()
        with transaction.atomic():
            loaded = load_batch(batch)
            if after is not None:
                after(batch, loaded)
        total += loaded
        size = next_size(size, time.monotonic() - started)
    return total


def next_size(size: int, took: float) -> int:
    """How many rows to take next, so that a batch takes about AIM_S: at most twice as many as before."""
    fitting = int(size * AIM_S / max(took, 0.01))
    return max(LEAST, min(MOST, size * 2, fitting))


def load_batch(rows: Sequence[HistoryRow]) -> Loaded:
    """Bring these in within the transaction that is open. See ``load_history``."""
    for row in rows:
        _check(row)
    fresh = list(_new(rows))
    if not fresh:
        return Loaded(already=len(rows))
    batch = Batch(_serials(len(fresh)))
    for row in fresh:
        batch.add(row)
    batch.write()
    for counter in _counters:
        counter(batch.payloads)
    return Loaded(len(fresh), len(rows) - len(fresh), len(batch.payloads))


def _check(row: HistoryRow) -> None:
    times = [t for t in (row.opened_at, row.answered_at, row.closed_at) if t is not None]
    if any(t.tzinfo is None for t in times) or any(a > b for a, b in pairwise(times)):
        raise OutOfOrder(f"{row.source} {row.external_id}: {', '.join(map(str, times))}")
    if registry.procedure(row.procedure) is None:
        raise LookupError(f"no such procedure: {row.procedure}")


def _new(rows: Sequence[HistoryRow]) -> Iterator[HistoryRow]:
    """Those not in yet, the first of equals. Two imports of one source wait for each other here."""
    by_source: dict[str, dict[str, HistoryRow]] = {}
    for row in rows:
        by_source.setdefault(row.source, {}).setdefault(row.external_id, row)
    for source in sorted(by_source):
        given = by_source[source]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"zhili/history/{source}"]
            )
        known = Origin.objects.filter(source=source, external_id__in=list(given))
        there = set(known.values_list("external_id", flat=True))
        yield from (row for key, row in given.items() if key not in there)


def _serials(count: int) -> list[int]:
    """So many serials for case numbers, in whole blocks of the sequence; what is left of the last is lost."""
    from zhili.core.cases.numbers import BLOCK

    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_serial') FROM generate_series(1, %s)", [-(-count // BLOCK)])
        firsts = sorted(first for (first,) in cursor.fetchall())
    return [first + n for first in firsts for n in range(BLOCK)][:count]
