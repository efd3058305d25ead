"""The instruction (指令): what a commander asks of an office, receipted, reported on, answered and accepted."""

from __future__ import annotations

from zhili.base.procedure import (
    Above,
    Action,
    Back,
    Chosen,
    Final,
    Holder,
    Keep,
    Limit,
    Notify,
    Opener,
    Opening,
    Procedure,
    Referred,
    Role,
    RunningClock,
    Stage,
)
from zhili.base.standing import Standing, working
from zhili.core.params import Param
from zhili.scenarios.command_centre import actions, forms

OWN = "平台约定，城市可改"
COMMANDS = ("leader", "commander")


class Instruction(Procedure):
    """Given by a post that leads or commands, to an office below its own. It cannot be refused, but answered 办不了."""

    title = "指令"
    detail = "command_centre.InstructionDetail"
    standing = ("correct", "note", "hold", "release_hold")
    counted = False

    issued = Stage("待签收", owner=Keep(), limit=Limit("command_centre.receipt"))
    working = Stage("办理中", owner=Keep(), limit=Limit("command_centre.longest"))
    replied = Stage("已回复，待确认", owner=Opener(), limit=Limit("command_centre.confirm"))
    accepted = Final("已办结")
    withdrawn = Final("已撤回", outcome="withdrawn")

    whole = RunningClock("指令回复", Limit("command_centre.reply"), paused_in=("replied",))

    give = Opening(
        "下达指令",
        issued,
        by=Role(*COMMANDS),
        form=forms.Give,
        hands=Chosen("office"),
        effects=[actions.give],
    )
    about = Opening(
        "就一件事项下达指令",
        issued,
        by=Referred(),
        form=forms.Instructed,
        hands=Chosen("office"),
        effects=[actions.referred],
    )

    receipt = Action("签收", issued >> working, by=Holder(), effects=[actions.receipt], offline=True)
    progress = Action("报告进展", working.stay(), by=Holder(), form=forms.Progress, offline=True)
    reply = Action(
        "回复", working >> replied, by=Holder(), form=forms.Reply, effects=[actions.replied], offline=True
    )
    accept = Action("确认办结", replied >> accepted, by=Holder(*COMMANDS), form=forms.Remark)
    send_back = Action(
        "退回重办",
        replied >> working,
        by=Holder(*COMMANDS),
        form=forms.Reason,
        hands=Back(),
        effects=[actions.returned],
    )
    urge = Action("催办", (issued | working).stay(), by=Above(*COMMANDS), form=forms.Remark)
    withdraw = Action("撤回指令", (issued | working) >> withdrawn, by=Above(*COMMANDS), form=forms.Reason)

    notices = (
        Notify("give", "holder", "指令{number}：{title}。请在{due}前签收。"),
        Notify("about", "holder", "指令{number}：{title}。请在{due}前签收。"),
        Notify("reply", "holder", "指令{number}已有回复，请确认或退回：{title}。"),
        Notify("send_back", "holder", "指令{number}的回复被退回，请重办：{title}。"),
        Notify("urge", "holder", "催办：指令{number}，{title}，请在{due}前办理。"),
        Notify("withdraw", "holder", "指令{number}已撤回，不必再办：{title}。"),
        Notify("accept", "above", "指令{number}已确认办结：{title}。"),
        Notify("overdue", "holder", "指令{number}已超过时限：{title}。"),
        Notify("overdue", "above", "{office}的指令{number}已超过时限：{title}。"),
    )


INSTRUCT = Standing(
    "instruct",
    "下达指令",
    stages=working,
    by=(Above(*COMMANDS), Role("commander")),
    form=forms.GiveMany,
    effects=[actions.instruct],
    public=False,
    hidden=True,
    hint="给本单位以下的单位一件指令，签收和回复会记在这里",
)
"""What a commander may do with any matter: the instruction is its child, and its result comes back as a step."""

PARAMS = (
    Param("command_centre.receipt", "30min", title="指令签收", source=OWN, confirmed=False),
    Param("command_centre.reply", "1wd", title="指令回复（未另定时）", source=OWN, confirmed=False),
    Param("command_centre.longest", "20wd", title="指令办理最长时限", source=OWN, confirmed=False),
    Param("command_centre.confirm", "2wd", title="指令回复的确认", source=OWN, confirmed=False),
    Param(actions.MOST, "30", title="一次最多给几个单位下达", source=OWN, confirmed=False),
)
