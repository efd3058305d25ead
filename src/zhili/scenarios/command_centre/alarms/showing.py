"""The alarms a commander sees, and acknowledging one: who looked at it, when, and what was done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.text import redact
from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.places.models import DivisionClosure
from zhili.scenarios.command_centre.actions import INSTRUCTION
from zhili.scenarios.command_centre.alarms.kinds import KINDS
from zhili.scenarios.command_centre.alarms.raising import tell
from zhili.scenarios.command_centre.models import Alarm, InstructionDetail


@dataclass(frozen=True)
class Shown:
    """An alarm in words."""

    id: int
    kind: str
    title: str
    level: str
    text: str
    at: datetime
    url: str
    number: str | None
    office_name: str
    acknowledged_at: datetime | None
    acknowledged_by: str
    note: str
    ended_at: datetime | None
    lon: float | None
    lat: float | None


def current(actor: Actor, limit: int = 20) -> list[Shown]:
    """What is not over: not yet acknowledged first, then the newest. Two queries."""
    running = seen_by(actor).filter(ended_at=None).select_related("case")
    first = F("acknowledged_at").desc(nulls_first=True)
    return [shown(one) for one in running.order_by(first, "-at", "-id")[:limit]]


def past(actor: Actor, limit: int = 100) -> list[Shown]:
    """What is over, newest first."""
    rows = seen_by(actor).exclude(ended_at=None).select_related("case").order_by("-at", "-id")
    return [shown(one) for one in rows[:limit]]


def count(actor: Actor) -> int:
    """How many wait for somebody to look."""
    return seen_by(actor).filter(ended_at=None, acknowledged_at=None).count()


def seen_by(actor: Actor) -> QuerySet[Alarm]:
    """Those of the actor's own ground, and of what their office instructed. For posts that command."""
    node = tree().nodes.get(actor.office_id or 0)
    if actor.kind != "post" or node is None:
        return Alarm.objects.none()
    if node.level == "city":
        return Alarm.objects.all()
    given = InstructionDetail.objects.filter(giver_id=node.id).values("case_id")
    below = DivisionClosure.objects.filter(ancestor_id=node.division_id).values("descendant_id")
    return Alarm.objects.filter(
        Q(division_id__in=below, case=None)
        | (Q(division_id__in=below) & ~Q(case__procedure=INSTRUCTION))
        | Q(case_id__in=given)
    )


def acknowledge(actor: Actor, alarm_id: int, note: str) -> Shown:
    """Somebody looked. A leaf says which post and when; what was done about it is kept beside. Twice is once.

    Raises Refused (404) when there is none the actor sees.
    """
    with transaction.atomic():
        found = seen_by(actor).filter(pk=alarm_id).values_list("pk", flat=True).first()
        if found is None:
            raise Refused("no_alarm", _("没有找到这条告警，或不在您的辖区内。"), 404)
        alarm = Alarm.objects.select_for_update(of=("self",)).select_related("case").get(pk=found)
        if alarm.acknowledged_at is None:
            alarm.acknowledged_at = timezone.now()
            alarm.acknowledged_by, alarm.acknowledged_office = actor.id, actor.office_id
            alarm.note = redact(note)[:500]
            alarm.save()
            office = tree().nodes.get(actor.office_id or 0)
            what = {"alarm": alarm.pk, "kind": alarm.kind, "office": office.code if office else ""}
            private = {"post": actor.id, "account": actor.account_id, "note": alarm.note}
            doors.record("alarm_acknowledged", actor, what, private)
            tell(alarm, "acknowledged")
    return shown(alarm)


def shown(alarm: Alarm) -> Shown:
    kind = KINDS[alarm.kind]
    case, nodes = alarm.case, tree().nodes
    office = nodes.get(alarm.office_id or 0)
    by = nodes.get(alarm.acknowledged_office or 0)
    return Shown(
        id=alarm.pk,
        kind=kind.name,
        title=_(kind.title),
        level=alarm.level,
        text=kind.say(alarm.facts),
        at=alarm.at,
        url=f"/desk/c/{case.number}" if case else "/screen/alarms",
        number=case.number if case else None,
        office_name=office.name if office else "",
        acknowledged_at=alarm.acknowledged_at,
        acknowledged_by=by.name if by else "",
        note=alarm.note,
        ended_at=alarm.ended_at,
        lon=case.lon if case else None,
        lat=case.lat if case else None,
    )
