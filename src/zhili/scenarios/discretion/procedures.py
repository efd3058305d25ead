"""The life of a penalty case, on one page. Articles are those of 行政处罚法 (2021); the numbers stand in README.md."""

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
    Referred,
    Role,
    RunningClock,
    Stage,
)
from zhili.scenarios.discretion import actions, forms, publishing
from zhili.scenarios.discretion import deciding as told
from zhili.scenarios.discretion import forms_deciding as later

WORKERS = ("handler", "leader")
INVESTIGATED = ("take_up", "join")
PROPOSED = ("propose", "propose_outside", "propose_exempt")
REVIEWED = ("pass_review", "pass_hearing")
"""Whoever reviewed does not decide: the review stands before the decision (58)."""
ANOTHER = (*INVESTIGATED, *PROPOSED)
"""Whoever looked into it or proposed does not review it and does not preside (58, 64)."""


class Penalty(Procedure):
    """Filed, looked into by two, proposed against the benchmark, reviewed, told, heard, decided, served, paid."""

    title = "行政处罚"
    detail = "discretion.PenaltyDetail"
    standing = ("ask_assistance", "supervise", "draft_document", "correct", "note", "hold", "release_hold")
    returns_public = True

    reported = Stage("待立案", owner=Keep(), limit=Limit("discretion.file"))
    investigating = Stage("调查取证", owner=Keep(), limit=Limit("discretion.investigate"))
    deviating = Stage("超出裁量范围，待另一人批准", owner=Keep(), limit=Limit("discretion.approve"))
    reviewing = Stage("法制审核", owner=Keep(), limit=Limit("discretion.review"))
    noticing = Stage("待告知", owner=Keep(), limit=Limit("discretion.notify"))
    noticed = Stage(
        "已告知，等陈述申辩",
        plain="请您陈述申辩，或者放弃",
        owner=Keep(),
        limit=Limit("discretion.ask_hearing", then="window_over"),
    )
    hearing_asked = Stage("待安排听证", owner=Keep(), limit=Limit("discretion.arrange"))
    hearing_set = Stage("待举行听证", owner=Keep(), limit=Limit("discretion.hearing"))
    hearing_held = Stage("听证后法制审核", owner=Keep(), limit=Limit("discretion.review"))
    deciding = Stage("待负责人决定", owner=Keep(), limit=Limit("discretion.settle"))
    serving = Stage("待送达", owner=Keep(), limit=Limit("discretion.serve"), answers=True)
    spot = Stage("当场处罚，待备案", owner=Keep(), limit=Limit("discretion.record_spot"), answers=True)
    paying = Stage("待缴罚款", owner=Keep(), limit=Limit("discretion.pay", then="fall_late"))
    overdue_fine = Stage("逾期未缴", owner=Keep(), limit=Limit("discretion.enforce"))
    closed = Final("已执行", answers=True)
    exempted = Final("不予处罚", answers=True)
    not_filed = Final("不予立案", outcome="refused", answers=True)
    dropped = Final("违法事实不能成立，已撤案", outcome="refused", answers=True)
    handed_over = Final("已移送", outcome="withdrawn", answers=True)
    enforced = Final("已申请法院强制执行", answers=True)
    revoked = Final("处罚已撤销", outcome="withdrawn", answers=True)

    decide_by = RunningClock(
        "自立案起作出决定", Limit("discretion.decide"), until=("serving",), begins=("file",)
    )
    preserved = RunningClock("先行登记保存的处理决定", Limit("discretion.preserved"), begins=("preserve",))
    collected = RunningClock(
        "当场收缴的罚款交至机关",
        Limit("discretion.hand_in"),
        begins=("on_the_spot",),
        applies=told.collected,
    )

    report = Opening(
        "登记线索", reported, by=Role(*WORKERS), form=forms.Report, effects=[actions.report], hands=Keep()
    )
    handed = Opening(
        "接收移送", reported, by=Referred(), form=forms.Handed, effects=[actions.handed], hands=Keep()
    )
    on_the_spot = Opening(
        "当场处罚",
        spot,
        by=Role(*WORKERS),
        form=later.OnTheSpot,
        effects=[told.on_the_spot],
        hands=Keep(),
        hint="事实确凿，对公民二百元以下、对单位三千元以下罚款或者警告",
    )

    # filing (36, 54)
    name_party = Action(
        "登记当事人",
        (reported | investigating).stay(),
        by=Holder(*WORKERS),
        form=forms.Name,
        effects=[actions.party],
        hidden=True,
    )
    file = Action(
        "批准立案",
        reported >> investigating,
        by=Holder("leader"),
        form=forms.File,
        effects=[actions.file],
        not_who=("report",),
        hint="自立案起九十日内作出决定",
    )
    refuse_filing = Action(
        "不予立案", reported >> not_filed, by=Holder("leader"), form=forms.NotFiled, not_who=("report",)
    )

    # investigation (42, 43, 55, 56)
    take_up = Action(
        "主办登记",
        investigating.stay(),
        by=Holder(*WORKERS),
        form=forms.Officer,
        effects=[actions.other_certificate],
        not_who=("join",),
        hidden=True,
    )
    join = Action(
        "协办登记",
        investigating.stay(),
        by=Holder(*WORKERS),
        form=forms.Officer,
        effects=[actions.other_certificate],
        not_who=("take_up",),
        hint="执法人员不得少于两人",
        hidden=True,
    )
    add_evidence = Action(
        "补充证据",
        (investigating | noticed | deciding).stay(),
        by=Holder(*WORKERS),
        form=forms.Evidence,
        hidden=True,
    )
    preserve = Action(
        "批准先行登记保存",
        investigating.stay(),
        by=Holder("leader"),
        form=forms.Preserve,
        hint="七个工作日内作出处理决定",
    )
    # the proposal and its range
    propose = Action(
        "提出处罚建议",
        investigating >> reviewing,
        by=Holder(*WORKERS),
        form=forms.Propose,
        effects=[actions.propose],
        hidden=True,
    )
    propose_outside = Action(
        "提出范围以外的建议",
        investigating >> deviating,
        by=Holder(*WORKERS),
        form=forms.ProposeOutside,
        effects=[actions.propose_outside],
        hint="须写明理由，由另一名负责人批准",
        hidden=True,
    )
    propose_exempt = Action(
        "建议不予处罚",
        investigating >> deciding,
        by=Holder(*WORKERS),
        form=forms.ProposeExempt,
        effects=[actions.propose_exempt],
        hint="第三十条、第三十一条、第三十三条",
        hidden=True,
    )
    approve_deviation = Action(
        "批准偏离",
        deviating >> reviewing,
        by=Holder("leader"),
        form=forms.Reason,
        effects=[actions.approve_deviation],
        not_who=ANOTHER,
        hint="提出的人不能自己批准",
        hidden=True,
    )
    refuse_deviation = Action(
        "不批准偏离",
        deviating >> investigating,
        by=Holder("leader"),
        form=forms.Reason,
        effects=[told.anew],
        not_who=("propose_outside",),
        hidden=True,
    )
    pass_review = Action(
        "审核通过",
        reviewing >> noticing,
        by=Holder(*WORKERS),
        form=forms.Remark,
        effects=[actions.reviewed],
        not_who=ANOTHER,
        hint="由没有参与调查的法制审核人员办理",
        hidden=True,
    )
    fail_review = Action(
        "审核不通过",
        (reviewing | hearing_held) >> investigating,
        by=Holder(*WORKERS),
        form=forms.Reason,
        effects=[told.anew],
        not_who=ANOTHER,
        hidden=True,
    )

    # notice, statement, hearing (44, 45, 62–65)
    notify = Action(
        "处罚告知", noticing >> noticed, by=Holder(*WORKERS), form=later.Notify, effects=[told.notify]
    )
    state = Action(
        "陈述申辩",
        (noticed | hearing_asked | hearing_set | deciding).stay(),
        by=(Holder(*WORKERS), Party("reporter")),
        form=later.Statement,
        effects=[told.state],
    )
    waive = Action(
        "放弃陈述申辩和听证",
        noticed >> deciding,
        by=(Holder(*WORKERS), Party("reporter")),
        form=later.Waive,
        effects=[told.waive],
    )
    ask_hearing = Action(
        "要求听证",
        noticed >> hearing_asked,
        by=(Holder(*WORKERS), Party("reporter")),
        form=later.AskHearing,
        effects=[told.ask_hearing],
        hint="告知后五个工作日内",
    )
    window_over = Action("陈述申辩和要求听证的期限已满", noticed >> deciding, by=Clock())
    arrange = Action(
        "安排听证",
        (hearing_asked | hearing_set) >> hearing_set,
        by=Holder(*WORKERS),
        form=later.Arrange,
        effects=[told.arrange],
        hint="七个工作日以前通知",
    )
    hold_hearing = Action(
        "登记听证",
        hearing_set >> hearing_held,
        by=Holder(*WORKERS),
        form=later.Heard,
        effects=[told.heard],
        not_who=ANOTHER,
        hint="由非本案调查人员主持",
    )
    pass_hearing = Action(
        "听证后审核通过",
        hearing_held >> deciding,
        by=Holder(*WORKERS),
        form=forms.Remark,
        effects=[actions.reviewed],
        not_who=ANOTHER,
        hidden=True,
    )

    # decision (57, 60)
    decide = Action(
        "作出处罚决定",
        deciding >> serving,
        by=Holder("leader"),
        form=later.Decide,
        effects=[told.decide],
        not_who=(*ANOTHER, *REVIEWED),
    )
    decide_exempt = Action(
        "决定不予处罚",
        deciding >> exempted,
        by=Holder("leader"),
        form=later.DecideExempt,
        effects=[told.only_exempt],
        not_who=ANOTHER,
    )
    drop = Action(
        "违法事实不能成立",
        (investigating | deciding) >> dropped,
        by=Holder("leader"),
        form=forms.Reason,
        not_who=PROPOSED,
    )
    hand_over = Action(
        "移送司法机关或者有管辖权的机关",
        (investigating | deciding) >> handed_over,
        by=Holder("leader"),
        form=later.Handover,
    )
    send_back = Action(
        "退回补充调查",
        deciding >> investigating,
        by=Holder("leader"),
        form=forms.Reason,
        effects=[told.anew],
        hidden=True,
    )

    # service, payment, late fee (61, 66, 67, 72, 73)
    serve = Action(
        "送达决定书", serving >> paying, by=Holder(*WORKERS), form=later.Serve, effects=[told.serve]
    )
    pay = Action(
        "登记缴款",
        (paying | overdue_fine) >> closed,
        by=Holder(*WORKERS),
        form=later.Pay,
        effects=[told.pay],
    )
    postpone = Action(
        "批准延期或者分期",
        (paying | overdue_fine) >> paying,
        by=Holder("leader"),
        form=later.Postpone,
        effects=[told.postpone],
    )
    fall_late = Action("逾期未缴罚款", paying >> overdue_fine, by=Clock(), plain="缴款期限已过，开始加处罚款")
    challenge = Action(
        "登记复议或者诉讼",
        (paying | overdue_fine | closed).stay(),
        by=Holder(*WORKERS),
        form=later.Challenge,
        effects=[told.challenge],
        hint="期间不计加处罚款",
    )
    challenge_ends = Action(
        "复议或者诉讼结束",
        (paying | overdue_fine | closed).stay(),
        by=Holder(*WORKERS),
        form=later.ChallengeEnds,
        effects=[told.challenge_ends],
    )
    enforce = Action("申请法院强制执行", overdue_fine >> enforced, by=Holder("leader"), form=later.Enforce)
    revoke = Action(
        "撤销处罚决定",
        (serving | spot | paying | overdue_fine | closed | enforced) >> revoked,
        by=Holder("leader"),
        form=later.Revoke,
        effects=[told.revoke],
    )

    # publication (48)
    publish = Action(
        "公开处罚决定",
        (paying | overdue_fine | spot | closed | enforced).stay(),
        by=Holder("leader"),
        form=later.Publish,
        effects=[publishing.publish],
        hint="具有一定社会影响的才公开；不公开个人姓名",
    )
    unpublish = Action(
        "撤回公开",
        (paying | overdue_fine | spot | closed | enforced | revoked).stay(),
        by=Holder("leader"),
        form=later.Unpublish,
        effects=[publishing.unpublish],
        hint="三个工作日内，并说明理由",
    )

    # on the spot (51–53, 71)
    record_spot = Action(
        "当场处罚备案",
        spot >> paying,
        by=Holder(*WORKERS),
        form=forms.Remark,
        effects=[told.record_spot],
        not_who=("on_the_spot",),
    )
    hand_in = Action(
        "收缴的罚款交至机关，备案",
        spot >> closed,
        by=Holder(*WORKERS),
        form=later.HandIn,
        effects=[told.hand_in],
        not_who=("on_the_spot",),
        hint="两个工作日内",
    )

    # what was preserved is decided on whenever its time comes (56); last, for few cases have any
    decide_preserved = Action(
        "登记保存的处理决定",
        (
            investigating
            | deviating
            | reviewing
            | noticing
            | noticed
            | hearing_asked
            | hearing_set
            | deciding
        ).stay(),
        by=Holder(*WORKERS),
        form=forms.PreservedDecision,
        effects=[actions.preserve_ends],
    )

    notices = (
        Notify("propose_outside", "holder", "处罚案{number}拟超出裁量范围，请另一人在{due}前审批：{title}。"),
        Notify("ask_hearing", "holder", "处罚案{number}的当事人要求听证，请在{due}前安排：{title}。"),
        Notify("window_over", "holder", "处罚案{number}陈述申辩期已满，请在{due}前决定：{title}。"),
        Notify("fall_late", "holder", "处罚案{number}逾期未缴，开始加处罚款：{title}。"),
        Notify("overdue", "holder", "处罚案{number}已超过时限：{title}。"),
        Notify("overdue", "above", "{office}办理的处罚案{number}已超过时限：{title}。"),
    )
