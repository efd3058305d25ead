"""What a step on a case means for the children it has open, and the other way round.

Decided so: a case is not answered or ended by people while a child it waits for is open (they are named, so that
it can be called back or waited for). When it ends all the same, withdrawn or by a clock, its children are called
back. Handed to another office, that office sees the children, and those that belong to the holder go along.
"""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhili.base.procedure import Final, Stage
from zhili.core.cases import locking, reasons, registry
from zhili.core.cases.changing import NOTHING, Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people.offices import tree as offices

FOLLOWED = "followed"


def refuse_if_awaited(change: Change) -> None:
    """Refuse to answer or end a case while a child it waits for is open. One query, none without children."""
    target = change.target
    if target is None or not _has_children(change) or change.actor.kind in ("clock", "rule"):
        return
    if not (target.answers or target.final) or _withdrawn(target):
        return
    awaited = [name for name, one in registry.procedures().items() if one.awaited]
    still = list(_open_children(change.case).filter(procedure__in=awaited))
    if still:
        named = "、".join(
            _("%(office)s（%(number)s）") % {"office": _name(c.office_id), "number": c.number} for c in still
        )
        words = _("还有协办没有返回：%(named)s。请等结果返回，或先收回")
        raise Refused("children_open", words % {"named": named}, 409)


def _name(office_id: int | None) -> str:
    node = offices().nodes.get(office_id or 0)
    return node.name if node else ""


def _withdrawn(stage: Stage) -> bool:
    return isinstance(stage, Final) and stage.outcome == "withdrawn"


def settle(change: Change, carry: locking.Carry) -> None:
    """After a step of a case with children: call them back, or let them follow it to its new office."""
    if not _has_children(change):
        return
    if change.stage.final and change.entered:
        for child in _open_children(change.case):
            _call_back(change, child, carry)
    elif change.case.office_id != change.office_before:
        for child in Case.objects.filter(parent=change.case).order_by("id"):
            _show(change, child)
            _follow(change, child, carry)


def _call_back(change: Change, child: Case, carry: locking.Carry) -> None:
    procedure = registry.procedure(child.procedure)
    back = procedure.actions.get(procedure.recall) if procedure and procedure.recall else None
    if procedure is None or back is None:
        return
    locked = locking.child_of(change.case, child.pk)
    if locked is None or locked.stage not in {s.name for s in back.move.sources}:
        return
    step = Change(procedure, back, change.actor, locked, NOTHING, change.at, locked.stage, parent=change.case)
    step.why.append(reasons.PARENT_ENDED(number=change.case.number))
    carry(step)


def _show(change: Change, child: Case) -> None:
    """The office that has the case now sees what was asked of others."""
    locking.let_see(child.pk, "referring", change.case.office_id)


def _follow(change: Change, child: Case, carry: locking.Carry) -> None:
    procedure = registry.procedure(child.procedure)
    if procedure is None or not procedure.follows or child.closed_at is not None:
        return
    locked = locking.child_of(change.case, child.pk)
    if locked is None or locked.office_id != change.office_before:
        return
    action = procedure.actions[FOLLOWED]
    step = Change(
        procedure, action, change.actor, locked, NOTHING, change.at, locked.stage, parent=change.case
    )
    locked.office_id = change.case.office_id
    step.why.append(reasons.FOLLOWED(number=change.case.number))
    carry(step)


def _has_children(change: Change) -> bool:
    return not change.first and change.case.has_children


def _open_children(case: Case) -> QuerySet[Case]:
    return Case.objects.filter(parent=case, closed_at=None).order_by("id")
