"""Reading the outbox safely: what the horizon, the order and the exact position cost, and what they save.

    python -m bench.streams [events]

Six writers commit transactions of three events in disorder while one consumer reads. Compared in the
same run: a reader that remembers the last id (quick, and loses events). Then the backlog alone: events
a second through `run_once`, against a plain cursor over the same table. A private PostgreSQL.
"""

import random
import sys
import threading
import time

from bench import machine
from bench.database import private_database

EVENTS = 60_000
WRITERS = 6
PAYLOAD = {"case": 1, "number": "26000000173", "procedure": "reports.report", "action": "accept", "office": 7}


def write(events: int, seed: int) -> None:
    """Transactions of three events; every tenth stays open a while, as real ones do."""
    from django.db import connection, transaction

    from zhili.core.streams import emit_many

    chance = random.Random(seed)
    for turn in range(events // 3):
        with transaction.atomic():
            emit_many([("bench", turn, PAYLOAD)] * 3)
            if chance.random() < 0.1:
                time.sleep(chance.random() * 0.02)
    connection.close()


def race(events: int) -> None:
    """Readers beside writers: how many each saw, and how far behind the safe one was at the end."""
    from django.db import connection

    from zhili.core.streams import Consumer, Event, lag, run_once

    class Counting(Consumer):
        name = "bench"

        def __init__(self) -> None:
            self.seen: set[int] = set()

        def handle(self, events: list[Event]) -> None:
            self.seen.update(e.id for e in events)

    reader, naive, last = Counting(), 0, 0
    writers = [threading.Thread(target=write, args=[events // WRITERS, n]) for n in range(WRITERS)]
    started = time.perf_counter()
    for writer in writers:
        writer.start()
    ages = []
    while True:
        alive = any(w.is_alive() for w in writers)
        moved = run_once(reader, 1000)
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM streams_event WHERE id > %s ORDER BY id", [last])
            rows = cursor.fetchall()
        naive, last = naive + len(rows), rows[-1][0] if rows else last
        ages.append(lag()["horizon_age_s"])
        if not alive and not moved and not rows:
            break
    taken = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM streams_event")
        total = cursor.fetchone()[0]
    print(
        f"  {WRITERS} writers, {total:,} events in {taken:.1f} s; held back at most {max(ages) * 1000:.0f} ms"
    )
    print(f"  horizon: {len(reader.seen):,} seen, {total - len(reader.seen):,} lost; "
          f"by last id: {naive:,} seen, {total - naive:,} lost")  # fmt: skip
    if len(reader.seen) != total:
        raise SystemExit("events were lost")


def backlog(events: int) -> None:
    """Events a second of one consumer with nothing else going on, against a plain cursor."""
    from django.db import connection

    from zhili.core.streams import Consumer, Event, run_once

    class Idle(Consumer):
        name = "idle"

        def handle(self, events: list[Event]) -> None:
            pass

    consumer = Idle()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO streams_event (type, subject, payload)"
            " SELECT 'bench', g, %s::jsonb FROM generate_series(1, %s) g",
            ['{"case": 1, "number": "26000000173", "procedure": "reports.report"}', events],
        )
        cursor.execute("VACUUM ANALYZE streams_event")
    started = time.perf_counter()
    moved = 0
    while taken := run_once(consumer, 500):
        moved += taken
    safe = moved / (time.perf_counter() - started)
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, xid::text, at, type, subject, payload::text FROM streams_event ORDER BY xid, id"
        )
        count = sum(1 for _ in cursor)
    plain = count / (time.perf_counter() - started)
    looks = 500
    started = time.perf_counter()
    for _ in range(looks):
        run_once(consumer)
    look = (time.perf_counter() - started) / looks * 1000
    print(f"  backlog of {moved:,}: {safe:,.0f} events/s exactly once in batches of 500; "
          f"plain cursor {plain:,.0f}/s, ratio {safe / plain:.2f}; a look at an idle stream {look:.2f} ms")  # fmt: skip


def main() -> int:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    with private_database() as version:
        from django.db import connection

        print(f"{machine.line()}, PostgreSQL {version}, load {machine.load():.1f}")
        race(events)
        backlog(events * 3)
        connection.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
