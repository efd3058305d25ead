"""Rules over things, places, devices and offices that belong to no other scenario, and what they read.

Thresholds are our own design, marked 待确认 until a city sets them. None is about a person.
"""

from __future__ import annotations

from zhili.base.rules import AutomatedRule
from zhili.base.signals.conditions import Absence, Threshold, Tuned, Window
from zhili.base.signals.measures import Measure
from zhili.base.signals.rules import SignalRule

HOUR, DAY = 3600, 86400

MEASURES = (
    Measure("river_stage", "水位", "米", low=-20, high=100),
    Measure("tilt", "倾斜角", "度", low=0, high=180),
    Measure("smoke_density", "烟雾浓度", "分贝/米", low=0, high=20),
    Measure("fill", "满溢度", "%", low=0, high=120),
    Measure("near_due", "一天内到期的事项", "", low=0, high=100000),
)
"""``near_due`` comes from the platform itself (``feeding``)."""

DOES = "在预警台上给看得到这个地方的岗位一条预警，通知负责的单位；没有人接就往上报。"
DECIDES = "接的人到场或核实后了结，写明属实还是误报；预警本身不改变任何事项。"
OWN = "平台约定，城市可改"
TOWN_UP = (("town", 900), ("county", 2700))

RIVER = SignalRule(
    AutomatedRule(
        "early_warning.river", "河道水位上涨", purpose="水涨得快的时候早一点到河边，先关闸、先劝离。",
        subject="thing", reads="水位计的读数。", does=DOES, decides=DECIDES, ground=OWN,
    ),
    Window(
        "river_stage", "change", over=Tuned("over", HOUR, "看多长时间", "秒", low=600, high=DAY),
        above=Tuned("rise", 0.3, "上涨超过", "米", low=0.05, high=5), least=3,
    ),
    level="orange",
    reason="%(minutes)s 分钟里水位涨了 %(value)s 米，超过 %(limit)s 米",
    merge=6 * HOUR, escalate=TOWN_UP,
)  # fmt: skip

COVER = SignalRule(
    AutomatedRule(
        "early_warning.cover", "窨井盖翻开", purpose="井盖移开、翻起时马上有人去，不等人摔下去。",
        subject="thing", reads="井盖倾角传感器的读数。", does=DOES, decides=DECIDES, ground=OWN,
    ),
    Threshold(
        "tilt", above=Tuned("angle", 15, "倾斜超过", "度", low=3, high=90),
        hold=Tuned("hold", 120, "持续多久", "秒", low=10, high=HOUR),
    ),
    level="orange",
    reason="井盖倾斜 %(value)s 度，已持续 %(minutes)s 分钟（门槛 %(limit)s 度）",
    merge=2 * HOUR, escalate=TOWN_UP,
)  # fmt: skip

SMOKE = SignalRule(
    AutomatedRule(
        "early_warning.smoke", "市场烟雾报警", purpose="农贸市场起烟，先到场核实，再决定要不要疏散。",
        subject="place", reads="烟雾探测器的浓度。", does=DOES, decides=DECIDES, ground=OWN,
    ),
    Threshold(
        "smoke_density", above=Tuned("density", 0.4, "浓度超过", "分贝/米", low=0.05, high=5),
        hold=Tuned("hold", 20, "持续多久", "秒", low=1, high=600),
    ),
    level="red",
    reason="烟雾浓度 %(value)s 分贝/米，超过 %(limit)s",
    merge=HOUR, escalate=(("town", 120), ("county", 600)), screen="%(cell)s有烟雾报警，请不要靠近",
)  # fmt: skip

BIN = SignalRule(
    AutomatedRule(
        "early_warning.bin", "垃圾箱满了没有清", purpose="垃圾箱满了半天没有人清，提醒保洁班组，少一件投诉。",
        subject="thing", reads="垃圾箱满溢传感器的读数；不看是谁投的。", does=DOES, decides=DECIDES, ground=OWN,
    ),
    Threshold(
        "fill", above=Tuned("full", 90, "满溢度超过", "%", low=50, high=100),
        hold=Tuned("hold", 4 * HOUR, "持续多久", "秒", low=600, high=2 * DAY), fresh=3 * HOUR,
    ),
    level="blue",
    reason="垃圾箱从%(since)s起一直满着没有清，现在 %(value)s%%（门槛 %(limit)s%%）",
    quiet="20:00-06:30", merge=12 * HOUR, escalate=(("town", 6 * HOUR),),
)  # fmt: skip

SILENT = SignalRule(
    AutomatedRule(
        "early_warning.silent", "设备没有消息", purpose="设备坏了、没电了要有人知道，不能当作太平无事。",
        subject="device", reads="设备报电量的时间；不看量到了什么。", does=DOES, decides=DECIDES, ground=OWN,
    ),
    Absence("battery", longer=Tuned("longer", DAY, "多久没有消息", "秒", low=HOUR, high=14 * DAY)),
    by="device", level="yellow",
    reason="设备从%(since)s起没有消息",
    quiet="20:00-07:00", merge=3 * DAY, escalate=(("town", DAY),), fuse=(0.3, HOUR),
)  # fmt: skip

NEAR = SignalRule(
    AutomatedRule(
        "early_warning.near_due", "快到期的事太多",
        purpose="一个单位手上同时有很多事快到期，早一天调人手，不等超时。",
        subject="deadline", reads="各单位一天内到期的件数；不看是谁在办。", does=DOES, decides=DECIDES, ground=OWN,
    ),
    Threshold("near_due", above=Tuned("many", 8, "超过几件", "", low=1, high=1000), fresh=2 * HOUR),
    level="blue",
    reason="一天内到期的事有 %(value)s 件，超过 %(limit)s 件",
    quiet="20:00-07:00", merge=DAY, escalate=(("county", 2 * DAY),),
)  # fmt: skip

RULES = (RIVER, COVER, SMOKE, BIN, SILENT, NEAR)
