"""The life of a resident's report, on one page."""

from zhili.base.procedure import (
    Action,
    Anyone,
    Back,
    Chosen,
    Clock,
    Desk,
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
    RunningClock,
    Stage,
    Up,
)
from zhili.scenarios.citizen_reports import actions, forms, outside

Reporter = Party("reporter")


class Report(Procedure):
    title = "群众报事"
    open_to_all = True
    detail = "citizen_reports.Report"

    received = Stage("待受理", owner=Duty(), limit=Limit("citizen_reports.accept"), plain="已收到，等待受理")
    handling = Stage("办理中", owner=Keep(), limit=Limit("citizen_reports.handle"), plain="正在办")
    reviewing = Stage(
        "答复待审", owner=Keep(), limit=Limit("citizen_reports.review"), plain="正在办，答复正在审核"
    )
    waiting = Stage(
        "待补充", owner=Reporter, limit=Limit("citizen_reports.supplement", then="resume"), plain="等您补充"
    )
    disputed = Stage(
        "待裁定", owner=Desk("arbiter"), limit=Limit("citizen_reports.arbitrate"), plain="正在确定由谁办理"
    )
    answered = Stage(
        "已答复",
        owner=Desk("hotline"),
        limit=Limit("citizen_reports.reopen", then="lapse"),
        plain="已答复，等您评价",
        answers=True,
    )
    declined = Stage(
        "不予受理",
        owner=Desk("hotline"),
        limit=Limit("citizen_reports.object", then="let_stand"),
        plain="不能办，原因见下",
        answers=True,
    )
    closed = Final("已办结", plain="已办好")
    fixed = Final("当场办结", plain="已办好", answers=True)
    refused = Final("不予受理，已了结", plain="不能办，已了结", outcome="refused")
    withdrawn = Final("已撤回", plain="您已撤回", outcome="withdrawn")

    overall = RunningClock(
        "办理总时限",
        Limit("citizen_reports.overall"),
        until=("answered", "declined", "fixed"),
        paused_in=("waiting",),
    )

    report = Opening(
        "群众报事",
        received,
        by=Anyone(),
        form=forms.ReportForm,
        effects=[actions.note_reporter],
        plain="您上报了此事",
    )
    on_behalf = Opening(
        "热线代报",
        received,
        by=Role("hotline"),
        form=forms.OnBehalfForm,
        effects=[actions.note_on_behalf],
        plain="热线代您上报了此事",
    )
    find = Opening(
        "巡查发现",
        handling,
        by=Role("grid"),
        form=forms.FindForm,
        hands=Keep(),
        effects=[actions.note_patrol],
        plain="网格员巡查发现",
        offline=True,
    )
    found_fixed = Opening(
        "即查即改",
        fixed,
        by=Role("grid"),
        form=forms.FixedForm,
        effects=[actions.note_patrol],
        plain="网格员发现并当场处理",
        offline=True,
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
    finish = Action(
        "办结答复",
        handling >> answered,
        by=Holder("grid"),
        form=forms.Answer,
        plain="已办好",
        hint="网格内能办好的，直接答复上报人",
        offline=True,
    )
    draft = Action(
        "拟写答复",
        handling >> reviewing,
        by=Holder(),
        form=forms.Answer,
        plain="答复已拟好，正在审核",
        public=False,
    )
    progress = Action(
        "记录进展",
        handling.stay(),
        by=Holder(),
        form=forms.Progress,
        plain="有新的进展",
        offline=True,
        harmless=True,
    )
    to_catering = Action(
        "转餐饮执法查看",
        handling.stay(),
        by=Holder("grid", "handler", "leader"),
        form=forms.ToCatering,
        refers="catering.problem",
        plain="已请餐饮执法单位查看",
        hint="油烟、餐厨垃圾等：由管餐饮店的单位找店家整改，结果回到这里",
    )
    decline = Action(
        "决定不予受理",
        received >> declined,
        by=Holder("handler", "leader", "arbiter"),
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
        offline=True,
    )
    hand_over = Action(
        "转交其他单位",
        (received | handling) >> received,
        by=Holder("handler", "leader", "arbiter", "commander"),
        form=forms.HandOver,
        hands=Chosen("office"),
        plain="已转交",
        public=False,
    )
    send_back = Action(
        "退回",
        received >> received,
        by=Holder(),
        form=forms.Reason,
        hands=Back(),
        returns=True,
        plain="正在重新确定由谁办理",
        public=False,
    )
    ask_ruling = Action(
        "提请裁定",
        received >> disputed,
        by=Holder("handler", "leader"),
        form=forms.Reason,
        plain="正在确定由谁办理",
        public=False,
    )
    rule = Action(
        "裁定",
        disputed >> received,
        by=Holder("arbiter"),
        form=forms.HandOver,
        hands=Chosen("office"),
        plain="已确定由谁办理",
        public=False,
    )
    ask_reporter = Action(
        "请上报人补充", (received | handling) >> waiting, by=Holder(), form=forms.Reason, plain="请您补充"
    )
    supply = Action(
        "补充", waiting >> handling, by=Reporter, form=forms.Supplement, hands=Keep(), plain="您作了补充"
    )
    resume = Action(
        "补充期满，继续办理", waiting >> handling, by=Clock(), hands=Keep(), plain="补充期已满，继续办理"
    )
    add = Action(
        "追加说明",
        (received | handling | reviewing | disputed).stay(),
        by=Reporter,
        form=forms.Supplement,
        plain="您追加了说明",
    )
    issue = Action(
        "签发答复",
        reviewing >> answered,
        by=Holder("leader"),
        form=forms.Answer,
        plain="已答复",
        begins_as="draft",
    )
    redraft = Action(
        "退回重拟",
        reviewing >> handling,
        by=Holder("leader"),
        form=forms.Reason,
        plain="答复需要修改",
        public=False,
    )
    call_back = Action(
        "回访",
        answered.stay(),
        by=Role("hotline"),
        form=forms.CallBackForm,
        effects=[actions.keep_call_back],
        plain="已回访",
        public=False,
    )
    rate = Action(
        "评价",
        answered >> closed,
        by=Reporter,
        form=forms.Rate,
        effects=[actions.keep_rating],
        plain="您作了评价",
    )
    reopen = Action(
        "仍未解决，请重办",
        answered >> received,
        by=Reporter,
        form=forms.Supplement,
        reopens=True,
        plain="您要求重新办理",
    )
    reopen_after_call = Action(
        "回访不满意，重办",
        answered >> received,
        by=Role("hotline"),
        form=forms.Reason,
        reopens=True,
        plain="回访后重新办理",
    )
    lapse = Action("评价期满，办结", answered >> closed, by=Clock(), plain="评价期已满，事项办结")
    contest = Action(
        "对不予受理有异议",
        declined >> disputed,
        by=Reporter,
        form=forms.Supplement,
        reopens=True,
        plain="您提出了异议",
    )
    let_stand = Action("异议期满，了结", declined >> refused, by=Clock(), plain="异议期已满，事项了结")
    withdraw = Action(
        "撤回",
        (received | handling | waiting | disputed) >> withdrawn,
        by=Reporter,
        form=None,
        plain="您撤回了此事",
        hint="撤回后不再办理，已有的记录仍会保存",
    )
    reinspect = Action(
        "抽签抽中，重新查看",
        (closed | fixed).stay(),
        by=Clock(),
        form=forms.Picked,
        effects=[outside.refer],
        plain="抽签抽中，由没有办过此事的单位重新查看",
        public=False,
    )

    notices = (
        Notify("accept", Reporter, "您上报的{number}已由{office}受理，预计{due}前答复。"),
        Notify("decline", Reporter, "您上报的{number}不能办理，原因已写明；您可以提出异议。"),
        Notify("ask_reporter", Reporter, "{office}请您为{number}补充情况，{due}前补充即可继续办理。"),
        Notify("issue", Reporter, "您上报的{number}已由{office}答复，请查看并评价；未解决可要求重办。"),
        Notify("finish", Reporter, "您上报的{number}已办好，请查看并评价；未解决可要求重办。"),
        Notify("reopen_after_call", Reporter, "您上报的{number}已按回访意见重新办理。"),
        Notify("report", "holder", "新的上报{number}：{title}，请在{due}前受理。"),
        Notify("on_behalf", "holder", "热线代报{number}：{title}，请在{due}前受理。"),
        Notify("pass_up", "holder", "下级上报{number}：{title}，请在{due}前受理。"),
        Notify("hand_over", "holder", "转交{number}：{title}，请在{due}前受理。"),
        Notify("send_back", "holder", "退回{number}：{title}，请在{due}前处理。"),
        Notify("rule", "holder", "裁定由你单位办理{number}：{title}，请在{due}前受理。"),
        Notify("supply", "holder", "上报人已补充{number}：{title}。"),
        Notify("reopen", "holder", "上报人要求重办{number}：{title}，请在{due}前受理。"),
        Notify("overdue", "holder", "{number}已超过时限：{title}。"),
        Notify("overdue", "above", "{office}承办的{number}已超过时限：{title}。"),
    )
