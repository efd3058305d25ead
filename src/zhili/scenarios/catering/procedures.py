"""The file of an outlet with its self-checks, and the life of a problem found there. Limits: see README.md."""

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
    Rule,
    Stage,
)
from zhili.core.params import Param
from zhili.scenarios.catering import actions, forms, outlets
from zhili.scenarios.catering.kinds import ARTICLE, LAW

OWN = "平台约定，城市可改"
Owner = Party(outlets.OWNER)
STAFF = ("handler", "leader")
STANDING = ("correct", "note", "hold", "release_hold")


class Outlet(Procedure):
    """餐饮店档案和自查台账: one for each outlet, open as long as it is; what is done there are its steps."""

    title = "餐饮店自查台账"
    detail = "catering.OutletDetail"
    standing = STANDING
    counted = False
    kept_by_law = "catering.log_keeps"

    filed = Stage(
        "待交付自查码", owner=Keep(), limit=Limit("catering.hand_out"), plain="请用自查码做第一次自查"
    )
    keeping = Stage("自查中", owner=Owner, limit=Limit("catering.silent", then="remind"), plain="请按时自查")
    ended = Final("已停业", plain="已停业")

    file = Opening(
        "餐饮店建档",
        filed,
        by=Role(*STAFF),
        form=forms.File,
        effects=[outlets.file],
        hands=Keep(),
        plain="已建立档案",
        offered=False,
    )
    check = Action(
        "自查",
        (filed | keeping) >> keeping,
        by=Owner,
        form=forms.Check,
        effects=[outlets.check],
        plain="您做了自查",
    )
    check_for = Action(
        "代录自查",
        (filed | keeping) >> keeping,
        by=Holder(*STAFF),
        form=forms.Check,
        effects=[outlets.check],
        plain="工作人员代您记了自查",
        hint="经营者不会用手机的，照他说的记",
    )
    earlier = Action(
        "补录纸质台账",
        (filed | keeping).stay(),
        by=(Owner, Holder(*STAFF)),
        form=forms.Earlier,
        effects=[outlets.earlier],
        plain="补录了以前的清洗记录",
    )
    update = Action(
        "更新档案",
        (filed | keeping).stay(),
        by=Holder(*STAFF),
        form=forms.Facts,
        effects=[outlets.update],
        begins_as="file",
        plain="档案有更新",
    )
    recode = Action(
        "换一个码",
        (filed | keeping).stay(),
        by=Holder(*STAFF),
        effects=[outlets.recode],
        plain="自查码换了新的",
        hint="码丢了或给错了人：原来的马上失效",
    )
    remind = Action("很久没有自查，提醒一声", keeping >> keeping, by=Clock(), plain="提醒您自查")
    end = Action(
        "停业",
        (filed | keeping) >> ended,
        by=Holder(*STAFF),
        form=forms.Reason,
        effects=[outlets.end],
        plain="店已停业，台账照样保存",
    )

    notices = (
        Notify("remind", Owner, "您店里的自查台账{number}有一阵没有记了，做完拍一张照片就好。"),
        Notify("remind", "holder", "{number}很久没有自查：{title}，请问问有没有困难。"),
    )


