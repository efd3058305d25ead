"""Live screens: a thousand open on the one web process, while it answers requests; and what they cost it.

    python -m bench screens [seconds]

A real site as `make run` starts it. A thousand screens of all offices listen (`/live`), each over a connection of its
own, in a process apart; requests (reports, pages of a case) run with and without them, turn about, in the same run. An
event is timed from the answer to the report to its arrival on a screen of the city. Load, screens, database, worker and
web share the machine's cores: take the figures as the lower bound.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import psutil
from bench import load, machine, reports
from bench.lines import at_least, at_most, report
from bench.site import Site, home, running

PATH = "/api/v1/cases/citizen_reports.report/report"
SCREENS, CONNECTIONS, SECONDS, TURNS = 1_000, 8, 12.0, 3
BODIES = 12_000
EVERY = 10
"""One screen in so many looks at the whole city; the others at a county or a town."""
SESSIONS = """
import json, os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhili.conf.settings")
import django
django.setup()
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from zhili.core.people.models import Account
found = {}
for name in ("commander", "county", "town"):
    account = Account.objects.get(username=name)
    kept = []
    for _ in range(int(sys.argv[1])):
        session = SessionStore()
        session[SESSION_KEY] = str(account.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = account.get_session_auth_hash()
        session.create()
        kept.append(session.session_key)
    found[name] = kept
print(json.dumps(found))
"""


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    print(
        f"{machine.line()}; load {os.getloadavg()[0]:.1f}; by {load.tool()}, on the same cores as everything else"
    )
    with home() as folder:
        bodies = reports.write(folder / "bodies", BODIES)
        with running(folder) as site:
            return _measure(site, folder, bodies, seconds)


def _measure(site: Site, folder: Path, bodies: Path, seconds: float) -> int:
    web = psutil.Process(site.children()["web"])
    load.send(site.url + PATH, bodies, CONNECTIONS, 4)
    cookies = _sessions(folder)
    plain, with_screens, waits, idle = [], [], [], []
    sizes: list[float] = []
    for turn in range(TURNS):
        plain.append(load.send(site.url + PATH, bodies, CONNECTIONS, seconds).rate)
        before = web.memory_info().rss
        screens = _open(site, cookies)
        try:
            if turn == 0:
                sizes.append((web.memory_info().rss - before) / SCREENS / 1000)
            spent = sum(web.cpu_times()[:2])
            time.sleep(5)
            idle.append(100 * (sum(web.cpu_times()[:2]) - spent) / 5)
            sent = load.send(site.url + PATH, bodies, CONNECTIONS, seconds)
            with_screens.append(sent.rate)
        finally:
            waits += _close(screens, folder)
        print(
            f"  turn {turn + 1}: {plain[-1]:.0f}/s without, {with_screens[-1]:.0f}/s with {SCREENS:,} screens; "
            f"idle screens {idle[-1]:.1f}% of a core; {len(waits):,} events timed, load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
    p95 = statistics.quantiles(waits, n=20)[-1] if len(waits) > 20 else float("inf")
    median = statistics.median(waits) if waits else float("inf")
    share = 100 * statistics.median(w / p for w, p in zip(with_screens, plain, strict=True))
    lines = [
        at_least(f"requests beside {SCREENS:,} live screens", statistics.median(with_screens), 150, "/s",
                 f" ({share:.0f}% of the {statistics.median(plain):,.0f}/s without)"),
        at_least("… of the requests without screens", share, 65, "%"),
        at_most("… a report on a screen, p95", p95, 2000, " ms", f" (median {median:.0f} ms)"),
        at_most("… memory of a screen", sizes[0], 100, " kB"),
        at_most("… of a core while nothing happens", statistics.median(idle), 10, "%"),
    ]  # fmt: skip
    return report(lines)


def _sessions(folder: Path) -> dict[str, list[str]]:
    """Session keys of the demo's people, enough that no session has too many streams."""
    environment = os.environ | {"ZHILI_HOME": str(folder)}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-W", "ignore", "-c", SESSIONS, str(SCREENS // 6)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _open(site: Site, cookies: dict[str, list[str]]) -> subprocess.Popen[str]:
    """A process with all the screens; ready when it says so."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.screens", "watch", str(site.port)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(cookies) + "\n")
    process.stdin.flush()
    said = process.stdout.readline()
    if not said.startswith("open"):
        raise RuntimeError(f"the screens could not be opened: {said}")
    return process


def _close(process: subprocess.Popen[str], folder: Path) -> list[float]:
    """End them; milliseconds from a matter's step to its arrival, of the screens that look at the whole city."""
    out, _ = process.communicate("end\n", timeout=60)
    return [float(one) for one in json.loads(out.splitlines()[-1])]


async def watch(port: int) -> None:
    """The screens: as many connections, each read as it comes."""
    cookies = json.loads(sys.stdin.readline())
    waits: list[float] = []
    every = [
        ("commander" if n % EVERY == 0 else "county" if n % 2 else "town", n // 6) for n in range(SCREENS)
    ]
    tasks: list[asyncio.Task[None]] = []
    for start in range(0, SCREENS, 50):
        opened = [
            await _connect(port, cookies[who][k % len(cookies[who])]) for who, k in every[start : start + 50]
        ]
        tasks += [asyncio.create_task(_read(one, waits, who == "commander"))
                  for one, (who, _k) in zip(opened, every[start : start + 50], strict=True)]  # fmt: skip
    print("open", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    alive = sum(not task.done() for task in tasks)
    for task in tasks:
        task.cancel()
    if alive < SCREENS:
        raise SystemExit(f"only {alive} of {SCREENS} screens were still open")
    print(json.dumps(waits), flush=True)


async def _connect(port: int, session: str) -> asyncio.StreamReader:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET /live?topics=matters HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: sessionid={session}\r\n\r\n".encode()
    )
    status = await reader.readline()
    if b" 200 " not in status:
        raise SystemExit(f"refused: {status!r}")
    reader.zhili_writer = writer  # type: ignore[attr-defined]  # else it is closed when forgotten
    return reader


async def _read(reader: asyncio.StreamReader, waits: list[float], timed: bool) -> None:
    while not timed:  # what it is told costs the reader nothing, as in a browser of its own
        if not await reader.read(65536):
            return
    while line := await reader.readline():
        if line.startswith(b"data: ") and b'"kind": "opened"' in line:
            at = json.loads(line[6:])["at"]
            waits.append((time.time() - _seconds(at)) * 1000)


def _seconds(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp()


if __name__ == "__main__":
    if sys.argv[1:2] == ["watch"]:
        asyncio.run(watch(int(sys.argv[2])))
    else:
        sys.exit(main())
