"""Storing measurements: what `accept` takes in alone, with a thousand sources and with a million.

    python -m bench.storing_signals [seconds of each]

Messages of one reading each, the costliest way to send: half of them ordinary, half personal and so sealed. Batches of
500 as the gateway makes them, each source drawn by chance, one process with one connection. Beside it in the same run:
the same rows by COPY into a plain table without an index, committed as often. A private PostgreSQL, durable.
"""

import os
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench import machine
from bench.database import private_database
from bench.lines import at_least, at_most, report

BATCH = 500
FEW, MANY = 1_000, 1_000_000
TARGET = 15_000
FLAT = 1.5
SECONDS = 6.0


def sources(number: int) -> None:
    """Have that many, without their leaves: registering is not what is measured."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO signals_source (number, protocol, kind, title, key_sha256, subject_kind, active, per_minute)"
            " SELECT 'd' || g, 'watch', 'wristband', '', '', 'device', true, 600 FROM generate_series(1, %s) g"
            " ON CONFLICT DO NOTHING",
            [number],
        )
        cursor.execute("VACUUM (ANALYZE) signals_source")


def batches(number: int, chance: random.Random) -> Callable[[], list]:
    """What makes the next batch: sources by chance among so many, each reading a moment after the last."""
    from zhili.core.signals.store.storing import Message, Said

    begin, made = datetime.now(UTC), 0

    def one() -> list:
        nonlocal made
        now = datetime.now(UTC)
        found = []
        for _ in range(BATCH):
            made += 1
            at = begin - timedelta(minutes=30) + timedelta(microseconds=100 * made)
            said = Said("battery", at, 0.5) if made % 2 else Said("heart_rate", at, 72.0)
            found.append(
                Message(f"d{chance.randint(1, number)}", "watch", (said,), b"[3G*8800000015*0002*LK]", now)
            )
        return found

    return one


def stored(number: int, seconds: float) -> tuple[float, float, float]:
    """Measurements a second of `accept`, by the clock; µs of processor time of each, here and in the database."""
    from zhili.core.signals.store import storing

    make = batches(number, random.Random(7))
    for _ in range(4):
        storing.accept(make())
    spent = used = 0.0
    processes = machine.Spent(os.getpid())
    count = 0
    while spent < seconds:
        batch = make()
        began, cpu = time.perf_counter(), time.process_time()
        verdicts = storing.accept(batch)
        spent, used = spent + time.perf_counter() - began, used + time.process_time() - cpu
        if not all(one.accepted for one in verdicts):
            raise SystemExit(f"refused: {next(one for one in verdicts if not one.accepted)}")
        count += len(verdicts)
    database = processes.seconds().get("database", 0.0)
    _judged()
    return count / spent, 1e6 * used / count, 1e6 * database / count


def copied(seconds: float) -> float:
    """Rows a second by COPY into a plain table, 500 a transaction."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bare (source bigint, measure smallint, at timestamptz, value float8)"
        )
    now = datetime.now(UTC)
    rows = [(one, 1, now, 72.0) for one in range(BATCH)]
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        with transaction.atomic(), connection.cursor() as cursor, cursor.copy("COPY bare FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        count += BATCH
    return count / (time.perf_counter() - began)


def _judged() -> None:
    """Empty the queue as a judge would, outside the measured time."""
    from django.db import transaction

    from zhili.core.signals.store import storing

    with transaction.atomic():
        while found := storing.unjudged(50):
            storing.judged([one.id for one in found])


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    with private_database() as version:
        print(f"  PostgreSQL {version}; {machine.line()}; load {machine.load():.1f}")
        bare = copied(seconds / 2)
        print(f"  bare COPY, {BATCH} a transaction: {bare:,.0f}/s")
        found = {}
        for number in (FEW, MANY):
            sources(number)
            found[number], here, there = stored(number, seconds)
            print(
                f"  {number:>9,} sources: {found[number]:,.0f}/s; {here:.0f} µs here, {there:.0f} µs in the database"
            )
        best, ratio = min(found.values()), found[FEW] / found[MANY]
        lines = [
            at_least("signals stored", best, TARGET, "/s", f" ({best / bare:.0%} of COPY)"),
            at_most("  cost with a million sources", ratio, FLAT, " of a thousand's"),
        ]
        print(f"  load {machine.load():.1f}")
        return report(lines)


if __name__ == "__main__":
    raise SystemExit(main())
