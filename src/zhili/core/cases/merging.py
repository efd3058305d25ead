"""Several reports of one matter: handled once, in the lead case, and each reporter answered.

A duplicate waits in the stage ``merged`` with its clocks paused. When its lead is answered a consumer takes the step
``answered_with_lead`` on it: the same stage, the same reply, its own window to rate or to ask for more. When the
lead is withdrawn the duplicate goes back to where it was. What a duplicate becomes follows from the lead as it
stands, so telling the consumer twice changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.codes import CodeError, parse_case_number
from zhili.base.procedure import Final, Procedure, Stage
from zhili.base.standing import standing_stage
from zhili.core.cases import carrying, locking, permission, referring, registry
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Step
from zhili.core.forms import Cleaned
from zhili.core.people.actors import Actor
from zhili.core.streams import Consumer, Event
from zhili.core.streams.writing import emit

STAGE = "merged"
MERGED = standing_stage(STAGE, "已并案", plain="已与同一件事合并办理", pauses=True)
ACTOR = Actor(kind="rule", label="并案")
MERGE, FOLLOW, ANSWER, BACK = "merge_into", "lead_changed", "answered_with_lead", "back_to_work"
MORE = "merging"
MOST = 25
"""So many duplicates are settled in one transaction, which stays well under two seconds; then the next lot."""


def stages(procedure: type[Procedure]) -> tuple[Stage, ...]:
    """Where it may be taken apart again."""
    return (procedure.stages[STAGE],) if STAGE in procedure.stages else ()


# --- by hand ------------------------------------------------------------------------------------------


def merge(change: Change) -> None:
    """Effect of ``merge_into``: the case waits for its lead from now on, or is answered at once if that is answered."""
    lead = _lead(change)
    case = change.case
    case.lead_id, case.party = lead.pk, ""
    change.cleaned.values["lead"] = lead.number
    if lead.office_id is not None:
        change.take_part("lead", office_id=lead.office_id)
    if case.office_id is not None:
        change.take_part("duplicate", office_id=case.office_id, case_id=lead.pk)
    if lead.answered_at is not None:
        change.then.append(partial(_answer_at_once, lead=lead))


def _answer_at_once(done: Change, *, lead: Case) -> None:
    if (call := _called_for(done.procedure, lead)) is not None:
        _take(call, done.case, done.parent)


def unmerge(change: Change) -> None:
    """Effect of ``unmerge``: it is handled by itself again, where it was before."""
    _take_apart(change)


def _lead(change: Change) -> Case:
    """The case named in the form, locked, if this one may be merged into it. Raises Refused, in words."""
    try:
        number = parse_case_number(str(change.values["lead"]))
    except CodeError:
        raise Refused("no_lead", _("没有这个编号的事项，请核对")) from None
    case = change.case
    if number == case.number:
        raise Refused("same_case", _("不能并入自己"))
    found = Case.objects.select_for_update(of=("self",)).filter(number=number).first()
    lead = permission.refuse_unless_seen(found, change.actor)
    if lead.procedure != case.procedure:
        raise Refused("other_procedure", _("对方不是同一种事项，不能并案"))
    if lead.stage == STAGE:
        words = _("%(number)s自己已经并入别的事项，请直接并入那一件")
        raise Refused("lead_merged", words % {"number": lead.number}, 409)
    if lead.closed_at is not None:
        raise Refused("lead_closed", _("%(number)s已经了结，不能再并入") % {"number": lead.number}, 409)
    if lead.confidential and not case.confidential:
        raise Refused("lead_confidential", _("%(number)s是保密事项，不能并入") % {"number": lead.number})
    return lead


def _take_apart(change: Change) -> None:
    case = change.case
    former = Step.objects.filter(case=case, action=MERGE).order_by("-seq").first()
    stage = change.procedure.stages.get(former.from_stage) if former else None
    change.target = stage or next(o.move.target for o in change.procedure.openings.values() if o.move.target)
    case.lead_id = None


# --- by the lead --------------------------------------------------------------------------------------


class Merging(Consumer):
    """Brings to the duplicates what became of their lead; each in a step of its own."""

    name = "merging"
    types = frozenset({"step", MORE})

    def handle(self, events: list[Event]) -> None:
        left = MOST
        for lead_id in dict.fromkeys(lead for event in events if (lead := _concerned(event))):
            left -= settle(lead_id, left)


def _concerned(event: Event) -> int | None:
    """The lead whose duplicates an event may concern."""
    told = event.payload
    if event.type == MORE or told.get("answered") or told.get("final") or told["action"] == MERGE:
        return int(told["case"])
    return int(told["lead"]) if told["action"] == FOLLOW else None


def settle(lead_id: int, most: int | None = None) -> int:
    """Bring the duplicates of a case to where it stands; how many moved. More than a lot are left to the next event."""
    most = MOST if most is None else most
    waiting = Case.objects.filter(lead=lead_id, stage=STAGE).order_by("id").values_list("pk", flat=True)
    found = list(waiting[: most + 1])
    if not found:
        return 0
    with transaction.atomic():
        lead = Case.objects.get(pk=lead_id)
        call = _called_for(registry.procedures()[lead.procedure], lead)
        moved = sum(_settle_one(pk, lead, call) for pk in found[:most]) if call is not None else 0
        if call is not None and len(found) > most:
            emit(MORE, lead_id, {"case": lead_id, "at": timezone.now().isoformat()})
    return moved


@dataclass(frozen=True)
class Call:
    """The step that a lead, as it stands, calls for on its duplicates. ``lead``: whose they become, when it changes."""

    action: str
    data: dict[str, str]
    target: Stage | None = None
    lead: Case | None = None


def _called_for(procedure: type[Procedure], lead: Case) -> Call | None:
    stage = procedure.stages.get(lead.stage)
    if lead.stage == STAGE and lead.lead_id is not None:
        above = Case.objects.get(pk=lead.lead_id)
        return Call(FOLLOW, {"lead": above.number}, lead=above)
    if isinstance(stage, Final) and stage.outcome == "withdrawn":
        return Call(BACK, {"lead": lead.number})
    if lead.answered_at is not None or isinstance(stage, Final):
        target, reply = _answer(procedure, lead)
        return Call(ANSWER, {"lead": lead.number} | ({"reply": reply} if reply else {}), target)
    return None


def _settle_one(pk: int, lead: Case, call: Call) -> bool:
    case, parent = locking.case_and_parent(pk=pk)
    if case is None or case.stage != STAGE or case.lead_id != lead.pk:
        return False
    _take(call, case, parent)
    return True


def _take(call: Call, case: Case, parent: Case | None) -> None:
    """The step called for, on a locked duplicate."""
    procedure = registry.procedures()[case.procedure]
    change = Change(
        procedure,
        procedure.actions[call.action],
        ACTOR,
        case,
        Cleaned(dict(call.data)),
        timezone.now(),
        STAGE,
        parent=parent,
    )
    if call.lead is not None:
        case.lead_id = call.lead.pk
        if call.lead.office_id is not None:
            change.take_part("lead", office_id=call.lead.office_id)
    elif call.action == BACK:
        _take_apart(change)
    else:
        change.target = call.target
    carrying.carry(change)


def _answer(procedure: type[Procedure], lead: Case) -> tuple[Stage, str]:
    """The stage in which the lead was answered last, and the public words of that step."""
    for step in Step.objects.filter(case=lead).order_by("-seq"):
        stage = procedure.stages.get(step.to_stage)
        if stage is not None and stage.answers and step.from_stage != step.to_stage:
            action = procedure.actions.get(step.action) or procedure.openings.get(step.action)
            return stage, referring.public_words(action, step.data)
    return procedure.stages[lead.stage], ""
