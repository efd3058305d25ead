"""The life of an approval sheet, of an order to rectify, and of a report of an unscanned visit, on one page."""

from __future__ import annotations

from zhili.base.procedure import (
    Above,
    Action,
    Anyone,
    Chosen,
    Clock,
    Duty,
    Final,
    Holder,
    Keep,
    Limit,
    Notify,
    Opening,
    Party,
    Procedure,
    Role,
    Stage,
)
from zhili.core.params import Param
from zhili.scenarios.inspections import actions, forms, notifying

OWN = "平台约定，城市可改"
CIRCULAR = "国办发〔2024〕54号（未核对原文）"
Operator = Party(actions.OPERATOR)
STAFF = ("handler", "leader")
LEADERS = (Holder("leader"), Above("leader", "commander"))


class Approval(Procedure):
    """审批表 and 检查通知书: no visit without a leader's approval, and none is announced before it."""

    title = "检查审批"
    detail = "inspections.ApprovalDetail"
    standing = ("correct", "note", "draft_document", "hold", "release_hold")
    counted = False

    applied = Stage("待批准", owner=Keep(), limit=Limit("inspections.approve"))
    approved = Stage("已批准，待通知", owner=Keep(), limit=Limit("inspections.notify"))
    inspecting = Stage("检查中", owner=Keep(), limit=Limit("inspections.inspect"))
    done = Final("已检查")
    refused = Final("未批准", outcome="refused")
    cancelled = Final("已取消", outcome="withdrawn")

    apply = Opening(
        "申请检查",
        applied,
        by=Role(*STAFF),
        form=forms.Apply,
        effects=[actions.apply],
        hands=Keep(),
        public=False,
        offered=False,
    )
    approve = Action(
        "批准检查",
        applied >> approved,
        by=LEADERS,
        form=forms.Remark,
        not_who=("apply",),
        public=False,
        hint="申请的人不能自己批准，由本单位或上级单位的另一位负责人批准；之后在“从审批到上门”里抽取、排计划",
    )
    refuse = Action(
        "不批准",
        applied >> refused,
        by=LEADERS,
        form=forms.Reason,
        not_who=("apply",),
        public=False,
    )
    notify = Action(
        "已告知经营者", approved >> inspecting, by=Holder(*STAFF), form=forms.Notified, public=False
    )
    finish = Action("检查结束", inspecting >> done, by=Holder(*STAFF), form=forms.Done, public=False)
    cancel = Action(
        "取消检查",
        (applied | approved | inspecting) >> cancelled,
        by=Holder(*STAFF),
        form=forms.Reason,
        public=False,
    )

    notices = (
        Notify("apply", "holder", "检查审批{number}待批准：{title}，请在{due}前办理。"),
        Notify("approve", "holder", "检查审批{number}已批准：{title}，请在{due}前告知经营者。"),
        Notify("overdue", "holder", "检查审批{number}已超过时限：{title}。"),
    )


