"""The statements of ``storing.accept``. Columns travel as arrays, a statement for each table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from zhili.core.people import keys
from zhili.core.signals.store import keeping, packing
from zhili.core.signals.store.checking import Known, New

ORDINARY: Final = """
INSERT INTO signals_measurement (source_id, measure, at, keeps, received_at, value, lon, lat, samples)
SELECT s, m, timestamptz 'epoch' + a * interval '1 microsecond', k,
       timestamptz 'epoch' + r * interval '1 microsecond', v, x, y, b
FROM unnest(%s::bigint[], %s::smallint[], %s::bigint[], %s::smallint[], %s::bigint[], %s::float8[], %s::float8[],
            %s::float8[], %s::bytea[]) u(s, m, a, k, r, v, x, y, b)
ON CONFLICT DO NOTHING RETURNING source_id, measure, at"""
PERSONAL: Final = """
INSERT INTO signals_sealed (source_id, measure, at, keeps, received_at, key, sealed)
SELECT s, m, timestamptz 'epoch' + a * interval '1 microsecond', k,
       timestamptz 'epoch' + r * interval '1 microsecond', %s, b
FROM unnest(%s::bigint[], %s::smallint[], %s::bigint[], %s::smallint[], %s::bigint[], %s::bytea[]) u(s, m, a, k, r, b)
ON CONFLICT DO NOTHING RETURNING source_id, measure, at"""
QUEUE: Final = "INSERT INTO signals_batch (count, key, sealed) VALUES (%s, %s, %s)"
TOUCH: Final = """
UPDATE signals_source s SET last_seen_at = to_timestamp(u.seen), sequence = u.sequence, digest = u.digest,
       tokens = u.tokens, battery = coalesce(u.battery, s.battery)
FROM unnest(%s::bigint[], %s::float8[], %s::bigint[], %s::bigint[], %s::float8[], %s::float8[])
     u(id, seen, sequence, digest, tokens, battery)
WHERE s.id = u.id"""
LATE: Final = """
INSERT INTO signals_late (source_id, measure, hour) SELECT s, m, to_timestamp(h)
FROM unnest(%s::bigint[], %s::smallint[], %s::bigint[]) u(s, m, h)"""
HOUR: Final = 3_600_000_000
GRACE: Final = timedelta(minutes=10)
"""After an hour's end, its roll-up may be made: what is stored later is marked (rolling)."""


def store(new: list[New], cursor: Any) -> set[int]:
    """Insert readings and queue those that were new; which of them (indexes into ``new``) were."""
    keeping.ensure({keeping.slot(one.measure, packing.moment(one.at)) for one in new}, cursor)
    numbers = keeping.numbers({one.measure.name for one in new})
    ring = keys.ring()
    bodies = [_body(one) for one in new]
    ordinary = [index for index, one in enumerate(new) if not one.measure.personal]
    personal = [index for index, one in enumerate(new) if one.measure.personal]
    stored: list[int] = []
    if ordinary:
        stored += _ordinary([new[index] for index in ordinary], ordinary, numbers, cursor)
    if personal:
        stored += _personal(
            [(new[index], bodies[index]) for index in personal], personal, numbers, ring, cursor
        )
    if stored:
        stored.sort()
        _queue(new, bodies, stored, numbers, ring, cursor)
        _late([new[index] for index in stored if not new[index].measure.personal], numbers, cursor)
    return set(stored)


def touch(sources: list[Known], cursor: Any) -> None:
    """What the last messages left behind."""
    if not sources:
        return
    columns: list[Callable[[Known], Any]] = [
        lambda one: one.id,
        lambda one: one.seen,
        lambda one: one.sequence,
        lambda one: one.digest,
        lambda one: one.tokens,
        lambda one: one.battery,
    ]
    cursor.execute(TOUCH, [_array(map(column, sources)) for column in columns])


def _ordinary(new: list[New], indexes: list[int], numbers: dict[str, int], cursor: Any) -> list[int]:
    points = [one.said.point or (None, None) for one in new]
    cursor.execute(
        ORDINARY,
        [
            *_key(new, numbers),
            _array(_value(one) for one in new),
            _array(point[0] for point in points),
            _array(point[1] for point in points),
            _bytes(one.said.samples for one in new),
        ],
    )
    return _new(cursor, new, indexes, numbers)


def _personal(
    new: list[tuple[New, bytes]], indexes: list[int], numbers: dict[str, int], ring: keys.Ring, cursor: Any
) -> list[int]:
    readings = [one for one, _body in new]
    sealed = [
        ring.seal(body, packing.BOUND.pack(one.source, numbers[one.measure.name], one.at))
        for one, body in new
    ]
    cursor.execute(PERSONAL, [ring.current, *_key(readings, numbers), _bytes(sealed)])
    return _new(cursor, readings, indexes, numbers)


def _key(new: list[New], numbers: dict[str, int]) -> list[str]:
    return [
        _array(one.source for one in new),
        _array(numbers[one.measure.name] for one in new),
        _array(one.at for one in new),
        _array(one.measure.keeps_days for one in new),
        _array(one.received for one in new),
    ]


def _new(cursor: Any, new: list[New], indexes: list[int], numbers: dict[str, int]) -> list[int]:
    if cursor.rowcount == len(new):
        return indexes
    there = {(source, measure, packing.micros(at)) for source, measure, at in cursor.fetchall()}
    return [
        index
        for index, one in zip(indexes, new, strict=True)
        if (one.source, numbers[one.measure.name], one.at) in there
    ]


def _queue(
    new: list[New],
    bodies: list[bytes],
    stored: list[int],
    numbers: dict[str, int],
    ring: keys.Ring,
    cursor: Any,
) -> None:
    parts: list[bytes] = []
    for index in stored:
        one, body = new[index], bodies[index]
        head = packing.HEAD.pack(one.source, numbers[one.measure.name], one.at, one.received, len(body))
        parts += (head, body)
    cursor.execute(QUEUE, [len(stored), ring.current, ring.seal(b"".join(parts), packing.IN_BATCH)])


def _late(stored: list[New], numbers: dict[str, int], cursor: Any) -> None:
    """Mark hours that may have been rolled up already."""
    limit = packing.micros(timezone.now() - GRACE)
    late = {
        (one.source, numbers[one.measure.name], one.at // HOUR)
        for one in stored
        if one.at // HOUR * HOUR + HOUR < limit
    }
    if late:
        rows = sorted(late)
        hours = _array(hour * 3_600 for _source, _measure, hour in rows)
        cursor.execute(LATE, [_array(row[0] for row in rows), _array(row[1] for row in rows), hours])


def _value(one: New) -> float | None:
    return 1.0 if one.measure.kind == "event" else one.said.value


def _body(one: New) -> bytes:
    return packing.body(_value(one), one.said.point, one.said.samples)


def _array(values: Iterable[Any]) -> str:
    """An array literal of numbers: ten times as quick as having each value adapted."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def _bytes(values: Iterable[bytes | None]) -> str:
    return (
        "{" + ",".join(["NULL" if value is None else '"\\\\x' + value.hex() + '"' for value in values]) + "}"
    )
