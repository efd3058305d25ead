"""The life of a wearing and of a call for help, on one page. Where each limit comes from stands in README.md."""

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
    Party,
    Procedure,
    Role,
    Rule,
    Stage,
    Up,
)
from zhili.core.params import Param
from zhili.scenarios.eldercare import answering, family, forms, wearing
from zhili.scenarios.eldercare.kinds import RESPONDERS

OWN = "平台约定，城市可改"
ELDERS_LAW = "中华人民共和国老年人权益保障法"
OFFICE = ("handler", "leader")


class Wearing(Procedure):
    """The consent of a wearer, and the device bound by it. It is the consent that every rule asks for."""

    title = "佩戴手环"
    detail = "eldercare.WearingDetail"
    standing = ("correct", "note", "hold", "release_hold")
    counted = False
    names_seen_from = "village"

    applied = Stage(
        "已登记，等发手环", owner=Keep(), limit=Limit("eldercare.bind"), plain="已登记，等村社区发手环"
    )
    # While it is worn the next word is the wearer's: the village has nothing to do, and no line of it in its inbox.
    active = Stage("佩戴中", owner=Party("reporter"), limit=Limit("eldercare.renew"))
    ended = Final("已结束")
    withdrawn = Final("已撤回同意", outcome="withdrawn")
    refused = Final("不予办理", outcome="refused")

    apply = Opening(
        "申请佩戴手环", applied, by=Party("reporter"), form=forms.Apply, effects=[wearing.apply], public=False
    )
    register = Opening(
        "登记佩戴手环", applied, by=Role(*OFFICE), form=forms.Register, effects=[wearing.apply], public=False
    )

    activate = Action(
        "绑定手环", applied >> active, by=Holder(*OFFICE), form=forms.Bind, effects=[wearing.bind]
    )
    refuse = Action("不予办理", applied >> refused, by=Holder(*OFFICE), form=forms.Reason)
    exchange = Action(
        "换手环", active.stay(), by=Holder(*OFFICE), form=forms.Exchange, effects=[wearing.exchange]
    )
    choose = Action(
        "改活动范围",
        (applied | active).stay(),
        by=(Party("reporter"), Holder(*OFFICE)),
        form=forms.Choose,
        effects=[wearing.choose],
        hint="由老人自己选，村社区只代为操作",
    )
    name_family = Action(
        "指定家人",
        (applied | active).stay(),
        by=(Party("reporter"), Holder(*OFFICE)),
        form=forms.NameFamily,
        effects=[family.name],
        hint="老人指定谁可以看，给一个链接，随时可收回",
    )
    take_back = Action(
        "收回家人的链接",
        (applied | active).stay(),
        by=(Party("reporter"), Holder(*OFFICE)),
        form=forms.TakeBack,
        effects=[family.take_back],
    )
    confirm = Action(
        "确认继续佩戴",
        active >> active,
        by=(Party("reporter"), Holder(*OFFICE)),
        hint="每年问一次老人是否还愿意",
    )
    withdraw = Action(
        "撤回同意",
        (applied | active) >> withdrawn,
        by=Party("reporter"),
        effects=[wearing.end],
        hint="一步办完：手环解绑，数据删除，家人的链接失效",
    )
    withdraw_for = Action(
        "按老人的意思撤回同意",
        (applied | active) >> withdrawn,
        by=Holder(*OFFICE),
        form=forms.Reason,
        effects=[wearing.end],
    )
    end = Action("结束佩戴", active >> ended, by=Holder(*OFFICE), form=forms.End, effects=[wearing.end])

    notices = (
        Notify("apply", "holder", "有人申请佩戴手环（{number}），请在{due}前发放并绑定。"),
        Notify("withdraw", "holder", "{number}的佩戴人撤回了同意，手环已解绑，请收回手环。"),
        Notify("activate", Party("reporter"), "手环已绑定，现在起按呼救键会有人响应。编号{number}。"),
        Notify("overdue", "holder", "{number}已超过时限：请问老人是否继续佩戴，或尽快发放手环。"),
    )


