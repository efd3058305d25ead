"""The life of an entry of the watch list: listed, checked again and again, judged anew, and gone unless renewed."""

from __future__ import annotations

from zhili.base.procedure import (
    Above,
    Action,
    Chosen,
    Clock,
    Final,
    Holder,
    Keep,
    Limit,
    Notify,
    Opening,
    Procedure,
    Role,
    RunningClock,
    Stage,
)
from zhili.core.params import Param
from zhili.scenarios.cross_border.hazards import actions, forms

OWN = "平台约定，城市可改"
KEEPERS = ("handler", "leader", "commander")


class Hazard(Procedure):
    """A place or a hazard. Its holder is the office that looks after it."""

    title = "重点管控的地点和隐患"
    detail = "cross_border.HazardDetail"
    standing = ("note", "correct", "hold", "release_hold")
    counted = False

    watched = Stage("在管", owner=Keep(), limit=Limit("cross_border.hazard_check_low", then="fall_due"))
    due = Stage("该检查了", owner=Keep(), limit=Limit("cross_border.hazard_within"))
    expired = Final("到期移出")
    removed = Final("已移出", outcome="withdrawn")

    listed = RunningClock("列到期限", Limit("cross_border.hazard_listed", then="expire"))

    list_place = Opening(
        "列入重点管控",
        watched,
        by=Role(*KEEPERS),
        form=forms.Listed,
        effects=[actions.put_on],
        hands=Chosen("keeper"),
        hint="只列地方和隐患，不列人",
    )
    check = Action(
        "检查",
        (watched | due) >> watched,
        by=Holder("grid", *KEEPERS),
        form=forms.Check,
        effects=[actions.checked],
    )
    renew = Action(
        "评定等级，续期",
        (watched | due) >> watched,
        by=(Holder("leader"), Above("leader")),
        form=forms.Review,
        effects=[actions.judged],
        not_who=("list_place",),
        hint="列入的人不能自己续期",
    )
    hand_on = Action(
        "换看管单位",
        (watched | due).stay(),
        by=(Holder("leader"), Above("leader")),
        form=forms.Keeper,
        hands=Chosen("keeper"),
    )
    remove = Action(
        "移出",
        (watched | due) >> removed,
        by=(Holder("leader"), Above("leader")),
        form=forms.Removal,
    )
    fall_due = Action("该检查了", watched >> due, by=Clock())
    expire = Action("到期移出", (watched | due) >> expired, by=Clock())

    notices = (
        Notify("fall_due", "holder", "重点管控{number}该检查了：{title}，请在{due}前检查。"),
        Notify("overdue", "above", "{office}的重点管控{number}没有按时检查：{title}。"),
        Notify("expire", "above", "重点管控{number}到期没有续，已移出：{title}。"),
    )


PARAMS = (
    Param("cross_border.hazard_check_high", "7d", title="重大等级多久检查一次", source=OWN, confirmed=False),
    Param(
        "cross_border.hazard_check_middle", "30d", title="较大等级多久检查一次", source=OWN, confirmed=False
    ),
    Param("cross_border.hazard_check_low", "90d", title="一般等级多久检查一次", source=OWN, confirmed=False),
    Param("cross_border.hazard_within", "3wd", title="该检查了，几天内检查", source=OWN, confirmed=False),
    Param("cross_border.hazard_listed", "365d", title="列入重点管控最长多久", source=OWN, confirmed=False),
)
