"""Reading the outbox: in order, nothing missed, each effect once.

Ids are given out before their transactions commit, so a reader that remembers the last id it saw
skips rows that commit later. We read only rows of transactions older than every one still running
(`xid < pg_snapshot_xmin(pg_current_snapshot())`), in the order (xid, id): below that horizon no row
can appear any more.
"""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import InterfaceError, connection, transaction

from zhili.core.streams.consumer import Consumer, Event, consumers

log = logging.getLogger(__name__)

# "e.xid", not "xid": a bare name in ORDER BY would mean the text of the first line, in which 9 comes after 10.
WAITING = """
SELECT e.id, e.xid::text, e.at, e.type, e.subject, e.payload::text FROM streams_event e
WHERE (e.xid, e.id) > (%s::xid8, %s) AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY e.xid, e.id LIMIT %s"""
# Asked for all consumers at once before any lock is taken: a worker with nothing to do must not write, since a row
# lock takes a transaction id and the position would be dirtied at each look. (EXISTS would read the whole table when
# nothing waits: the planner expects a hit at once. The order makes it one step of the index.)
LOOK = """
SELECT p.name, p.xid::text, p.event_id,
       (p.retry_at IS NULL OR p.retry_at <= clock_timestamp())
       AND (SELECT id FROM streams_event WHERE (xid, id) > (p.xid, p.event_id)
            AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, id LIMIT 1) IS NOT NULL
FROM streams_position p WHERE p.name = ANY(%s)"""
# For consumers that want none of what was read: on they go, unless another worker moved them or is at it.
ONWARD = """
UPDATE streams_position SET xid = %s::xid8, event_id = %s, updated_at = clock_timestamp(), attempts = 0,
       retry_at = NULL, error = '' WHERE name IN (
    SELECT name FROM streams_position WHERE name = ANY(%s) AND xid = %s::xid8 AND event_id = %s
    FOR UPDATE SKIP LOCKED)"""
BEGIN = """
INSERT INTO streams_position (name, xid)
VALUES (%s, CASE WHEN %s THEN '0'::xid8 ELSE pg_snapshot_xmin(pg_current_snapshot()) END)
ON CONFLICT (name) DO NOTHING"""
TAKE = """
SELECT xid::text, event_id, attempts FROM streams_position
WHERE name = %s AND (retry_at IS NULL OR retry_at <= clock_timestamp()) FOR UPDATE SKIP LOCKED"""
STORE = """
UPDATE streams_position SET xid = %s::xid8, event_id = %s, updated_at = clock_timestamp(),
       attempts = %s, retry_at = clock_timestamp() + %s, error = %s WHERE name = %s"""
PARK = """
INSERT INTO streams_parked (consumer, event_id, event_at, type, subject, payload, error, attempts)
VALUES (%s, %s, %s, %s, %s, %s::jsonb, %s, %s) ON CONFLICT (consumer, event_id) DO NOTHING"""


def run_once(consumer: Consumer, limit: int = 500) -> int:
    """Let the consumer take up to `limit` events; how many the stream moved on, 0 when idle. See `run_all`."""
    return run_all([consumer], limit)


def run_all(readers: Iterable[Consumer] | None = None, limit: int = 500) -> int:
    """Let each consumer (all that are registered) take up to `limit` events; how many they moved on, 0 when idle.

    Any number of workers may call this: one at a time holds a consumer's position, the others pass
    it by. An event that fails is tried again with growing waits while those behind it wait too
    (order is kept); after `consumer.tries` it is parked and the stream goes on. Events are read once
    for all who stand at the same place, which is the rule; each handles them in a transaction of its own.
    """
    wanted = {one.name: one for one in (consumers().values() if readers is None else readers)}
    done = 0
    for (xid, event_id), names in _waiting(wanted).items():
        events = _events(xid, event_id, limit)
        if not events:
            continue
        last = events[-1]
        concerned = [name for name in names if _of(wanted[name], events)]
        if passing := [name for name in names if name not in concerned]:
            done += _execute(ONWARD, [str(last.xid), last.id, passing, xid, event_id]) * len(events)
        for name in concerned:
            done += _turn(wanted[name], (xid, event_id), events, limit)
    return done


