"""What is refused, in figures: parameters an office may set by date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zhili.base.clock import Duration
from zhili.core import params
from zhili.core.params import Param

OURS: Final = "平台约定，城市可改"
PARAMS: Final = (
    Param("signals.too_old", "1d", title="设备数据最多迟到多久（断线后补传）", source=OURS),
    Param("signals.ahead", "5min", title="设备时钟最多快多少", source=OURS),
    Param("signals.repeat", "5", title="没有时间也没有序号的相同报文，几秒之内算重复", source=OURS),
    Param("signals.refusal_days", "30d", title="被拒收报文的记录保存多久", source=OURS),
)
SECONDS: Final = {"d": 86_400.0, "h": 3_600.0, "min": 60.0}
READINGS_MOST: Final = 2_000
"""Readings of one message; a device that catches up sends several."""
RAW_MOST: Final = 2_048
"""Bytes kept of a message that was refused."""
WRONG_CLOCK: Final = 30 * 86_400.0
"""Seconds: an alarm this old was not late, its device had lost its clock."""
URGENT: Final = frozenset({"sos", "call", "fall"})
"""Calls for help: neither a wrong clock nor a busy device may swallow them."""


@dataclass(frozen=True, slots=True)
class Limits:
    """In seconds."""

    too_old: float
    ahead: float
    repeat: float


def seconds(limit: Duration) -> float:
    """A limit in calendar time; working time makes no sense for machines and counts as calendar time."""
    return limit.amount * SECONDS.get(limit.unit, 86_400.0)


def now() -> Limits:
    """What holds today. No query when warm."""
    return Limits(
        seconds(params.duration("signals.too_old")[0]),
        seconds(params.duration("signals.ahead")[0]),
        float(params.get("signals.repeat").text),
    )
