"""The watch protocol of elders' and children's watches: [VENDOR*NUMBER*(INDEX*)LENGTH*BODY] over TCP.

Written from the makers' published protocol ("GPS watch protocol", also sold as SeTracker or Beesure, with its
appendix I on positions and the status word). Times are UTC. Cell towers and Wi-Fi stations in a body are
not read: they would tell where a person is without a valid fix, and nothing here looks them up.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from zhili.base.devices import Decoded, Fix, Undecodable
from zhili.base.devices.believing import believable, moment, place, timed
from zhili.base.devices.watch_frames import HEAD, unescaped
from zhili.base.signals.measures import Said

# Status word: high half alarms, low half states (a state is repeated in every report, an alarm is an event).
ALARM_BITS: Final = {
    16: "sos",
    17: "low_battery",
    18: "fence_left",
    19: "fence_entered",
    20: "removed",
    21: "fall",
    22: "heart_rate_alarm",  # told without the value: kept as a fact, no event of ours
}
LOW_BATTERY_STATE: Final = 0  # older watches, with a status of 16 bits, alarm with it

_KIND: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")
_POSITION: Final = re.compile(r"(UD|AL|WT)(\d{0,2}|_[A-Z0-9]{1,10}|CUSTOMER\d{0,2})")
_NUMBER: Final = re.compile(r"[-+]?\d{1,9}(?:\.\d{0,12})?")
_STATUS: Final = re.compile(r"[0-9A-Fa-f]{4,8}")
_POSITION_FIELDS: Final = 16
_ACKNOWLEDGED: Final = {b"0", b"1"}


@dataclass(slots=True)
class _Body:
    """What the reading of one body collects."""

    kind: str
    fields: list[str]
    now: datetime | None
    said: list[Said]
    facts: dict[str, Any]
    refused: list[str]
    fix: Fix | None = None
    answer: str | None = None
    at: datetime | None = None
    clock_wrong: bool = False

    def number(self, index: int) -> float | None:
        """The field as a number; None where there is none."""
        text = self.fields[index].strip() if index < len(self.fields) else ""
        return float(text) if _NUMBER.fullmatch(text) else None

    def tell(self, measure: str, value: float | None, zero_is_none: bool = False) -> None:
        """A fact as it was sent, and a reading if a sensor can have seen it."""
        if value is None:
            return
        self.facts[measure] = value
        if zero_is_none and value == 0:
            return
        if believable(measure, value):
            self.said.append(Said(measure, None, value))
        else:
            self.refused.append(measure)


def decode(frame: bytes, now: datetime | None = None) -> Decoded:
    """One whole frame, brackets included. With `now` (aware) a report from beyond tomorrow is refused in part.

    Alarms survive a wrong clock and a wrong place: they are told without a time, to be timed by arrival.
    Raises Undecodable: head, kind, shape, time or place (when nothing else is in the frame).
    """
    head = HEAD.match(frame)
    if head is None or not frame.endswith(b"]"):
        raise Undecodable("head", raw=frame[:256])
    vendor, number, index = head[1].decode(), head[2].decode(), head[3]
    raw = frame[head.end() : -1]
    kind_raw, comma, rest = raw.partition(b",")
    kind = kind_raw.decode("ascii", "replace")
    if not _KIND.fullmatch(kind):
        raise Undecodable("kind", raw=frame[:256])
    if kind.upper() in _VOICE:
        body = _Body(kind, [], now, [], {}, [])
        _voice(body, unescaped(rest))
    else:
        fields = rest.decode("utf-8", "replace").split(",") if comma else []
        body = _Body(kind, fields, now, [], {}, [])
        _read(body)
    said = timed(body.said, body.at, body.clock_wrong) or (Said("online", None, 1.0),)
    reply = None if body.answer is None else _frame(vendor, number, index, body.answer)
    refused = tuple(dict.fromkeys(body.refused))
    return Decoded(number, said, reply, kind, body.fix, body.facts, refused)


def _frame(vendor: str, number: str, index: bytes | None, text: str) -> bytes:
    counted = "" if index is None else f"{index.decode()}*"
    return f"[{vendor}*{number}*{counted}{len(text):04X}*{text}]".encode()


def _read(body: _Body) -> None:
    kind = body.kind.upper()
    if _POSITION.fullmatch(kind) and body.fields:
        _position(body)
        if kind.startswith("AL"):
            body.answer = "AL"
        return
    reader = _READERS.get(kind)
    if reader is not None:
        reader(body)


def _position(body: _Body) -> None:
    """Appendix I: date, time, A|V, lat, N|S, lon, E|W, speed, course, altitude, satellites, signal, battery,
    steps, turns in sleep, status …"""
    if len(body.fields) < _POSITION_FIELDS:
        raise Undecodable("shape", f"{len(body.fields)} fields of a position")
    status = body.fields[15].strip()
    if not _STATUS.fullmatch(status) or body.fields[2] not in ("A", "V"):
        raise Undecodable("shape", "status or validity")
    try:
        body.at = _moment(body)
    except Undecodable:
        body.clock_wrong = True
        body.refused.append("time")
    _fix(body)
    battery = body.number(12)
    if battery is not None:
        body.tell("battery", battery / 100)
    body.tell("steps", body.number(13))
    for name in _alarms(int(status, 16), body.kind.upper().startswith("AL")):
        body.facts.setdefault("alarms", []).append(name)
        if name != "heart_rate_alarm":
            body.said.append(Said(name, None, 1.0))
    _nothing_left(body)


def _moment(body: _Body) -> datetime:
    text = body.fields[0].strip() + body.fields[1].strip()
    if len(text) != 12 or not (text.isascii() and text.isdigit()):
        raise Undecodable("time", text[:20])
    day, month, year, hour, minute, second = (int(text[i : i + 2]) for i in range(0, 12, 2))
    try:
        at = datetime(2000 + year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise Undecodable("time", text) from None
    return moment(at, body.now)


def _fix(body: _Body) -> None:
    valid = body.fields[2] == "A"
    lat, lon = body.number(3), body.number(5)
    if lat is None or lon is None:
        body.refused.append("place")
        return
    # Some makers give the sign and the half of the earth: "-33.48,N" is south, and so is "33.48,S".
    lat = -abs(lat) if body.fields[4].strip() == "S" else lat
    lon = -abs(lon) if body.fields[6].strip() == "W" else lon
    accuracy = body.number(-1) if "." in body.fields[-1] else None
    satellites = body.number(10)
    if valid:
        try:
            point = place(lon, lat)
        except Undecodable:
            body.refused.append("place")
            return
        body.said.append(Said("position", None, accuracy or None, point))
    elif not (-180 <= lon <= 180 and -90 <= lat <= 90):
        body.refused.append("place")
        return
    body.fix = Fix(
        body.at, lon, lat, valid, body.number(7), body.number(8), body.number(9),
        None if satellites is None else int(satellites), accuracy or None,
    )  # fmt: skip


def _alarms(status: int, alarming: bool) -> Iterator[str]:
    for bit, name in ALARM_BITS.items():
        if status >> bit & 1:
            yield name
    if alarming and status >> LOW_BATTERY_STATE & 1 and not status >> 17 & 1:
        yield "low_battery"


def _nothing_left(body: _Body) -> None:
    """A report without any part that may be believed is refused whole, with the first reason."""
    kept = timed(body.said, body.at, body.clock_wrong)
    if not kept and body.refused:
        raise Undecodable(body.refused[0])


def _link(body: _Body) -> None:
    """LK,steps,turns,battery; shorter forms say only that the watch lives (makers differ on what two mean)."""
    body.answer = body.kind
    if len(body.fields) >= 3:
        body.tell("steps", body.number(0))
        battery = body.number(2)
        body.tell("battery", None if battery is None else battery / 100)


def _heart(body: _Body) -> None:
    body.tell("heart_rate", body.number(0), zero_is_none=True)
    if body.kind.upper() == "HEART":
        body.answer = body.kind


def _pressure_and_heart(body: _Body) -> None:
    """bphrt,systolic,diastolic,heart rate,height,sex,age,weight: the last four are not measured, not read."""
    _pressure(body)
    body.tell("heart_rate", body.number(2), zero_is_none=True)


def _pressure(body: _Body) -> None:
    body.answer = body.kind
    body.tell("systolic", body.number(0), zero_is_none=True)
    body.tell("diastolic", body.number(1), zero_is_none=True)


def _oxygen(body: _Body) -> None:
    """oxygen,how it was measured,percent."""
    body.tell("oxygen", body.number(len(body.fields) - 1 if body.fields else 0), zero_is_none=True)
    body.answer = f"{body.kind},1"


def _temperature(body: _Body) -> None:
    """TEMP,°C, or btemp2,how,°C where 0 and 1 mean that the measuring failed."""
    value = body.number(1 if body.kind.upper() == "BTEMP2" else 0)
    body.tell("body_temperature", value, zero_is_none=True)
    if body.kind.upper() == "BTEMP2":
        body.answer = body.kind


def _configured(body: _Body) -> None:
    body.answer = f"{body.kind},1"
    body.facts["config"] = ",".join(body.fields)[:500]


def _card(body: _Body) -> None:
    if body.fields and re.fullmatch(r"[0-9A-Fa-f]{10,22}", body.fields[0].strip()):
        body.facts["iccid"] = body.fields[0].strip()


def _echo(body: _Body) -> None:
    body.answer = body.kind


def _voice(body: _Body, content: bytes) -> None:
    """What is spoken is not kept, only acknowledged. "TK,1" is the watch's own acknowledgement."""
    if body.kind.upper() == "JXTK":
        body.answer = "JXTKR,1"
    elif body.kind.upper() == "TK" and content not in _ACKNOWLEDGED:
        body.answer = "TK,1"


_VOICE: Final = frozenset({"TK", "JXTK", "IMG"})
_READERS: Final[dict[str, Callable[[_Body], None]]] = {
    "LK": _link,
    "TKQ": _echo,
    "TKQ2": _echo,
    "CONFIG": _configured,
    "INIT": _configured,
    "ICCID": _card,
    "HEART": _heart,
    "PULSE": _heart,
    "BPHRT": _pressure_and_heart,
    "BLOOD": _pressure,
    "OXYGEN": _oxygen,
    "TEMP": _temperature,
    "BTEMP2": _temperature,
}
