"""What devices measure, and one measurement. Values are in the unit the measure says; times are aware, in UTC."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

Kind = Literal["number", "event", "position", "samples"]
KINDS: Final = frozenset({"number", "event", "position", "samples"})


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing a device may tell. ``title`` and ``unit`` are Chinese source texts; ``name`` is an English word.

    ``kind``: a *number*; an *event*, stored as the value 1.0; a *position*, stored as a point (WGS-84 lon, lat in
    degrees) whose value is its accuracy in metres; *samples*, stored as bytes (``pack_samples``).
    ``low``..``high``: outside them a reading is malformed (both ends belong to it). ``personal``: it tells of a person:
    stored sealed, never rolled up, gone after ``keeps_days``.
    """

    name: str
    title: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    kind: Kind = "number"
    personal: bool = False
    keeps_days: int = 400

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or not self.name.isascii() or len(self.name) > 40:
            raise ValueError(f"a measure's name is an English word of up to 40 letters: {self.name!r}")
        if self.kind not in KINDS or not self.title or self.keeps_days < 1:
            raise ValueError(
                f"measure {self.name} needs a title, a kind of {sorted(KINDS)} and days to be kept"
            )
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"measure {self.name}: nothing lies between {self.low} and {self.high}")

    def holds(self, value: float) -> bool:
        """Whether a value can be this measure's: a finite number within its bounds."""
        return (
            math.isfinite(value)
            and (self.low is None or value >= self.low)
            and (self.high is None or value <= self.high)
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """One measurement as kept. ``source``: id of what sent it; ``at``: when it was measured, by the device's clock.

    A number or event has a ``value``; a position a ``point`` (lon, lat) and its accuracy in metres as ``value`` (None:
    unknown); samples have ``samples``.
    """

    source: int
    measure: str
    at: datetime
    value: float | None = None
    point: tuple[float, float] | None = None
    samples: bytes | None = None
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One measurement as a decoder read it from a device's message; ``at`` None: the device told no time."""

    measure: str
    at: datetime | None = None
    value: float | None = None
    point: tuple[float, float] | None = None
    samples: bytes | None = None


KERNEL: Final = (
    Measure("battery", "电量", low=0, high=1),
    Measure("low_battery", "低电量报警", kind="event"),
    Measure("online", "上线", kind="event"),
    Measure("sos", "紧急呼救键", kind="event"),
    Measure("call", "呼叫键", kind="event"),
    Measure("fall", "跌倒", kind="event"),
    Measure("removed", "手环被取下", kind="event"),
    Measure("position", "位置", "米（精度）", low=0, kind="position", personal=True, keeps_days=30),
    Measure("heart_rate", "心率", "次/分", low=20, high=250, personal=True, keeps_days=30),
    Measure("steps", "步数", "步", low=0, high=1_000_000, personal=True, keeps_days=30),
    Measure("accel", "手腕加速度", "米/秒²", kind="samples", personal=True, keeps_days=1),
)
"""What every device may send, whatever the scenario."""

_HZ: Final = struct.Struct("<f")
G_MAX: Final = 320.0
"""m/s²; more than any wrist sensor's range (16 g is 157)."""


def pack_samples(hz: float, rows: Iterable[Sequence[float]]) -> bytes:
    """Acceleration as it is stored: little-endian float32, the rate in Hz, then x, y, z of each row in m/s².

    Raises ValueError for a rate outside 1..1000 Hz, a row that is not three finite numbers, or beyond ±320 m/s².
    """
    flat: list[float] = []
    for row in rows:
        if len(row) != 3 or not all(-G_MAX <= float(one) <= G_MAX for one in row):
            raise ValueError("a row of samples is three accelerations in m/s²")
        flat.extend(map(float, row))
    if not 1 <= hz <= 1000 or not flat:
        raise ValueError("samples have a rate of 1 to 1000 Hz and at least one row")
    return _HZ.pack(hz) + struct.pack(f"<{len(flat)}f", *flat)


def unpack_samples(samples: bytes) -> tuple[float, list[tuple[float, float, float]]]:
    """(rate in Hz, rows of x, y, z in m/s²). Raises ValueError for bytes that ``pack_samples`` did not make."""
    if len(samples) < 16 or (len(samples) - 4) % 12:
        raise ValueError("these bytes are no samples")
    return _HZ.unpack_from(samples)[0], list(struct.iter_unpack("<fff", samples[4:]))
