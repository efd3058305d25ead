"""Where a launch stands: eight steps from the sheet to its end, and what the next press is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhili.core.cases.models import Case
from zhili.core.draws.models import Draw
from zhili.core.visits import officers
from zhili.core.visits.models import Assignment, Plan, PlanState, VisitState
from zhili.scenarios.inspections import launching, notifying
from zhili.scenarios.inspections.launching import Group
from zhili.scenarios.inspections.models import ApprovalDetail

STEPS: Final = (
    ("apply", gettext_noop("申请")),
    ("approve", gettext_noop("批准")),
    ("draw", gettext_noop("抽对象")),
    ("plan", gettext_noop("并成计划")),
    ("settle", gettext_noop("抽人员")),
    ("tell", gettext_noop("通知")),
    ("visit", gettext_noop("上门")),
    ("finish", gettext_noop("结束")),
)
PRESSES: Final = {
    "approve": gettext_noop("批准检查"),
    "draw": gettext_noop("公布抽签"),
    "plan": gettext_noop("排成计划"),
    "settle": gettext_noop("批准计划并抽人员"),
    "tell": gettext_noop("发检查通知"),
    "finish": gettext_noop("检查结束"),
}
OPEN: Final = ("approved", "inspecting")


@dataclass(frozen=True)
class Step:
    """One step of the strip; ``state``: done, now or later."""

    name: str
    title: str
    state: str


@dataclass
class Standing:
    """``at``: the step it stands at; ``press``: what is pressed there, "" while there is something to wait for."""

    at: str
    press: str = ""
    words: str = ""
    until: datetime | None = None
    """When what is waited for happens by itself."""
    groups: Sequence[Group] = ()
    plan: Plan | None = None
    draw: Draw | None = None
    """Of the officers."""
    assignment: Assignment | None = None
    visits: dict[str, int] = field(default_factory=dict)
    """How many visits are in which state."""
    untold: int = 0
    over: bool = False

    @property
    def label(self) -> str:
        return _(PRESSES[self.press]) if self.press else ""

    @property
    def steps(self) -> list[Step]:
        names = [name for name, _title in STEPS]
        here = names.index(self.at)
        return [
            Step(name, _(title), "done" if n < here or self.over else "now" if n == here else "later")
            for n, (name, title) in enumerate(STEPS)
        ]

    @property
    def number(self) -> int:
        """The step it stands at, counted from 1."""
        return [name for name, _title in STEPS].index(self.at) + 1


def of(case: Case, detail: ApprovalDetail) -> Standing:
    """Read from the case, its draws, its plan and its visits; nothing of it is kept apart."""
    groups = launching.groups(case, detail)
    plan = Plan.objects.filter(pk=detail.plan or 0).exclude(state=PlanState.DROPPED).first()
    found = _standing(case, groups, plan)
    found.groups, found.plan = groups, plan
    return found


def _standing(case: Case, groups: Sequence[Group], plan: Plan | None) -> Standing:
    if case.stage == "applied":
        return Standing("approve", "approve", _("等另一位负责人批准：本单位的，或上级单位的。"))
    if case.stage not in OPEN:
        at = {"done": "finish", "refused": "approve"}.get(case.stage, "draw")
        return Standing(at, "", _("这张审批表已经办完。"), over=case.stage == "done")
    if plan is None:
        return _before_the_plan(groups)
    if plan.state == PlanState.DRAFT:
        return Standing("settle", "settle", _("计划是草案。批准以后公布名单，随机抽取检查人员。"))
    return _after_the_plan(case, plan)


def _before_the_plan(groups: Sequence[Group]) -> Standing:
    if not groups:
        return Standing("draw", "", _("这些事项还没有用来排计划：请单位管理员在事项目录里发布一次。"))
    if any(one.wanting for one in groups):
        again = any(one.void for one in groups)
        words = (
            _("名单在抽取前有变动，抽签作废，要重新公布。")
            if again
            else _("名单会固定并公开，到时间自动抽取。")
        )
        return Standing("draw", "draw", words)
    if waiting := [one.draw for one in groups if one.draw is not None and not hasattr(one.draw, "outcome")]:
        at = max(one.draw_at for one in waiting)
        return Standing("draw", "", _("名单已公布，到时间自动抽取，谁都可以重算。"), at)
    if any(one.due for one in groups):
        return Standing("plan", "plan", _("同一家、日期相近、能一起去的检查并成一次上门。"))
    return Standing("draw", "", _("名单上没有可抽取的对象：换一个范围或场景再申请。"))


def _after_the_plan(case: Case, plan: Plan) -> Standing:
    draws = Draw.objects.filter(kind=officers.KIND, scope=str(plan.pk)).select_related("outcome")
    draw = draws.order_by("-attempt").first()
    outcome = getattr(draw, "outcome", None)
    made = Assignment.objects.filter(plan=plan).order_by("-pk").first()
    visits = dict(plan.visits.values_list("state").annotate(n=Count("pk")))
    seen = Standing("settle", draw=draw, assignment=made, visits=visits)
    if made is None:
        if draw is not None and outcome is None:
            return replace(seen, words=_("人员名单已公布，到时间自动抽取。"), until=draw.draw_at)
        words = _("人员名单有变动，抽签作废，要重新公布。") if draw else _("公布名单，随机抽取检查人员。")
        return replace(seen, press="settle", words=words)
    if untold := len(notifying.waiting(plan)):
        words = _("把哪天、谁来、查什么、凭什么告知每一家。")
        return replace(seen, at="tell", press="tell", words=words, untold=untold)
    left = visits.get(VisitState.PLANNED, 0) + visits.get(VisitState.UNDER_WAY, 0)
    if left or case.stage == "approved":
        return replace(seen, at="visit", words=_("检查人员按当天路线上门。"))
    return replace(seen, at="finish", press="finish", words=_("每一次上门都已办结。"))
