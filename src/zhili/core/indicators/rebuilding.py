"""Counting everything again from history, while the site runs.

History is read in one snapshot. The new figures grow as the next generation beside those shown, in
short transactions so that no stream is held back; then they are shown. Events that the snapshot
already holds but the stream is yet to deliver are noted: none counts twice, none is missed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from zhili.core.indicators.folding import BATCH, LOCK, NAME, Rebuilding, tally
from zhili.core.indicators.storing import CURRENT, add

# Which measures the figures hold. Raise it with every new one: `zhili migrate` then counts history anew.
SHAPE = 2
# Whatever is visible at or above the horizon is still to be delivered.
SNAPSHOT = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text,
       ARRAY(SELECT id FROM streams_event
             WHERE xid >= pg_snapshot_xmin(pg_current_snapshot()) AND type = 'step')"""
# Taking the consumer's position first keeps it from adding to either generation meanwhile.
MOVE = """
INSERT INTO streams_position (name, xid, event_id) VALUES (%s, %s::xid8, 0)
ON CONFLICT (name) DO UPDATE
SET xid = EXCLUDED.xid, event_id = 0, attempts = 0, retry_at = NULL, error = ''"""
SHOW = """
INSERT INTO indicators_edition (id, generation, shape) VALUES (1, %s, %s)
ON CONFLICT (id) DO UPDATE SET generation = EXCLUDED.generation, shape = EXCLUDED.shape"""
BROUGHT_UP = """
INSERT INTO indicators_edition (id, generation, shape) VALUES (1, 0, %s)
ON CONFLICT (id) DO UPDATE SET shape = EXCLUDED.shape"""
CLEAR = """
DELETE FROM {table}
WHERE ctid = ANY(ARRAY(SELECT ctid FROM {table} WHERE generation <> {shown} LIMIT 20000))"""


def rebuild(history: Callable[[], Iterable[Mapping[str, Any]]], batch: int = BATCH) -> int:
    """Replace all figures by those of `history()`; how many steps it held.

    `history` is called inside a read-only transaction of the default connection and yields the payload
    of every step visible there. Not to be called in a transaction. Raises Rebuilding if one runs already.
    """
    if connection.in_atomic_block:
        raise RuntimeError("rebuild() makes transactions of its own")
    with _writer() as writer:
        _clear(writer)
        generation = (_one(writer, f"SELECT {CURRENT}")[0] + 1) % 30_000
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute(SNAPSHOT)
                horizon, ahead = cursor.fetchone()
            total = _fill(writer, generation, history(), batch)
        _show(writer, generation, horizon, ahead)
        _clear(writer)
    return total


def bring_up(history: Callable[[], Iterable[Mapping[str, Any]]]) -> int:
    """After an upgrade that brought new measures: count history again if there is any. How many steps it held."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce((SELECT shape FROM indicators_edition), 0), EXISTS (SELECT 1 FROM indicators_fact)"
        )
        shape, counted = cursor.fetchone()
        if shape >= SHAPE:
            return 0
        if counted:
            return rebuild(history)
        cursor.execute(BROUGHT_UP, [SHAPE])
    return 0


@contextmanager
def _writer() -> Iterator[BaseDatabaseWrapper]:
    """A second connection, holding the lock that keeps history and other rebuilds out."""
    writer: BaseDatabaseWrapper = connection.copy()
    try:
        if not _one(writer, "SELECT pg_try_advisory_lock(%s)", LOCK)[0]:
            raise Rebuilding("figures are being rebuilt already, or history is being added")
        try:
            yield writer
        finally:
            _one(writer, "SELECT pg_advisory_unlock(%s)", LOCK)
    finally:
        writer.close()


def _fill(
    writer: BaseDatabaseWrapper, generation: int, payloads: Iterable[Mapping[str, Any]], batch: int
) -> int:
    total = 0
    rest = iter(payloads)
    while part := list(islice(rest, batch)):
        sums = tally(part)
        with writer.connection.transaction():
            add(sums, generation, writer)
        total += len(part)
    return total


def _show(writer: BaseDatabaseWrapper, generation: int, horizon: str, ahead: list[int]) -> None:
    with writer.connection.transaction(), writer.cursor() as cursor:
        cursor.execute(MOVE, [NAME, horizon])
        cursor.execute("DELETE FROM indicators_counted")
        cursor.execute("INSERT INTO indicators_counted SELECT unnest(%s::bigint[])", [ahead])
        cursor.execute(SHOW, [generation, SHAPE])


def _clear(writer: BaseDatabaseWrapper) -> None:
    """Delete what no longer or never was shown, a little at a time."""
    for table in ("indicators_fact", "indicators_duration", "indicators_cohort"):
        gone = 1
        while gone:
            with writer.cursor() as cursor:
                cursor.execute(CLEAR.format(table=table, shown=CURRENT))
                gone = cursor.rowcount


def _one(writer: BaseDatabaseWrapper, sql: str, *values: Any) -> Any:
    with writer.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()