class Problem(Procedure):
    """餐饮问题: found, told to the owner, put right with photos, looked at again."""

    title = "餐饮问题整改"
    detail = "catering.ProblemDetail"
    standing = (*STANDING, "supervise", "draft_document")
    counted = False
    returns_public = True

    found = Stage("待告知经营者", owner=Keep(), limit=Limit("catering.tell"), plain="正在核实")
    rectifying = Stage("整改中", owner=Owner, limit=Limit("catering.rectify"), plain="请您在期限内整改")
    checking = Stage("待复查", owner=Keep(), limit=Limit("catering.recheck"), plain="已收到，等待复查")
    fixed = Stage(
        "已整改",
        owner=Owner,
        limit=Limit("catering.watch", then="close"),
        plain="复查通过，已整改",
        answers=True,
    )
    closed = Final("已了结", plain="已整改，已了结")
    dismissed = Final("不是问题", plain="经核实不是问题", outcome="refused")
    handed = Final("转行政处罚", plain="没有整改，已转行政处罚程序", outcome="refused")
    joined = Final("并入在办的同一问题", plain="与在办的同一问题合并", outcome="withdrawn")

    sense = Opening(
        "传感器告警", found, by=Rule(), form=forms.Sensed, effects=[actions.sensed], plain="设备发现问题"
    )
    sense_again = Opening(
        "同一问题再次告警",
        joined,
        by=Rule(),
        form=forms.Sensed,
        effects=[actions.sensed],
        plain="设备再次发现",
    )
    expire = Opening(
        "许可证将到期",
        found,
        by=Rule(),
        form=forms.Expiring,
        effects=[actions.expiring],
        plain="许可证快到期了",
    )
    find = Opening(
        "检查发现",
        found,
        by=Role(*STAFF),
        form=forms.Find,
        effects=[actions.found],
        hands=Keep(),
        plain="检查发现问题",
        offered=False,
    )
    passed = Opening(
        "转来的问题",
        found,
        by=Referred(),
        form=forms.Passed,
        effects=[actions.passed],
        hands=Keep(),
        plain="收到反映",
    )

    tell = Action(
        "告知经营者",
        found >> rectifying,
        by=Holder(*STAFF),
        form=forms.Tell,
        effects=[actions.tell],
        plain="请您整改",
        hint="告知以后经营者凭码提交整改；七天是目标，不是法定期限",
    )
    dismiss = Action(
        "不是问题",
        found >> dismissed,
        by=Holder(*STAFF),
        form=forms.Reason,
        effects=[actions.dismiss],
        plain="经核实不是问题",
    )
    name_outlet = Action(
        "认定是哪一家",
        found.stay(),
        by=Holder(*STAFF),
        form=forms.Which,
        effects=[actions.which],
        public=False,
        hint="群众反映的，先认定是哪一家",
    )
    sense_more = Action("又告警一次", (found | rectifying | checking).stay(), by=Rule(), form=forms.Again,
                        effects=[actions.more], plain="设备又告警一次")  # fmt: skip
    submit = Action(
        "提交整改",
        rectifying >> checking,
        by=Owner,
        form=forms.Proof,
        effects=[actions.submitted],
        hands=Keep(),
        plain="您提交了整改",
    )
    submit_for = Action(
        "代录整改",
        rectifying >> checking,
        by=Holder(*STAFF),
        form=forms.Proof,
        effects=[actions.submitted],
        hands=Keep(),
        plain="工作人员代您录入了整改",
        hint="经营者不会用手机的，照他说的录入",
    )
    explain = Action(
        "说明情况", (rectifying | checking).stay(), by=Owner, form=forms.Words, plain="您说明了情况"
    )
    accept = Action(
        "复查通过",
        checking >> fixed,
        by=Holder(*STAFF),
        form=forms.Rechecked,
        effects=[actions.accept],
        plain="复查通过",
        hint="通过后整改结果公开：个体户不显示店名，只到网格",
    )
    reject = Action(
        "复查不通过",
        checking >> rectifying,
        by=Holder(*STAFF),
        form=forms.Rechecked,
        effects=[actions.reject],
        plain="复查还有问题，请继续整改",
    )
    reopen = Action(
        "又出现，重新整改",
        fixed >> rectifying,
        by=Holder(*STAFF),
        form=forms.Reason,
        effects=[actions.reopen],
        reopens=True,
        plain="同样的问题又出现，请再整改",
    )
    close = Action("观察期满，了结", fixed >> closed, by=Clock(), plain="观察期满，已了结")
    penalise = Action(
        "转行政处罚",
        (rectifying | checking) >> handed,
        by=Holder("leader"),
        form=forms.Penalise,
        refers="discretion.penalty",
        plain="已转行政处罚程序",
        public=False,
    )

    notices = (
        Notify("sense", "holder", "设备发现餐饮问题{number}：{title}，请在{due}前核实并告知经营者。"),
        Notify("expire", "holder", "{number}：{title}，请在{due}前告知经营者。"),
        Notify("passed", "holder", "转来餐饮问题{number}：{title}，请在{due}前核实。"),
        Notify("tell", Owner, "您店里有一项要整改（{number}），请在{due}前做好并上传照片。"),
        Notify("submit", "holder", "{number}已提交整改，请在{due}前复查：{title}。"),
        Notify("explain", "holder", "{number}的经营者说明了情况：{title}。"),
        Notify("accept", Owner, "{number}复查通过，谢谢您。"),
        Notify("reject", Owner, "{number}复查还有问题，请在{due}前再整改。"),
        Notify("reopen", Owner, "{number}的问题又出现，请在{due}前整改。"),
        Notify("overdue", "holder", "{number}已超过时限（{stage}）：{title}。"),
        Notify("overdue", "above", "{office}的餐饮问题{number}已超过时限（{stage}）：{title}。"),
    )


PARAMS = (
    Param("catering.hand_out", "10wd", title="自查码交给经营者", source=OWN, confirmed=False),
    Param("catering.silent", "30d", title="多久没有自查提醒一声", source=OWN, confirmed=False),
    Param("catering.tell", "1wd", title="发现问题后告知经营者", source=OWN, confirmed=False),
    Param(
        "catering.rectify",
        "7d",
        title="餐饮问题整改（目标，不是法定期限）",
        source="嘉善县餐饮服务业综合执法“7天整改”，是目标，不是法律规定",
        confirmed=False,
    ),
    Param("catering.redo", "3d", title="复查不通过后再整改", source=OWN, confirmed=False),
    Param("catering.recheck", "3wd", title="整改后复查", source=OWN, confirmed=False),
    Param("catering.watch", "30d", title="整改后观察多久", source=OWN, confirmed=False),
    Param("catering.same_within", "365d", title="多久以内同类问题算重复", source=OWN, confirmed=False),
    Param("catering.ahead", "30d", title="许可证到期前多久提醒", source=OWN, confirmed=False),
    Param("catering.gap", "60d", title="两次清洗隔多久算空档", source=OWN, confirmed=False),
    Param(
        "catering.log_keeps",
        "731d",
        title="油烟设施清洗维护记录保存",
        source=LAW,
        article=ARTICLE,
        confirmed=True,
    ),
)
