"""The life of a matter at the border, on one page. Where each limit comes from stands in README.md."""

from __future__ import annotations

from zhili.base.procedure import (
    Above,
    Action,
    Back,
    Chosen,
    Duty,
    Final,
    Holder,
    Keep,
    Limit,
    Notify,
    Opening,
    Procedure,
    Referred,
    Role,
    RunningClock,
    Site,
    Stage,
    Up,
)
from zhili.core.params import Param
from zhili.scenarios.cross_border import actions, forms

OWN = "平台约定，城市可改"
SEED = "平湖、金山毗邻联合指挥中心公开的说法（跨省事项由5天缩短到2天）；是目标，不是法定时限"
WORKERS = ("handler", "leader", "commander")


class Matter(Procedure):
    """A matter where two administrations meet. To hand it to the neighbour (移交外地) is a standing action."""

    title = "毗邻事项"
    open_to_all = True
    detail = "cross_border.MatterDetail"

    received = Stage("待受理", owner=Duty(), limit=Limit("cross_border.accept"))
    handling = Stage("办理中", owner=Keep(), limit=Limit("cross_border.handle"))
    joint = Stage("联合处置中", owner=Keep(), limit=Limit("cross_border.joint"))
    checking = Stage("待复核", owner=Keep(), limit=Limit("cross_border.check"))
    closed = Final("已办结", answers=True)
    declined = Final("不予受理", outcome="refused", answers=True)
    returned = Final("已退回", outcome="withdrawn")

    overall = RunningClock(
        "从接到到办结", Limit("cross_border.overall"), until=("closed", "declined", "returned")
    )

    find = Opening(
        "网格发现",
        received,
        by=Role("grid"),
        form=forms.Found,
        effects=[actions.from_grid],
        plain="网格员在交界处发现",
        offline=True,
    )
    record = Opening(
        "单位登记",
        received,
        by=Role(*WORKERS),
        form=forms.Found,
        effects=[actions.from_office],
        plain="单位登记",
    )
    noticed = Opening(
        "检查中发现",
        received,
        by=Referred(),
        form=forms.Noticed,
        effects=[actions.from_office],
        plain="检查重点管控的地点时发现",
    )

    receive = Opening(
        "对方移交",
        received,
        by=Site(),
        form=forms.Received,
        hands=Keep(),
        effects=[actions.from_site],
        plain="毗邻城市移交来",
    )

    accept = Action(
        "受理",
        received >> handling,
        by=Holder(),
        form=forms.Accept,
        hands=Keep(),
        effects=[actions.set_category],
        plain="已受理",
        offline=True,
    )
    progress = Action(
        "记录进展",
        (handling | joint).stay(),
        by=Holder(),
        form=forms.Progress,
        plain="有新的进展",
        offline=True,
        harmless=True,
    )
    agree_joint = Action(
        "商定联合处置",
        (handling | joint) >> joint,
        by=Holder("handler", "leader"),
        form=forms.Joint,
        effects=[actions.agree_joint],
        plain="两边商定一起到现场",
    )
    submit = Action(
        "提交结果",
        (handling | joint) >> checking,
        by=Holder(),
        form=forms.Result,
        effects=[actions.keep_result],
        plain="已处理，等待复核",
        offline=True,
    )
    confirm = Action(
        "复核办结",
        checking >> closed,
        by=(Holder("leader"), Above("leader")),
        form=forms.Result,
        effects=[actions.keep_result],
        begins_as="submit",
        not_who=("submit",),
        hint="提交结果的人不能自己复核",
        plain="已办结",
    )
    redo = Action(
        "退回再办",
        checking >> handling,
        by=(Holder("leader"), Above("leader")),
        form=forms.Reason,
        plain="需要再办",
        public=False,
    )
    decline = Action(
        "不予受理",
        received >> declined,
        by=Holder("handler", "leader"),
        form=forms.Reason,
        plain="不能办，因为",
    )
    pass_up = Action(
        "上报上一级",
        (received | handling) >> received,
        by=Holder(),
        form=forms.Reason,
        hands=Up(),
        plain="已上报上一级",
        public=False,
        offline=True,
    )
    pass_on = Action(
        "转交其他单位",
        (received | handling) >> received,
        by=Holder("handler", "leader", "commander"),
        form=forms.PassOn,
        hands=Chosen("office"),
        plain="已转交",
        public=False,
    )
    send_back = Action(
        "退回上一单位",
        received >> received,
        by=Holder(),
        form=forms.Reason,
        hands=Back(),
        returns=True,
        plain="正在重新确定由谁办理",
        public=False,
    )
    give_back = Action(
        "退回来处",
        (handling | joint) >> returned,
        by=Holder("leader"),
        form=forms.Reason,
        plain="办不了，退回报来的一方，因为",
    )

    notices = (
        Notify("find", "holder", "网格发现毗邻事项{number}：{title}，请在{due}前受理。"),
        Notify("noticed", "holder", "检查发现毗邻事项{number}：{title}，请在{due}前受理。"),
        Notify("record", "holder", "毗邻事项{number}：{title}，请在{due}前受理。"),
        Notify("receive", "holder", "毗邻城市移交来{number}：{title}，请在{due}前受理。"),
        Notify("pass_on", "holder", "转交毗邻事项{number}：{title}，请在{due}前受理。"),
        Notify("pass_up", "holder", "下级上报毗邻事项{number}：{title}，请在{due}前受理。"),
        Notify("send_back", "holder", "退回毗邻事项{number}：{title}，请在{due}前处理。"),
        Notify("submit", "above", "毗邻事项{number}等复核：{title}。"),
        Notify("overdue", "holder", "毗邻事项{number}已超过时限：{title}。"),
        Notify("overdue", "above", "{office}的毗邻事项{number}已超过时限：{title}。"),
    )


PARAMS = (
    Param("cross_border.accept", "4wh", title="毗邻事项受理", source=OWN, confirmed=False),
    Param("cross_border.handle", "2wd", title="毗邻事项办理", source=SEED, confirmed=False),
    Param("cross_border.joint", "5wd", title="联合处置", source=OWN, confirmed=False),
    Param("cross_border.check", "1wd", title="毗邻事项复核", source=OWN, confirmed=False),
    Param("cross_border.overall", "5wd", title="毗邻事项从接到到办结", source=OWN, confirmed=False),
    Param("cross_border.before", "5", title="联合指挥前平均几天（对照线）", source=SEED, confirmed=False),
    Param("cross_border.target", "2", title="联合指挥后几天（目标线）", source=SEED, confirmed=False),
)
