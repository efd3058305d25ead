"""Backup of a city of 1,000,000 cases while it takes in reports: how long, and what it costs the intake.

    python -m bench backup [cases]

A real site as `make run` starts it. Reports come in over 16 connections all the time; the backup process is stopped and
continued every window, so that windows with and without it meet the same noise, turn about. Its time is the sum of
the windows in which it ran. Afterwards the file is checked, and restored into a new city, which is timed too.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
from bench import load, machine, reports
from bench.intake import PATH
from bench.lines import at_least, at_most, report
from bench.site import Site, home, running

CASES = 1_000_000
WINDOW = 15.0
CONNECTIONS = 16
LIMIT_S, KEPT = 600, 80


def main() -> int:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    window = WINDOW if number >= 200_000 else 5.0
    print(f"{machine.line()}; load by {load.tool()}, on the same cores as database, worker, web and backup")
    with home() as folder, home() as elsewhere:
        bodies = reports.write(folder / "bodies", 20_000)
        with running(folder) as site:
            _fill(site, number)
            load.send(site.url + PATH, bodies, CONNECTIONS, window)
            alone, beside, took, sent = _turn_about(site, bodies, folder / "city.zhili", window)
            _all_there(site, sent)
        share = 100 * statistics.mean(beside) / statistics.mean(alone)
        note = f" ({statistics.mean(beside):.0f} of {statistics.mean(alone):.0f}/s, {len(beside)} windows)"
        met = report(
            [
                at_most(f"backup of {number:,} cases while reports come in", took, LIMIT_S, " s"),
                at_least("… intake beside it, of its rate without", share, KEPT, "%", note),
            ]
        )
        file = folder / "city.zhili"
        print(f"  file {file.stat().st_size / 2**20:,.0f} MB", flush=True)
        print(f"  checked in {_time('backup', '--verify', str(file), home=elsewhere):.0f} s", flush=True)
        # 2: noise in place of personal values cannot be opened; figures of cases put straight into tables differ
        restored = _time("restore", str(file), home=elsewhere, answers=(0, 2))
        print(f"  restored into a new city, every table compared, in {restored:.0f} s")
    return met


def _all_there(site: Site, numbers: list[str]) -> None:
    """Every number answered with 201 is a case, once."""
    with psycopg.connect(site.database_url(), options="-c statement_timeout=0") as connection:
        row = connection.execute(
            "SELECT count(*) FROM cases_case WHERE number = ANY(%s)", [numbers]
        ).fetchone()
    if len(set(numbers)) != len(numbers) or row != (len(numbers),):
        raise SystemExit(f"of {len(numbers)} cases answered with 201 {row} are there")


def _fill(site: Site, number: int) -> None:
    url = site.database_url()
    subprocess.run(
        [sys.executable, "-m", "bench.lives", str(number)],
        env=os.environ
        | {
            "ZHILI_HOME": str(site.folder), "DATABASE_URL": url.replace("zhili@", "zhili_owner@", 1),
            "DJANGO_SETTINGS_MODULE": "zhili.conf.settings", "ZHILI_DB_POOL": "0",
        },
        check=True,
    )  # fmt: skip


def _turn_about(
    site: Site, bodies: Path, file: Path, window: float
) -> tuple[list[float], list[float], float, list[str]]:
    """(rates without, rates with, seconds the backup ran, numbers of the cases given)."""
    alone: list[float] = []
    beside: list[float] = []
    numbers: list[str] = []
    process = psutil.Popen(
        [sys.executable, "-m", "zhili", "backup", str(file)],
        env=os.environ | {"ZHILI_HOME": str(site.folder)},
        stdout=subprocess.PIPE,
    )
    took = 0.0
    try:
        while process.poll() is None:
            began = time.monotonic()
            sent = load.send(site.url + PATH, bodies, CONNECTIONS, window)
            took += time.monotonic() - began
            numbers += sent.numbers
            done = process.poll() is not None
            if not done or not beside:  # a window it left half-way says nothing
                beside.append(sent.rate)
            begun = bool(list(file.parent.glob(f".{file.name}.*")))  # it has its snapshot: may be stopped
            if not done and begun:
                process.suspend()
            quiet = load.send(site.url + PATH, bodies, CONNECTIONS, window)
            numbers += quiet.numbers
            alone.append(quiet.rate)
            print(f"  without {alone[-1]:.0f}/s, with {sent.rate:.0f}/s, load {machine.load():.1f}")
            if not done:
                process.resume()
    finally:
        if process.poll() is None:
            process.resume()
            process.kill()
    if process.returncode:
        raise SystemExit("the backup failed")
    return alone, beside, took, numbers


def _time(*command: str, home: Path, answers: tuple[int, ...] = (0,)) -> float:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "zhili", *command],
        env=os.environ | {"ZHILI_HOME": str(home)},
        capture_output=True,
        text=True,
    )
    if done.returncode not in answers:
        raise SystemExit(f"{command[0]}: {done.stdout[-800:]}{done.stderr[-800:]}")
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
