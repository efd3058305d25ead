"""When a wristband's word becomes a call for help. Every number may be tuned by date; each rule ends unless renewed.

All of them speak only of a wearer whose consent is open. Limits are our own design, marked so until a city sets them;
none is a diagnosis.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop

from zhili.base.rules import AutomatedRule
from zhili.base.signals.conditions import Absence, Condition, Geofence, Happens, Threshold, Tuned
from zhili.base.signals.measures import Measure
from zhili.base.signals.rules import Level, SignalRule

CONSENT = "eldercare.wearing"
OPENS = "eldercare.alarm/rise"
SCREEN = gettext_noop("%(cell)s 有老人呼救")
HOME = "eldercare.home"
"""The zone a wearer chose: a circle around home."""
MINUTE, HOUR = 60, 3600
DECIDES = "接到呼救的村社区和镇街的人；是真是假由到现场的人写明，误报会用来调整这条规则"

MEASURES = (Measure("fall_probability", "跌倒可能性", low=0, high=1, personal=True, keeps_days=30),)
"""Made by the platform itself from the acceleration of the wrist (``falls``)."""


def _rule(
    name: str,
    title: str,
    purpose: str,
    reads: str,
    condition: Condition,
    reason: str,
    *,
    level: Level = "red",
    merge: int = 10 * MINUTE,
    opens: str = OPENS,
    screen: str = SCREEN,
    quiet: str = "",
    lateness: int = 0,
) -> SignalRule:
    does = (
        gettext_noop("开一件呼救，告知村社区；没有人响应就逐级上报")
        if opens
        else gettext_noop("提醒村社区给手环充电，不开呼救")
    )
    about = AutomatedRule(
        f"eldercare.{name}",
        title,
        purpose=purpose,
        subject="wearer",
        reads=reads,
        does=does,
        decides=DECIDES,
        ground="老人本人同意（行为能力受限的，监护人同意）；界限为平台约定，城市可改",
    )
    return SignalRule(
        about,
        condition,
        level=level,
        reason=reason,
        quiet=quiet,
        merge=merge,
        opens=opens,
        screen=screen,
        consent=CONSENT,
        fuse=(0.5, 10 * MINUTE),
        lateness=lateness,
    )


SIGNALS = (
    _rule(
        "sos",
        "按了呼救键",
        "老人按下呼救键，马上有人知道",
        "呼救键",
        Happens("sos"),
        "手环的呼救键按下了",
        merge=5 * MINUTE,
    ),
    _rule(
        "call",
        "按了呼叫键",
        "老人要人帮忙，村里回电话",
        "呼叫键",
        Happens("call"),
        "手环的呼叫键按下了",
        level="orange",
        merge=5 * MINUTE,
    ),
    _rule(
        "fall",
        "可能跌倒",
        "跌倒后起不来，也按不到键",
        "由手腕加速度算出的跌倒可能性；原始加速度一天后删除",
        Threshold(
            "fall_probability",
            above=Tuned("probability", 0.5, "跌倒可能性高于", low=0.05, high=0.99),
            fresh=MINUTE,
        ),
        "跌倒可能性 %(value)s，高于 %(limit)s",
    ),
    _rule(
        "device_fall",
        "手环报告跌倒",
        "手环自己判断的跌倒",
        "手环的跌倒报警",
        Happens("fall"),
        "手环自己报告跌倒",
        level="orange",
    ),
    _rule(
        "heart_high",
        "心率持续偏高",
        "心率长时间异常，去看一看人；不是诊断",
        "心率",
        Threshold(
            "heart_rate",
            above=Tuned("high", 140, "心率高于", "次/分", low=90, high=220),
            hold=Tuned("hold", 5 * MINUTE, "持续", "秒", low=30, high=HOUR),
            fresh=10 * MINUTE,
        ),
        "心率持续高于 %(limit)s 次/分",
        level="orange",
        merge=HOUR,
    ),
    _rule(
        "heart_low",
        "心率持续偏低",
        "心率长时间异常，去看一看人；不是诊断",
        "心率",
        Threshold(
            "heart_rate",
            below=Tuned("low", 40, "心率低于", "次/分", low=25, high=60),
            hold=Tuned("hold", 5 * MINUTE, "持续", "秒", low=30, high=HOUR),
            fresh=10 * MINUTE,
        ),
        "心率持续低于 %(limit)s 次/分",
        level="orange",
        merge=HOUR,
    ),
    _rule(
        "left",
        "离开了自己选的范围",
        "老人自己选了范围，走出去有人问一声",
        "位置，只与老人自己选的范围比较",
        Geofence(HOME, inside=False, hold=Tuned("hold", 5 * MINUTE, "持续", "秒", low=MINUTE, high=HOUR)),
        "离开自己选的范围已有一段时间",
        level="yellow",
        merge=HOUR,
    ),
    _rule(
        "silent",
        "长时间没有动静",
        "手环很久没有消息，可能没电，也可能出了事",
        "手环最后一次发来消息的时间",
        Absence(None, longer=Tuned("longer", 12 * HOUR, "没有消息超过", "秒", low=HOUR, high=7 * 24 * HOUR)),
        "手环很久没有消息",
        level="yellow",
        merge=24 * HOUR,
        screen="",
    ),
    _rule(
        "battery",
        "手环快没电",
        "提醒充电，免得要用时没电",
        "电量",
        Threshold(
            "battery",
            below=Tuned("low", 0.15, "电量低于", low=0.02, high=0.5),
            back=Tuned("back", 0.3, "充到多少算好了", low=0.05, high=0.95),
            fresh=24 * HOUR,
        ),
        "电量低于 %(limit)s",
        level="blue",
        merge=24 * HOUR,
        opens="",
        screen="",
        quiet="21:00-08:00",
    ),
)
