"""The life of an event's security plan: drafted, reviewed, approved by another person, in force, ended, reviewed."""

from __future__ import annotations

from zhili.base.procedure import (
    Above,
    Action,
    Clock,
    Final,
    Holder,
    Keep,
    Limit,
    Notify,
    Opening,
    Procedure,
    Role,
    Stage,
)
from zhili.core.params import Param
from zhili.scenarios.cross_border.events import actions, forms

OWN = "平台约定，城市可改"
LAW = "大型群众性活动安全管理条例"
WRITERS = ("handler", "leader", "commander")
SECOND = (Holder("leader", "commander"), Above("leader", "commander"))


class EventPlan(Procedure):
    """Whoever wrote it does not review it, and whoever reviewed it does not approve it."""

    title = "活动安保方案"
    detail = "cross_border.PlanDetail"
    standing = ("note", "correct", "hold", "release_hold")
    counted = False

    draft = Stage("起草中", owner=Keep(), limit=Limit("cross_border.plan_draft"))
    reviewed = Stage("已审核，待批准", owner=Keep(), limit=Limit("cross_border.plan_approve"))
    approved = Stage("已批准，待启用", owner=Keep(), limit=Limit("cross_border.plan_waits", then="start"))
    in_force = Stage("执行中", owner=Keep(), limit=Limit("cross_border.plan_runs", then="end"))
    ended = Stage("已结束，待总结", owner=Keep(), limit=Limit("cross_border.plan_review"))
    closed = Final("已总结")
    cancelled = Final("已取消", outcome="withdrawn")

    write = Opening(
        "起草安保方案", draft, by=Role(*WRITERS), form=forms.Event, effects=[actions.write], hands=Keep()
    )
    rewrite = Action(
        "改活动信息",
        draft.stay(),
        by=Holder(*WRITERS),
        form=forms.Event,
        begins_as="write",
        effects=[actions.write],
    )
    review = Action(
        "审核通过",
        draft >> reviewed,
        by=(Holder(*WRITERS), Above("leader", "commander")),
        form=forms.Remark,
        not_who=("write", "rewrite", "revise"),
        hint="起草的人不能自己审核",
    )
    send_back = Action("退回修改", reviewed >> draft, by=SECOND, form=forms.Reason)
    approve = Action(
        "批准",
        reviewed >> approved,
        by=SECOND,
        form=forms.Remark,
        effects=[actions.approve],
        not_who=("write", "rewrite", "revise", "review"),
        hint="起草和审核的人不能批准",
    )
    revise = Action(
        "修订",
        (approved | in_force) >> draft,
        by=Holder(*WRITERS),
        form=forms.Reason,
        effects=[actions.revise],
    )
    share = Action(
        "告诉对方",
        (approved | in_force).stay(),
        by=Holder("leader", "commander"),
        form=forms.Share,
        effects=[actions.share],
        hint="批准以后才能告诉，选了才告诉",
    )
    start = Action(
        "启用",
        approved >> in_force,
        by=(Holder("leader", "commander"), Clock()),
        effects=[actions.come_into_force],
    )
    end = Action("结束", in_force >> ended, by=(Holder("leader", "commander"), Clock()))
    sum_up = Action("总结", ended >> closed, by=Holder(*WRITERS), form=forms.Review, effects=[actions.sum_up])
    cancel = Action(
        "取消",
        (draft | reviewed | approved) >> cancelled,
        by=Holder("leader", "commander"),
        form=forms.Reason,
    )

    notices = (
        Notify("review", "above", "活动安保方案{number}等批准：{title}。"),
        Notify("start", "above", "活动安保方案{number}已启用：{title}。"),
        Notify("end", "holder", "活动安保方案{number}已结束，请总结：{title}。"),
        Notify("overdue", "above", "{office}的活动安保方案{number}超过时限：{title}。"),
    )


PARAMS = (
    Param("cross_border.plan_draft", "20wd", title="起草安保方案", source=OWN, confirmed=False),
    Param("cross_border.plan_approve", "3wd", title="批准安保方案", source=OWN, confirmed=False),
    Param("cross_border.plan_waits", "366d", title="批准后等启用最长", source=OWN, confirmed=False),
    Param("cross_border.plan_runs", "30d", title="安保方案执行最长", source=OWN, confirmed=False),
    Param("cross_border.plan_review", "10wd", title="活动后总结", source=OWN, confirmed=False),
    Param(
        "cross_border.event_large",
        "1000",
        title="多少人起算大型活动（活动前要演练）",
        source=LAW,
        article="第二条：预计参加人数达到1000人以上；演练的要求是平台约定",
        confirmed=False,
    ),
)
