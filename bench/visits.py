"""A year's inspections with a real database: what merging saves, a plan loaded and kept, premises drawn by lot.

    python -m bench.visits [savings] [plan] [draw] [premises]      all three of 40,000 premises by default

On a private PostgreSQL with fsync and the demo city's offices and premises. *savings*: see bench/savings.py. *plan*:
the very checks of `bench.inspections` (400,000 of 28 bodies on 40,000 objects) as rows; `planning.propose` reads them,
the officers and the cap and merges, `planning.keep` writes plan, visits, reasons and each check's place, with the leaf;
limit 60 s by the clock. Its peer is the merging of arrays in memory plus one raw COPY of the same visits. *draw*: 1,000
of 100,000 premises. The act is `running.run`: the announced file is checked whole, the list as it is now held against
the frozen one, the draw made, outcome, leaf, event and 1,000 due checks stored and committed; limit 1 s. The peer is
numpy's shuffle of the same names and a COPY of the same rows. Announcing (list read, frozen, leaf) stands beside it.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from unittest import mock

import numpy as np
from bench import inspections, machine, savings
from bench.database import private_database
from bench.lines import Line, at_most, report

PARTS = ("savings", "plan", "draw")
OBJECTS, LISTED, DRAWN = 40_000, 100_000, 1_000
PLAN_S, DRAW_S = 60.0, 1.0
YEAR = 2027


def main() -> int:
    asked = [one for one in sys.argv[1:] if one in PARTS] or list(PARTS)
    objects = next((int(one) for one in sys.argv[1:] if one.isdigit()), OBJECTS)
    os.environ["ZHILI_DEMO_PREMISES"] = str(objects)
    with private_database() as version:
        print(f"{machine.line()}, PostgreSQL {version}, load {machine.load():.1f}")
        from django.db import connection

        _, took = timed(_city)
        print(f"  the demo's places, offices, catalogue and {objects:,} premises in {took:.1f} s")
        lines: list[Line] = []
        if "savings" in asked:
            lines += savings.lines_of()
        if "plan" in asked:
            lines += _plan(objects)
        if "draw" in asked:
            lines += _draw(LISTED if objects >= OBJECTS else objects)
        connection.close()
        print(f"load {machine.load():.1f}")
    return report(lines)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What it gives, and seconds by the clock."""
    started = time.perf_counter()
    found = work()
    return found, time.perf_counter() - started


def _city() -> None:
    """Of the demo what these parts need."""
    from zhili import demo
    from zhili.scenarios.inspections import demo as own
    from zhili.scenarios.inspections.catalogue import keeping

    for _title, load in demo.steps()[:4]:
        load()
    officer, leader = own._acting("handler"), own._acting("leader")
    assert officer is not None
    assert leader is not None
    keeping.seed(officer)
    keeping.confirm_read(leader)


def _actor() -> Any:
    from zhili.core.people.models import Office, Post

    office = Office.objects.get(level="city", kind="general")
    post = Post.objects.filter(office=office, roles__contains=["admin"]).first()
    assert post is not None
    from zhili.core.people.actors import Actor

    roles = frozenset({"admin", "leader", "handler"})
    return Actor("post", post.pk, None, office.pk, "city", office.division_id, roles, label="bench")


