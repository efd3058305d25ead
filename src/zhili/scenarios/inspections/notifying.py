"""检查告知: each visit of an approved plan becomes a notice to its business, which reads and rates by a code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.clock import Duration
from zhili.core import params
from zhili.core.cases import doors
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.visits.models import DueCheck, Item, Officer, Plan, Visit, VisitState
from zhili.scenarios.inspections import actions
from zhili.scenarios.inspections.models import NoticeDetail

PROCEDURE: Final = "inspections.notice"
AT_ONCE: Final = 100
"""Notices of one press: some seconds' work; the next press goes on."""


def told(change: Change) -> None:
    """What the notice says is read from the visit, and its code is made."""
    visit = Visit.objects.select_related("premises__firm").filter(pk=change.values["visit"]).first()
    if visit is None or visit.state == VisitState.DROPPED:
        raise Refused("no_visit", _("没有这次检查，或已取消"), 422)
    if NoticeDetail.objects.filter(visit=visit.pk).exists():
        raise Refused("told", _("这次检查已经告知过"), 409)
    change.case.title = _("%(name)s：%(day)s 上门检查") % {
        "name": visit.premises.name[:80],
        "day": visit.date.isoformat(),
    }
    change.detail |= {
        "visit": visit.pk,
        "plan": visit.plan_id,
        "firm": visit.premises.firm.code,
        "date": visit.date,
    }
    change.values["answer"] = _in_words(visit)
    rest = (visit.date - timezone.localdate(change.at)).days
    change.stage_limit = Duration(max(1, rest + params.duration("inspections.rate")[0].amount), "d")
    actions.let_in(change)


def _in_words(visit: Visit) -> str:
    """When, who and each item with its basis. Who goes stands on the page and the letter, read as it is that day."""
    nodes = tree().nodes
    bodies = "、".join(nodes[one].name for one in visit.bodies if one in nodes)
    items = [
        _("（%(n)d）%(title)s：依据%(basis)s。") % {"n": n, "title": one.title, "basis": one.basis}
        for n, one in enumerate(items_of([visit.pk])[visit.pk], 1)
    ]
    lines = [
        _("检查日期：%(day)s。") % {"day": visit.date.isoformat()},
        _("检查单位：%(bodies)s。") % {"bodies": bodies},
    ]
    return "\n".join([*lines, _("检查事项和依据："), *items])


def visited(change: Change) -> None:
    """Nobody rates what has not been."""
    row = NoticeDetail.objects.only("visit").get(pk=change.case.pk)
    if not Visit.objects.filter(pk=row.visit, state=VisitState.DONE).exists():
        raise Refused("not_yet", _("检查办结以后才能评价"), 409)


def items_of(visits: Iterable[int]) -> dict[int, list[Item]]:
    """What is checked at each visit, in order of codes. One query."""
    found: dict[int, list[Item]] = defaultdict(list)
    due = DueCheck.objects.filter(visit__in=list(visits)).select_related("item").order_by("item__code")
    for one in due:
        if one.visit_id is not None:
            found[one.visit_id].append(one.item)
    return found


def waiting(plan: Plan) -> list[int]:
    """The visits of a plan whose business has not been told, the nearest first; those never announced are left out."""
    alone = DueCheck.objects.filter(visit__plan=plan, item__alone=True).values("visit")
    known = NoticeDetail.objects.filter(plan=plan.pk).values("visit")
    visits = plan.visits.filter(state=VisitState.PLANNED, date__gte=timezone.localdate())
    found = visits.exclude(pk__in=known).exclude(pk__in=alone)
    return list(found.order_by("date", "pk").values_list("pk", flat=True))


def tell(plan: Plan, actor: Actor) -> tuple[int, int]:
    """Notices of the next visits of a plan, at most AT_ONCE. (how many, how many are left). Raises Refused."""
    left = waiting(plan)
    for visit in left[:AT_ONCE]:
        doors.open_case(PROCEDURE, "tell", actor, {"visit": visit}, key=f"visit-notice-{visit}")
    return min(len(left), AT_ONCE), max(0, len(left) - AT_ONCE)


@dataclass(frozen=True)
class Letter:
    """One notice as its business reads it. ``officers``: (body, certificate numbers), two or more of each."""

    case: Case
    visit: Visit
    bodies: list[str]
    officers: list[tuple[str, list[str]]]
    items: list[Item]
    beforehand: int
    """Days from the notice to the visit."""


def letters(rows: Sequence[NoticeDetail]) -> list[Letter]:
    """What these notices say today. Four queries for any number."""
    pks = [one.visit for one in rows]
    visits = {one.pk: one for one in Visit.objects.filter(pk__in=pks).select_related("premises__firm")}
    cases = {one.pk: one for one in Case.objects.filter(pk__in=[one.pk for one in rows])}
    items, going = items_of(pks), _going(pks)
    nodes = tree().nodes
    return [
        Letter(
            cases[one.pk],
            visits[one.visit],
            [nodes[body].name for body in visits[one.visit].bodies if body in nodes],
            going.get(one.visit, []),
            items.get(one.visit, []),
            (one.date - timezone.localdate(cases[one.pk].opened_at)).days,
        )
        for one in rows
        if one.visit in visits
    ]


def _going(visits: Sequence[int]) -> dict[int, list[tuple[str, list[str]]]]:
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    rows: Any = Officer.objects.filter(visit__in=visits).order_by("body", "pk")
    for visit, body, number in rows.values_list("visit_id", "body__name", "inspector__certificate_number"):
        found[visit][body].append(number)
    return {visit: list(own.items()) for visit, own in found.items()}