def _waiting(wanted: Mapping[str, Consumer]) -> dict[tuple[str, int], list[str]]:
    """Who has something to read now, by where they stand. One query, writing nothing."""
    found = _rows(LOOK, [list(wanted)])
    if len(found) < len(wanted):
        for name in wanted.keys() - {row[0] for row in found}:
            _begin(wanted[name])
        found = _rows(LOOK, [list(wanted)])
    state = {name: ((xid, event_id), anything) for name, xid, event_id, anything in found}
    places: dict[tuple[str, int], list[str]] = {}
    for name in wanted:
        place, anything = state.get(name, (("0", 0), False))
        if anything:
            places.setdefault(place, []).append(name)
    return places


def _turn(consumer: Consumer, place: tuple[str, int], read: list[Event], limit: int) -> int:
    """One consumer's turn. ``read``: the events after ``place``, which holds unless another worker was faster."""
    with transaction.atomic():
        position = _row(TAKE, [consumer.name])
        if position is None:
            return 0
        xid, event_id, attempts = position
        events = read if (xid, event_id) == place else _events(xid, event_id, limit)
        if not events:
            return 0
        taken, error = _apply(consumer, events)
        # A different event failing starts its own count.
        failed = (attempts + 1 if taken == 0 else 1) if error else 0
        if error and failed >= consumer.tries:
            _park(consumer, events[taken], error, failed)
            taken, error, failed = taken + 1, None, 0
        if error:
            log.warning(
                "consumer %s: event %s failed (try %s): %s", consumer.name, events[taken].id, failed, error
            )
        last = (events[taken - 1].xid, events[taken - 1].id) if taken else (xid, event_id)
        wait = consumer.wait(failed) if error else None
        _execute(
            STORE, [str(last[0]), last[1], failed, wait, describe(error) if error else "", consumer.name]
        )
        return taken


def run_until_idle(limit: int = 500) -> int:
    """Run every registered consumer until none has anything to read; for tests, demos and commands."""
    total = 0
    while moved := run_all(limit=limit):
        total += moved
    return total


def describe(error: Exception) -> str:
    """The error as kept in the database and shown to an engineer."""
    return f"{type(error).__name__}: {error}"[:2000]


def _begin(consumer: Consumer) -> None:
    """The first position of a consumer: before the first event, or at the present horizon."""
    _execute(BEGIN, [consumer.name, consumer.from_start])


def _events(xid: str, event_id: int, limit: int) -> list[Event]:
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [xid, event_id, limit])
        return [
            Event(id, int(xid), at, type, subject, json.loads(payload))
            for id, xid, at, type, subject, payload in cursor.fetchall()
        ]


def _apply(consumer: Consumer, events: Sequence[Event]) -> tuple[int, Exception | None]:
    """Handle the events; how many succeeded from the front, and what stopped the next.

    A failing batch is halved until the one event at fault stands alone, so that those before it
    are not held up and those after it are not blamed.
    """
    wanted = _of(consumer, events)
    try:
        if wanted:
            with transaction.atomic():
                consumer.handle(wanted)
        return len(events), None
    except InterfaceError:
        raise  # the connection is gone: no event's fault, nothing was stored
    except Exception as error:
        if not connection.is_usable():
            raise
        if len(events) == 1:
            return 0, error
    half = len(events) // 2
    taken, stopped = _apply(consumer, events[:half])
    if stopped is not None:
        return taken, stopped
    more, stopped = _apply(consumer, events[half:])
    return half + more, stopped


def _of(consumer: Consumer, events: Sequence[Event]) -> list[Event]:
    """Those it wants."""
    return [e for e in events if consumer.types is None or e.type in consumer.types]


def _park(consumer: Consumer, event: Event, error: Exception, attempts: int) -> None:
    log.error(
        "consumer %s: event %s parked after %s tries", consumer.name, event.id, attempts, exc_info=error
    )
    payload = json.dumps(event.payload, ensure_ascii=False)
    row = [consumer.name, event.id, event.at, event.type, event.subject, payload, describe(error), attempts]
    _execute(PARK, row)


def _row(sql: str, values: list[Any]) -> Any:
    return next(iter(_rows(sql, values)), None)


def _rows(sql: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _execute(sql: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)
