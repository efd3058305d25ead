"""Report intake over HTTP, everything durable: the site as `make run` starts it, the same under Granian, and a peer.

    python -m bench intake [seconds]

A real site: private PostgreSQL with fsync, worker on, demo city loaded. Each run posts distinct reports with distinct
keys over 8 to 64 connections; only 201 counts, and afterwards every number given is looked for in the database
with its step, leaf, event, clocks and holder. The peer (raw_app.py) writes the same rows by plain SQL behind the same
server. Load generator, database, worker and web share the machine's cores.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from bench import load, machine, reports
from bench.lines import at_least, at_most, report
from bench.site import BASE, Site, free_port, home, running, wait_for

PATH = "/api/v1/cases/citizen_reports.report/report"
CONNECTIONS = (8, 16, 32, 64)
SECONDS, WARM_UP, PAIRS = 20.0, 6.0, 3
BODIES = 20_000
TARGETS = {"uvicorn": 200, "granian": 350, "share": 25, "queries": 14}
WHOLE = """
WITH asked AS (SELECT unnest(%s::text[]) AS number),
     found AS (SELECT c.id, c.office_id FROM asked JOIN cases_case c USING (number)),
     steps AS (SELECT case_id, count(*) n FROM cases_step WHERE seq = 1 GROUP BY 1),
     leaves AS (SELECT subject, count(*) n FROM trail_leaf WHERE kind = 'step' GROUP BY 1),
     events AS (SELECT subject, count(*) n FROM streams_event WHERE type = 'step' GROUP BY 1),
     clocks AS (SELECT case_id, count(*) n FROM cases_clock GROUP BY 1),
     parts AS (SELECT DISTINCT case_id, office_id FROM cases_participation)