def _plan(objects: int) -> list[Line]:
    from django.db import connection

    from zhili.base.merging import merge
    from zhili.core.visits import planning
    from zhili.core.visits.models import DueCheck, Visit

    checks, terms = inspections.city(objects)
    bodies = _stored(checks, terms)
    actor, first, last = _actor(), date(YEAR, 1, 1), date(YEAR, 12, 31)
    print(
        f"  {DueCheck.objects.count():,} due checks of {len(bodies)} bodies stored, load {machine.load():.1f}"
    )
    spent = time.process_time()
    proposed, proposing = timed(lambda: planning.propose(first, last, bodies))
    plan, keeping = timed(lambda: planning.keep(proposed, "bench", last, actor))
    spent = time.process_time() - spent
    assert Visit.objects.filter(plan=plan).count() == plan.visits_planned
    assert DueCheck.objects.filter(plan=plan).count() == plan.checks
    assert DueCheck.objects.filter(plan=plan, visit__isnull=False).count() == plan.placed
    _, merging = timed(lambda: merge(checks, terms))
    pks = range(10**9, 10**9 + plan.visits_planned)
    rows = [planning._row(proposed, n, pk, plan.pk) for n, pk in enumerate(pks)]

    def copied() -> None:
        from zhili.core.places.bulk import copy_rows

        copy_rows(Visit, planning.VISIT_COLUMNS, rows)

    _, copying = timed(copied)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_total_relation_size('visits_visit'))")
        print(f"  visits take {cursor.fetchone()[0]} with the peer's copy of them")
    print(
        f"  {plan.checks:,} checks, {plan.placed:,} placed in {plan.visits_planned:,} visits, bound"
        f" {plan.lower_bound:,}; not placed {plan.explanation['unplaced']}\n"
        f"  read and merged {proposing:.1f} s, kept {keeping:.1f} s, {spent:.1f} s of processor in Python;"
        f" in memory alone {merging:.1f} s, raw COPY of the visits {copying:.1f} s"
    )
    note = f", {(proposing + keeping) / (merging + copying):.1f} times merging in memory and a raw COPY"
    work = f"plan of {objects:,} objects, {plan.checks:,} checks, from and into PostgreSQL"
    return [at_most(work, proposing + keeping, PLAN_S, " s", note)]


