"""Who may look at a closed matter again: an office, and a person, that had no part in it."""

from __future__ import annotations

import hashlib

from django.utils.translation import gettext as _

from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Step
from zhili.core.people.models import Post
from zhili.core.people.offices import tree as offices

PROCEDURE = "citizen_reports.reinspection"
INSPECTORS = "auditor"
"""The role whose offices look again."""
ONLY_PASSING = ("hotline", "arbiter")
"""Kinds of office that pass matters on and do not handle them."""


def refer(change: Change) -> None:
    """Open the re-inspection of a picked matter at an office that had no part in it. Refused when there is none."""
    case = change.case
    handled = handlers(case)
    chosen = inspectors(handled)
    if not chosen:
        raise Refused("no_outside_office", _("没有未办过此事的重查单位"))
    turn = int(hashlib.sha256(case.number.encode()).hexdigest(), 16) % len(chosen)
    answering = answered_by(case)
    data = {"office": chosen[turn], "draw": change.values["draw"], "handled_by": answering or ""}
    change.refer(PROCEDURE, data)


def begin(change: Change) -> None:
    """Keep which draw picked it, and whose work it was."""
    change.detail.update(draw=change.values["draw"], handled_by=change.values.get("handled_by"))


def refuse_handlers(change: Change) -> None:
    """Neither the office chosen nor the one that acts may have had a part in the matter."""
    parent = change.parent
    if parent is None:
        return
    handled = handlers(parent)
    words = _("办过这件事的单位不能重查，请交给其他单位")
    if change.actor.office_id in handled or change.values.get("office") in handled:
        raise Refused("conflict", words)
    mine = Step.objects.filter(case=parent, account_id=change.actor.account_id, actor_kind="post")
    if change.actor.account_id is not None and mine.exists():
        raise Refused("conflict", _("您办过这件事，不能再由您重查，请交给同事"))


def keep_result(change: Change) -> None:
    """What was seen; with a photo, unless nothing could be seen."""
    result = change.values["result"]
    if result != "unseen" and not _shows_it(change):
        raise Refused("no_photo", _("请附上现场照片；确实无法查看的，请选“无法查看”并写明原因"), 422)
    change.detail["result"] = result


def _shows_it(change: Change) -> bool:
    return bool(change.cleaned.files)


def tell_parent(parent: Change, child: Change) -> None:
    """The matter keeps what was seen."""
    if parent.case.procedure == "citizen_reports.report":
        parent.detail["reinspected"] = child.detail.get("result", "")


def handlers(case: Case) -> set[int]:
    """The offices that took a step on it, but for those that only pass matters on."""
    found = Step.objects.filter(case=case, actor_kind="post", actor_office_id__isnull=False)
    nodes = offices().nodes
    ids = set(found.values_list("actor_office_id", flat=True).distinct())
    return {i for i in ids if i is not None and (i not in nodes or nodes[i].kind not in ONLY_PASSING)}


def answered_by(case: Case) -> int | None:
    """The office whose step answered it last."""
    steps = Step.objects.filter(case=case, actor_kind="post", to_stage__in=("answered", "fixed"))
    changed = [s for s in steps.order_by("-seq") if s.from_stage != s.to_stage]
    return changed[0].actor_office_id if changed else None


def inspectors(but: set[int]) -> list[int]:
    """Offices in force with a post that looks again, without those that had a part; in a fixed order."""
    ids = Post.objects.filter(roles__contains=[INSPECTORS]).values_list("office_id", flat=True).distinct()
    nodes = offices().nodes
    return sorted(i for i in ids if i not in but and i in nodes and nodes[i].in_force)
