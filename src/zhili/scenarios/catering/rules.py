"""What the sensors of an outlet measure, and when that is a warning that opens a problem. Never of a person."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop as _

from zhili.base.rules import AutomatedRule
from zhili.base.signals.conditions import Condition, Expression, Threshold, Tuned, Window
from zhili.base.signals.measures import Measure
from zhili.base.signals.rules import Level, SignalRule

SUBJECT: Final = "premises"
OPENS: Final = "catering.problem/sense"
MINUTE, HOUR, DAY = 60, 3600, 86400
DECIDES: Final = "执法人员核实后告知经营者，或写明不是问题；不是问题的会用来调整规则"
DOES: Final = "开一件待核实的餐饮问题，不自动处罚"
OWN: Final = "平台约定，城市可改"

MEASURES: Final[tuple[Measure, ...]] = (
    Measure("fume", _("油烟浓度"), unit=_("毫克/立方米"), low=0, high=200),
    Measure("fan_power", _("排风机功率"), unit=_("瓦"), low=0, high=50_000),
    Measure("purifier_power", _("净化器功率"), unit=_("瓦"), low=0, high=50_000),
    Measure("grease_level", _("隔油池液位"), unit="%", low=0, high=100),
    Measure("kitchen_waste", _("餐厨垃圾重量"), unit=_("公斤"), low=0, high=10_000),
)


def _rule(
    name: str,
    title: str,
    purpose: str,
    reads: str,
    condition: Condition,
    reason: str,
    *,
    ground: str = OWN,
    level: Level = "yellow",
    merge: int = DAY,
) -> SignalRule:
    about = AutomatedRule(
        f"catering.{name}", title, purpose=purpose, subject=SUBJECT, reads=reads, does=DOES, decides=DECIDES,
        ground=ground,
    )  # fmt: skip
    return SignalRule(
        about,
        condition,
        level=level,
        reason=reason,
        merge=merge,
        opens=OPENS,
        quiet="22:00-07:00",
        fuse=(0.3, HOUR),
    )


SIGNALS: Final = (
    _rule(
        "fume",
        "油烟浓度超过排放限值",
        "油烟净化不好时早点知道，少扰民",
        "排烟口的油烟浓度",
        Threshold(
            "fume",
            above=Tuned("limit_mg", 2.0, "油烟浓度高于", "毫克/立方米", low=0.5, high=20),
            back=Tuned("calm_mg", 1.6, "回落到", "毫克/立方米", low=0.1, high=20),
            hold=Tuned("hold", 10 * MINUTE, "持续", "秒", low=MINUTE, high=4 * HOUR),
            fresh=30 * MINUTE,
        ),
        "油烟浓度 %(value).1f 毫克/立方米，高于 %(limit).1f，已持续 %(minutes)s 分钟",
        ground="《饮食业油烟排放标准》GB 18483 最高允许排放浓度 2.0 毫克/立方米（手边没有原文，待确认）；"
        "《嘉兴市餐饮业油烟管理办法》第八条第一款。在线监测只作提示，是否超标由执法人员按规定监测认定",
        level="orange",
    ),
    _rule(
        "purifier_off",
        "开着排风机却没开净化器",
        "净化器按规定正常使用",
        "排风机和净化器的功率",
        Expression(
            "fan_power > fan and purifier_power < idle",
            measures=("fan_power", "purifier_power"),
            tuned=(
                Tuned("fan", 150, "排风机功率高于", "瓦", low=10, high=20_000),
                Tuned("idle", 20, "净化器功率低于", "瓦", low=1, high=2_000),
            ),
            fresh=20 * MINUTE,
        ),
        "排风机 %(fan_power).0f 瓦在转，净化器只有 %(purifier_power).0f 瓦",
        ground="《嘉兴市餐饮业油烟管理办法》第八条；功率界限为平台约定，城市可改",
    ),
    _rule(
        "grease",
        "隔油池快满了",
        "及时清掏，不让油脂进下水道",
        "隔油池液位",
        Threshold(
            "grease_level",
            above=Tuned("full", 85, "液位高于", "%", low=30, high=100),
            back=Tuned("emptied", 50, "清掏后回落到", "%", low=5, high=95),
            hold=Tuned("hold", HOUR, "持续", "秒", low=MINUTE, high=DAY),
            fresh=6 * HOUR,
        ),
        "隔油池液位 %(value).0f%%，高于 %(limit).0f%%",
    ),
    _rule(
        "waste",
        "三天没有交餐厨垃圾",
        "餐厨垃圾交给有资质的单位收运",
        "餐厨垃圾桶的称重",
        Window(
            "kitchen_waste",
            fold="sum",
            over=Tuned("over", 3 * DAY, "时间", "秒", low=DAY, high=30 * DAY),
            below=Tuned("least_kg", 1, "合计低于", "公斤", low=0.1, high=1_000),
            least=3,
        ),
        "三天称重合计 %(value).1f 公斤，低于 %(limit).1f 公斤",
        level="blue",
        merge=7 * DAY,
    ),
)
