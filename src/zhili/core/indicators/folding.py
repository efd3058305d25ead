"""The consumer that keeps the figures, and the way in for history."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from zhili.core.cases.loading import TryLater
from zhili.core.indicators.measures import Tally
from zhili.core.indicators.storing import add
from zhili.core.streams import Consumer, Event

NAME = "indicators"
BATCH = 20_000
# Advisory lock of the database: held by a rebuild, shared by those who add history.
LOCK = 0x7A68_696E


class Rebuilding(TryLater):
    """The figures are being counted again; history added now would be missed. Try again when it is done."""


class Indicators(Consumer):
    """Counts each step once, in the transaction that stores its place in the stream."""

    name = NAME
    types = frozenset({"step"})

    def handle(self, events: list[Event]) -> None:
        counted = _counted([event.id for event in events])
        add(tally(event.payload for event in events if event.id not in counted))


def tally(payloads: Iterable[Mapping[str, Any]]) -> Tally:
    """Count these steps, by the city's own days."""
    return Tally(timezone.get_default_timezone()).add_all(payloads)  # type: ignore[arg-type]


def fold_bulk(payloads: Iterable[Mapping[str, Any]], batch: int = BATCH) -> int:
    """Count the steps of history that never went through the stream; how many.

    `payloads` as events of type "step" carry them. Inside a transaction all belongs to it; outside,
    each batch is its own: keep it so small that it commits within two seconds, since an open writer
    holds every stream back. In order of time it is quickest. Raises Rebuilding while a rebuild runs.
    """
    total = 0
    rest = iter(payloads)
    while part := list(islice(rest, batch)):
        with transaction.atomic():
            _keep_out_of_a_rebuild()
            add(tally(part))
        total += len(part)
    return total


def _keep_out_of_a_rebuild() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise Rebuilding("figures are being rebuilt: add this history when that is done")


def _counted(ids: list[int]) -> set[int]:
    """Those a rebuild has counted already; forgotten as they pass."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM indicators_counted WHERE event_id = ANY(%s) RETURNING event_id", [ids])
        return {event_id for (event_id,) in cursor.fetchall()}
