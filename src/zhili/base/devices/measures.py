"""What watches tell beyond the kernel's measures. Bounds are those of sensors on the skin, not those of health."""

from typing import Final

from zhili.base.signals.measures import KERNEL, Measure

MEASURES: Final = (
    Measure("fence_left", "离开设备围栏", kind="event"),
    Measure("fence_entered", "进入设备围栏", kind="event"),
    Measure("systolic", "收缩压", "毫米汞柱", low=40, high=300, personal=True, keeps_days=30),
    Measure("diastolic", "舒张压", "毫米汞柱", low=20, high=200, personal=True, keeps_days=30),
    Measure("oxygen", "血氧饱和度", "%", low=40, high=100, personal=True, keeps_days=30),
    Measure("body_temperature", "体温", "℃", low=30, high=45, personal=True, keeps_days=30),
)
"""For a scenario to declare with its own: a device may say them anywhere, a site keeps what it declares."""

KNOWN: Final = {one.name: one for one in (*KERNEL, *MEASURES)}
# A wrong clock must not silence a call for help: these are kept and timed by their arrival.
ALARMS: Final = frozenset({"sos", "call", "fall", "removed", "low_battery", "fence_left", "fence_entered"})
