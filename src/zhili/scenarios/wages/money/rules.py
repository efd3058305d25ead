"""Warnings before arrears (articles 27 and 38): what is measured of projects and firms, and from when it is told.

No reading is about a person: heads are counted, never named. Thresholds are our own design, marked 待确认 until a
city sets them; a firm that is a sole trader is a person and is never measured.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from zhili.base.rules import AutomatedRule
from zhili.base.signals.conditions import Expression, Threshold, Tuned
from zhili.base.signals.measures import Measure
from zhili.base.signals.rules import SignalRule

DAY = 86400
UNCONFIRMED, COVER, LATE, MISSING = "wages_unconfirmed", "wages_cover", "wages_late", "wages_missing"
HEADS, POWER, WATER, FIRM_LATE = "wages_heads", "wages_power", "wages_water", "wages_firm_late"

MEASURES = (
    Measure(UNCONFIRMED, "超过两天没有三方确认的考勤", "条", low=0, high=1_000_000),
    Measure(COVER, "专用账户余额占下次应发工资", "%", low=0, high=1_000_000),
    Measure(LATE, "工资晚发天数", "", low=0, high=10_000),
    Measure(MISSING, "没有上月工资表的班组", "个", low=0, high=10_000),
    Measure(HEADS, "当天记了考勤的人数", "人", low=0, high=100_000),
    Measure(POWER, "当天用电", "度", low=0, high=10_000_000),
    Measure(WATER, "当天用水", "吨", low=0, high=1_000_000),
    Measure(FIRM_LATE, "有工资晚发的项目", "个", low=0, high=10_000),
)
DOES = "在预警台上给项目所在地的承办单位一条预警；没有人接就往上报。"
DECIDES = "接的人核实后了结，写明属实还是误报；预警本身不罚、不扣、不停任何单位。"
LAW = "《保障农民工工资支付条例》第三十八条：监控预警平台；门槛由平台约定，城市可改"
UP = (("county", 2 * DAY),)


def _about(name: str, title: str, purpose: str, reads: str, subject: str = "project") -> AutomatedRule:
    return AutomatedRule(
        f"wages.{name}",
        title,
        purpose=purpose,
        subject=subject,
        reads=reads,
        does=DOES,
        decides=DECIDES,
        ground=LAW,
    )


SIGNALS = (
    SignalRule(
        _about(
            UNCONFIRMED.removeprefix("wages_"),
            _("考勤没有当天确认"),
            _("考勤拖着不确认，到发工资就说不清；早一点催。"),
            _("项目有多少条考勤过了两天还没有三方确认；不看是谁的。"),
        ),
        Threshold(UNCONFIRMED, above=Tuned("many", 20, "超过几条", "条", low=0, high=10_000), fresh=DAY),
        level="blue",
        reason="有 %(value)s 条考勤过了两天还没有三方确认",
        quiet="20:00-07:00",
        merge=3 * DAY,
        escalate=UP,
        fuse=(1.0, 3600),
    ),
    SignalRule(
        _about(
            "account_short",
            _("专用账户余额不够下次发工资"),
            _("在发工资以前看到钱不够，催建设单位拨人工费用。"),
            _("项目工资专用账户的余额、已编制工资表的应发合计。"),
        ),
        Threshold(COVER, below=Tuned("cover", 100, "低于应发工资的", "%", low=1, high=1000), fresh=40 * DAY),
        level="orange",
        reason="专用账户余额只有下次应发工资的 %(value)s%%",
        merge=DAY,
        escalate=UP,
        fuse=(1.0, 3600),
    ),
    SignalRule(
        _about(
            "pay_late",
            _("工资过了支付日没有付清"),
            _("过了约定的支付日还没有付清，马上有人去问。"),
            _("工资表的支付日和银行回单；不看是谁没有收到。"),
        ),
        Threshold(LATE, above=Tuned("late", 0, "超过几天", "", low=0, high=365), fresh=DAY),
        level="orange",
        reason="工资已晚 %(value)s 天没有付清",
        merge=DAY,
        escalate=UP,
        fuse=(1.0, 3600),
    ),
    SignalRule(
        _about(
            "no_sheet",
            _("过了 25 日没有上月工资表"),
            _("按月考核、编制工资表（第三十一条），到月底还没有编就要催。"),
            _("有考勤的班组有没有编制上月的工资表。"),
        ),
        Threshold(MISSING, above=Tuned("crews", 0, "超过几个班组", "个", low=0, high=1000), fresh=DAY),
        level="yellow",
        reason="有 %(value)s 个班组过了 25 日还没有上月的工资表",
        quiet="20:00-07:00",
        merge=7 * DAY,
        escalate=UP,
        fuse=(1.0, 3600),
    ),
    SignalRule(
        _about(
            "heads_power",
            _("人数和用电对不上"),
            _("用电多、记的人少，可能有人没有登记；记的人多、几乎不用电，考勤可能不实。"),
            _("项目当天记了考勤的人数、当天的用电；不看是谁。"),
        ),
        Expression(
            "wages_power > most * wages_heads + base or wages_power * 100 < least * wages_heads",
            (POWER, HEADS),
            (
                Tuned("most", 60, "每人每天用电超过", "度", low=1, high=10_000),
                Tuned("least", 50, "每百人每天用电低于", "度", low=0, high=10_000),
                Tuned("base", 300, "工地本身的用电", "度", low=0, high=1_000_000),
            ),
            fresh=2 * DAY,
        ),
        level="yellow",
        reason="记了考勤 %(wages_heads)s 人，用电 %(wages_power)s 度，对不上",
        quiet="20:00-07:00",
        merge=3 * DAY,
        escalate=UP,
        starts="trial",
        fuse=(1.0, 3600),
    ),
    SignalRule(
        _about(
            "heads_water",
            _("人数和用水对不上"),
            _("用水多、记的人少，可能有人没有登记；记的人多、几乎不用水，考勤可能不实。"),
            _("项目当天记了考勤的人数、当天的用水；不看是谁。"),
        ),
        Expression(
            "wages_water > most * wages_heads + base or wages_water * 100 < least * wages_heads",
            (WATER, HEADS),
            (
                Tuned("most", 1, "每人每天用水超过", "吨", low=1, high=100),
                Tuned("least", 2, "每百人每天用水低于", "吨", low=0, high=1_000),
                Tuned("base", 60, "工地本身的用水", "吨", low=0, high=100_000),
            ),
            fresh=2 * DAY,
        ),
        level="yellow",
        reason="记了考勤 %(wages_heads)s 人，用水 %(wages_water)s 吨，对不上",
        quiet="20:00-07:00",
        merge=3 * DAY,
        escalate=UP,
        starts="trial",
        fuse=(1.0, 3600),
    ),
    SignalRule(
        _about(
            "firm_late",
            _("一家企业多个项目晚发"),
            _("同一家总承包单位几个项目同时晚发，往往是资金出了问题。"),
            _("施工总承包单位有几个项目的工资晚发；个体工商户不看。"),
            subject="firm",
        ),
        Threshold(FIRM_LATE, above=Tuned("projects", 1, "超过几个项目", "个", low=1, high=100), fresh=DAY),
        level="orange",
        reason="这家施工总承包单位有 %(value)s 个项目的工资晚发",
        merge=DAY,
        escalate=UP,
        fuse=(1.0, 3600),
    ),
)
