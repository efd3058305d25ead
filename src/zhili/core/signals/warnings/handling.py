"""Warnings after they were raised: who sees them, accepting and closing, and what happens when nobody accepts."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.signals.rules import WEARER
from zhili.base.text import redact
from zhili.core.cases import query
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Participation
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.places.models import DivisionClosure
from zhili.core.signals import registry
from zhili.core.signals.models import Feedback, Warning, WarningState
from zhili.core.signals.warnings import keeping_steps, noting, raising, sending
from zhili.core.signals.warnings.keeping_steps import Change
from zhili.core.signals.warnings.sending import Where

ROLES: Final = frozenset({"grid", "handler", "leader", "commander", "hotline"})
BY_THEMSELVES: Final = frozenset({"rule", "clock", "site"})
"""The platform acting for whoever took the step on a warning's case."""
NEAR: Final = frozenset({"grid", "village"})
"""Of these levels are the offices that may know at once that a wearer needs somebody."""
AT_ONCE: Final = 200


def visible(actor: Actor) -> QuerySet[Warning]:
    """The warnings an actor may see: those of their ground and those their office was told of; none for strangers.

    Of the zones this process serves. A department sees what it was told. A wearer's are seen by the village and the
    grid they live in; by the town once they went up to it, and by nobody above.
    """
    served = Warning.objects.all()
    if not query.zones() >= query.ALL_ZONES:
        served = served.filter(zone__in=query.zones())
    if actor.kind in BY_THEMSELVES:
        return served
    seat = tree().nodes.get(actor.office_id or 0)
    if actor.kind != "post" or seat is None:
        return served.none()
    told = Q(offices__contains=[seat.id])
    if seat.level not in NEAR:
        served = served.filter(
            ~Q(subject_kind=WEARER) | (_went_up(seat.id) if seat.level == "town" else Q(pk__in=[]))
        )
    if seat.kind not in query.SUBTREE_KINDS:
        return served.filter(told)
    if seat.cell_id is not None:
        return served.filter(told | Q(cell_id=seat.cell_id))
    if seat.level == "city":
        return served
    below = DivisionClosure.objects.filter(ancestor_id=seat.division_id).values("descendant_id")
    return served.filter(told | Q(division_id__in=below))


def _went_up(office: int) -> Q:
    """A warning that was told to this office, or whose case came to it."""
    took_part = Participation.objects.filter(case=OuterRef("case_id"), office_id=office)
    return Q(offices__contains=[office]) | Q(case__office_id=office) | Q(Exists(took_part))


def running(actor: Actor) -> QuerySet[Warning]:
    """What is not closed, the gravest first, then the newest."""
    gravest = ("red", "orange", "yellow", "blue")
    order = Case(
        *(When(level=level, then=Value(place)) for place, level in enumerate(gravest)),
        output_field=IntegerField(),
    )
    return visible(actor).filter(trial=False).exclude(state=WarningState.CLOSED).order_by(order, "-id")


def may_act(actor: Actor) -> bool:
    """Whether an actor accepts and closes warnings they see."""
    return actor.kind in BY_THEMSELVES or (actor.kind == "post" and bool(actor.roles & ROLES))


def of_case(one: Warning) -> bool:
    """Whether it is taken and closed only through its case, which is there or about to be opened.

    Not where the case could not be opened however often it was tried: that is left to people.
    """
    return one.case_id is not None or one.open_at is not None


def accept(warning: Warning | int, actor: Actor, *, through_case: bool = False) -> Warning:
    """Somebody takes care: nobody else is told. Twice by one office is once.

    ``through_case``: by a step of its case, which has judged who may.
    Raises Refused: 404 none they see, 403 not theirs to do, 409 another office was first, or it is closed.
    """
    with transaction.atomic():
        row = _locked(warning, actor, through_case)
        if row.state == WarningState.CLOSED:
            raise Refused("closed", _("这条预警已经了结。"), 409)
        if row.state == WarningState.ACCEPTED:
            if row.accepted_office == actor.office_id or actor.kind in BY_THEMSELVES:
                return row
            raise Refused(
                "accepted", _("%(office)s已经接手。") % {"office": _office(row.accepted_office)}, 409
            )
        row.state = WarningState.ACCEPTED
        row.accepted_at, row.accepted_post, row.accepted_office = timezone.now(), actor.id, actor.office_id
        row.escalate_at = row.tell_at = None
        row.told_at = row.told_at or row.accepted_at
        row.save()
        keeping_steps.keep([Change(row, "accepted", actor)])
    return row