SELECT count(*), (SELECT count(*) FROM asked) FROM found f
JOIN steps s ON s.case_id = f.id AND s.n = 1
JOIN leaves l ON l.subject = f.id AND l.n = 1
JOIN events e ON e.subject = f.id AND e.n = 1
JOIN clocks k ON k.case_id = f.id AND k.n = 2
JOIN parts p ON p.case_id = f.id AND p.office_id = f.office_id
JOIN citizen_reports_report r ON r.case_id = f.id"""
"""How many of these numbers are there whole, each exactly once; and how many were asked for."""


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    print(f"{machine.line()}; load by {load.tool()}, on the same cores as database, worker and web")
    with home() as folder:
        bodies = reports.write(folder / "bodies", BODIES)
        with running(folder) as site:
            plain = _sweep("uvicorn ×1", site, bodies, seconds)
        with running(folder, "--server", "granian", "--workers", "2") as site:
            fast = _sweep("granian ×2", site, bodies, seconds)
            share, peer = _against_peer(site, bodies, fast.connections, seconds)
            queries = _queries(site)
    lines = [
        at_least("report intake, make run", plain.rate, TARGETS["uvicorn"], "/s", _told(plain)),
        at_least("report intake, Granian ×2", fast.rate, TARGETS["granian"], "/s", _told(fast)),
        at_least("… of raw SQL, same rows, same server", share, TARGETS["share"], "%", f" of {peer:,.0f}/s"),
        at_most("… round trips to the database", queries, TARGETS["queries"], ""),
    ]
    return report(lines)


def _told(sent: load.Sent) -> str:
    return f" ({sent.connections} connections, p50 {sent.p50:.0f} ms, p99 {sent.p99:.0f} ms)"


def _sweep(name: str, site: Site, bodies: Path, seconds: float) -> load.Sent:
    """The best of the runs, after every number given by any of them was found whole."""
    load.send(site.url + PATH, bodies, 16, WARM_UP)
    runs = []
    for connections in CONNECTIONS:
        spent = machine.Spent(site.pid)
        sent = load.send(site.url + PATH, bodies, connections, seconds)
        runs.append(sent)
        _show(name, sent, spent.seconds())
    behind = _drained(site)
    numbers = [number for run in runs for number in run.numbers]
    _verify(site, numbers)
    print(
        f"  {name}: all {len(numbers):,} cases found whole, once; worker caught up {behind:.1f} s after the load"
    )
    return max(runs, key=lambda run: run.rate)


def _show(name: str, sent: load.Sent, spent: dict[str, float]) -> None:
    each = "  ".join(f"{part} {1000 * used / max(1, len(sent.numbers)):.2f}" for part, used in spent.items())
    print(
        f"  {name} {sent.connections:>3} connections {sent.rate:>7.1f}/s  p50 {sent.p50:.0f} p99 {sent.p99:.0f} ms"
        f"  processor ms per intake: {each}  load {machine.load():.1f}"
    )
    if sent.others:
        raise SystemExit(f"{len(sent.others)} answers were not 201, such as {sent.others[0]}")


def _drained(site: Site) -> float:
    """Wait until the worker has read every event; seconds it took."""
    start = time.monotonic()
    # events are read in the order (xid, id), so the last one read need not be the one with the highest id
    behind = """SELECT count(*) FROM streams_position p WHERE EXISTS (
        SELECT FROM streams_event e WHERE (e.xid, e.id) > (p.xid, p.event_id))"""
    with psycopg.connect(site.database_url(), autocommit=True) as connection:
        while time.monotonic() - start < 120:
            row = connection.execute(behind).fetchone()
            if row is not None and row[0] == 0:
                return time.monotonic() - start
            time.sleep(0.2)
    raise SystemExit("the worker did not catch up within two minutes")


def _verify(site: Site, numbers: list[str]) -> None:
    if len(set(numbers)) != len(numbers):
        raise SystemExit("a number was given twice")
    with psycopg.connect(site.database_url(), options="-c statement_timeout=0") as connection:
        whole, asked = connection.execute(WHOLE, [numbers]).fetchone() or (0, 0)
    if not numbers or whole != asked:
        raise SystemExit(f"only {whole} of {asked} cases answered with 201 are whole in the database")


def _against_peer(site: Site, bodies: Path, connections: int, seconds: float) -> tuple[float, float]:
    """Ours as a percentage of the peer's rate, and the peer's rate: turn about, so that both meet the same noise."""
    ours, peers = [], []
    with _peer(site) as url:
        load.send(url, bodies, connections, WARM_UP / 2)
        for _ in range(PAIRS):
            ours.append(load.send(site.url + PATH, bodies, connections, seconds / 2).rate)
            peer = load.send(url, bodies, connections, seconds / 2)
            if peer.others:
                raise SystemExit(f"the peer answered {peer.others[0]}")
            peers.append(peer.rate)
            print(
                f"  turn about: ours {ours[-1]:.1f}/s, raw SQL {peers[-1]:.1f}/s, load {machine.load():.1f}"
            )
    return 100 * sum(ours) / sum(peers), sum(peers) / PAIRS


@contextmanager
def _peer(site: Site) -> Iterator[str]:
    """raw_app under Granian, with the options `zhili run` gives it."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
         "--workers", "2", "--blocking-threads", "8", "--backlog", "2048", "--no-ws", "--log-level", "warning",
         "bench.raw_app:application"],
        env=os.environ | {"DATABASE_URL": site.database_url()},
    )  # fmt: skip
    try:
        url = f"{BASE}:{port}/"
        wait_for(url, 30, process, answers=(201,))
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _queries(site: Site) -> float:
    """Round trips of one warm intake, every one that leaves the process, counted at the driver."""
    found = subprocess.run(
        [sys.executable, "-m", "bench.round_trips"],
        env=os.environ | {"ZHILI_HOME": str(site.folder), "ZHILI_RATE_LIMIT": "0", "ZHILI_DB_POOL": "4"},
        check=True,
        capture_output=True,
        text=True,
    )
    return float(found.stdout.split()[-1])


if __name__ == "__main__":
    sys.exit(main())
