"""A whole city's traffic as fast as the site takes it, beside plain intake in the same run.

    python -m bench city [seconds]

A real site, demo city, every office with a token. Before and after, reports alone are sent for a while (the intake of
bench/intake.py, same machine, same site); between them residents, grid workers and offices are played, as by
`zhili simulate city --speed 0`: of five requests two are steps that are kept, the others are what people read
before they act. The player is Python and shares the cores, so its own processor time is told.
"""

import asyncio
import os
import subprocess
import sys
import time

import psutil
from bench import load, machine, reports
from bench.lines import at_least, report
from bench.site import Site, home, running

from zhili.simulate import city as cities
from zhili.simulate.plan import Options
from zhili.simulate.run import Run

PATH = "/api/v1/cases/citizen_reports.report/report"
SECONDS, CONNECTIONS, SHARE = 60.0, 16, 10.0
"""SHARE: steps kept a second must be so many percent of plain intake."""


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    print(
        f"{machine.line()}; load by {load.tool()} and the player, on the same cores as database, worker and web"
    )
    with home() as folder, running(folder) as site:
        _prepare(site)
        bodies = reports.write(folder / "bodies", 5_000)
        load.send(site.url + PATH, bodies, CONNECTIONS, seconds / 10)
        before = load.send(site.url + PATH, bodies, CONNECTIONS, seconds / 4).rate
        run, took, spent, steps, requests = _play(site, seconds)
        after = load.send(site.url + PATH, bodies, CONNECTIONS, seconds / 4).rate
    intake, tally = (before + after) / 2, run.tally
    print(
        f"  intake alone {before:.0f}/s before, {after:.0f}/s after; played {took:.0f} s: {tally.opened()} reports,"
        f" {steps} steps, {requests} requests, player {1000 * spent / requests:.1f} ms of processor each,"
        f" load {machine.load():.1f}"
    )
    for kind, times in sorted(tally.times.items(), key=lambda pair: -pair[1].count):
        print(
            f"  {kind:<36} {times.count:>6}  p50 {times.percentile(0.5):>5.0f}  p95 {times.percentile(0.95):>5.0f} ms"
        )
    if trouble := tally.refusals + tally.troubles + tally.oddities:
        raise SystemExit(f"the site refused or failed: {dict(trouble)}")
    kept = f" ({tally.opened() / took:.0f} reports and {requests / took:.0f} requests a second)"
    return report(
        [
            at_least(
                "a city played: steps kept, of plain intake", 100 * steps / took / intake, SHARE, "%", kept
            )
        ]
    )


def _prepare(site: Site) -> None:
    subprocess.run(
        [sys.executable, "-m", "zhili", "simulate", "prepare"],
        env=os.environ | {"ZHILI_HOME": str(site.folder)},
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _play(site: Site, seconds: float) -> tuple[Run, float, float, int, int]:
    """The run, stopped after so many seconds; how long it took, the player's processor time, steps and requests."""
    known = cities.read(site.folder / "simulate.json").at_speed(0)
    # few a day over many days, so that beginnings and ends are soon as many
    run = Run(known, Options("bench", 24 * 3650, 20), site.url, 0, CONNECTIONS)
    begun, busy = time.perf_counter(), _busy()

    seen: list[tuple[float, float, int, int]] = []

    async def stop(run: Run) -> None:
        """What follows is the closing report, which is not measured."""
        await asyncio.sleep(seconds)
        tally = run.tally
        seen.append((time.perf_counter() - begun, _busy() - busy, tally.steps.total(), tally.requests))
        run.pace.stop()

    asyncio.run(run.play(stop))
    return run, *seen[0]


def _busy() -> float:
    used = psutil.Process().cpu_times()
    return used.user + used.system


if __name__ == "__main__":
    sys.exit(main())
