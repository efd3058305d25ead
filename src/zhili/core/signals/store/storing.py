"""Taking measurements in and giving them out; the frozen door of this app.

One call of ``accept`` is one transaction: sources are read and held, messages checked, readings inserted (one that is
there already is recognised by its key), the new ones queued for the judge, what was refused counted. When it returns
all of that is durable, unless a transaction of the caller's is still open around it.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from zhili.base.signals.measures import Reading, Said
from zhili.core.signals import registry
from zhili.core.signals.models import Binding, Source
from zhili.core.signals.sources import KEYLESS, NUMBER, digest
from zhili.core.signals.store import checking, keeping, limits, packing, refusing, writing
from zhili.core.signals.store.checking import TAKEN, Message, Verdict
from zhili.core.signals.store.reading import PersonalNotOpened, history, openings
from zhili.core.signals.store.refusing import Minute, statistics, undecoded

__all__ = [
    "Batch",
    "Message",
    "Minute",
    "PersonalNotOpened",
    "Said",
    "Verdict",
    "accept",
    "admits",
    "feed",
    "feed_many",
    "history",
    "judged",
    "openings",
    "statistics",
    "undecoded",
    "unjudged",
]
SOURCES: Final = """
SELECT number, id, protocol, key_sha256, active, per_minute, sequence, digest, tokens,
       coalesce(extract(epoch FROM last_seen_at)::float8, 0)
FROM signals_source WHERE number = ANY(%s) ORDER BY id FOR NO KEY UPDATE"""
UNJUDGED: Final = "SELECT id, key, sealed FROM signals_batch ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED"
JUDGED: Final = "DELETE FROM signals_batch WHERE id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Batch:
    """The new readings of one transaction, in the order they came."""

    id: int
    readings: list[Reading]


def accept(messages: Sequence[Message]) -> list[Verdict]:
    """Store what can be stored; a verdict for each message, in their order.

    A message is accepted when at least one of its readings was new, or when it has none (a sign of life). Readings
    refused within an accepted message are counted all the same.
    """
    if not messages:
        return []
    batch = list(messages)
    with transaction.atomic(), connection.cursor() as cursor:
        # a number that nothing could be registered under is a stranger's, and may hold what no database takes
        cursor.execute(SOURCES, [[one for one in {one.number for one in batch} if NUMBER.fullmatch(one)]])
        known = {row[0]: checking.Known(*row[1:]) for row in cursor.fetchall()}
        found = checking.check(batch, known, registry.measures(), limits.now())
        stored = writing.store(found.new, cursor) if found.new else set()
        _repeats(batch, found, stored)
        writing.touch([one for one in known.values() if one.touched], cursor)
        refusing.count(batch, found, stored, cursor)
    return [
        Verdict(False, why, found.parts.get(index, "")) if why else TAKEN
        for index, why in enumerate(found.whys)
    ]


def _repeats(batch: list[Message], found: checking.Checked, stored: set[int]) -> None:
    """Messages none of whose readings were new were here before."""
    if len(stored) == len(found.new):
        return
    some = {found.new[index].message for index in stored}
    for one in found.new:
        if one.message not in some:
            found.whys[one.message] = "replayed"


def admits(number: str, key: str) -> bool:
    """Whether a device may sign in with this key (for brokers). One query at most."""
    if not NUMBER.fullmatch(number):
        return False
    row = Source.objects.filter(number=number, active=True).values_list("protocol", "key_sha256").first()
    if row is None or row[0] in KEYLESS:
        return False
    return hmac.compare_digest(digest(key), bytes(row[1]))


def unjudged(limit: int) -> list[Batch]:
    """The oldest batches nobody has judged, held until the transaction ends. Call it in the judge's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(UNJUDGED, [limit])
        rows = cursor.fetchall()
    if not rows:
        return []
    names = keeping.names()
    return [
        Batch(pk, list(packing.unpack(packing.unseal(key, bytes(sealed), packing.IN_BATCH), names)))
        for pk, key, sealed in rows
    ]


def judged(ids: Iterable[int]) -> None:
    """These batches are done with; in the transaction of ``unjudged`` that keeps what came of them."""
    with connection.cursor() as cursor:
        cursor.execute(JUDGED, [list(ids)])


def feed(
    subject_kind: str, subject_id: int, measure: str, at: datetime | None = None, value: float | None = None
) -> None:
    """A reading from inside the platform (a count of cases, say), in the caller's transaction.

    Raises ValueError when the measure does not take it.
    """
    (verdict,) = feed_many([(subject_kind, subject_id, measure, at, value)])
    if verdict.why not in ("", "replayed"):
        raise ValueError(f"{measure}={value} of {subject_kind} {subject_id}: {verdict.why}")


Fed = tuple[str, int, str, datetime | None, float | None]
"""Subject kind and id, measure, time, value."""


def feed_many(several: Iterable[Fed]) -> list[Verdict]:
    """Readings from inside the platform, in the caller's transaction; a verdict for each, in their order.

    A few statements for any number. Each subject is a source of its own, made when it is first heard of.
    """
    fed = list(several)
    if not fed:
        return []
    with transaction.atomic():
        _internal({(kind, one) for kind, one, *_ in fed})
        now = timezone.now()
        return accept(
            [
                Message(f"internal:{kind}:{one}", "internal", (Said(measure, at, value),), b"", now)
                for kind, one, measure, at, value in fed
            ]
        )


def _internal(subjects: set[tuple[str, int]]) -> None:
    numbers = {f"internal:{kind}:{one}": (kind, one) for kind, one in subjects}
    there = set(Source.objects.filter(number__in=numbers).values_list("number", flat=True))
    new = sorted(set(numbers) - there)
    if not new:
        return
    made = [
        Source(
            number=number,
            protocol="internal",
            kind="platform",
            subject_kind=numbers[number][0],
            subject_id=numbers[number][1],
            per_minute=0,
        )
        for number in new
    ]
    Source.objects.bulk_create(made, ignore_conflicts=True)
    bound = Source.objects.filter(number__in=new).values_list("pk", "number")
    Binding.objects.bulk_create(
        (
            Binding(
                source_id=pk,
                subject_kind=numbers[number][0],
                subject_id=numbers[number][1],
                since=packing.EPOCH,
            )
            for pk, number in bound
        ),
        ignore_conflicts=True,
    )
