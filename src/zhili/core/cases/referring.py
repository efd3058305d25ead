"""A matter passed on in part: child cases opened by a step, and what comes back of them.

A referral is a child case (``Case.parent``) opened in the transaction of a step on its parent. When the child is
answered or ends, the kernel appends the step ``returned`` to the parent; it never moves the parent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhili.base.procedure import Action, Final, Opening, Procedure
from zhili.core.cases import clocks, opening, registry
from zhili.core.cases.changing import FREE_TEXT, NOTHING, Change, Opened, Referral
from zhili.core.cases.errors import Refused

CHANNEL = "referral"
RETURNED = "returned"
REFERRED = "referred"


def queue_declared(change: Change) -> None:
    """What the action itself refers: one child, its form filled from the fields of the same name."""
    wanted = change.action.refers
    if not wanted:
        return
    child = registry.procedure(wanted)
    begin = child.begins_referred() if child else None
    names = [f.name for f in begin.form.fields()] if begin and begin.form else []
    change.refer(wanted, {name: change.values[name] for name in names if name in change.values})


def prepare(change: Change) -> list[Change]:
    """The children a change opens, worked out; what cannot be opened is refused before anything is written."""
    found = [_child(change, referral) for referral in change.referrals]
    if found:
        change.data[REFERRED] = [
            {"child": c.case.number, "procedure": c.case.procedure, "office": c.case.office_id} for c in found
        ]
        for child in found:
            _let_see_each_other(change, child)
    return found


def _child(change: Change, referral: Referral) -> Change:
    declared = registry.procedure(referral.procedure)
    begin = _opening(declared, referral) if declared else None
    if declared is None or begin is None:
        raise Refused("no_procedure", _("没有这种事项：%(name)s") % {"name": referral.procedure}, 422)
    cleaned = begin.form.validate(referral.data) if begin.form else NOTHING
    return opening.prepare(
        declared,
        begin,
        change.actor,
        cleaned,
        channel=CHANNEL,
        parent=change.case,
        at=change.at,
        category=referral.category,
        limit=referral.limit,
    )


def _opening(declared: type[Procedure], referral: Referral) -> Opening | None:
    return declared.openings.get(referral.opening) if referral.opening else declared.begins_referred()


def _let_see_each_other(change: Change, child: Change) -> None:
    """The office of each sees the other. The parent's reporter is no party of the child."""
    ours, theirs = change.case.office_id, child.case.office_id
    if ours is not None:
        child.take_part("referring", office_id=ours)
    if change.actor.office_id is not None:
        child.take_part("referring", office_id=change.actor.office_id)
    if theirs is not None:
        change.take_part("assisting", office_id=theirs)


def save(change: Change) -> None:
    """Write a change and the children it opens, in this order."""
    queue_declared(change)
    children = prepare(change)
    change.save()
    for child in children:
        child.save()
        change.opened.append(Opened(child.case.pk, child.case.number, 1, None))


def comes_back(change: Change) -> bool:
    """Whether this step of a child tells its parent something: it is answered, or ends without an answer."""
    case = change.case
    if case.parent_id is None or change.first or not change.entered:
        return False
    return change.answered or (change.stage.final and case.answered_at is None)


def give_back(child: Change) -> None:
    """Append the child's result to its parent. The parent is locked already, before the child."""
    parent = child.parent
    declared = registry.procedure(parent.procedure) if parent is not None else None
    if parent is None or declared is None:
        return
    change = Change(
        declared,
        declared.actions[RETURNED],
        child.actor,
        parent,
        NOTHING,
        child.at,
        parent.stage,
        parent=None,
    )
    parent.seq += 1
    change.data = _result(child, declared)
    if child.procedure.on_return is not None:
        clocks.read(change)
        child.procedure.on_return(change, child)
        clocks.summarise(change)
    change.save()


def _result(child: Change, parent: type[Procedure]) -> dict[str, Any]:
    stage = child.stage
    outcome = stage.outcome if isinstance(stage, Final) else "answered"
    part_of_it = child.procedure is parent  # split off: the reporter follows it on the parent
    public = part_of_it or (child.procedure.returns_public and outcome == "closed")
    result = {
        "child": child.case.number,
        "procedure": child.case.procedure,
        "outcome": outcome,
        "stage": stage.title,
        "office": child.actor.office_id or child.case.office_id,
    }
    if reply := public_words(child.action, child.data):
        result["reply"] = reply
    return result | ({"public": True} if public else {})


def public_words(action: Action | None, data: Mapping[str, Any]) -> str:
    """The public texts of a step's form, as kept."""
    form = action.form if action is not None else None
    texts = [data.get(f.name) for f in form.fields() if f.public and f.type in FREE_TEXT] if form else []
    return "\n".join(text for text in texts if text)
