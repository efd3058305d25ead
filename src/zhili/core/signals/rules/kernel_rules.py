"""Rules and measures the kernel brings by itself: devices that fall silent, and matters that come again."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop

from zhili.base.rules import AutomatedRule
from zhili.base.signals.conditions import Absence, Tuned, Window
from zhili.base.signals.measures import Measure
from zhili.base.signals.rules import SignalRule
from zhili.core.params import Param
from zhili.core.signals.rules import quality
from zhili.core.signals.warnings import fusing

OWN: Final = "平台约定，城市可改"
OPENED: Final = "case_opened"
CASE_OPENED: Final = Measure(OPENED, gettext_noop("新事项"), kind="event")

SILENT: Final = SignalRule(
    about=AutomatedRule(
        "signals.silent_office",
        gettext_noop("一个单位的设备全部失联"),
        gettext_noop("平台收不到数据时，不预警不等于平安：网络、消息服务或网关断了要有人知道。"),
        "office",
        gettext_noop("该单位名下设备最近一次发来数据的时间；不看内容。"),
        gettext_noop("给设备的管理单位一条预警。"),
        gettext_noop("收到的单位查网络和网关，处置后注明原因；恢复数据后自动重新计时。"),
        OWN,
    ),
    condition=Absence(
        None,
        longer=Tuned(
            "longer", 900, gettext_noop("多久没有任何数据"), gettext_noop("秒"), low=60, high=86_400
        ),
    ),
    level="orange",
    reason=gettext_noop("名下设备已有%(minutes)s分钟没有发来任何数据，请检查网络和网关。"),
    by="office",
    merge=3600,
    escalate=(("county", 1800),),
    fuse=(1.0, 3600),
)
"""The site's heartbeat. It has no fuse: when the broker is away it is right of every office."""

RECURRING: Final = SignalRule(
    about=AutomatedRule(
        "signals.recurring",
        gettext_noop("同一处同一类事项反复发生"),
        gettext_noop("一件事办结了又来，多半是没有治到根上：早一点看到，从源头治。"),
        "category",
        gettext_noop("新事项的分类、所在网格和时间；不看是谁报的，也不看内容。"),
        gettext_noop("给负责这一类事项的单位一条预警。"),
        gettext_noop("收到的单位决定要不要专项治理；预警本身不改变任何事项。"),
        OWN,
    ),
    condition=Window(
        OPENED,
        "count",
        over=Tuned(
            "over", 7 * 86_400, gettext_noop("多长时间内"), gettext_noop("秒"), low=3600, high=90 * 86_400
        ),
        above=Tuned("times", 4, gettext_noop("超过多少件"), "", low=1, high=1000),
    ),
    level="blue",
    reason=gettext_noop("同一网格内同一类事项近期已有%(value)s件，超过%(limit)s件。"),
    by="category",
    quiet="21:00-08:00",
    merge=7 * 86_400,
    fuse=(0.2, 86_400),
)

RULES: Final = (SILENT, RECURRING)
PARAMS: Final = (
    Param(fusing.LEAST, "10", title="预警规则熔断：至少涉及多少个对象才切断", source=OWN),
    Param(quality.LEAST, "10", title="预警规则：至少有几条反馈才建议阈值", source=OWN),
)
