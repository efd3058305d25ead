"""Raising alarms and ending them: by steps as they happen, by the clock for what nobody does, and from figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.db import transaction
from django.utils import timezone

from zhili.core import params
from zhili.core.cases import query, routing
from zhili.core.cases.models import Case
from zhili.core.cases.watching import ZONES
from zhili.core.people.offices import tree
from zhili.core.streams import Consumer, Event, emit
from zhili.scenarios.command_centre.actions import INSTRUCTION
from zhili.scenarios.command_centre.alarms import kinds
from zhili.scenarios.command_centre.alarms.kinds import Kind
from zhili.scenarios.command_centre.models import Alarm

EVENT = "command_centre.alarm"
RECENT = timedelta(days=1)
"""A matter whose alarm is older news than this is no alarm any more: it is in the lists of what is late."""
AT_ONCE = 50


class Alarming(Consumer):
    """Alarms that a step raises or ends."""

    name: ClassVar[str] = "command_centre.alarms"
    types: ClassVar[frozenset[str] | None] = frozenset({"step"})
    from_start: ClassVar[bool] = False

    def handle(self, events: list[Event]) -> None:
        urgent = urgent_categories()
        wanted = [event for event in events if _concerns(event.payload, urgent)]
        cases = {c.pk: c for c in ordinary().filter(pk__in={e.subject for e in wanted})}
        for event in wanted:
            case = cases.get(event.subject or 0)
            if case is not None:
                _follow(case, event.payload, urgent)


def _concerns(what: dict[str, Any], urgent: frozenset[str]) -> bool:
    return bool(
        what.get("procedure") == INSTRUCTION
        or f"{what.get('scenario')}/{what.get('category')}" in urgent
        or (what.get("from") and (what.get("final") or what.get("answered")))
    )


def _follow(case: Case, what: dict[str, Any], urgent: frozenset[str]) -> None:
    if what.get("final") or what.get("answered"):
        end(Alarm.objects.filter(case=case))
        return
    if case.procedure == INSTRUCTION:
        if what["action"] == "overdue" and what["to"] == "issued":
            facts = {"office": _office(case), "due": _moment(case.due_at or what["at"]), "title": case.title}
            raise_once(kinds.UNRECEIPTED, f"unreceipted:{case.pk}", facts, case)
        elif what["to"] != "issued":
            end(Alarm.objects.filter(case=case, kind=kinds.UNRECEIPTED.name))
    elif f"{case.scenario}/{case.category}" in urgent and case.parent_id is None and case.closed_at is None:
        facts = {"category": _category(case), "title": case.title, "office": _office(case)}
        raise_once(kinds.REPORTED, f"urgent:{case.pk}", facts, case)


def sweep() -> int:
    """What became late beyond the threshold within the last day. One query on the index of open cases by limit."""
    limit, _value = params.duration(kinds.OVERDUE)
    span = timedelta(days=limit.amount) if limit.unit in ("d", "wd") else timedelta(hours=limit.amount)
    until = timezone.now() - span
    late = ordinary().filter(closed_at=None, due_at__lte=until, due_at__gt=until - RECENT)
    late = late.exclude(pk__in=Alarm.objects.filter(kind=kinds.LATE.name).values("case_id"))
    raised = 0
    for case in late.order_by("due_at")[:AT_ONCE]:
        facts = {
            "office": _office(case),
            "title": case.title,
            "due": _moment(case.due_at),
            "limit": limit.words,
        }
        raised += raise_once(kinds.LATE, f"late:{case.pk}:{_moment(case.due_at)}", facts, case)
    return raised


def raise_once(
    kind: Kind, key: str, facts: dict[str, Any], case: Case | None, division: int | None = None
) -> int:
    """An alarm and its event, unless there is one of this key already or its rule has run out; how many were made."""
    if not params.in_force(kind.rule.name):
        return 0
    with transaction.atomic():
        made, new = Alarm.objects.get_or_create(
            key=key,
            defaults={
                "kind": kind.name,
                "level": kind.level,
                "facts": facts,
                "case": case,
                "office_id": case.office_id if case else None,
                "division_id": case.division_id if case else division,
                "at": timezone.now(),
            },
        )
        if new:
            tell(made, "raised")
    return int(new)


def end(alarms: Any) -> int:
    """Their cause is gone."""
    ended = 0
    with transaction.atomic():
        for one in alarms.filter(ended_at=None).select_for_update():
            one.ended_at = timezone.now()
            one.save(update_fields=["ended_at"])
            tell(one, "ended")
            ended += 1
    return ended


def tell(alarm: Alarm, kind: str) -> None:
    """To the screens that are open, through the outbox."""
    emit(EVENT, alarm.case_id, {"alarm": alarm.pk, "kind": kind, "at": timezone.now().isoformat()})


def ordinary() -> Any:
    """Matters an alarm may be about: none that is confidential, none of the justice zone."""
    return Case.objects.filter(confidential=False, zone__in=ZONES & query.zones())


def urgent_categories() -> frozenset[str]:
    return frozenset(params.get(kinds.URGENT).text.split())


def _office(case: Case) -> str:
    node = tree().nodes.get(case.office_id or 0)
    return node.name if node else ""


def _category(case: Case) -> str:
    return routing.directory().names.get((case.scenario, case.category), case.category)


def _moment(at: Any) -> str:
    return at if isinstance(at, str) else (at.isoformat() if at else "")
