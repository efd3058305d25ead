"""移交外地: a matter handed to another city's site. The child here tells how it stands there.

The other site has the matter as a case of its own, with its own procedure and clock; its messages move this one.
"""

from __future__ import annotations

from zhili.base.procedure import (
    Action,
    Final,
    Holder,
    Keep,
    Limit,
    Notify,
    Opening,
    Party,
    Procedure,
    Referred,
    Referring,
    RunningClock,
    Scenario,
    Site,
    Stage,
)
from zhili.core.exchange.handover import forms
from zhili.core.exchange.handover.offering import begin, come_back
from zhili.core.params import Param

OWN = "平台约定，城市可改"
There = Party("site")
OURS = ("handler", "leader", "arbiter", "commander")


class Handover(Procedure):
    """Handed to another site: accepted or not, worked on, closed; returned, or called back by us."""

    title = "移交外地"
    standing = ("correct", "hold", "release_hold", "note")
    awaited = True
    recall = "withdraw"
    follows = True
    returns_public = True
    on_return = come_back

    offered = Stage(
        "待对方接受", owner=There, limit=Limit("exchange.accept"), plain="已请对方城市办理，等待接受"
    )
    working = Stage("对方办理中", owner=There, limit=Limit("exchange.longest"), plain="对方城市正在办理")
    delivered = Stage(
        "对方已办完，待我方确认",
        owner=Keep(),
        limit=Limit("exchange.confirm"),
        plain="对方城市已办完，正在确认",
    )
    done = Final("对方已办结", plain="对方城市已办结")
    refused = Final("对方不予受理", plain="对方城市没有受理，由本地继续办理", outcome="refused")
    sent_back = Final("对方退回", plain="对方城市已退回，由本地继续办理", outcome="refused")
    withdrawn = Final("我方已收回", plain="已收回，由本地继续办理", outcome="withdrawn")

    whole = RunningClock("对方办理时限", Limit("exchange.longest"), until=("delivered",))

    hand_over = Opening("移交", offered, by=Referred(), form=forms.Handed, effects=[begin])

    accept = Action("对方接受", offered >> working, by=Site(), form=forms.Accepted)
    progress = Action("对方有进展", (offered | working | delivered).stay(), by=Site(), form=forms.Told)
    close = Action("对方办结", (offered | working) >> done, by=Site(), form=forms.Closed)
    deliver = Action("对方办完，请我方确认", (offered | working) >> delivered, by=Site(), form=forms.Closed)
    refuse = Action("对方不予受理", (offered | working) >> refused, by=Site(), form=forms.Ended)
    give_back = Action("对方退回", (offered | working | delivered) >> sent_back, by=Site(), form=forms.Ended)
    not_taken = Action("对方站点没有收下", (offered | working) >> refused, by=Site(), form=forms.NotTaken)

    agree = Action(
        "确认对方的结果",
        delivered >> done,
        by=Holder(*OURS),
        form=forms.Confirm,
        begins_as="deliver",
        hint="确认后结果返回到原事项",
    )
    tell = Action(
        "告诉对方",
        (offered | working | delivered).stay(),
        by=Holder(*OURS),
        form=forms.Word,
        hint="只送给对方单位，不改变办理环节",
    )
    withdraw = Action(
        "收回",
        (offered | working | delivered) >> withdrawn,
        by=(Holder(*OURS), Referring(*OURS)),
        form=forms.Reason,
        hint="收回后由本单位继续办理；对方会收到通知",
    )

    notices = (
        Notify("accept", "holder", "移交的{number}对方已接受：{title}。"),
        Notify("close", "holder", "移交的{number}对方已办结：{title}。"),
        Notify("deliver", "holder", "移交的{number}对方已办完，请在{due}前确认：{title}。"),
        Notify("refuse", "holder", "移交的{number}对方不予受理：{title}，仍由你单位办理。"),
        Notify("give_back", "holder", "移交的{number}对方已退回：{title}，仍由你单位办理。"),
        Notify("not_taken", "holder", "移交的{number}对方站点没有收下：{title}，仍由你单位办理。"),
        Notify("overdue", "holder", "移交的{number}对方已超过时限：{title}。"),
        Notify("overdue", "above", "{office}移交的{number}对方已超过时限：{title}。"),
    )


scenario = Scenario(
    "exchange",
    "跨域协同",
    procedures=(Handover,),
    summary="把事项移交给另一座城市的站点，或收下对方移交来的：各办各的，各有时限，互相看得到公开的进展。",
    params=(
        Param("exchange.accept", "1wd", title="对方接受移交", source=OWN, confirmed=False),
        Param("exchange.longest", "20wd", title="移交后最长时限", source=OWN, confirmed=False),
        Param("exchange.confirm", "2wd", title="确认对方结果", source=OWN, confirmed=False),
    ),
)
