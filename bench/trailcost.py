"""What the trail costs an intake: the same reports over HTTP with their leaves and without, turn about.

    python -m bench trailcost [seconds]

A real site with its worker (which seals, writes tiles and signs) and its demo city; beside it two more web servers on
the same database, each one Granian process: the site's application as it is, and the same without leaves. The two are
asked in turn, the order changing each time, so that both meet the same noise. What counts is the processor time of web,
database and worker together for each report, until the worker has caught up: what it does for the leaves is part of
what they cost, and on a machine that is full, as it is here, so many fewer reports go through. Unlike a rate it says
the same whatever else the machine does.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from bench import load, machine, reports
from bench.intake import PATH, _drained
from bench.lines import at_most, report
from bench.site import BASE, Site, free_port, home, running, wait_for

SECONDS, PAIRS, CONNECTIONS = 8.0, 6, 16
BODIES = 20_000
TARGET = 10


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    print(f"{machine.line()}; load by {load.tool()}, on the same cores; load before {machine.load():.1f}")
    with home() as folder, ExitStack() as open_:
        bodies = reports.write(folder / "bodies", BODIES)
        site = open_.enter_context(running(folder))
        webs = {
            name: open_.enter_context(_web(site, module))
            for name, module in (("with", "zhili.conf.wsgi"), ("without", "bench.without_trail"))
        }
        for url, _pid in webs.values():
            while not load.send(url + PATH, bodies, CONNECTIONS, 4.0).numbers:
                print("  not warm yet")
        shares = [_pair(turn, webs, site, bodies, seconds) for turn in range(PAIRS)]
    cost = 100 * (1 - median(shares))
    spread = ", ".join(f"{100 * (1 - one):.0f}" for one in shares)
    return report(
        [at_most("what the trail costs intake", max(cost, 0.0), TARGET, "%", f" (median of {spread} %)")]
    )


def _pair(turn: int, webs: dict[str, tuple[str, int]], site: Site, bodies: Path, seconds: float) -> float:
    """Processor time of a report without leaves over that with them, in one turn of each."""
    spent = {}
    for name in sorted(webs, reverse=bool(turn % 2)):
        url, pid = webs[name]
        before = machine.Spent(pid), machine.Spent(site.pid)
        sent = load.send(url + PATH, bodies, CONNECTIONS, seconds)
        if sent.others or not sent.numbers:
            raise SystemExit(f"{name}: {len(sent.others)} answers were not 201, such as {sent.others[:1]}")
        _drained(site)
        time.sleep(1.5)  # until the sealer has had its round
        parts = before[1].seconds() | {"web": before[0].seconds().get("web", 0.0)}
        each = {part: 1000 * used / len(sent.numbers) for part, used in parts.items() if part != "supervisor"}
        spent[name] = sum(each.values())
        shown = "  ".join(f"{part} {used:.2f}" for part, used in sorted(each.items()))
        print(
            f"  {name:8} {sent.rate:6.1f}/s; processor ms for each: {shown}, together {spent[name]:.2f};"
            f" load {machine.load():.1f}"
        )
    return spent["without"] / spent["with"]


@contextmanager
def _web(site: Site, module: str) -> Iterator[tuple[str, int]]:
    """One Granian process of that application on the site's database: (address, process id)."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
         "--workers", "1", "--blocking-threads", "8", "--backlog", "2048", "--no-ws", "--log-level", "warning",
         f"{module}:application"],
        env=os.environ | {"DATABASE_URL": site.database_url(), "ZHILI_HOME": str(site.folder),
                          "ZHILI_RATE_LIMIT": "0", "ZHILI_SECRET_KEY": "bench"},
    )  # fmt: skip
    try:
        url = f"{BASE}:{port}"
        wait_for(f"{url}/healthz", 60, process)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    sys.exit(main())