class Alarm(Procedure):
    """A call for help: raised by a rule, answered by one person, closed by what they found."""

    title = "呼救"
    detail = "eldercare.AlarmDetail"
    standing = ("correct", "note", "hold", "release_hold")
    counted = False
    names_seen_from = "city"

    raised = Stage("等人响应", owner=Keep(), limit=Limit("eldercare.accept_village", then="to_town"))
    raised_town = Stage(
        "村里没人响应，等镇里", owner=Keep(), limit=Limit("eldercare.accept_town", then="to_120")
    )
    unanswered = Stage("没人响应，请拨打120", owner=Keep(), limit=Limit("eldercare.call_120"))
    accepted = Stage("已有人响应", owner=Keep(), limit=Limit("eldercare.set_off"))
    on_way = Stage("在路上", owner=Keep(), limit=Limit("eldercare.arrive"))
    there = Stage("已到现场", owner=Keep(), limit=Limit("eldercare.close"))
    closed = Final("已结案")
    joined = Final("并入同一次呼救")

    rise = Opening("呼救", raised, by=Rule(), form=forms.Raise, effects=[answering.rise], public=False)
    rise_again = Opening(
        "同一位老人再次呼救", joined, by=Rule(), form=forms.Raise, effects=[answering.rise], public=False
    )

    again = Action(
        "又有一次呼救",
        (raised | raised_town | unanswered | accepted | on_way | there).stay(),
        by=Rule(),
        form=forms.Again,
        effects=[answering.again],
    )
    to_town = Action(
        "村里没人响应，转镇里", raised >> raised_town, by=Clock(), hands=Up(), effects=[answering.to_town]
    )
    to_120 = Action(
        "镇里没人响应，须拨打120", raised_town >> unanswered, by=Clock(), effects=[answering.to_120]
    )
    accept = Action(
        "我去",
        (raised | raised_town | unanswered) >> accepted,
        by=Role(*RESPONDERS),
        effects=[answering.accept],
        hint="接下以后，只有您能看到姓名、电话和住址",
    )
    take_over = Action(
        "换我去",
        (accepted | on_way | there).stay(),
        by=Role(*RESPONDERS),
        form=forms.TakeOver,
        effects=[answering.take_over],
    )
    go = Action("在路上", accepted >> on_way, by=Role(*RESPONDERS), effects=[answering.own])
    arrive = Action("到了", (accepted | on_way) >> there, by=Role(*RESPONDERS), effects=[answering.arrive])
    called = Action(
        "已拨打120",
        (raised | raised_town | unanswered | accepted | on_way | there).stay(),
        by=Role(*RESPONDERS),
        form=forms.Called,
        effects=[answering.called],
        hint="系统不能代打：请用电话拨打120，打完在这里记下",
    )
    close = Action(
        "结案",
        (accepted | on_way | there) >> closed,
        by=Role(*RESPONDERS),
        form=forms.Close,
        effects=[answering.close],
        hint="写明现场情况；误报会用来调整规则",
    )

    notices = (
        Notify("rise", "holder", "有老人呼救（{number}）：{title}。请马上响应。"),
        Notify("to_town", "holder", "{number}：{title}，村里没有人响应，请马上响应。"),
        Notify("to_120", "holder", "{number}：{title}，没有人响应，请马上拨打120，并派人去。"),
        Notify("overdue", "holder", "呼救{number}已超过时限：{stage}。"),
        Notify("overdue", "above", "{office}的呼救{number}已超过时限：{stage}。"),
    )


PARAMS = (
    Param("eldercare.bind", "10wd", title="登记后发放手环", source=OWN, confirmed=False),
    Param("eldercare.renew", "365d", title="每年确认是否继续佩戴", source=OWN, confirmed=False),
    Param(
        "eldercare.accept_village", "2min", title="呼救：村里多久没人响应转镇里", source=OWN, confirmed=False
    ),
    Param(
        "eldercare.accept_town", "3min", title="呼救：镇里多久没人响应须打120", source=OWN, confirmed=False
    ),
    Param("eldercare.call_120", "2min", title="呼救：多久内拨打120", source=OWN, confirmed=False),
    Param("eldercare.set_off", "5min", title="呼救：响应后多久出发", source=OWN, confirmed=False),
    Param("eldercare.arrive", "20min", title="呼救：多久到现场", source=OWN, confirmed=False),
    Param("eldercare.close", "4h", title="呼救：到现场后多久结案", source=OWN, confirmed=False),
    Param("eldercare.family_days", "365d", title="家人链接的有效期", source=OWN, confirmed=False),
)
