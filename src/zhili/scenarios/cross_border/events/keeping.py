"""The parts of a plan: added and taken away while it is drafted, each with its leaf. Drills also later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import models, transaction
from django.utils.translation import gettext as _

from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.trail import changes
from zhili.scenarios.cross_border.events.models import (
    PlanContact,
    PlanDetail,
    PlanDrill,
    PlanPost,
    PlanShift,
)

PLAN: Final = "event_plan"
MOST: Final = 200
MODELS: Final[dict[str, type[models.Model]]] = {
    "post": PlanPost,
    "shift": PlanShift,
    "contact": PlanContact,
    "drill": PlanDrill,
}
WRITERS: Final = frozenset({"handler", "leader", "commander"})
DRILLED: Final = frozenset({"draft", "reviewed", "approved", "in_force"})


def may_write(actor: Actor, case: Case) -> bool:
    """Posts of the office that has the plan, while it is drafted."""
    mine = actor.kind == "post" and actor.office_id == case.office_id and bool(actor.roles & WRITERS)
    return mine and case.stage == "draft"


def may_drill(actor: Actor, case: Case) -> bool:
    """A drill is noted, and mended, also after the plan was approved: that is when it is held."""
    mine = actor.kind == "post" and actor.office_id == case.office_id and bool(actor.roles & WRITERS)
    return mine and case.stage in DRILLED


def add(actor: Actor, case: Case, plan: PlanDetail, part: str, values: Mapping[str, Any]) -> None:
    """Raises Refused: 403 for who may not, 422 for what cannot be."""
    _check(actor, case, part)
    with transaction.atomic():
        changes.begin(PLAN, plan.pk)
        model = MODELS[part]
        where = {"post__plan": plan} if part == "shift" else {"plan": plan}
        if model._default_manager.filter(**where).count() >= MOST:
            raise Refused("too_many", _("最多 %d 项") % MOST, 422)
        made = _MAKERS[part](plan, values)
        _record(actor, case, f"{part}_added", str(made))


def remove(actor: Actor, case: Case, plan: PlanDetail, part: str, pk: int) -> bool:
    """Whether there was one. Raises Refused (403)."""
    _check(actor, case, "post" if part == "drill" and case.stage == "draft" else part)
    where = {"post__plan": plan} if part == "shift" else {"plan": plan}
    with transaction.atomic():
        changes.begin(PLAN, plan.pk)
        found = MODELS[part]._default_manager.filter(pk=pk, **where).first()
        if found is None:
            return False
        _record(actor, case, f"{part}_removed", str(found))
        found.delete()
    return True


def mend(actor: Actor, case: Case, plan: PlanDetail, pk: int, words: str) -> bool:
    """What a drill found is mended, and how."""
    _check(actor, case, "drill")
    with transaction.atomic():
        changes.begin(PLAN, plan.pk)
        changed = PlanDrill.objects.filter(pk=pk, plan=plan).update(mended=words)
        if changed:
            _record(actor, case, "drill_mended", words[:200])
    return bool(changed)


def _check(actor: Actor, case: Case, part: str) -> None:
    may = may_drill(actor, case) if part == "drill" else may_write(actor, case)
    if not may:
        words = _("方案只在起草中、由起草的单位修改；已批准的请先“修订”")
        raise Refused("not_draft", words, 403 if actor.office_id != case.office_id else 409)


def _post(plan: PlanDetail, values: Mapping[str, Any]) -> PlanPost:
    if plan.posts.filter(name=values["name"]).exists():
        raise Refused("known", _("已经有叫这个名称的岗位"), 422)
    return PlanPost.objects.create(
        plan=plan,
        name=values["name"],
        duties=values["duties"],
        people=values["people"],
        lon=values.get("lon"),
        lat=values.get("lat"),
    )


def _shift(plan: PlanDetail, values: Mapping[str, Any]) -> PlanShift:
    post = plan.posts.filter(pk=int(values["post"])).first()
    if post is None:
        raise Refused("no_post", _("没有这个岗位，请从列表里选"), 422)
    return PlanShift.objects.create(
        post=post,
        side=values["side"],
        team=values["team"],
        starts=datetime.fromisoformat(values["starts"]),
        ends=datetime.fromisoformat(values["ends"]),
    )


def _contact(plan: PlanDetail, values: Mapping[str, Any]) -> PlanContact:
    wanted = {name: values[name] for name in ("side", "office", "role", "phone")}
    return PlanContact.objects.create(plan=plan, **wanted)


def _drill(plan: PlanDetail, values: Mapping[str, Any]) -> PlanDrill:
    return PlanDrill.objects.create(
        plan=plan,
        held_at=datetime.fromisoformat(values["held_at"]),
        what=values["what"],
        findings=values.get("findings", ""),
        mended=values.get("mended", ""),
    )


_MAKERS: Final = {"post": _post, "shift": _shift, "contact": _contact, "drill": _drill}


def _record(actor: Actor, case: Case, done: str, name: str) -> None:
    changes.record(PLAN, done, actor, key=case.pk, name=f"{case.number} {name}", office=case.office_id)
