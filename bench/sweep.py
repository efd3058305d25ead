"""The clock sweep: 1,000 limits run out among 1,000,000 running ones, and the same 1,000 among 10,000.

    python -m bench sweep [clocks]

The 1,000 are real reports whose limit to accept has passed. A first sweep tells their holders that they are due
soon; the one that counts gives each its overdue step, leaf, event and a supervisor, in a transaction of its own,
durable. The others run on. Limits: found in 100 ms, applied at 150 a second, and the
same however many are running.
"""

import sys
import time
from datetime import datetime, timedelta
from statistics import median

from bench import machine, reports
from bench.database import private_database
from bench.lines import Line, at_least, at_most, report

SIZES = (10_000, 1_000_000)
DUE = 1_000
LIMIT_MS, RATE, FLAT = 100.0, 150.0, 1.5


def main() -> int:
    sizes = (SIZES[0], int(sys.argv[1])) if len(sys.argv) > 1 else SIZES
    with private_database() as version:
        print(f"{machine.line()}, PostgreSQL {version}")
        from django.db import connection

        from zhili import demo

        demo.load()
        found = [_measure(size) for size in sizes]
        connection.close()
    (_, small), (claimed, rate) = found
    among = f"{DUE:,} due among {sizes[-1]:,}"
    lines: list[Line] = [
        at_most(f"sweep: {among}, found", claimed, LIMIT_MS, " ms"),
        at_least("… applied", rate, RATE, "/s"),
        at_most(f"… time per clock over that among {sizes[0]:,}", small / rate, FLAT, "×"),
    ]
    return report(lines)


def _measure(running: int) -> tuple[float, float]:
    """(milliseconds to find what is due, clocks applied a second)."""
    from bench import cases

    from zhili.core.cases import sweeping
    from zhili.core.cases.models import Clock, Step

    cases.fill(running, every_clock=True)
    at = _open(DUE)
    taken = []
    for _ in range(7):
        start = time.perf_counter()
        found = sweeping.due(at, DUE)
        taken.append((time.perf_counter() - start) * 1000)
    assert len(found) == DUE, f"{len(found)} are due"
    warned = _swept(at)
    processor = -time.process_time()
    seconds = _swept(at)
    processor += time.process_time()
    assert Step.objects.filter(action="overdue").count() == DUE, "a limit ran out without a step"
    assert not Clock.objects.filter(next_fire_at__lte=at).exists(), "something stayed due"
    print(
        f"  {DUE:,} due among {Clock.objects.count():,}: found in {median(taken):.1f} ms, applied in {seconds:.1f} s, "
        f"{DUE / seconds:.0f}/s (warnings {DUE / warned:.0f}/s), "
        f"processor of this process {processor:.1f} s, load {machine.load():.1f}"
    )
    return median(taken), DUE / seconds


def _swept(at: datetime) -> float:
    """Seconds of one sweep of all that is due."""
    from zhili.core.cases import sweeping

    start = time.perf_counter()
    fired = sweeping.sweep(DUE, at)
    assert fired == DUE, f"{fired} fired"
    return time.perf_counter() - start


def _open(number: int) -> datetime:
    """Open real reports; the moment just after the last one's limit to accept has passed."""
    import json

    from zhili.core.cases import doors
    from zhili.core.cases.models import Clock
    from zhili.core.people.actors import ANONYMOUS

    ids = []
    for body in reports.bodies(number):
        opened = doors.open_case("citizen_reports.report", "report", ANONYMOUS, json.loads(body))
        ids.append(opened.case_id)
    last = (
        Clock.objects.filter(case_id__in=ids, name="stage")
        .order_by("-due_at")
        .values_list("due_at", flat=True)
    )
    due = last.first()
    assert due is not None
    return due + timedelta(minutes=1)


if __name__ == "__main__":
    sys.exit(main())
