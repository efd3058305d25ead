"""What the steps of a problem do: which outlet, whether it came before, the owner's code, its warning."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.cases import codes, doors
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people.offices import tree as offices
from zhili.core.places import tree as places
from zhili.core.registers.models import Premises
from zhili.core.signals.models import Warning
from zhili.core.signals.warnings import handling
from zhili.scenarios.catering import outlets
from zhili.scenarios.catering.kinds import BY_RULE, KINDS
from zhili.scenarios.catering.models import OutletDetail, ProblemDetail

OWNER = outlets.OWNER
NO_REPEAT: Final = ("joined", "dismissed")
"""Ends that are no problem of the premises: they do not count as the first of a repetition."""


# --- how it begins ----------------------------------------------------------------------------------------


def sensed(change: Change) -> None:
    """A rule's warning about premises. What is wrong there already takes it in."""
    values = change.values
    rule = Warning.objects.filter(pk=values.get("warning") or 0).values_list("rule", flat=True).first()
    kind = BY_RULE.get(rule or "")
    if kind is None:
        raise Refused("no_kind", _("不知道是什么问题"), 422)
    premises = outlets.found(values["subject"])
    open_ = running(premises.pk, kind)
    change.detail["warning_id"] = values.get("warning")
    _about(change, premises, kind, "sensor")
    if open_ is not None:
        change.target = change.procedure.stages["joined"]
        change.case.stage = "joined"
        change.detail["joined_id"] = open_.case_id
        to, warning = open_.case_id, values.get("warning")
        change.then.append(lambda done: _added(to, done, warning))


def _added(to: int, change: Change, warning: int | None) -> None:
    doors.act(to, "sense_more", change.actor, {"warning": warning})


def more(change: Change) -> None:
    change.detail["repeats"] = detail_of(change).repeats + 1


def expiring(change: Change) -> None:
    """A dated rule: the licence ends soon, or has ended."""
    premises = outlets.found(change.values["premises"])
    _about(change, premises, "licence", "licence")


def found(change: Change) -> None:
    """By an officer who stands there."""
    premises = outlets.found(change.values["premises"])
    _about(change, premises, change.values["kind"], "inspection")


def passed(change: Change) -> None:
    """From a self-check, or a resident's report whose outlet is yet to be told."""
    own = change.parent is not None and change.parent.scenario == "catering"
    values = change.values
    if number := values.get("premises"):
        _about(
            change, outlets.found(number), values.get("kind", "other"), "self_check" if own else "resident"
        )
        return
    if values.get("office"):
        change.case.office_id = int(values["office"])
    change.detail |= {"kind": "other", "way": "resident"}
    change.case.title = _("群众反映的餐饮问题，待认定是哪一家")


def which(change: Change) -> None:
    detail = detail_of(change)
    premises = outlets.found(change.values["premises"])
    _about(change, premises, change.values["kind"], detail.way)


def _about(change: Change, premises: Premises, kind: str, way: str) -> None:
    """The columns; the office that keeps the outlet's file has it, else who found it, else the ground's."""
    file, case = outlets.of(premises.pk), change.case
    outlets.locate(case, premises)
    case.title = _("%(kind)s：%(name)s") % {"kind": _(KINDS[kind].title), "name": premises.name}
    if file is not None:
        case.office_id = file.case.office_id
    elif change.actor.kind == "rule":
        case.office_id = _ground(premises)
    change.detail |= {
        "premises_id": premises.pk,
        "outlet_id": file.case_id if file else None,
        "kind": kind,
        "way": way,
        "trader": outlets.trader(premises),
        "again": _again(premises.pk, kind, change.at, case.pk),
    }


def _ground(premises: Premises) -> int | None:
    """The nearest general office over a place from its town up."""
    levels = {"town": 0, "county": 1, "city": 2}
    line = set(places.ancestors(premises.division_id))
    over = [
        one
        for one in offices().nodes.values()
        if one.kind == "general" and one.division_id in line and one.level in levels
    ]
    return min(over, key=lambda one: levels[one.level]).id if over else None


def _again(premises: int, kind: str, at: datetime, but: int) -> int:
    """Which time it is that this kind is found there within the year: told of premises, never of a person."""
    since = at - timedelta(days=params.duration("catering.same_within")[0].amount)
    rows = ProblemDetail.objects.filter(premises_id=premises, kind=kind, case__opened_at__gte=since)
    return rows.exclude(case__stage__in=NO_REPEAT).exclude(pk=but).count() + 1


def running(premises: int, kind: str) -> ProblemDetail | None:
    """The problem of this kind there that is not put right yet."""
    rows = ProblemDetail.objects.filter(
        premises_id=premises, kind=kind, case__stage__in=("found", "rectifying", "checking")
    )
    return rows.order_by("case_id").first()


# --- how it goes on ---------------------------------------------------------------------------------------


def tell(change: Change) -> None:
    """The owner gets a code for this problem; the target runs from now."""
    detail = detail_of(change)
    if detail.premises_id is None:
        raise Refused("no_outlet", _("还没有认定是哪一家，请先认定"), 409)
    change.detail["told_at"] = change.at
    end = change.at + timedelta(days=params.duration("cases.grant_days")[0].amount)
    codes.give(change, OWNER, until=end)
    change.then.append(lambda done: _warning(done, "real", done.values["demand"]))


def dismiss(change: Change) -> None:
    change.then.append(lambda done: _warning(done, "false", done.values["reason"]))


def submitted(change: Change) -> None:
    if detail_of(change).sent_at is None:
        change.detail["sent_at"] = change.at


def accept(change: Change) -> None:
    """Put right, as an officer saw: public from now on. Whether in the target is kept with what the target was."""
    detail = detail_of(change)
    days = params.duration("catering.rectify")[0].amount
    change.detail |= {
        "fixed_at": change.at,
        "rechecks": detail.rechecks + 1,
        "in_target": detail.told_at is not None and change.at <= detail.told_at + timedelta(days=days),
        "published": True,
    }


def reject(change: Change) -> None:
    change.detail["rechecks"] = detail_of(change).rechecks + 1
    change.stage_limit = params.duration("catering.redo")[0]


def reopen(change: Change) -> None:
    """What was public is no longer: it is open again."""
    change.detail |= {"published": False, "back": detail_of(change).back + 1}
    change.stage_limit = params.duration("catering.redo")[0]


def _warning(change: Change, finding: str, words: str) -> None:
    """What was found goes to the warning and its rule. One closed before, or gone, does not stop the step."""
    pk = detail_of(change).warning_id
    if pk is None:
        return
    try:
        with transaction.atomic():
            handling.close(pk, change.actor, finding, words, through_case=True)
    except Refused:
        return


def code_of(case: Case) -> str:
    """The owner's code of a problem, or of the outlet's file; "" where there is none."""
    if case.procedure == "catering.outlet":
        detail = OutletDetail.objects.filter(pk=case.pk).first()
        return codes.again(case, OWNER, detail.turn if detail else 0)
    return codes.again(case, OWNER)


def detail_of(change: Change) -> ProblemDetail:
    return ProblemDetail.objects.filter(pk=change.case.pk).first() or ProblemDetail(case_id=change.case.pk)