def close(
    warning: Warning | int, actor: Actor, feedback: str, words: str = "", *, through_case: bool = False
) -> Warning:
    """It is over: real, false or drill, and what was found. The rule's precision is counted from this.

    The words are kept without telephone numbers and names. Raises Refused as ``accept`` does, 422 for no feedback.
    """
    if feedback not in Feedback.values:
        raise Refused("feedback", _("请选择：属实、误报或演练。"))
    with transaction.atomic():
        row = _locked(warning, actor, through_case)
        if row.state == WarningState.CLOSED:
            raise Refused("closed", _("这条预警已经了结。"), 409)
        row.state, row.feedback, row.words = WarningState.CLOSED, feedback, redact(words.strip())[:500]
        row.closed_at, row.closed_post, row.closed_office = timezone.now(), actor.id, actor.office_id
        row.escalate_at = row.tell_at = None
        row.save()
        facts = {"feedback": feedback, "merged": row.merged, "last_at": row.last_at.isoformat()}
        keeping_steps.keep([Change(row, "closed", actor, facts, row.words)])
    return row


def tell_due(now: datetime | None = None) -> int:
    """Tell what quiet hours held back and is still open; how many. By the index of what is due."""
    at = now or timezone.now()
    with transaction.atomic():
        due = Warning.objects.filter(tell_at__lte=at).order_by("tell_at")
        rows = list(due.select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])
        for row in rows:
            row.tell_at, row.told_at = None, at
            rule = registry.rules().get(row.rule)
            row.escalate_at = raising.next_rung(rule, 0, at) if rule else None
        Warning.objects.bulk_update(rows, ["tell_at", "told_at", "escalate_at"])
        keeping_steps.keep(Change(row, "told") for row in rows)
        noting.note(rows, "raised", at)
    return len(rows)


def escalate_due(now: datetime | None = None) -> int:
    """Tell the next office of what nobody has accepted; how many. By the index of what is due."""
    at = now or timezone.now()
    with transaction.atomic():
        due = Warning.objects.filter(escalate_at__lte=at).order_by("escalate_at")
        rows = list(due.select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])
        climbed = [change for row in rows if (change := _climb(row)) is not None]
        Warning.objects.bulk_update(rows, ["rung", "escalate_at", "office", "offices", "why"])
        keeping_steps.keep(climbed)
        noting.note((change.warning for change in climbed), noting.ESCALATED, at)
    return len(rows)


def _climb(row: Warning) -> Change | None:
    """One rung up; None when that rung has no office that was not told already."""
    rule = registry.rules().get(row.rule)
    if rule is None or row.rung >= len(rule.escalate):
        row.escalate_at = None
        return None
    level, _seconds = rule.escalate[row.rung]
    where = Where(row.division_id, row.cell_id)
    office, why = sending.above(row.rule, where, level, row.office_id)
    row.rung += 1
    row.escalate_at = raising.next_rung(rule, row.rung, row.told_at or row.raised_at)
    if office is None or office == row.office_id:
        return None
    facts = {"from": row.office_id, "to": office, "level": level}
    row.office_id, row.why, row.offices = office, [*row.why, why], [*row.offices, office]
    return Change(row, "escalated", facts=facts)


def next_up(one: Warning) -> tuple[datetime, int] | None:
    """When it is taken to which office if nobody accepts; None where nobody is above that was not told."""
    rule = registry.rules().get(one.rule)
    if rule is None or one.escalate_at is None:
        return None
    where = Where(one.division_id, one.cell_id)
    for rung in range(one.rung, len(rule.escalate)):
        office, _why = sending.above(one.rule, where, rule.escalate[rung][0], one.office_id)
        at = raising.next_rung(rule, rung, one.told_at or one.raised_at)
        if office is not None and office != one.office_id and at is not None:
            return at, office
    return None


def _locked(warning: Warning | int, actor: Actor, through_case: bool = False) -> Warning:
    pk = warning if isinstance(warning, int) else warning.pk
    if through_case:
        return _present(pk)
    if not visible(actor).filter(pk=pk).exists():
        raise Refused("no_warning", _("没有找到这条预警，或不在您的辖区内。"), 404)
    if not may_act(actor):
        raise Refused("forbidden", _("这一步不由您办理"), 403)
    row = _present(pk)
    if of_case(row):
        raise Refused("of_case", _("这条预警由它的事项办理，不在这里接手和了结。"), 409)
    return row


def _present(pk: int) -> Warning:
    row = Warning.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise Refused("no_warning", _("没有找到这条预警，或不在您的辖区内。"), 404)
    return row


def _office(office_id: int | None) -> str:
    node = tree().nodes.get(office_id or 0)
    return node.name if node else _("系统")
