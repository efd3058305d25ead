"""A county of building sites for `python -m bench.wages`, written past the doors: making it is not what is measured.

Every worker has a contract signed by three whose digests verify; last month's days are all confirmed, in the order in
which days come. Leaves of those days are numbers without rows.
"""

from datetime import date, timedelta

PROJECTS, CREWS, PEOPLE = 200, 10, 25
DAYS = """
INSERT INTO wages_daysheet (crew_id, date, opened_at, lacking)
SELECT c.id, d::date, now(), 0 FROM wages_crew c, generate_series(%(first)s::date, %(last)s::date, '1 day') d
WHERE extract(isodow FROM d) < 7 ORDER BY d, c.id;
INSERT INTO wages_dayline (sheet_id, engagement_id, number, tenths, overtime_minutes, pieces, note)
SELECT s.id, e.id, 1, CASE WHEN (s.id + e.id) %% 11 = 0 THEN 5 ELSE 10 END, 60 * ((s.id + e.id) %% 3),
       CASE WHEN e.pay = 'piece' THEN 40 ELSE 0 END, ''
FROM wages_daysheet s JOIN wages_engagement e ON e.crew_id = s.crew_id ORDER BY s.id, e.id;
INSERT INTO wages_confirmation (line_id, role, verdict, said, how, account_id, at, leaf_id, salt)
SELECT l.id, r.role, 'agree', '', 'account', NULL, now(), 1000000000 + l.id * 3 + r.n, '\\x00'
FROM wages_dayline l, (VALUES ('leader', 0), ('worker', 1), ('firm', 2)) r (role, n) ORDER BY l.sheet_id, r.n, l.id;
"""


def made(projects: int = PROJECTS, crews: int = CREWS, people: int = PEOPLE) -> list:
    """Running projects of that many crews of so many workers; the projects, with case and contractor."""
    from django.db import connection
    from django.utils import timezone

    from zhili.base.codes import made_uscc
    from zhili.core.cases.models import Case
    from zhili.core.people import secrets
    from zhili.core.people.models import Secret
    from zhili.core.places.models import Division
    from zhili.core.registers.models import Firm
    from zhili.scenarios.wages.models import Crew, Engagement, Project, Worker

    now, today = timezone.now(), timezone.localdate()
    first, last = last_month(today)
    place = Division.objects.create(
        code="330402000000", name="南湖区", level="county", valid_from=first, lon=120, lat=30
    )
    firms = Firm.objects.bulk_create(
        Firm(code=made_uscc("91", "330402", f"MA{n:06d}"), name=f"建设{n}", kind="firm", updated_at=now)
        for n in range(projects)
    )
    cases = Case.objects.bulk_create(
        Case(
            id=n + 1, number=f"26{n:09d}", scenario="wages", procedure="wages.project", version=1, stage="running",
            opened_at=now, title="项目", channel="web", seq=1, division=place,
        )
        for n in range(projects)
    )  # fmt: skip
    for n, (case, firm) in enumerate(zip(cases, firms, strict=True)):
        Project.objects.create(
            case=case, name=f"项目{n}", division=place, developer=firm, contractor=firm, bank="b",
            deposit_kind="none", payday=15, minimum_wage_fen=249000, lon=120, lat=30, started_on=first,
        )  # fmt: skip
    row = secrets.prepare("name", "某人")
    secrets.save([row])
    name = Secret.objects.get(pk=row.id)
    there = list(Project.objects.select_related("case", "contractor").order_by("pk"))
    teams = Crew.objects.bulk_create(
        Crew(project=one, firm=one.contractor, name=f"{n}班") for one in there for n in range(crews)
    )
    workers = Worker.objects.bulk_create(
        (
            Worker(code=f"{n:08d}", name=name, citizen_id=name, registered_at=now)
            for n in range(len(teams) * people)
        ),
        batch_size=5_000,
    )
    pays = (("day", 30_000), ("month", 700_000), ("piece", 800))
    engaged = Engagement.objects.bulk_create(
        (
            Engagement(crew=teams[n // people], worker=one, pay=pay, rate_fen=rate, starts=first)
            for n, one in enumerate(workers)
            for pay, rate in [pays[n % 3]]
        ),
        batch_size=5_000,
    )
    _agree(engaged, now)
    with connection.cursor() as cursor:
        cursor.execute(DAYS, {"first": first, "last": last})
        cursor.execute("VACUUM (ANALYZE)")
    return there


def _agree(engaged, now) -> None:
    from zhili.scenarios.wages import contracts
    from zhili.scenarios.wages.kinds import ROLES
    from zhili.scenarios.wages.models import ContractSignature, ContractVersion

    versions = []
    for one in engaged:
        terms = {
            "crew": one.crew.name, "worker": {"code": one.worker.code, "name": "0" * 64, "citizen_id": "1" * 64},
            "pay": one.pay, "rate_fen": one.rate_fen, "payday": 15, "starts": one.starts.isoformat(), "ends": None,
            "work": "木工模板制作、安装", "hours": "每天 8 小时，7:00 至 11:00、13:00 至 17:00",
        }  # fmt: skip
        versions.append(
            ContractVersion(
                engagement=one, number=1, terms=terms, digest=contracts.digested(terms, one.pk, 1),
                drafted_at=now, leaf_id=one.pk, salt=b"0",
            )
        )  # fmt: skip
    ContractVersion.objects.bulk_create(versions, batch_size=5_000)
    ContractSignature.objects.bulk_create(
        (
            ContractSignature(version=one, role=role, digest=one.digest, how="account", at=now, leaf_id=1, salt=b"0")
            for one in versions
            for role in ROLES
        ),
        batch_size=5_000,
    )  # fmt: skip


def last_month(today: date) -> tuple[date, date]:
    """Its first and its last day."""
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last
