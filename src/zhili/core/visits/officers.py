"""Officers drawn by lot (随机选派执法人员): the order of each body's officers is drawn, the visits follow it."""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhili.base.canonical import canonical
from zhili.base.draw import Candidate, DrawError
from zhili.core.draws import announcing, kinds
from zhili.core.draws.kinds import Kind
from zhili.core.draws.models import Draw
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.trail import leaves
from zhili.core.visits import inspectors, rights, telling
from zhili.core.visits.assigning import RULE, Able, Assigned, Going, assign
from zhili.core.visits.capacity import number
from zhili.core.visits.inspectors import Excluded
from zhili.core.visits.models import (
    Assignment,
    Conflict,
    DueCheck,
    Inspector,
    Officer,
    Plan,
    PlanState,
    Visit,
    VisitState,
)

KIND: Final = "visits.officers"
TITLE: Final = gettext_noop("双随机抽查：抽取检查人员")
WAIT: Final = "visits.draw_wait"


def register() -> None:
    """Make the kind known; called when the app is ready."""
    kinds.register(Kind(KIND, TITLE, candidates, _drawn))


def name(inspector: int) -> str:
    """Under which an officer stands on a list: a number, never a name."""
    return f"I{inspector}"


def listed(plan: Plan) -> tuple[list[tuple[int, Inspector]], list[Excluded]]:
    """(body, officer) of everybody who may go to a visit of a plan, and who may not and why."""
    bodies = _bodies(plan)
    everybody: list[tuple[int, Inspector]] = []
    for inspector in Inspector.objects.order_by("pk"):
        nearest = next((n.id for n in tree().chain(inspector.office_id) if n.id in bodies), None)
        if nearest is not None:
            everybody.append((nearest, inspector))
    able, excluded = inspectors.sort_out([one for _body, one in everybody], plan.first)
    there = {one.pk for one in able}
    return [(body, one) for body, one in everybody if one.pk in there], excluded


def _bodies(plan: Plan) -> set[int]:
    rows = plan.visits.exclude(state=VisitState.DROPPED).values_list("bodies", flat=True)
    return {body for own in rows for body in own}


def candidates(scope: str) -> list[Candidate]:
    """The list of a plan's draw: officers by number, in the stratum of the body they go for."""
    found, _excluded = listed(Plan.objects.get(pk=int(scope)))
    return [Candidate(name(one.pk), tree().nodes[body].code) for body, one in found]


def announce(plan: Plan, sources: Sequence[dict[str, Any]], draw_at: datetime, actor: Actor) -> Draw:
    """Freeze the list of officers of an approved plan, all drawn in an order. Raises DrawError, PermissionDenied."""
    rights.check_plan(actor, [plan.office_id])
    if plan.state != PlanState.APPROVED:
        raise DrawError(_("计划批准后才能抽取检查人员"))
    found = candidates(str(plan.pk))
    if not found:
        raise DrawError(_("没有证件有效的检查人员"))
    return announcing.announce(KIND, str(plan.pk), plan.title, found, len(found), sources, draw_at, actor)


def _drawn(draw: Draw, names: Sequence[str]) -> None:
    """The visits of the plan get their officers; the document says how, its digest stands in a leaf."""
    plan = Plan.objects.get(pk=int(draw.scope))
    found, excluded = listed(plan)
    order = _order(found, names)
    goings = _goings(plan)
    conflicts = frozenset(Conflict.objects.values_list("inspector_id", "firm_id"))
    made = assign(order, goings, conflicts, number("visits.team_minutes"))
    at = timezone.now()
    document = _document(plan, order, excluded, goings, made)
    row = Assignment(draw=draw, plan=plan, document=document, digest=digest(document), at=at)
    row.leaf_id = leaves.append("record", at, telling.assignment(row), {}, secrets.token_bytes(16)).pk
    row.save(force_insert=True)
    Officer.objects.filter(visit__plan=plan).delete()
    Officer.objects.bulk_create(
        (
            Officer(visit_id=visit, inspector_id=one, body_id=body, assignment=row)
            for (visit, body), team in made.teams.items()
            for one in team
        ),
        batch_size=5_000,
    )


def _order(found: Sequence[tuple[int, Inspector]], names: Sequence[str]) -> dict[int, list[Able]]:
    by_name = {name(one.pk): (body, one) for body, one in found}
    order: dict[int, list[Able]] = defaultdict(list)
    for said in names:
        body, one = by_name[said]
        order[body].append(Able(one.pk, one.certificate_until, frozenset(one.specialities)))
    return dict(order)


def _goings(plan: Plan) -> list[Going]:
    """Each body at each visit of a plan that stands. Two queries for any number."""
    approach = number("visits.approach_minutes")
    minutes: dict[tuple[int, int], int] = defaultdict(lambda: approach)
    special: dict[tuple[int, int], set[str]] = defaultdict(set)
    for visit, body, length, speciality in DueCheck.objects.filter(visit__plan=plan).values_list(
        "visit_id", "body_id", "item__minutes", "item__speciality"
    ):
        minutes[visit, body] += length
        special[visit, body] |= {speciality} - {""}
    visits: dict[int, tuple[date, int]] = {
        pk: (day, firm)
        for pk, day, firm in Visit.objects.filter(plan=plan, state=VisitState.PLANNED).values_list(
            "pk", "date", "premises__firm_id"
        )
    }
    return [
        Going(visit, *visits[visit], body, length, tuple(sorted(special[visit, body])))
        for (visit, body), length in sorted(minutes.items())
        if visit in visits
    ]


def _document(
    plan: Plan,
    order: dict[int, list[Able]],
    excluded: Sequence[Excluded],
    goings: Sequence[Going],
    made: Assigned,
) -> dict[str, Any]:
    code = {body: tree().nodes[body].code for body in {g.body for g in goings} | set(order)}
    return {
        "rule": RULE,
        "plan": plan.pk,
        "order": {code[body]: [name(one.id) for one in line] for body, line in sorted(order.items())},
        "not_listed": [
            [name(one.inspector), one.reason, one.until.isoformat() if one.until else ""] for one in excluded
        ],
        "visits": [
            [
                g.visit,
                g.day.isoformat(),
                code[g.body],
                [name(one) for one in made.teams.get((g.visit, g.body), [])],
            ]
            for g in sorted(goings, key=lambda g: (g.day, g.visit, g.body))
        ],
        "passed": [[visit, code[body], name(one), reason] for visit, body, one, reason in made.passed],
        "short": [[visit, code[body], what] for visit, body, what in made.short],
    }


def digest(document: dict[str, Any]) -> str:
    """SHA-256 of a document's canonical JSON, in hex."""
    return hashlib.sha256(canonical(document)).hexdigest()
