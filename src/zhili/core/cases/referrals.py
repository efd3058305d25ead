"""The kernel's own scenario: what is asked of others about a case, each a case itself with stages, clocks and result.

It needs no pages: its cases stand in inboxes, lists and timelines like any other.
"""

from __future__ import annotations

from zhili.base.procedure import (
    Above,
    Action,
    Back,
    Chosen,
    Clock,
    Final,
    Holder,
    Keep,
    Limit,
    Notify,
    Opener,
    Opening,
    Procedure,
    Referred,
    Referring,
    RunningClock,
    Scenario,
    Stage,
)
from zhili.core.cases import extending, forms
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


class Supervision(Procedure):
    """督办: the office that has a matter owes a report; the one that insisted releases it, or insists again."""

    title = "督办"
    standing = ("correct", "hold", "release_hold", "note")
    recall = "lift"
    follows = True

    insisted = Stage("督办中", owner=Keep(), limit=Limit("referrals.supervise"))
    reported = Stage("已报告，待销号", owner=Opener(), limit=Limit("referrals.release"))
    released = Final("已销号")
    lifted = Final("已撤销", outcome="withdrawn")

    order = Opening("督办", insisted, by=Referred(), form=forms.Supervised, hands=Chosen("office"))

    report = Action("报告办理情况", insisted >> reported, by=Holder(), form=forms.Report)
    release = Action("销号", reported >> released, by=Holder(), form=forms.Release)
    insist = Action("再次催办", reported >> insisted, by=Holder(), form=forms.Supervise, hands=Back())
    lift = Action(
        "撤销督办", (insisted | reported) >> lifted, by=Above("leader", "commander"), form=forms.Reason
    )

    notices = (
        Notify("order", "holder", "督办{number}：{title}，请在{due}前报告办理情况。"),
        Notify("insist", "holder", "再次催办{number}：{title}，请在{due}前报告办理情况。"),
        Notify("report", "holder", "督办{number}已有报告，请销号或再次催办：{title}。"),
        Notify("overdue", "holder", "督办{number}已超过时限：{title}。"),
        Notify("overdue", "above", "{office}的督办{number}已超过时限：{title}。"),
    )


class Extension(Procedure):
    """延期: the leader of the office approves more time for a matter, or refuses; undecided in time is refused."""

    title = "延期申请"
    standing = ("correct", "hold", "release_hold", "note")
    recall = "drop"
    returns_public = True
    on_return = extending.extend

    asked = Stage("待审批", owner=Keep(), limit=Limit("referrals.approve", then="lapse"))
    approved = Final("已批准", plain="办理时间已延长")
    refused = Final("未批准", outcome="refused")
    dropped = Final("已撤销", outcome="withdrawn")

    request = Opening("延期申请", asked, by=Referred(), form=forms.AskExtension, hands=Keep())

    approve = Action(
        "批准延期",
        asked >> approved,
        by=(Holder("leader"), Above("leader")),
        not_who=("request",),
        form=forms.ApproveExtension,
        effects=[extending.approve],
    )
    refuse = Action("不予批准", asked >> refused, by=Holder("leader"), form=forms.Reason)
    drop = Action("撤销申请", asked >> dropped, by=Holder())
    lapse = Action("审批期满，按未批准处理", asked >> refused, by=Clock())

    notices = (Notify("request", "holder", "延期申请{number}：{title}，请在{due}前审批。"),)


scenario = Scenario(
    "referrals",
    "协同办理",
    procedures=(Assistance, Supervision, Extension),
    summary="请别的单位协办、督办、申请延期：各有时限，结果回到原事项。",
    params=(
        Param("referrals.accept", "1wd", title="接受协办", source=OWN, confirmed=False),
        Param("referrals.assist", "5wd", title="协办", source=OWN, confirmed=False),
        Param("referrals.longest", "20wd", title="协办最长时限", source=OWN, confirmed=False),
        Param("referrals.most_offices", "20", title="一次最多请几个单位协办", source=OWN, confirmed=False),
        Param("referrals.supervise", "2wd", title="督办报告", source=OWN, confirmed=False),
        Param("referrals.release", "3wd", title="督办销号", source=OWN, confirmed=False),
        Param("referrals.approve", "1wd", title="审批延期", source=OWN, confirmed=False),
        Param("referrals.extension_days", "10wd", title="一次最多延长", source=OWN, confirmed=False),
        Param("referrals.extensions", "1", title="一件事项最多延期几次", source=OWN, confirmed=False),
    ),
)
