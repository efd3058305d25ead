"""The kernel's own scenario: what is asked of others about a case, each a case itself with stages, clocks and result.

It needs no pages: its cases stand in inboxes, lists and timelines like any other.
"""

from __future__ import annotations

from zhili.base.procedure import (
    Action,
    Chosen,
    Final,
    Holder,
    Keep,
    Limit,
    Notify,
    Opening,
    Procedure,
    Referred,
    Referring,
    RunningClock,
    Scenario,
    Stage,
)
from zhili.core.cases import forms
from zhili.core.params import Param

OWN = "平台约定，城市可改"


class Assistance(Procedure):
    """协办: an office asked to do its part. It answers, or refuses with a reason; the lead office may call it back."""

    title = "协办"
    standing = ("correct", "hold", "release_hold", "note")
    awaited = True
    recall = "call_back"

    asked = Stage("待接受", owner=Keep(), limit=Limit("referrals.accept"))
    working = Stage("协办中", owner=Keep(), limit=Limit("referrals.longest"))
    done = Final("已反馈")
    refused = Final("不予协办", outcome="refused")
    recalled = Final("主办已收回", outcome="withdrawn")

    whole = RunningClock("协办时限", Limit("referrals.assist"))

    ask = Opening("协办请求", asked, by=Referred(), form=forms.Asked, hands=Chosen("office"))

    accept = Action("接受协办", asked >> working, by=Holder())
    reply = Action("反馈结果", (asked | working) >> done, by=Holder(), form=forms.Result)
    progress = Action("记录进展", working.stay(), by=Holder(), form=forms.Progress)
    refuse = Action("不予协办", (asked | working) >> refused, by=Holder(), form=forms.Reason)
    call_back = Action(
        "收回协办",
        (asked | working) >> recalled,
        by=Referring("handler", "leader", "arbiter", "commander"),
        form=forms.Reason,
    )

    notices = (
        Notify("ask", "holder", "请你单位协办{number}：{title}，请在{due}前接受或说明理由。"),
        Notify("call_back", "holder", "主办单位已收回协办{number}：{title}，不必再办。"),
        Notify("overdue", "holder", "协办{number}已超过时限：{title}。"),
        Notify("overdue", "above", "{office}的协办{number}已超过时限：{title}。"),
    )


scenario = Scenario(
    "referrals",
    "协同办理",
    procedures=(Assistance,),
    summary="请别的单位协办、督办、申请延期：各有时限，结果回到原事项。",
    params=(
        Param("referrals.accept", "1wd", title="接受协办", source=OWN, confirmed=False),
        Param("referrals.assist", "5wd", title="协办", source=OWN, confirmed=False),
        Param("referrals.longest", "20wd", title="协办最长时限", source=OWN, confirmed=False),
        Param("referrals.most_offices", "20", title="一次最多请几个单位协办", source=OWN, confirmed=False),
    ),
)
