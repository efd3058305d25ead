"""From an approved sheet to visits: the catalogue given to planning, objects drawn by lot, checks merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.draw import DrawError
from zhili.core import params
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.draws import announcing
from zhili.core.draws.models import Draw
from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.offices import Node, tree
from zhili.core.visits import catalogue, drawing, planning
from zhili.core.visits.models import DueCheck, Item, Lot, Plan
from zhili.scenarios.inspections.catalogue import keeping
from zhili.scenarios.inspections.catalogue.kinds import BODIES
from zhili.scenarios.inspections.models import ApprovalDetail, Entry

SCENARIO: Final = "inspections"
WAIT: Final = "inspections.draw_wait"
UNITS: Final = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
"""Of the wait before a draw: no working days, for it is a clock's work."""


def bodies(office_ids: Sequence[int]) -> list[tuple[str, Node]]:
    """(kind of body, office) of those among these that inspect: known by the end of the office's code."""
    found = [tree().nodes[one] for one in office_ids if one in tree().nodes]
    told = [(one.code.rpartition("-")[2], one) for one in found if one.in_force]
    return [(slug, one) for slug, one in told if slug in BODIES]


def code_of(entry: str, office: Node) -> str:
    """The code of an item of one office in the kernel's catalogue."""
    return f"{entry}@{office.code}"[:40]


def publish(actor: Actor) -> int:
    """Give every item in force to planning, once for each office of its body that the actor sets up. How many.

    What is no longer in force is switched off there. Raises Refused for whoever administers nothing.
    """
    mine = bodies(managing.administered(actor))
    if not mine:
        raise Refused("no_bodies", _("您管理的单位里没有检查主体；由县级以上的单位管理员办理"), 403)
    live = list(keeping.in_force().values())
    kept = set()
    with transaction.atomic():
        for slug, office in mine:
            for entry in live:
                if entry.body == slug:
                    kept.add(catalogue.save(_given(entry, office), actor).pk)
        gone = Item.objects.filter(scenario=SCENARIO, active=True, body__in=[one.id for _s, one in mine])
        for item in gone.exclude(pk__in=kept):
            catalogue.switch_off(item, actor, _("清单里已不再有效"))
    return len(kept)


def _given(entry: Entry, office: Node) -> catalogue.GivenItem:
    questions = [
        {"code": f"q{n}", "title": title, "kind": "text"} for n, title in enumerate(entry.checklist, 1)
    ]
    return catalogue.GivenItem(
        code=code_of(entry.code, office),
        title=entry.title,
        basis=entry.basis,
        body_id=office.id,
        scenario=SCENARIO,
        object_kind=entry.object_kind,
        ratio=Decimal(entry.ratio) / 100,
        frequency=entry.frequency,
        method=entry.method,
        minutes=entry.minutes,
        checklist=questions,
    )


@dataclass(frozen=True)
class Group:
    """Items of one kind of object: drawn together, since they are looked at in one place."""

    kind: str
    items: list[Item]
    objects: int
    draw: Draw | None
    due: int
    """Checks that came due by the draw; 0 until it is drawn."""


def groups(case: Case, detail: ApprovalDetail, actor: Actor) -> list[Group]:
    """What the sheet's items are in this county, by kind of object, and how far each has come."""
    found: dict[str, list[Item]] = {}
    for one in items(detail, actor):
        found.setdefault(one.object_kind, []).append(one)
    lots = {one.object_kind: one for one in Lot.objects.filter(title__startswith=f"{case.number} ")}
    made = []
    for kind, own in found.items():
        lot = lots.get(kind)
        draws = Draw.objects.filter(kind=drawing.OBJECTS, scope=str(lot.pk)) if lot else Draw.objects.none()
        draw = draws.order_by("-attempt").first()
        due = DueCheck.objects.filter(origin=f"draw {draw.pk}").count() if draw else 0
        shown = lot or Lot(object_kind=kind, division_id=actor.division_id)
        made.append(Group(kind, own, drawing.premises_of(shown).count(), draw, due))
    return made


def items(detail: ApprovalDetail, actor: Actor) -> list[Item]:
    """The sheet's items as the offices of the actor's ground have them. Two queries."""
    offices = [one for _slug, one in bodies(tree().under(actor.office_id or 0))]
    codes = [code_of(entry, office) for entry in detail.items for office in offices]
    return list(Item.objects.filter(code__in=codes, active=True).order_by("code"))


def draw(case: Case, detail: ApprovalDetail, kind: str, actor: Actor) -> Draw:
    """Announce the draw of one kind of object, of the actor's ground. Raises Refused, PermissionDenied."""
    if case.stage not in ("approved", "inspecting"):
        raise Refused("not_approved", _("这张审批表还没有批准，不能抽取"), 409)
    own = [one for one in items(detail, actor) if one.object_kind == kind]
    if len({one.code.partition("@")[0] for one in own}) < len(own):
        raise Refused("too_wide", _("同一事项在这里有几个检查单位；请由县级单位抽取"), 422)
    wait = params.duration(WAIT)[0]
    at = timezone.now() + wait.amount * UNITS[wait.unit]
    assert detail.first is not None
    assert detail.last is not None
    try:
        return drawing.announce(
            f"{case.number} {case.title}",
            own,
            (detail.first, detail.last),
            [announcing.head_after(at)],
            at,
            actor,
            division_id=actor.division_id,
        )
    except DrawError as error:
        raise Refused("no_draw", str(error), 422) from None


def plan(case: Case, detail: ApprovalDetail, actor: Actor) -> Plan:
    """Merge what was drawn, with all else that is due then, into visits. Raises Refused, PermissionDenied."""
    if detail.plan:
        raise Refused("planned", _("这张审批表已经排过计划"), 409)
    assert detail.first is not None
    assert detail.last is not None
    own = {one.body_id for one in items(detail, actor)}
    try:
        proposed = planning.propose(detail.first, detail.last, own)
        made = planning.keep(proposed, f"{case.number} {case.title}", detail.last, actor)
    except planning.PlanRefused as refusal:
        raise Refused("no_plan", str(refusal), 422) from None
    ApprovalDetail.objects.filter(pk=detail.pk).update(plan=made.pk)
    return made
