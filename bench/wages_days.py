"""A day of building sites confirmed: crews of 30, written by the leader; leader, workers (on the pad) and firm confirm.

    python -m bench.wages_days [crews]

Private PostgreSQL, durable; one process, no HTTP. Each crew is three transactions, each confirmation a row and a leaf.
Afterwards the days of the project are read as wages read them. Limit: 150,000 confirmations in 600 s of server time.
"""

import sys
import time
from datetime import timedelta

from bench import machine
from bench.database import private_database
from bench.lines import at_least, report

CREWS, PEOPLE, WANTED, LIMIT_S = 100, 30, 150_000, 600.0


def main() -> int:
    crews = int(sys.argv[1]) if len(sys.argv) > 1 else CREWS
    print(machine.line())
    with private_database():
        sheets = _made(crews)
        seconds, said, read = _confirm(sheets)
    print(
        f"{said:,} confirmations of {crews} crews in {seconds:.1f} s; {crews * PEOPLE:,} days read in {read:.2f} s"
    )
    return report([at_least("confirmations, one process", said / seconds, WANTED / LIMIT_S, "/s")])


def _made(crews):
    """A running project with its crews, and a sheet for each. Written past the doors: they are not what is measured."""
    from django.utils import timezone

    from zhili.base.codes import made_uscc
    from zhili.core.cases.models import Case
    from zhili.core.people import secrets
    from zhili.core.people.models import Secret
    from zhili.core.places.models import Division
    from zhili.core.registers.models import Firm
    from zhili.scenarios.wages.models import Crew, DaySheet, Engagement, Project, Worker

    now, today = timezone.now(), timezone.localdate()
    place = Division.objects.create(
        code="330402000000", name="南湖区", level="county", valid_from=today, lon=120, lat=30
    )
    firm = Firm.objects.create(
        code=made_uscc("91", "330402", "MA2B0001"), name="大工", kind="firm", updated_at=now
    )
    case = Case.objects.create(
        id=1, number="26000000001", scenario="wages", procedure="wages.project", version=1, stage="running",
        opened_at=now, title="项目", channel="web", seq=1, division=place,
    )  # fmt: skip
    project = Project.objects.create(
        case=case, name="项目", division=place, developer=firm, contractor=firm, bank="b", deposit_kind="none",
        payday=15, minimum_wage_fen=249000, lon=120, lat=30, started_on=today - timedelta(days=9),
    )  # fmt: skip
    row = secrets.prepare("name", "某人")
    secrets.save([row])
    one = Secret.objects.get(pk=row.id)
    sheets = []
    for n in range(crews):
        crew = Crew.objects.create(project=project, firm=firm, name=f"{n}班")
        workers = Worker.objects.bulk_create(
            Worker(code=f"{n:04d}{k:03d}", name=one, citizen_id=one, registered_at=now) for k in range(PEOPLE)
        )
        Engagement.objects.bulk_create(
            Engagement(crew=crew, worker=worker, pay="day", rate_fen=30000, starts=today - timedelta(days=9))
            for worker in workers
        )
        sheets.append(DaySheet.objects.create(crew=crew, date=today, opened_at=now))
    return sheets


def _confirm(sheets):
    from zhili.core.people.actors import Actor
    from zhili.scenarios.wages import days

    actor, said = Actor(kind="account", id=None, account_id=None), 0
    begin = time.perf_counter()
    for sheet in sheets:
        people = [days.Given(pk) for pk in sheet.crew.engagements.values_list("pk", flat=True)]
        lines = days.write(sheet, people)
        for role in ("leader", "worker", "firm"):
            said += len(days.confirm(actor, sheet, [days.Said(line.pk, role) for line in lines]))
    seconds = time.perf_counter() - begin
    begin = time.perf_counter()
    whole = list(days.confirmed(sheets[0].crew.project, sheets[0].date))
    assert len(whole) == len(sheets) * PEOPLE
    return seconds, said, time.perf_counter() - begin


if __name__ == "__main__":
    sys.exit(main())
