"""From an approved sheet to visits: the catalogue given to planning, objects drawn by lot, checks merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.draw import DrawError
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.draws import announcing
from zhili.core.draws.models import Draw
from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.offices import Node, tree
from zhili.core.visits import catalogue, drawing, officers, planning, sharing, waiting
from zhili.core.visits.models import DueCheck, Item, Lot, Plan, PlanState
from zhili.scenarios.inspections.catalogue import keeping
from zhili.scenarios.inspections.catalogue.kinds import BODIES
from zhili.scenarios.inspections.models import ApprovalDetail, Entry

SCENARIO: Final = "inspections"
WAIT: Final = "inspections.draw_wait"
BAD: Final = "有问题"
ANSWERS: Final = ("没有问题", BAD, "不适用")
"""To each point of an item; what is wrong is said in the note. Kept as they stand, whatever language reads them."""


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
    choices = list(ANSWERS)
    questions = [
        {"code": f"q{n}", "title": title, "kind": "choice", "choices": choices, "bad": [BAD]}
        for n, title in enumerate(entry.checklist, 1)
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
    void: str
    """Why the last draw does not count; "" while it does."""
    due: int
    """Checks that came due by the draw; 0 until it is drawn."""

    @property
    def wanting(self) -> bool:
        """Whether it still has to be announced."""
        return bool(self.objects) and (self.draw is None or bool(self.void))

    @property
    def checked(self) -> int:
        """How many items there are, whichever office checks them."""
        return len({sharing.key(one.code) for one in self.items})


def groups(case: Case, detail: ApprovalDetail) -> list[Group]:
    """What the sheet's items are on its office's ground, by kind of object, and how far each has come."""
    found: dict[str, list[Item]] = {}
    for one in items(case, detail):
        found.setdefault(one.object_kind, []).append(one)
    lots = Lot.objects.filter(title__startswith=f"{case.number} ").order_by("pk")
    latest = {one.object_kind: one for one in lots}
    made = []
    for kind, own in found.items():
        lot = latest.get(kind)
        draws = Draw.objects.filter(kind=drawing.OBJECTS, scope=str(lot.pk)) if lot else Draw.objects.none()
        draw = draws.select_related("outcome").order_by("-attempt").first()
        outcome = getattr(draw, "outcome", None)
        due = DueCheck.objects.filter(origin=f"draw {draw.pk}").count() if draw else 0
        shown = lot or Lot(object_kind=kind, division_id=ground(case, detail))
        void = outcome.void if outcome is not None else ""
        made.append(Group(kind, own, drawing.premises_of(shown).count(), draw, void, due))
    return made


def ground(case: Case, detail: ApprovalDetail) -> int | None:
    """The division drawn from: the sheet's own, else that of the office that asked."""
    office = tree().nodes.get(case.office_id or 0)
    return detail.area or (office.division_id if office is not None else None)


def items(case: Case, detail: ApprovalDetail) -> list[Item]:
    """The sheet's items as its office and those below it have them. Two queries."""
    offices = [one for _slug, one in bodies(tree().under(case.office_id or 0))]
    codes = [code_of(entry, office) for entry in detail.items for office in offices]
    return list(Item.objects.filter(code__in=codes, active=True).order_by("code"))


def draw(case: Case, detail: ApprovalDetail, actor: Actor, seed: Seed | None = None) -> list[Draw]:
    """Announce the draws of all kinds of objects that have none, all or none. Raises Refused, PermissionDenied.

    ``seed`` None: the first head of the trail after the time a list stands.
    """
    if case.stage not in ("approved", "inspecting"):
        raise Refused("not_approved", _("这张审批表还没有批准，不能抽取"), 409)
    found = [one for one in groups(case, detail) if one.wanting]
    if not found:
        raise Refused("nothing", _("名单上没有可抽取的对象，或已经公布过抽签"), 409)
    with transaction.atomic():
        return [_announced(case, detail, one, actor, seed or Seed.after(WAIT)) for one in found]


def _announced(case: Case, detail: ApprovalDetail, group: Group, actor: Actor, seed: Seed) -> Draw:
    assert detail.first is not None
    assert detail.last is not None
    count = -(-group.objects * detail.share // 100) if detail.share else None
    try:
        return drawing.announce(
            f"{case.number} {case.title}",
            group.items,
            (detail.first, detail.last),
            seed.sources,
            seed.at,
            actor,
            division_id=ground(case, detail),
            count=count,
        )
    except DrawError as error:
        raise Refused("no_draw", str(error), 422) from None


@dataclass(frozen=True)
class Seed:
    """When a list is drawn from, and where its seed comes from."""

    at: datetime
    sources: list[dict[str, Any]]

    @classmethod
    def after(cls, key: str) -> Seed:
        """Of the trail's first head after the time this parameter says."""
        at = waiting.after(key)
        return cls(at, [announcing.head_after(at)])


def plan(case: Case, detail: ApprovalDetail, actor: Actor) -> Plan:
    """Merge what was drawn, with all else that is due then, into visits. Raises Refused, PermissionDenied."""
    if detail.plan and Plan.objects.filter(pk=detail.plan).exclude(state=PlanState.DROPPED).exists():
        raise Refused("planned", _("这张审批表已经排过计划"), 409)
    assert detail.first is not None
    assert detail.last is not None
    own = {one.body_id for one in items(case, detail)}
    first = max(detail.first, timezone.localdate())
    try:
        proposed = planning.propose(first, detail.last, own)
        made = planning.keep(proposed, f"{case.number} {case.title}", detail.last, actor)
    except planning.PlanRefused as refusal:
        raise Refused("no_plan", str(refusal), 422) from None
    ApprovalDetail.objects.filter(pk=detail.pk).update(plan=made.pk)
    return made


def settle(made: Plan, actor: Actor, seed: Seed | None = None) -> Draw:
    """Approve the plan and announce the draw of its officers, both or neither. Raises Refused, PermissionDenied."""
    seed = seed or Seed.after(officers.WAIT)
    try:
        with transaction.atomic():
            if made.state == PlanState.DRAFT:
                made = planning.approve(made.pk, actor)
            return officers.announce(made, seed.sources, seed.at, actor)
    except (planning.PlanRefused, DrawError) as refusal:
        raise Refused("not_settled", str(refusal), 422) from None