class Rectification(Procedure):
    """责令改正: the business reads it, answers and rates by a code, without an account."""

    title = "责令改正"
    detail = "inspections.RectificationDetail"
    standing = ("correct", "note", "draft_document", "supervise", "hold", "release_hold")
    counted = False

    drafted = Stage("待送达", owner=Keep(), limit=Limit("inspections.serve"), plain="检查单位正在制作文书")
    ordered = Stage("整改中", owner=Operator, limit=Limit("inspections.rectify"), plain="请您在期限内改正")
    checking = Stage("待复查", owner=Keep(), limit=Limit("inspections.recheck"), plain="已收到，等待复查")
    fixed = Stage(
        "已改正，等评价",
        owner=Keep(),
        limit=Limit("inspections.rate", then="lapse"),
        plain="已改正，等您评价",
        answers=True,
    )
    closed = Final("已了结", plain="已改正，已了结")
    handed = Final("转行政处罚", plain="未改正，已转行政处罚程序", outcome="refused")
    revoked = Final("已撤销", plain="责令改正已撤销", outcome="withdrawn")

    order = Opening(
        "责令改正",
        drafted,
        by=Role(*STAFF),
        form=forms.Order,
        effects=[actions.order],
        hands=Keep(),
        plain="检查发现问题，请您改正",
        offered=False,
    )
    serve = Action(
        "送达",
        drafted >> ordered,
        by=Holder(*STAFF),
        form=forms.Served,
        effects=[actions.serve],
        plain="责令改正已送达",
        hint="送达后可以把查询码交给经营者，他凭码提交改正情况",
    )
    submit = Action(
        "提交改正情况",
        ordered >> checking,
        by=Operator,
        form=forms.Proof,
        effects=[actions.submitted],
        hands=Keep(),
        plain="您提交了改正情况",
    )
    submit_for = Action(
        "代录改正情况",
        ordered >> checking,
        by=Holder(*STAFF),
        form=forms.Proof,
        effects=[actions.submitted],
        hands=Keep(),
        plain="检查单位代您录入了改正情况",
        hint="经营者不会上网的，照他说的录入",
    )
    explain = Action(
        "说明情况", (ordered | checking).stay(), by=Operator, form=forms.Words, plain="您说明了情况"
    )
    extend = Action(
        "延长期限",
        ordered >> ordered,
        by=Holder(*STAFF),
        form=forms.Until,
        effects=[actions.term],
        plain="改正期限已延长",
    )
    accept = Action(
        "复查通过",
        checking >> fixed,
        by=Holder(*STAFF),
        form=forms.Rechecked,
        effects=[actions.rechecked],
        plain="复查通过",
    )
    reject = Action(
        "复查不通过",
        checking >> ordered,
        by=Holder(*STAFF),
        form=forms.NotRight,
        effects=[actions.not_right],
        plain="复查还有问题，请继续改正",
    )
    rate = Action(
        "评价", fixed >> closed, by=Operator, form=forms.Rate, effects=[actions.rate], plain="您作了评价"
    )
    lapse = Action("评价期满，了结", fixed >> closed, by=Clock(), plain="评价期已满，已了结")
    penalise = Action(
        "转行政处罚",
        (ordered | checking) >> handed,
        by=Holder("leader"),
        form=forms.Penalise,
        plain="已转行政处罚程序",
        public=False,
        refers="discretion.penalty",
        hint="另开一件行政处罚，办结后结果回到这里",
    )
    revoke = Action(
        "撤销责令改正",
        (drafted | ordered | checking) >> revoked,
        by=Holder("leader"),
        form=forms.Reason,
        plain="责令改正已撤销",
    )

    notices = (
        Notify("submit", "holder", "{number}已提交改正情况，请在{due}前复查：{title}。"),
        Notify("explain", "holder", "{number}的经营者说明了情况：{title}。"),
        Notify("accept", Operator, "{number}复查通过，请评价。"),
        Notify("reject", Operator, "{number}复查还有问题，请在{due}前改正。"),
        Notify("overdue", "holder", "{number}已到改正期限：{title}。"),
        Notify("overdue", "above", "{office}责令改正的{number}已到期限：{title}。"),
    )


class Notice(Procedure):
    """检查告知: one for each visit of an approved plan. The business reads who comes, why and when, and rates after."""

    title = "检查告知"
    detail = "inspections.NoticeDetail"
    standing = ("correct", "note", "draft_document")
    counted = False

    told = Stage(
        "已告知",
        owner=Keep(),
        limit=Limit("inspections.rate", then="lapse"),
        plain="请看哪天、谁来、查什么",
    )
    closed = Final("已了结", plain="已了结")
    withdrawn = Final("已取消", plain="这次检查不来了", outcome="withdrawn")

    tell = Opening(
        "告知检查",
        told,
        by=Role(*STAFF),
        form=forms.Notice,
        effects=[notifying.told],
        hands=Keep(),
        plain="将对您进行一次检查",
        offered=False,
    )
    explain = Action("说明情况", told.stay(), by=Operator, form=forms.Words, plain="您说明了情况")
    rate = Action(
        "评价",
        told >> closed,
        by=Operator,
        form=forms.Rate,
        effects=[notifying.visited, actions.rate],
        plain="您作了评价",
    )
    lapse = Action("评价期满，了结", told >> closed, by=Clock(), plain="评价期已满，已了结")
    withdraw = Action(
        "取消告知", told >> withdrawn, by=Holder(*STAFF), form=forms.Reason, plain="这次检查不来了"
    )

    notices = (Notify("explain", "holder", "{number}的经营者说明了情况：{title}。"),)


