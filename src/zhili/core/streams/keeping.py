"""Looking after the outbox: how far behind, what is parked, what may go."""

import json
from typing import Any

from django.db import connection, transaction

from zhili.core.streams.consumer import Event, consumers
from zhili.core.streams.reading import describe

COUNTED = 10_000

BEHIND = """
SELECT p.name, p.attempts, p.error, extract(epoch FROM clock_timestamp() - p.updated_at)::float8,
       (SELECT count(*) FROM (SELECT 1 FROM streams_event e
                              WHERE (e.xid, e.id) > (p.xid, p.event_id) LIMIT %s) x),
       (SELECT extract(epoch FROM clock_timestamp() - e.at)::float8 FROM streams_event e
        WHERE (e.xid, e.id) > (p.xid, p.event_id) ORDER BY e.xid, e.id LIMIT 1)
FROM streams_position p ORDER BY p.name"""
HELD = """
SELECT coalesce(extract(epoch FROM clock_timestamp() - min(at))::float8, 0) FROM streams_event
WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())"""
PARKED = "SELECT consumer, count(*) FROM streams_parked GROUP BY consumer"
# The first rows in the order of reading, up to the lowest position; of these the old ones. Never looks
# beyond one batch, since the oldest come first.
PRUNE = """
DELETE FROM streams_event WHERE id IN (
  SELECT id FROM (
    SELECT id, at FROM streams_event
    WHERE (xid, id) <= (SELECT p.xid, p.event_id FROM streams_position p ORDER BY p.xid, p.event_id LIMIT 1)
    ORDER BY xid, id LIMIT %s) first
  WHERE at < now() - make_interval(days => %s))"""
PRUNABLE = """
SELECT count(*) FROM streams_event
WHERE (xid, id) <= (SELECT p.xid, p.event_id FROM streams_position p ORDER BY p.xid, p.event_id LIMIT 1)
  AND at < now() - make_interval(days => %s)"""
TAKE_PARKED = """
SELECT id, event_id, event_at, type, subject, payload::text FROM streams_parked
WHERE consumer = %s AND id > %s ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"""


def lag() -> dict[str, Any]:
    """How the stream stands; two or three queries, cheap at any size.

    `consumers`: per name `behind` (events, counted to 10,000), `oldest_s` (age of the next event,
    None when idle), `attempts` and `error` of an event being retried, `parked`, `idle_s` (since it last
    moved). `horizon_age_s`: age of the oldest committed event that a running transaction, in any
    database of the server, keeps out of reach; above a few seconds something writes for too long.
    """
    with connection.cursor() as cursor:
        cursor.execute(PARKED)
        parked = dict(cursor.fetchall())
        cursor.execute(BEHIND, [COUNTED])
        state = {
            name: {
                "behind": behind,
                "oldest_s": oldest,
                "attempts": attempts,
                "error": error,
                "idle_s": idle,
                "parked": parked.get(name, 0),
            }
            for name, attempts, error, idle, behind, oldest in cursor.fetchall()
        }
        cursor.execute(HELD)
        held = cursor.fetchone()[0]
    return {"consumers": state, "horizon_age_s": held, "parked": sum(parked.values())}


def prune(days: int, batch: int = 5_000) -> int:
    """Delete events older than `days` that every consumer has passed; how many.

    Nothing goes while a registered consumer has no position yet. A consumer taken out of the
    product keeps its claim until `forget(name)`. Deletes in batches, each its own transaction.
    """
    total = 0
    while True:
        with transaction.atomic():
            gone = prune_some(days, batch)
        total += gone
        if gone < batch:
            return total


def prune_some(days: int, batch: int = 5_000) -> int:
    """One batch of `prune`, in the caller's transaction."""
    if _somebody_has_not_begun():
        return 0
    with connection.cursor() as cursor:
        cursor.execute(PRUNE, [batch, days])
        return int(cursor.rowcount)


def prunable(days: int) -> int:
    """How many events `prune` would delete."""
    if _somebody_has_not_begun():
        return 0
    with connection.cursor() as cursor:
        cursor.execute(PRUNABLE, [days])
        return int(cursor.fetchone()[0])


def _somebody_has_not_begun() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM streams_position")
        return bool(set(consumers()) - {name for (name,) in cursor.fetchall()})


def forget(name: str) -> None:
    """Drop the position of a consumer that no longer exists, so that it holds nothing back."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM streams_position WHERE name = %s", [name])


def retry_parked(name: str) -> tuple[int, int]:
    """Give a consumer its parked events again, each in a transaction of its own: (taken, still parked)."""
    consumer = consumers()[name]
    taken = failed = last = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(TAKE_PARKED, [name, last])
            row = cursor.fetchone()
            if row is None:
                return taken, failed
            last, event_id, at, type, subject, payload = row
            try:
                with transaction.atomic():
                    consumer.handle([Event(event_id, 0, at, type, subject, json.loads(payload))])
                cursor.execute("DELETE FROM streams_parked WHERE id = %s", [last])
                taken += 1
            except Exception as error:
                cursor.execute(
                    "UPDATE streams_parked SET error = %s, attempts = attempts + 1 WHERE id = %s",
                    [describe(error), last],
                )
                failed += 1


def rebase() -> int:
    """After a restore into another server, whose transaction ids start low again: how many events moved.

    The restored events carry ids of transactions that this server has yet to give out, so the
    horizon would never reach them. They are written anew, in their order, in one transaction; each
    consumer keeps its place between them. Call it once, before workers start.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE streams_event, streams_position IN EXCLUSIVE MODE")
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('streams_event', 'id'), greatest(max(id), nextval("
            "pg_get_serial_sequence('streams_event', 'id')))) FROM streams_event"
        )
        cursor.execute(
            "CREATE TEMP TABLE moved ON COMMIT DROP AS SELECT xid, id, nextval(pg_get_serial_sequence("
            "'streams_event', 'id')) AS new FROM (SELECT xid, id FROM streams_event ORDER BY xid, id) o"
        )
        cursor.execute(
            "UPDATE streams_position p SET xid = pg_current_xact_id(), event_id = coalesce("
            "(SELECT max(new) FROM moved m WHERE (m.xid, m.id) <= (p.xid, p.event_id)), 0)"
        )
        cursor.execute(
            "UPDATE streams_event e SET xid = pg_current_xact_id(), id = m.new FROM moved m WHERE m.id = e.id"
        )
        moved: int = cursor.rowcount
    return moved
