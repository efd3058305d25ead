"""Due checks become visits: gathered, merged by base/merging, kept with their reasons, approved by a leader."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from zhili.base.canonical import canonical
from zhili.base.merging import Checks, Merged, Terms, Why, merge_years
from zhili.core.people.actors import Actor
from zhili.core.places.bulk import copy_rows, reserve_ids
from zhili.core.trail import changes, leaves
from zhili.core.visits import capacity, rights, sharing, telling, yearly
from zhili.core.visits.models import Apart, DueCheck, Item, Plan, PlanState, Visit, VisitState

METHOD: Final = "zhili-merging/1"
PLAN: Final = "visit_plan"
LONGEST_DAYS: Final = 366


class PlanRefused(ValueError):
    """Why no plan is made, in words."""


@dataclass(frozen=True)
class Proposed:
    """A plan not yet kept: what was merged, and what its numbers mean."""

    merged: Merged
    first: date
    due: Sequence[int]
    premises: Sequence[int]
    bodies: Sequence[int]
    terms: dict[str, Any]

    def day(self, n: int) -> date:
        return self.first + timedelta(days=n)


def propose(first: date, last: date, bodies: Collection[int] = ()) -> Proposed:
    """Merge what is due on site between two days (both included) and not yet in a visit.

    Over New Year each year's days keep to that year's cap. ``bodies``: only their checks; of all when empty.
    Raises PlanRefused.
    """
    if not 0 <= (last - first).days < LONGEST_DAYS:
        raise PlanRefused(_("计划最长一年，最后一天不早于第一天"))
    rows = _due(first, last, bodies)
    if not rows:
        raise PlanRefused(_("这段时间没有待安排的检查"))
    pk, premises, body, begin, end, minutes, speciality, alone, beyond, item_beyond, firm = zip(
        *rows, strict=True
    )
    places, at = np.unique(np.array(premises), return_inverse=True)
    offices = sorted(set(body))
    names = sorted(set(speciality) - {""})
    zero = first.toordinal()
    checks = Checks.of(
        object=at,
        body=np.searchsorted(offices, body),
        first=np.array([one.toordinal() for one in begin]) - zero,
        last=np.array([one.toordinal() for one in end]) - zero,
        minutes=minutes,
        speciality=[names.index(one) if one else -1 for one in speciality],
        alone=alone,
        beyond_cap=np.logical_or(beyond, item_beyond),
    )
    firm_of = dict(zip(premises, firm, strict=True))
    firms = [firm_of[int(one)] for one in places]
    parts = [_terms(begin, end, offices, names, firms) for begin, end in _years(first, last)]
    merged = merge_years(checks, [terms for terms, _said in parts])
    return Proposed(merged, first, pk, places.tolist(), offices, _said_of([said for _terms, said in parts]))


def _years(first: date, last: date) -> list[tuple[date, date]]:
    """The days of each year between two days."""
    cut = date(last.year, 1, 1)
    return [(first, last)] if first >= cut else [(first, cut - timedelta(days=1)), (cut, last)]


def _said_of(years: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What a plan says of its terms: those of one year, with the minutes of all."""
    minutes = Counter[str]()
    for said in years:
        minutes.update(said["minutes"])
    return years[0] | {"minutes": dict(minutes)}


def _due(first: date, last: date, bodies: Collection[int]) -> list[tuple]:
    found = DueCheck.objects.filter(
        visit=None,
        due_from__lte=last,
        due_to__gte=first,
        item__method="onsite",
        item__active=True,
        premises__active=True,
    )
    if bodies:
        found = found.filter(body__in=bodies)
    return list(
        found.order_by("pk").values_list(
            "pk", "premises_id", "body_id", "due_from", "due_to", "item__minutes", "item__speciality",
            "item__alone", "beyond_cap", "item__beyond_cap", "premises__firm_id",
        )
    )  # fmt: skip