def _stored(checks: Any, terms: Any) -> list[int]:
    """The checks as rows: an item for each way of checking, officers for each body's teams. The bodies' ids."""
    from zhili.core.people.models import Account, Office
    from zhili.core.places.bulk import copy_rows, reserve_ids
    from zhili.core.registers.models import Premises
    from zhili.core.visits.models import DueCheck, Inspector, Item

    offices = list(
        Office.objects.filter(level="county", kind="department").order_by("code").values_list("pk", flat=True)
    )
    offices = offices[: inspections.BODIES]
    places = list(Premises.objects.order_by("pk").values_list("pk", flat=True))
    ways = np.stack([checks.body, checks.minutes, checks.speciality, checks.alone], axis=1)
    kinds, of_kind = np.unique(ways, axis=0, return_inverse=True)
    made = Item.objects.bulk_create(
        Item(
            code=f"B{n}", title=f"事项{n}", basis="法律第一条", body_id=offices[body], minutes=minutes,
            speciality=f"S{special}" if special >= 0 else "", alone=bool(alone),
        )
        for n, (body, minutes, special, alone) in enumerate(kinds.tolist())
    )  # fmt: skip
    items = [one.pk for one in made]
    until, officers = date(YEAR + 5, 1, 1), []
    teams = terms.capacity.max(axis=1) // inspections_team()
    held: dict[int, list[str]] = {}
    for (body, special), minutes in terms.special.items():
        held.setdefault(body, []).extend([f"S{special}"] * (int(max(minutes)) // inspections_team()))
    for body, count in enumerate(teams.tolist()):
        own = held.get(body, [])
        for n in range(max(2 * count, len(own))):
            officers.append((offices[body], own[n : n + 1]))
    accounts = Account.objects.bulk_create(
        [Account(username=f"bench{n}", kind="staff") for n in range(len(officers))], batch_size=5_000
    )
    Inspector.objects.bulk_create(
        [
            Inspector(account=account, office_id=office, certificate_number=f"C{n}", certificate_until=until,
                      specialities=special)
            for n, (account, (office, special)) in enumerate(zip(accounts, officers, strict=True))
        ],
        batch_size=5_000,
    )  # fmt: skip
    zero, n = date(YEAR, 1, 1), len(checks)
    day = [zero + timedelta(days=one) for one in range(inspections.DAYS)]
    columns = ("id", "item_id", "premises_id", "body_id", "due_from", "due_to", "beyond_cap", "origin", "why")
    copy_rows(
        DueCheck,
        columns,
        (
            (pk, items[kind], places[obj], offices[body], day[first], day[last], beyond, "", 0)
            for pk, kind, obj, body, first, last, beyond in zip(
                reserve_ids(DueCheck, n), of_kind.ravel().tolist(), checks.object.tolist(),
                checks.body.tolist(), checks.first.tolist(), checks.last.tolist(), checks.beyond_cap.tolist(),
                strict=True,
            )
        ),
    )  # fmt: skip
    return offices


def inspections_team() -> int:
    """Minutes of a team's day, as the city's parameter says."""
    from zhili.core.visits.capacity import number

    return number("visits.team_minutes")


def _draw(listed: int) -> list[Line]:
    from django.db import connection
    from django.utils import timezone

    from zhili.core.draws import announcing, running, seeds
    from zhili.core.people.models import Office
    from zhili.core.places.bulk import copy_rows
    from zhili.core.registers.models import Premises
    from zhili.core.visits import drawing
    from zhili.core.visits.models import DueCheck, Item

    there = _fill(listed)
    body = Office.objects.filter(level="county", kind="department").order_by("code")[0]
    item = Item.objects.create(code="LOT", title="抽查", basis="法律第一条", body=body)
    actor, due = _actor(), (date(YEAR, 3, 1), date(YEAR, 5, 31))
    draw_at = timezone.now() + timedelta(minutes=30)
    source = announcing.numbers("福彩双色球", "中国福利彩票网")
    draw, announced = timed(
        lambda: drawing.announce("抽查", [item], due, [source], draw_at, actor, count=DRAWN)
    )
    assert draw.size >= there
    with mock.patch("django.utils.timezone.now", return_value=draw_at + timedelta(minutes=5)):
        seeds.give(draw, 0, [3, 11, 17, 22], "中国福利彩票网", actor)
        outcome, ran = timed(lambda: running.run(draw, actor))
    assert outcome is not None
    assert len(outcome.drawn) == DRAWN
    assert DueCheck.objects.filter(origin=f"draw {draw.pk}").count() == DRAWN
    names = list(Premises.objects.order_by("pk").values_list("pk", flat=True))

    def shuffled() -> None:
        found = np.random.default_rng(3).permutation(names)[:DRAWN].tolist()
        columns = ("item_id", "premises_id", "body_id", "due_from", "due_to", "beyond_cap", "origin", "why")
        copy_rows(DueCheck, columns, ((item.pk, one, body.pk, *due, False, "peer", 0) for one in found))

    _, peer = timed(shuffled)
    connection.close()
    print(f"  list read, frozen and announced {announced:.2f} s; numpy's shuffle and a COPY {peer:.3f} s")
    note = f", {ran / peer:.0f} times numpy's shuffle and a COPY"
    return [
        at_most(f"draw of {DRAWN:,} from {draw.size:,}, checked, drawn and stored", ran, DRAW_S, " s", note)
    ]


def _fill(wanted: int) -> int:
    """So many premises in use, by copies of those there are."""
    from django.db import connection

    from zhili.core.registers.models import Premises

    columns = [one.column for one in Premises._meta.concrete_fields if one.column not in ("id", "code")]
    named = ", ".join(columns)
    asked = Premises.objects.filter(active=True, firm__status="active")
    turn = 0
    while (lacking := wanted - asked.count()) > 0:
        turn += 1
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO registers_premises (code, {named}) SELECT 'X{turn}-' || code, {named}"
                " FROM registers_premises WHERE active AND code NOT LIKE 'X%%' AND firm_id IN"
                " (SELECT id FROM registers_firm WHERE status = 'active') LIMIT %s",
                [lacking],
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE registers_premises")
    return asked.count()


if __name__ == "__main__":
    sys.exit(main())
