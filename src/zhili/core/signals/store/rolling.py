"""Roll-ups of ordinary measurements by hour and day: count, sum, least, most. Personal ones are never rolled up.

An hour is counted once, some minutes after its end. What comes for it later is marked in the transaction that stores it
(writing), and that source's hour and day are counted again. Counting reads without a transaction of its own and writes
in short ones, so that no reader of the outbox waits for it; killed in between, it is done again and gives the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from django.db import connection, transaction
from django.utils import timezone

from zhili.core.signals.models import Closed
from zhili.core.signals.store import keeping
from zhili.core.signals.store.writing import GRACE

HOUR: Final = timedelta(hours=1)
SETTLED: Final = GRACE + timedelta(minutes=2)
"""After its end an hour is counted: whoever stores for it by now marks it, and no transaction lasts two minutes."""
AT_ONCE: Final = 5_000
FIGURES: Final = "count(*), sum(value), min(value), max(value)"
OF_HOURS: Final = "sum(count), sum(sum), min(min), max(max)"
# Held: read whole before the first row is written, outside of any transaction that writes.
READ: Final = """
DECLARE signals_counting CURSOR WITH HOLD FOR
SELECT source_id, measure, {figures} FROM {table} WHERE at >= %s AND at < %s {only} GROUP BY source_id, measure"""
WRITE: Final = """
INSERT INTO {table} (source_id, measure, at, keeps, count, sum, min, max)
SELECT s, m, %s, %s, n, a, b, c FROM unnest(%s::bigint[], %s::smallint[], %s::integer[], %s::float8[], %s::float8[],
  %s::float8[]) u(s, m, n, a, b, c)
ON CONFLICT (source_id, measure, at, keeps) DO UPDATE
SET count = EXCLUDED.count, sum = EXCLUDED.sum, min = EXCLUDED.min, max = EXCLUDED.max"""
LATE: Final = """
DELETE FROM signals_late WHERE id IN (SELECT id FROM signals_late ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING source_id, measure, hour"""
AGAIN: Final = """
SELECT k.s, k.m, {figures} FROM unnest(%s::bigint[], %s::smallint[]) k(s, m)
JOIN {table} t ON t.source_id = k.s AND t.measure = k.m AND t.at >= %s AND t.at < %s {only} GROUP BY k.s, k.m"""
WITH_VALUE: Final = "AND value IS NOT NULL"
ROLLED: Final = """
SELECT t.source_id, n.name, t.at, t.count, t.sum, t.min, t.max FROM {table} t
JOIN signals_measurename n ON n.id = t.measure JOIN signals_binding b ON b.source_id = t.source_id
WHERE b.subject_kind = %s AND b.subject_id = ANY(%s) AND t.at >= b.since AND (b.until IS NULL OR t.at < b.until)
  AND n.name = ANY(%s) AND t.keeps = %s AND t.at >= %s AND t.at < %s ORDER BY t.at, t.source_id"""


@dataclass(frozen=True, slots=True)
class Figure:
    """An hour or a day of one measure of one source, by the beginning of it."""

    source: int
    measure: str
    at: datetime
    count: int
    sum: float
    min: float
    max: float

    @property
    def mean(self) -> float:
        return self.sum / self.count


@dataclass(frozen=True, slots=True)
class _Grain:
    name: Literal["hour", "day"]
    table: str
    keeps: int
    source: str
    figures: str
    only: str


HOURS: Final = _Grain("hour", keeping.HOURS, keeping.HOURS_KEPT, keeping.ORDINARY, FIGURES, WITH_VALUE)
DAYS: Final = _Grain("day", keeping.DAYS, keeping.DAYS_KEPT, keeping.HOURS, OF_HOURS, "")


def rolled(
    grain: Literal["hour", "day"],
    subject_kind: str,
    subject_ids: Collection[int],
    measures: Collection[str],
    since: datetime,
    until: datetime,
) -> list[Figure]:
    """Roll-ups of these subjects, by time; the running hour and the last minutes are not in them yet."""
    kept = HOURS if grain == "hour" else DAYS
    values: list[Any] = [subject_kind, list(subject_ids), list(measures), kept.keeps, since, until]
    with connection.cursor() as cursor:
        cursor.execute(ROLLED.format(table=kept.table), values)
        return [Figure(*row) for row in cursor.fetchall()]


def roll_due(now: datetime | None = None) -> int:
    """The worker's part: some late readings, else one hour or day that is over; how much was done."""
    return _late() or _next(HOURS, now or timezone.now()) or _next(DAYS, now or timezone.now())


def _next(grain: _Grain, now: datetime) -> int:
    """Count the next slot of this grain that is settled; 0 when none is."""
    begin = _until(grain, now)
    end = _after(grain, begin)
    ready = now - SETTLED if grain is HOURS else _until(HOURS, now)
    if end > ready:
        return 0
    _open(grain, begin)
    with connection.cursor() as cursor:
        sql = READ.format(figures=grain.figures, table=grain.source, only=grain.only)
        cursor.execute(sql, [begin, end])
        try:
            while True:
                cursor.execute(f"FETCH {AT_ONCE} FROM signals_counting")
                rows = cursor.fetchall()
                _write(grain, begin, rows)
                if len(rows) < AT_ONCE:
                    break
        finally:
            cursor.execute("CLOSE signals_counting")
    Closed.objects.update_or_create(grain=grain.name, defaults={"until": end})
    return 1


def _late() -> int:
    """Count again what came late, hours first and then their days."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LATE, [AT_ONCE])
        rows = cursor.fetchall()
        hours: dict[datetime, set[tuple[int, int]]] = {}
        days: dict[datetime, set[tuple[int, int]]] = {}
        for source, measure, hour in rows:
            hours.setdefault(hour, set()).add((source, measure))
            days.setdefault(_day(hour), set()).add((source, measure))
        for grain, slots in ((HOURS, hours), (DAYS, days)):
            closed = Closed.objects.filter(grain=grain.name).values_list("until", flat=True).first()
            for begin, keys in sorted(slots.items()):
                if closed is not None and begin < closed:  # else it is counted when its time comes
                    _again(grain, begin, keys, cursor)
    return len(rows)


def _again(grain: _Grain, begin: datetime, keys: Iterable[tuple[int, int]], cursor: Any) -> None:
    _open(grain, begin)
    columns = [list(column) for column in zip(*sorted(keys), strict=True)]
    sql = AGAIN.format(figures=grain.figures, table=grain.source, only=grain.only)
    cursor.execute(sql, [*columns, begin, _after(grain, begin)])
    _write(grain, begin, cursor.fetchall())


def _write(grain: _Grain, begin: datetime, rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    columns = [list(column) for column in zip(*rows, strict=True)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(WRITE.format(table=grain.table), [begin, grain.keeps, *columns])


def _open(grain: _Grain, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT signals_open(%s, %s, %s)", [grain.table, grain.keeps, at])


def _until(grain: _Grain, now: datetime) -> datetime:
    """Up to where it has been counted; at first, a day and a bit ago (nothing older is taken)."""
    found = Closed.objects.filter(grain=grain.name).values_list("until", flat=True).first()
    if found is not None:
        return found
    first = now - timedelta(hours=26)
    return first.replace(minute=0, second=0, microsecond=0) if grain is HOURS else _day(first)


def _after(grain: _Grain, begin: datetime) -> datetime:
    if grain is HOURS:
        return begin + HOUR
    return _day(begin + timedelta(hours=36))


def _day(at: datetime) -> datetime:
    """The beginning of its day in the site's own calendar, in UTC."""
    local = timezone.localtime(at)
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
