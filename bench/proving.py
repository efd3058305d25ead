"""A proof from the tiles of trees of ten thousand to ten million leaves, and how it grows.

    python -m bench proving [leaves]

Synthetic leaves are COPYed into a private PostgreSQL and numbered by one statement; the tiles are cut by the sealer's
own code, which is measured too. At each size: inclusion proofs of random leaves in the newest tree, and consistency
proofs from random older trees; some are verified, and what is timed is the making, in a process that made others
before. The limit is for processor time, of this process and of the server's for it together, which is what an idle
machine takes and says the same on a busy one; the median by the clock stands beside it. The peer is the same number of
queries that fetch one row by its key: no proof can be quicker.
"""

import random
import sys
import time
from collections.abc import Callable
from statistics import median

import psutil
from bench import machine
from bench.database import private_database
from bench.lines import Line, at_least, at_most, report

LEAVES = 10_000_000
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
TIMES = 1000
LIMIT = 2.0
"""Milliseconds at the largest size."""
GROWTH = 3.0
"""From the smallest size to the largest, a thousand times as many leaves: log2 grows by 1.75."""


def main() -> int:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else LEAVES
    sizes = [size for size in SIZES if size <= most]
    with private_database() as version:
        print(f"{machine.line()}; PostgreSQL {version}; load before {machine.load():.1f}")
        made, cut, lines, first = 0, 0.0, [], 0.0
        for size in sizes:
            cut += _grow(made, size)
            made = size
            inclusion, middle = _inclusions(size)
            consistency, _ = _consistencies(size)
            row, row_middle = _rows(size)
            first = first or inclusion
            print(
                f"  {size:>10,} leaves: inclusion {inclusion:.2f} ms (by the clock {middle:.2f}),"
                f" consistency {consistency:.2f}; one row by its key {row:.2f} (by the clock {row_middle:.2f});"
                f" load {machine.load():.1f}"
            )
        lines += _lines(sizes, first, inclusion, consistency, middle, row, made / cut)
    return report(lines)


def _lines(
    sizes: list[int], first: float, last: float, consistency: float, middle: float, row: float, cut: float
) -> list[Line]:
    times = sizes[-1] // sizes[0]
    return [
        at_most(
            f"a proof among {sizes[-1]:,} leaves", last, LIMIT, " ms",
            f" (by the clock {middle:.2f}; consistency {consistency:.2f}; one row by its key {row:.2f})",
        ),
        at_most(f"… of one among {sizes[0]:,}, 1/{times:,} of it", last / first, GROWTH, " times"),
        at_least("leaves cut into tiles", cut, 5_000, "/s"),
    ]  # fmt: skip


def _grow(made: int, size: int) -> float:
    """Leaves up to ``size``, numbered and tiled; seconds the tiles took."""
    from django.db import connection

    from zhili.core.trail import sealing

    with connection.cursor() as cursor:
        if not made:  # indexes that no proof by number reads, and that would make the loading slow
            cursor.execute("DROP INDEX trail_leaf_hash, trail_leaf_order")
        for start in range(made, size, 500_000):
            cursor.execute(
                "INSERT INTO trail_leaf (kind, body, hash) SELECT 'record', '', sha256(i::text::bytea)"
                " FROM generate_series(%s, %s) i",
                [start, min(size, start + 500_000) - 1],
            )
        cursor.execute(
            "INSERT INTO trail_sealed (index, leaf_id) SELECT row_number() OVER (ORDER BY id) - 1, id FROM trail_leaf"
            " ORDER BY id OFFSET %s",
            [made],
        )
        cursor.execute(sealing.BEGIN)
        cursor.execute("UPDATE trail_sealer SET size = %s", [size])
        cursor.execute("ANALYZE trail_leaf, trail_sealed")
    started = time.perf_counter()
    while sealing.catch_up():
        pass
    took = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE trail_tile")
    return took


def _timed(what: Callable[[], None]) -> tuple[float, float]:
    """(processor time of this process and of the server's for it, median of the clock), milliseconds each."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = psutil.Process(cursor.fetchone()[0])
    for _ in range(20):
        what()
    found = []
    before, began = server.cpu_times(), time.process_time()
    for _ in range(TIMES):
        started = time.perf_counter()
        what()
        found.append(1000 * (time.perf_counter() - started))
    after = server.cpu_times()
    used = time.process_time() - began + after.user - before.user + after.system - before.system
    return 1000 * used / TIMES, median(found)


def _inclusions(size: int) -> tuple[float, float]:
    from zhili.base import merkle
    from zhili.core.trail import proofs, tiles

    root, chance = proofs.root(size), random.Random(size)
    for _ in range(20):
        index = chance.randrange(size)
        leaf = tiles.read(0, index >> 8, tiles.width(0, index >> 8, size))[(index & 255) * 32 :][:32]
        merkle.verify_inclusion(index, size, leaf, proofs.inclusion(index, size), root)
    return _timed(lambda: (proofs.inclusion(chance.randrange(size), size), None)[1])


def _consistencies(size: int) -> tuple[float, float]:
    from zhili.base import merkle
    from zhili.core.trail import proofs

    root, chance = proofs.root(size), random.Random(size)
    for _ in range(20):
        old = chance.randrange(1, size)
        merkle.verify_consistency(old, size, proofs.root(old), root, proofs.consistency(old, size))
    return _timed(lambda: (proofs.consistency(chance.randrange(1, size), size), None)[1])


def _rows(size: int) -> tuple[float, float]:
    from zhili.core.trail.models import Sealed

    chance = random.Random(size)
    return _timed(lambda: (Sealed.objects.get(pk=chance.randrange(size)), None)[1])


if __name__ == "__main__":
    sys.exit(main())
