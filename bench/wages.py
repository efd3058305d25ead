"""A county's wages: a day confirmed, a month's sheets, and how soon a warning follows a fact.

    python -m bench.wages [projects]

200 projects of ten crews of 25 (50,000 workers), last month wholly confirmed (1.3 million days, 3.9 million
confirmations), in a private durable PostgreSQL; no HTTP. A crew's day is four transactions: the leader writes it, then
leader, workers (on the pad) and firm confirm, each confirmation a row and a leaf. Sheets are drawn up project by
project, as a clerk's press does. Warnings: a balance that does not cover the next payroll is told, by the site's own
worker and judge in processes of their own, until another connection sees the warning.
"""

import os
import subprocess
import sys
import time
from contextlib import ExitStack

import psutil
from bench import county, machine
from bench.database import private_database
from bench.lines import Line, at_least, at_most, report

CONFIRMED_S, SHEETS_S, WARNED_S = 600.0, 180.0, 5.0
TOLD = 20


def main() -> int:
    projects = int(sys.argv[1]) if len(sys.argv) > 1 else county.PROJECTS
    share = projects / county.PROJECTS
    print(machine.line(), f"load {machine.load():.1f}")
    with private_database() as version:
        begin = time.perf_counter()
        there = county.made(projects)
        workers = projects * county.CREWS * county.PEOPLE
        print(
            f"  PostgreSQL {version}; {projects} projects, {workers:,} workers, made in"
            f" {time.perf_counter() - begin:.0f} s"
        )
        lines = [_month(there, workers, share), _day(there, share), _warnings(there)]
        print(f"  load {machine.load():.1f}")
        return report(lines)


def _month(there, workers: int, share: float) -> Line:
    from django.utils import timezone

    from zhili.core.people.actors import Actor
    from zhili.scenarios.wages.money import drafting

    actor, (first, _last) = (
        Actor(kind="account", id=None, account_id=None),
        county.last_month(timezone.localdate()),
    )
    begin, used = time.perf_counter(), _used()
    sheets = [sheet for one in there for sheet in drafting.draft(actor, one, first)]
    seconds = time.perf_counter() - begin
    assert sum(one.workers for one in sheets) == workers
    ours, database = (now - then for now, then in zip(_used(), used, strict=True))
    print(
        f"  month: {len(sheets):,} sheets of {workers:,} workers in {seconds:.1f} s"
        f" (processor: here {ours:.1f}, database {database:.1f})"
    )
    return at_most(
        "wages, a county's month end", seconds, SHEETS_S * share, " s", f" ({workers / seconds:,.0f}/s)"
    )


def _day(there, share: float) -> Line:
    from django.utils import timezone

    from zhili.core.people.actors import Actor
    from zhili.scenarios.wages import days
    from zhili.scenarios.wages.models import Crew, Engagement

    actor, today, said = Actor(kind="account", id=None, account_id=None), timezone.localdate(), 0
    crews = list(Crew.objects.filter(project__in=there))
    people = {one.pk: list(Engagement.objects.filter(crew=one).values_list("pk", flat=True)) for one in crews}
    begin, used = time.perf_counter(), _used()
    for crew in crews:
        sheet = days.sheet_of(crew, today)
        lines = days.write(sheet, [days.Given(pk) for pk in people[crew.pk]])
        for role in ("leader", "worker", "firm"):
            said += len(days.confirm(actor, sheet, [days.Said(line.pk, role) for line in lines]))
    seconds = time.perf_counter() - begin
    ours, database = (now - then for now, then in zip(_used(), used, strict=True))
    print(
        f"  day: {said:,} confirmations in {seconds:.1f} s, one process"
        f" (processor: here {ours:.1f}, database {database:.1f})"
    )
    wanted = county.PROJECTS * county.CREWS * county.PEOPLE * 3 / CONFIRMED_S
    assert said == wanted * CONFIRMED_S * share
    return at_least(
        "wages, confirmations", said / seconds, wanted, "/s", f" (a county's day {seconds / share:.0f} s)"
    )


def _warnings(there) -> Line:
    from django.db import connection

    from zhili.core.people.actors import Actor
    from zhili.scenarios.wages.money import feeding, telling

    actor, waited = Actor(kind="account", id=None, account_id=None), []
    begin = time.perf_counter()
    told = feeding.tell_all()
    print(f"  figures of {told} projects, as every quarter of an hour: {time.perf_counter() - begin:.2f} s")
    with ExitStack() as running:
        for command in (("worker",), ("gateway", "--only", "judge")):
            process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "zhili", *command],
                env=os.environ | {"ZHILI_LOG_LEVEL": "ERROR"},
                stdout=subprocess.DEVNULL,
            )
            running.callback(process.wait)
            running.callback(process.terminate)
        # the first is warned of when both have started, whatever that takes
        for number, project in enumerate(there[: TOLD + 1]):
            begin = time.perf_counter()
            telling.tell(actor, project, "balance", 100)
            while not _warned(connection, project):
                if time.perf_counter() - begin > 120:
                    raise SystemExit("no warning came")
                time.sleep(0.02)
            if number:
                waited.append(time.perf_counter() - begin)
    waited.sort()
    print(f"  warnings: half in {waited[len(waited) // 2]:.2f} s, the last in {waited[-1]:.2f} s")
    return at_most("wages, from a balance told to the warning, slowest", waited[-1], WARNED_S, " s")


def _warned(connection, project) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM signals_warning WHERE rule = 'wages.account_short' AND subject_id = %s",
            [project.pk],
        )
        return cursor.fetchone() is not None


def _used() -> tuple[float, float]:
    """Seconds of processor time of this process, and of the database's."""
    mine = sum(psutil.Process().cpu_times()[:2])
    database = 0.0
    for one in psutil.Process().children(recursive=True):
        try:
            if "postgres" in one.name():
                database += sum(one.cpu_times()[:2])
        except psutil.Error:
            continue
    return mine, database


if __name__ == "__main__":
    sys.exit(main())
