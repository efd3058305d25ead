"""Numbering leaves into the tree: catching up after a pause, and what it costs those who write them.

    python -m bench.sealing [leaves]

Everything durable, on a private PostgreSQL. First a backlog alone: leaves a second, against the same leaves hashed
into a tree in memory only (the limit any sealer has in this language). Then four writers of single leaves, each its
own transaction, without and with a sealer running beside them.
"""

import sys
import threading
import time
from datetime import UTC, datetime

from bench import machine
from bench.database import private_database
from bench.lines import at_least, report

LEAVES = 200_000
TARGET, SHARE = 5_000, 90
WRITERS, SECONDS, TURNS = 4, 4.0, 3
AT = datetime(2026, 11, 22, tzinfo=UTC)
WHAT = {"case": "26000000173", "seq": 3, "action": "accept", "from": "received", "to": "handling"}


def main() -> int:
    leaves = int(sys.argv[1]) if len(sys.argv) > 1 else LEAVES
    with private_database() as version:
        print(f"{machine.line()}; PostgreSQL {version}; load before {machine.load():.1f}")
        sealed, plain = catching_up(leaves)
        turns = [(writing(False), writing(True)) for _ in range(TURNS)]
        alone, beside = (sum(one) / TURNS for one in zip(*turns, strict=True))
    share = 100 * beside / alone
    print(f"  load after {machine.load():.1f}")
    return report(
        [
            at_least("leaves sealed, catching up", sealed, TARGET, "/s", f" (in memory {plain:,.0f}/s)"),
            at_least(
                "leaves written beside a sealer", share, SHARE, "%", f" ({beside:,.0f} of {alone:,.0f}/s)"
            ),
        ]
    )


def catching_up(leaves: int) -> tuple[float, float]:
    """Leaves a second: by the sealer, and hashed into a tree in memory."""
    from django.db import connection

    from zhili.base.merkle import tree_hash
    from zhili.core.trail import heads, sealing

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO trail_leaf (kind, body, hash) SELECT 'record', convert_to(repeat('x', 250), 'UTF8'),"
            " sha256(i::text::bytea) FROM generate_series(1, %s) i",
            [leaves],
        )
        cursor.execute("SELECT hash FROM trail_leaf ORDER BY id")
        hashes = [bytes(h) for (h,) in cursor.fetchall()]
    started = time.perf_counter()
    done = sealing.seal_all()
    sealed = done / (time.perf_counter() - started)
    started = time.perf_counter()
    root = tree_hash(hashes).hex()
    plain = leaves / (time.perf_counter() - started)
    if done != leaves or heads.current().root != root:
        raise SystemExit("the sealed tree is not the tree of the leaves")
    return sealed, plain


def writing(beside: bool) -> float:
    """Single leaves a second by four writers for some seconds, perhaps beside a sealer."""
    from django.db import connection

    from zhili.core.trail import leaves, sealing

    done = threading.Event()
    counts = [0] * WRITERS

    def writer(n: int) -> None:
        while not done.is_set():
            leaves.append("record", AT, WHAT, {"n": counts[n]}, b"s" * 16)
            counts[n] += 1
        connection.close()

    def sealer() -> None:
        while not done.is_set():
            if not sealing.seal():
                done.wait(0.5)  # as the worker does when nothing was due
        connection.close()

    threads = [threading.Thread(target=writer, args=[n]) for n in range(WRITERS)]
    threads += [threading.Thread(target=sealer)] if beside else []
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    time.sleep(SECONDS)
    done.set()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)


if __name__ == "__main__":
    sys.exit(main())