class Unscanned(Procedure):
    """未扫码检查反映: looked into by an office that is not of the body complained of."""

    title = "未扫码检查反映"
    detail = "inspections.UnscannedDetail"
    standing = ("correct", "note", "supervise", "hold", "release_hold")

    received = Stage(
        "待受理", owner=Duty(), limit=Limit("inspections.unscanned_accept"), plain="已收到，等待受理"
    )
    looking = Stage("核查中", owner=Keep(), limit=Limit("inspections.unscanned_answer"), plain="正在核查")
    answered = Stage(
        "已答复",
        owner=Keep(),
        limit=Limit("inspections.rate", then="lapse"),
        plain="已答复，等您评价",
        answers=True,
    )
    closed = Final("已办结", plain="已办结")
    withdrawn = Final("已撤回", plain="您已撤回", outcome="withdrawn")

    report = Opening(
        "反映未扫码检查",
        received,
        by=Anyone(),
        form=forms.Unscanned,
        effects=[actions.unscanned],
        plain="您反映了未扫码的检查",
    )
    accept = Action(
        "受理",
        received >> looking,
        by=Holder(),
        form=forms.Remark,
        hands=Keep(),
        plain="已受理，正在核查",
        public=False,
    )
    hand_over = Action(
        "交其他单位核查",
        (received | looking) >> received,
        by=Holder("handler", "leader", "arbiter", "commander"),
        form=forms.HandOver,
        hands=Chosen("office"),
        effects=[actions.not_the_same_body],
        plain="已转交",
        public=False,
    )
    answer = Action(
        "答复",
        looking >> answered,
        by=Holder(*STAFF),
        form=forms.Answer,
        effects=[actions.answered],
        plain="已答复",
    )
    add = Action(
        "补充", (received | looking).stay(), by=Party("reporter"), form=forms.Supplement, plain="您作了补充"
    )
    rate = Action(
        "评价",
        answered >> closed,
        by=Party("reporter"),
        form=forms.Rate,
        effects=[actions.rate],
        plain="您作了评价",
    )
    again = Action(
        "不认可，请再核查",
        answered >> received,
        by=Party("reporter"),
        form=forms.Supplement,
        reopens=True,
        plain="您要求再核查",
    )
    lapse = Action("评价期满，办结", answered >> closed, by=Clock(), plain="评价期已满，已办结")
    withdraw = Action("撤回", (received | looking) >> withdrawn, by=Party("reporter"), plain="您已撤回")

    notices = (
        Notify("report", "holder", "反映未扫码检查{number}，请在{due}前受理。"),
        Notify("hand_over", "holder", "转来未扫码检查反映{number}，请在{due}前受理。"),
        Notify("answer", Party("reporter"), "您反映的{number}已答复，请查看。"),
        Notify("overdue", "above", "{office}的未扫码检查反映{number}已超过时限。"),
    )


PARAMS = (
    Param("inspections.approve", "3wd", title="检查审批", source=CIRCULAR, confirmed=False),
    Param("inspections.notify", "5wd", title="批准后告知经营者", source=CIRCULAR, confirmed=False),
    Param("inspections.inspect", "92d", title="批准的检查最长做多久", source=OWN, confirmed=False),
    Param("inspections.draw_wait", "30min", title="公布名单后多久抽取检查对象", source=OWN, confirmed=False),
    Param("inspections.serve", "1wd", title="责令改正的送达", source=OWN, confirmed=False),
    Param("inspections.rectify", "15d", title="责令改正（未写明期限时）", source=OWN, confirmed=False),
    Param("inspections.recheck", "5wd", title="复查", source=OWN, confirmed=False),
    Param("inspections.rate", "15d", title="检查评价", source=OWN, confirmed=False),
    Param("inspections.unscanned_accept", "1wd", title="未扫码检查反映的受理", source=OWN, confirmed=False),
    Param("inspections.unscanned_answer", "10wd", title="未扫码检查反映的答复", source=OWN, confirmed=False),
)
