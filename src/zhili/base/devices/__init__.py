"""What devices say on the wire, turned into readings. Pure: bytes in, values out; no clock, no database.

Every decoder gives a value or raises `Undecodable`, nothing else, in time linear in the bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zhili.base.signals.measures import Said


class Undecodable(ValueError):
    """The bytes hold nothing we can read. `why` is one of a few words, so that refusals can be counted:

    noise (no frame), length (does not agree with the frame), head, kind, shape (fields missing or not of
    their type), place, time, json, number (no or an impossible device number), large.
    """

    def __init__(self, why: str, detail: str = "", raw: bytes = b"") -> None:
        super().__init__(f"{why}: {detail}" if detail else why)
        self.why = why
        self.raw = raw


@dataclass(frozen=True, slots=True)
class Fix:
    """Where a device says it is, valid or not. WGS-84 degrees, metres, km/h, degrees from north; at in UTC."""

    at: datetime | None
    lon: float
    lat: float
    valid: bool
    speed: float | None = None
    course: float | None = None
    altitude: float | None = None
    satellites: int | None = None
    accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class Decoded:
    """One message of a device. `facts` is what it says as it says it; `said` is what may be believed of it.

    `refused`: parts left out with the reason ("time", "place", "heart_rate" …); the rest holds.
    `reply`: the bytes the protocol demands, to be sent only once `said` is safely kept.
    """

    number: str
    said: tuple[Said, ...]
    reply: bytes | None
    kind: str
    fix: Fix | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One entry of our own JSON: what it says, and its place in the device's own counting if it counts."""

    said: tuple[Said, ...]
    sequence: int | None = None
    refused: tuple[str, ...] = ()
