"""The key ring also seals readings, batches and refused messages: a rotation must reach them."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection, transaction

from zhili.core.people import keys
from zhili.core.signals.store import packing

AT_ONCE: Final = 2_000
TABLES: Final = ("signals_sealed", "signals_batch", "signals_refusal", "signals_frame")
CHANGE: Final = "UPDATE {} SET key = %s, sealed = %s WHERE id = %s"
BINDS: Final = {
    "signals_batch": packing.IN_BATCH,
    "signals_refusal": packing.IN_REFUSAL,
    "signals_frame": packing.IN_REFUSAL,
}
READINGS: Final = """
SELECT source_id, measure, at, keeps, key, sealed FROM signals_sealed
WHERE key <> %s AND (source_id, measure, at, keeps) > (%s, %s, %s, %s)
ORDER BY source_id, measure, at, keeps LIMIT %s FOR UPDATE"""
RESEAL: Final = """
UPDATE signals_sealed s SET key = %s, sealed = u.b
FROM unnest(%s::bigint[], %s::smallint[], %s::timestamptz[], %s::smallint[], %s::bytea[])
     u(source, measure, at, keeps, b)
WHERE s.source_id = u.source AND s.measure = u.measure AND s.at = u.at AND s.keeps = u.keeps"""


def uses(key: str) -> int:
    """How many are sealed with a key."""
    total = 0
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE key = %s", [key])  # noqa: S608
            total += cursor.fetchone()[0]
    return total


def reencrypt() -> int:
    """Seal with the current key whatever another one sealed, in short transactions; how many."""
    ring = keys.ring(fresh=True)
    total = _readings(ring)
    for table, bound in BINDS.items():
        total += _plain(table, bound, ring)
    return total


def _readings(ring: keys.Ring) -> int:
    total, last = 0, (0, 0, packing.EPOCH, 0)
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(READINGS, [ring.current, *last, AT_ONCE])
            rows = cursor.fetchall()
            if not rows:
                return total
            sealed = []
            for source, measure, at, _keeps, key, old in rows:
                bound = packing.BOUND.pack(source, measure, packing.micros(at))
                sealed.append(ring.seal(packing.unseal(key, bytes(old), bound), bound))
            columns = [list(column) for column in zip(*rows, strict=True)][:4]
            cursor.execute(RESEAL, [ring.current, *columns, sealed])
        total += len(rows)
        last = rows[-1][:4]


def _plain(table: str, bound: bytes, ring: keys.Ring) -> int:
    total, last = 0, 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            rows = _some(cursor, table, ring.current, last)
            if not rows:
                return total
            for pk, key, old in rows:
                again = ring.seal(packing.unseal(key, bytes(old), bound), bound)
                cursor.execute(CHANGE.format(table), [ring.current, again, pk])
        total += len(rows)
        last = rows[-1][0]


def _some(cursor: Any, table: str, current: str, last: int) -> list[tuple[int, str, bytes]]:
    cursor.execute(
        f"SELECT id, key, sealed FROM {table} WHERE key <> %s AND sealed IS NOT NULL AND id > %s"  # noqa: S608
        " ORDER BY id LIMIT 200 FOR UPDATE",
        [current, last],
    )
    rows: list[tuple[int, str, bytes]] = cursor.fetchall()
    return rows


HOLDER: Final = keys.Holder("感知数据", uses, reencrypt)