def _terms(
    first: date, last: date, bodies: Sequence[int], names: Sequence[str], firm_of: Sequence[int]
) -> tuple[Terms, dict[str, Any]]:
    days = (last - first).days + 1
    minutes, special = capacity.of_bodies(bodies, first, days)
    at = {one: n for n, one in enumerate(bodies)}
    compatible = np.ones((len(bodies), len(bodies)), bool)
    apart = [
        (one, other)
        for one, other in Apart.objects.order_by("pk").values_list("one_id", "other_id")
        if one in at and other in at
    ]
    for one, other in apart:
        compatible[at[one], at[other]] = compatible[at[other], at[one]] = False
    firms, business = np.unique(np.array(firm_of), return_inverse=True)
    left = yearly.left(first.year, firms.tolist())
    approach = capacity.number("visits.approach_minutes")
    terms = Terms(
        business,
        np.array([left[int(one)] for one in firms]),
        minutes,
        compatible,
        {(row, names.index(s)): found for (row, s), found in special.items() if s in names},
        approach,
    )
    said = {
        "cap": yearly.cap(),
        "approach": approach,
        "team_minutes": capacity.number("visits.team_minutes"),
        "apart": [list(pair) for pair in apart],
        "minutes": {str(body): int(minutes[row].sum()) for body, row in at.items()},
    }
    return terms, said


@transaction.atomic
def keep(proposed: Proposed, title: str, last: date, actor: Actor) -> Plan:
    """The plan as a draft with its visits, and its digest in a leaf. Raises PlanRefused, PermissionDenied.

    Refused when any of its checks came into another plan meanwhile.
    """
    rights.check_plan(actor, proposed.bodies)
    assert actor.office_id is not None
    merged, at = proposed.merged, timezone.now()
    pks = reserve_ids(Visit, len(merged.visits)) if merged.visits else []
    why = Counter(Why(int(one)).name.lower() for one in merged.why)
    placed = why.pop("placed", 0)
    plan = Plan(
        title=title.strip()[:200] or _("检查计划"),
        office_id=actor.office_id,
        first=proposed.first,
        last=last,
        method=METHOD,
        checks=len(merged.checks),
        placed=placed,
        visits_planned=len(merged.visits),
        lower_bound=merged.bound,
        minutes_saved=merged.minutes_saved,
        explanation={"terms": proposed.terms, "unplaced": dict(sorted(why.items()))},
        digest=digest(proposed),
        made_at=at,
        bodies=sorted(proposed.bodies),
    )
    plan.pk = reserve_ids(Plan, 1)[0]
    plan.leaf_id = leaves.append("record", at, telling.plan(plan), {}, secrets.token_bytes(16)).pk
    plan.save(force_insert=True)
    copy_rows(Visit, VISIT_COLUMNS, (_row(proposed, n, pk, plan.pk) for n, pk in enumerate(pks)))
    _tie(proposed, pks, plan.pk)
    return plan


VISIT_COLUMNS: Final = ("id", "plan_id", "premises_id", "date", "state", "bodies", "counted", "explanation")


def _row(proposed: Proposed, n: int, pk: int, plan: int) -> list[Any]:
    visit, checks = proposed.merged.visits[n], proposed.merged.checks
    own = list(visit.checks)
    bodies = sorted({proposed.bodies[int(b)] for b in checks.body[own]})
    said = {
        "begins": proposed.day(visit.begins).isoformat(),
        "ends": proposed.day(visit.ends).isoformat(),
        "opened_by": proposed.due[visit.opened_by],
        "closed_by": proposed.due[visit.closed_by],
        "open_days": visit.open_days,
        "busiest": proposed.bodies[visit.busiest],
        "load": visit.load,
        "shape": visit.shape.name.lower(),
    }
    counted = not bool(checks.beyond_cap[own].all())
    premises = proposed.premises[visit.object]
    return [pk, plan, premises, proposed.day(visit.day), VisitState.PLANNED, bodies, counted, Jsonb(said)]


