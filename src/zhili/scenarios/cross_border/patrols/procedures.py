"""The life of a joint patrol. Its taps are no steps: they go through the kernel's door ``record`` (tapping.py)."""

from __future__ import annotations

from zhili.base.procedure import (
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
from zhili.scenarios.cross_border.patrols import actions, forms

OWN = "平台约定，城市可改"
PLANNERS = ("handler", "leader", "commander")
WALKERS = Role("grid", "handler", "leader", "commander")
"""Any post of an office that takes part, or of one over its ground: a patrol is a team's, never one person's."""


class Patrol(Procedure):
    """Planned, walked, over. Whether it was joint is read from the taps of both sides, not declared by anybody."""

    title = "联合巡防"
    detail = "cross_border.PatrolDetail"
    standing = ("note", "correct")
    counted = False

    planned = Stage("待开始", owner=Keep(), limit=Limit("cross_border.patrol_wait", then="lapse"))
    under_way = Stage("巡防中", owner=Keep(), limit=Limit("cross_border.patrol_over", then="close"))
    finished = Final("已结束")
    missed = Final("未开展", outcome="refused")
    cancelled = Final("已取消", outcome="withdrawn")

    plan = Opening(
        "计划联合巡防", planned, by=Role(*PLANNERS), form=forms.Plan, effects=[actions.plan], hands=Keep()
    )
    join = Opening(
        "参加对方的巡防",
        planned,
        by=Role(*PLANNERS),
        form=forms.Join,
        effects=[actions.join],
        hands=Keep(),
        offered=False,
    )
    add_team = Action(
        "加一队",
        (planned | under_way).stay(),
        by=Holder(*PLANNERS),
        form=forms.AddTeam,
        effects=[actions.add_team],
    )
    begin = Action(
        "开始巡防",
        planned >> under_way,
        by=WALKERS,
        effects=[actions.begin],
        hint="第一次打卡也会自动开始",
    )
    finish = Action("结束巡防", under_way >> finished, by=WALKERS, form=forms.Remark)
    cancel = Action("取消", planned >> cancelled, by=Holder("leader", "commander"), form=forms.Reason)
    lapse = Action("没有开展", planned >> missed, by=Clock())
    close = Action("到时结束", under_way >> finished, by=Clock())

    notices = (
        Notify("cancel", "above", "联合巡防{number}已取消：{title}。"),
        Notify("lapse", "holder", "联合巡防{number}没有开展：{title}。"),
        Notify("lapse", "above", "{office}的联合巡防{number}没有开展：{title}。"),
    )


PARAMS = (
    Param(
        "cross_border.patrol_wait", "24h", title="巡防结束后多久仍未开始算未开展", source=OWN, confirmed=False
    ),
    Param("cross_border.patrol_over", "2h", title="巡防到时后多久自动结束", source=OWN, confirmed=False),
    Param("cross_border.patrol_tolerance", "30min", title="点位晚到多久算漏", source=OWN, confirmed=False),
    Param("cross_border.patrol_early", "15min", title="点位早到多久算提前", source=OWN, confirmed=False),
    Param(
        "cross_border.patrol_walk",
        "10",
        title="两个点位之间最快每小时走几公里（再快就注明走不到；填 0 不比）",
        source=OWN,
        confirmed=False,
    ),
)
