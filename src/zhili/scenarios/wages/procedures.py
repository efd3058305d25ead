"""The life of a project as filed, and of a disagreement about a day. Limits: README.md."""

from __future__ import annotations

from zhili.base.procedure import (
    Action,
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
    Rule,
    Stage,
)
from zhili.core.params import Param
from zhili.scenarios.wages import actions, forms

OWN = "平台约定，城市可改"
LAW = "保障农民工工资支付条例"
STANDING = ("correct", "note", "draft_document", "hold", "release_hold")
STAFF = ("handler", "leader")
Filer = Party("reporter")


class Project(Procedure):
    """A project from its filing to the closing of its wage account (articles 26 to 34)."""

    title = "工程项目工资保障"
    detail = "wages.Project"
    standing = STANDING
    counted = False
    kept_by_law = "wages.kept"

    filed = Stage("待受理", owner=Duty(), limit=Limit("wages.accept"), plain="已收到备案，正在核对")
    accepted = Stage("已备案，待开工", owner=Filer, limit=Limit("wages.start"))
    running = Stage("施工中", owner=Filer, limit=Limit("wages.running"))
    completed = Stage("已完工，公示中", owner=Keep(), limit=Limit("wages.close"))
    closed = Final("专用账户已注销")
    declined = Final("不予备案", outcome="refused", plain="没有备案，原因见下")
    withdrawn = Final("已撤回", outcome="withdrawn")

    file = Opening(
        "项目备案", filed, by=(Filer, Role(*STAFF)), form=forms.File, effects=[actions.file], offered=False
    )
    accept = Action("受理备案", filed >> accepted, by=Holder(*STAFF), form=forms.Remark)
    decline = Action("不予备案", filed >> declined, by=Holder(*STAFF), form=forms.Reason)
    withdraw = Action("撤回备案", (filed | accepted) >> withdrawn, by=Filer, form=forms.Reason)
    start = Action(
        "开工",
        accepted >> running,
        by=(Filer, Holder(*STAFF)),
        effects=[actions.started],
        hint="告示牌挂出、工人登记之后才能进场施工",
    )
    complete = Action(
        "完工公示",
        running >> completed,
        by=(Filer, Holder(*STAFF)),
        form=forms.Completed,
        effects=[actions.completed],
        hint="公示 30 日且没有拖欠，可以注销专用账户",
    )
    resume = Action("继续施工", completed >> running, by=Holder(*STAFF), form=forms.Reason)
    close = Action(
        "同意注销专用账户",
        completed >> closed,
        by=Holder(*STAFF),
        form=forms.Remark,
        effects=[actions.close],
        hint="公示满 30 日、没有拖欠才能同意（第二十七条）",
    )

    notices = (
        Notify("accept", Filer, "项目{number}（{title}）已备案，可以打印告示牌、登记工人。"),
        Notify("decline", Filer, "项目{number}（{title}）没有备案，请查看原因。"),
        Notify("complete", "holder", "项目{number}（{title}）已完工公示，满 30 日后核对是否有拖欠。"),
    )


class Dispute(Procedure):
    """A day on which worker, team leader and firm do not agree. It is kept as it was said, and settled by people."""

    title = "考勤异议"
    detail = "wages.DisputeDetail"
    standing = STANDING
    counted = False
    kept_by_law = "wages.kept"

    raised = Stage("待核实", owner=Duty(), limit=Limit("wages.dispute"), plain="已收到，正在核实")
    settled = Final("已了结", plain="已了结，结果见下", answers=True)

    disagree = Opening(
        "不同意一天的考勤", raised, by=Rule(), form=forms.Raise, effects=[actions.raised], public=False
    )
    settle = Action("了结异议", raised >> settled, by=Holder(*STAFF), form=forms.Settled)

    notices = (
        Notify("disagree", "holder", "考勤异议{number}：有人不同意一天的记录，请在{due}前核实。"),
        Notify("settle", Party("worker"), "您提出的考勤异议{number}已了结，请查看结果。"),
        Notify("overdue", "above", "考勤异议{number}还没有了结。"),
    )


PARAMS = (
    Param("wages.accept", "5wd", title="受理项目备案", source=OWN, confirmed=False),
    Param("wages.start", "366d", title="备案后开工", source=OWN, confirmed=False),
    Param("wages.running", "3660d", title="施工最长", source=OWN, confirmed=False),
    Param("wages.close", "90d", title="完工后核对并注销专用账户", source=OWN, confirmed=False),
    Param(
        "wages.notice", "30d", title="注销专用账户前公示", source=LAW, article="第二十七条", confirmed=True
    ),
    Param(
        "wages.kept",
        "1096d",
        title="用工台账、工资台账保存",
        source=LAW,
        article="第十五条、第二十八条",
        confirmed=True,
    ),
    Param("wages.dispute", "10wd", title="核实考勤异议", source=OWN, confirmed=False),
    Param(
        "wages.minimum", "2490", title="当地月最低工资（元）", source="浙江省最低工资标准", confirmed=False
    ),
    Param(
        "wages.line_inspection",
        "12333",
        title="劳动保障监察投诉举报电话",
        source=LAW,
        article="第三十四条",
        confirmed=False,
    ),
    Param(
        "wages.line_arbitration",
        "12333",
        title="劳动争议调解仲裁申请电话",
        source=LAW,
        article="第三十四条",
        confirmed=False,
    ),
    Param(
        "wages.line_aid", "12348", title="法律援助申请电话", source=LAW, article="第三十四条", confirmed=False
    ),
    Param(
        "wages.line_law", "12348", title="公共法律服务热线", source=LAW, article="第三十四条", confirmed=False
    ),
    Param("wages.clock_off", "5min", title="手机时钟相差多少算不准", source=OWN, confirmed=False),
    Param("wages.codes_ahead", "12h", title="现场屏幕没有信号时能显示多久的码", source=OWN, confirmed=False),
    Param("wages.pin_tries", "5", title="平板密码连续输错几次就锁住", source=OWN, confirmed=False),
    Param("wages.pin_lock", "30min", title="平板密码输错太多，锁住多久", source=OWN, confirmed=False),
    Param("wages.sms_template", "wages_days", title="考勤提醒短信的模板编号", source=OWN, confirmed=False),
    Param("wages.sms_link", "30d", title="考勤提醒短信里的链接有效", source=OWN, confirmed=False),
    Param("wages.link", "400d", title="工人链接有效", source=OWN, confirmed=False),
)