def _tie(proposed: Proposed, pks: Sequence[int], plan: int) -> None:
    """Each check points to its visit, or says why it has none."""
    visit = [pks[n] if n >= 0 else None for n in proposed.merged.visit.tolist()]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE visits_duecheck due SET visit_id = told.visit, plan_id = %s, why = told.why"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[]) told(id, visit, why)"
            " WHERE due.id = told.id AND due.visit_id IS NULL",
            [plan, list(proposed.due), visit, proposed.merged.why.tolist()],
        )
        if cursor.rowcount != len(proposed.due):
            raise PlanRefused(_("有的检查在此期间已排进别的计划，请重新编制"))


def digest(proposed: Proposed) -> str:
    """SHA-256 of what is planned: its terms, a line for each visit, a line for each check without one."""
    merged, told = proposed.merged, hashlib.sha256(canonical(proposed.terms))
    for visit in merged.visits:
        due = ",".join(str(proposed.due[c]) for c in visit.checks)
        told.update(f"{proposed.day(visit.day)}\t{proposed.premises[visit.object]}\t{due}\n".encode())
    for n in np.flatnonzero(merged.visit < 0).tolist():
        told.update(f"-\t{proposed.due[n]}\t{int(merged.why[n])}\n".encode())
    return told.hexdigest()


@transaction.atomic
def approve(plan_id: int, actor: Actor, seen: int | None = None) -> Plan:
    """A leader approves a draft (审批表). Raises PlanRefused, PermissionDenied, changes.Overtaken."""
    plan = _taken(plan_id, actor, seen, rights.APPROVERS)
    if plan.state != PlanState.DRAFT:
        raise PlanRefused(_("只有草案可以批准"))
    return _turn(plan, PlanState.APPROVED, actor, "")


@transaction.atomic
def drop(plan_id: int, actor: Actor, reason: str, seen: int | None = None) -> Plan:
    """A plan nobody has begun on is dropped: its checks are due as before. Raises PlanRefused, PermissionDenied."""
    plan = _taken(plan_id, actor, seen, rights.APPROVERS)
    if plan.state == PlanState.DROPPED or not reason.strip():
        raise PlanRefused(_("请写明作废的原因"))
    if plan.visits.exclude(state__in=(VisitState.PLANNED, VisitState.DROPPED)).exists():
        raise PlanRefused(_("已有检查开始，计划不能作废"))
    DueCheck.objects.filter(visit__plan=plan).update(visit=None)
    plan.visits.update(state=VisitState.DROPPED)
    return _turn(plan, PlanState.DROPPED, actor, reason)


def _taken(plan_id: int, actor: Actor, seen: int | None, roles: frozenset[str]) -> Plan:
    plan = rights.plans(actor).select_for_update().filter(pk=plan_id).first()
    if plan is None:
        raise PlanRefused(_("没有这个计划"))
    rights.check_plan(actor, [plan.office_id], roles)
    changes.begin(PLAN, plan_id, seen)
    return plan


def _turn(plan: Plan, state: str, actor: Actor, reason: str) -> Plan:
    before = plan.state
    plan.state = state
    plan.save(update_fields=["state"])
    changes.record(
        PLAN, state, actor, key=plan.pk, name=plan.title, office=plan.office_id, before={"state": before},
        after={"state": state}, reason=reason, facts={"plan": plan.pk},
    )  # fmt: skip
    return plan


def make_due(
    item_ids: Collection[int], premises_ids: Collection[int], first: date, last: date, origin: str
) -> int:
    """These items are due on these premises within these days; what this origin made due before is left. How many.

    An item that several offices check is due once, from the office whose ground it is (`sharing`).
    """
    before = DueCheck.objects.filter(origin=origin).count()
    items = Item.objects.filter(pk__in=item_ids, active=True).order_by("pk")
    rows = (
        DueCheck(
            item=item, premises_id=one, body_id=item.body_id, due_from=first, due_to=last,
            beyond_cap=item.beyond_cap, origin=origin,
        )
        for item, where in sharing.shared(items, premises_ids)
        for one in where
    )  # fmt: skip
    DueCheck.objects.bulk_create(rows, batch_size=5_000, ignore_conflicts=True)
    return DueCheck.objects.filter(origin=origin).count() - before
