"""The life of a complaint about wages. Where each limit comes from stands in README.md."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from zhili.base.procedure import (
    Action,
    Anyone,
    Duty,
    Final,
    Holder,
    Keep,
    Limit,
    Notify,
    Opening,
    Party,
    Procedure,
    RunningClock,
    Stage,
)
from zhili.core.documents.letters import Template
from zhili.core.params import Param
from zhili.scenarios.wages.money import complaints, forms

OWN = "平台约定，城市可改"
INSPECTION = "劳动保障监察条例"
STAFF = ("handler", "leader")
Worker = Party("reporter")


class Complaint(Procedure):
    """Wages somebody says they are owed: filed, investigated within 60 + 30 working days, ordered, paid."""

    title = "欠薪投诉"
    detail = "wages.ComplaintDetail"
    kept_by_law = "wages.kept"

    received = Stage(
        "待立案", owner=Duty(), limit=Limit("wages.file_complaint"), plain="已收到，正在核对是否立案"
    )
    investigating = Stage(
        "调查中", owner=Keep(), limit=Limit("wages.look"), plain="已立案，正在向单位调取考勤和工资表"
    )
    deciding = Stage(
        "待作出处理决定", owner=Keep(), limit=Limit("wages.decide"), plain="欠多少、由谁付已经拟出，正在决定"
    )
    ordered = Stage(
        "责令支付中", owner=Keep(), limit=Limit("wages.comply"), plain="已责令单位限期支付", answers=True
    )
    enforcing = Stage(
        "已申请强制执行", owner=Keep(), limit=Limit("wages.enforce"), plain="单位没有付，已申请法院强制执行"
    )
    paid = Final("已清偿", plain="钱已付到本人账户，结果见下", answers=True)
    unfounded = Final("查无欠薪", outcome="refused", plain="没有查到欠薪，理由见下", answers=True)
    declined = Final("不予立案", outcome="refused", plain="没有立案，理由和还可以怎么办见下", answers=True)
    withdrawn = Final("已撤回", outcome="withdrawn")

    looked_into = RunningClock(
        "调查", Limit("wages.investigate"), until=("ordered", "enforcing"), begins=("file",)
    )

    complain = Opening(
        "欠薪投诉",
        received,
        by=Anyone(),
        form=forms.Complain,
        effects=[complaints.complain],
        plain="投诉已收到",
        public=False,
    )
    file = Action("立案", received >> investigating, by=Holder(*STAFF), form=forms.File, public=False)
    decline = Action(
        "不予立案",
        received >> declined,
        by=Holder(*STAFF),
        form=forms.Reason,
        hint="不归劳动保障监察的，写明可以去哪里",
    )
    withdraw = Action(
        "撤回投诉", (received | investigating | deciding) >> withdrawn, by=Worker, form=forms.Reason
    )
    extend = Action(
        "情况复杂，延长调查",
        (investigating | deciding).stay(),
        by=Holder("leader"),
        form=forms.Extend,
        effects=[complaints.extend],
        plain="情况复杂，调查延长 30 个工作日",
        public=False,
        hint="只能一次，由负责人批准（劳动保障监察条例第十七条）",
    )
    reckon = Action(
        "拟清偿顺序",
        (investigating | deciding) >> deciding,
        by=Holder(*STAFF),
        form=forms.Ladder,
        effects=[complaints.reckon],
        public=False,
        hint="按查明的事实列出谁先付、依据哪一条，生成责令支付决定书的草稿；由人决定",
    )
    close_unfounded = Action(
        "查无欠薪，结案",
        (investigating | deciding) >> unfounded,
        by=Holder(*STAFF),
        form=forms.Closed,
    )
    settled = Action(
        "调查中已付清",
        (investigating | deciding) >> paid,
        by=Holder(*STAFF),
        form=forms.Paid,
        hint="情节轻微且已改正的，撤销立案（劳动保障监察条例第十八条）",
    )
    order = Action(
        "责令限期支付",
        deciding >> ordered,
        by=Holder("leader"),
        not_who=("reckon",),
        form=forms.Order,
        effects=[complaints.order],
        hint="作出决定前要听取单位的陈述、申辩（劳动保障监察条例第十九条）",
    )
    pay = Action(
        "付到本人账户",
        (ordered | enforcing) >> paid,
        by=Holder(*STAFF),
        form=forms.Paid,
        effects=[complaints.paid],
        hint="没有付足的，记下已付的部分，继续责令",
    )
    enforce = Action(
        "申请法院强制执行",
        ordered >> enforcing,
        by=Holder("leader"),
        form=forms.Reason,
        hint="相关单位不支付的（保障农民工工资支付条例第四十二条）",
    )

    notices = (
        Notify("complain", "holder", "收到欠薪投诉{number}，请在{due}前决定是否立案。"),
        Notify("file", Worker, "您的欠薪投诉{number}已立案，60 个工作日内查清。"),
        Notify("extend", Worker, "您的欠薪投诉{number}情况复杂，调查延长 30 个工作日。"),
        Notify("order", Worker, "您的欠薪投诉{number}：已责令单位限期支付，详情见查询页面。"),
        Notify("pay", Worker, "您的欠薪投诉{number}：单位付款已记下，请核对自己的账户。"),
        Notify("settled", Worker, "您的欠薪投诉{number}：单位付款已记下，请核对自己的账户。"),
        Notify("decline", Worker, "您的欠薪投诉{number}没有立案，理由和可以怎么办见查询页面。"),
        Notify("overdue", "above", "欠薪投诉{number}超过时限：{stage}。"),
    )


PARAMS = (
    Param("wages.file_complaint", "5wd", title="欠薪投诉决定是否立案", source=OWN, confirmed=False),
    Param("wages.look", "60wd", title="欠薪投诉调查这一步", source=OWN, confirmed=False),
    Param("wages.decide", "15wd", title="欠薪投诉作出处理决定", source=OWN, confirmed=False),
    Param("wages.comply", "15d", title="责令支付（决定书另有限期的从其限期）", source=OWN, confirmed=False),
    Param("wages.enforce", "180d", title="等待强制执行", source=OWN, confirmed=False),
    Param(
        "wages.investigate",
        "60wd",
        title="劳动保障监察调查",
        source=INSPECTION,
        article="第十七条",
        confirmed=True,
    ),
    Param(
        "wages.investigate_more",
        "30wd",
        title="情况复杂，经负责人批准延长",
        source=INSPECTION,
        article="第十七条",
        confirmed=True,
    ),
)

DOCUMENTS = (
    Template(
        "order",
        gettext_noop("责令支付决定书"),
        word="薪",
        heading="关于“{title}”的责令支付决定书",
        to="【请填写：被责令支付的单位】",
        body="经查，{title}（编号{number}）。\n{answer}\n"
        "根据《保障农民工工资支付条例》【请填写：条款】和《劳动保障监察条例》第十八条，责令你单位于"
        "【请填写：期限】前将拖欠的工资付到农民工本人账户。\n"
        "如不服本决定，可以【请填写：向谁、在几日内】申请行政复议，或者【请填写：几个月内】向人民法院提起行政诉讼。",
        summary=gettext_noop("由清偿顺序草稿生成，条款和期限由承办人填写"),
    ),
)
