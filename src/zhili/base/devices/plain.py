"""Our own JSON, over HTTP and MQTT: one report or a list of them.

    {"at": "2026-11-22T08:00:00+08:00" or milliseconds since 1970, "seq": 17, "heart_rate": 72, "sos": true,
     "position": {"lon": 120.1, "lat": 30.8, "accuracy": 12}, "accel": {"hz": 50, "xyz": [[0.1, 0.2, 9.8], …]}}

A number is a reading, `true` an event, `false` says nothing. "at" of `accel` is that of its first row. Which
names a site keeps is its registry's to say; here only their shape counts.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from zhili.base.devices import Report, Undecodable
from zhili.base.devices.believing import believable, moment, number, place, timed
from zhili.base.devices.jsonread import instant, read
from zhili.base.devices.measures import KNOWN
from zhili.base.signals.measures import Said, pack_samples

MOST_REPORTS: Final = 1000
MOST_ROWS: Final = 12_000  # two minutes at 100 Hz
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


def decode(raw: bytes, now: datetime | None = None) -> tuple[Report, ...]:
    """The reports, in order. Raises Undecodable: json, large, shape (also a name that cannot be a measure's), or
    the first reason why nothing in a single report may be believed.

    A part that cannot be is left out and named in `refused`; alarms outlive a wrong clock, timed by arrival.
    """
    value = read(raw)
    if isinstance(value, dict):
        return (_report(value, now, alone=True),)
    if not isinstance(value, list) or not value or len(value) > MOST_REPORTS:
        raise Undecodable("shape", f"one report or a list of 1 to {MOST_REPORTS}", raw[:256])
    return tuple(_report(one, now, alone=False) for one in value)


def _report(value: Any, now: datetime | None, alone: bool) -> Report:
    if not isinstance(value, dict):
        raise Undecodable("shape", "a report is a JSON object")
    refused: list[str] = []
    faults: list[str] = []
    sequence = value.get("seq")
    if sequence is not None and (
        not isinstance(sequence, int) or not 0 <= sequence < 1 << 63 or sequence is True
    ):
        raise Undecodable("shape", "seq is a whole number")
    at, clock_wrong = None, False
    if value.get("at") is not None:
        try:
            at = moment(instant(value["at"]), now)
        except Undecodable as error:
            clock_wrong = True
            refused.append("time")
            faults.append(str(error))
    said = timed(list(_parts(value, refused, faults)), at, clock_wrong)
    if not said and refused and alone:
        raise Undecodable(refused[0], faults[0])
    return Report(said, sequence, tuple(dict.fromkeys(refused)))


def _parts(report: dict[str, Any], refused: list[str], faults: list[str]) -> Iterator[Said]:
    for name, value in report.items():
        if name in ("at", "seq") or value is None or value is False:
            continue
        if not _NAME.fullmatch(name):
            raise Undecodable("shape", "a measure's name")
        try:
            yield _part(name, value)
        except Undecodable as error:
            refused.append(error.why if error.why == "place" else name)
            faults.append(str(error))


def _part(name: str, value: Any) -> Said:
    if name == "position":
        return _position(value)
    if name == "accel":
        return _accel(value)
    if value is True:
        return Said(name, None, 1.0)
    found = number(value)
    known = KNOWN.get(name)
    if not believable(name, found) or (known is not None and known.kind != "number" and found != 1):
        raise Undecodable("shape", f"{name} cannot be {found}")
    return Said(name, None, found)


def _position(value: Any) -> Said:
    if not isinstance(value, dict):
        raise Undecodable("place", "position is an object with lon and lat")
    try:
        lon, lat = number(value.get("lon")), number(value.get("lat"))
        accuracy = None if value.get("accuracy") is None else number(value["accuracy"])
    except Undecodable as error:
        raise Undecodable("place", str(error)) from None
    if accuracy is not None and accuracy < 0:
        raise Undecodable("place", "accuracy below zero")
    return Said("position", None, accuracy, place(lon, lat))


def _accel(value: Any) -> Said:
    if not isinstance(value, dict) or not isinstance(value.get("xyz"), list):
        raise Undecodable("shape", "accel is an object with hz and xyz")
    rows = value["xyz"]
    if not 1 <= len(rows) <= MOST_ROWS or not all(isinstance(row, list) and len(row) == 3 for row in rows):
        raise Undecodable("shape", f"xyz has 1 to {MOST_ROWS} rows of three")
    try:
        packed = pack_samples(number(value.get("hz")), [[number(one) for one in row] for row in rows])
    except Undecodable:
        raise
    except ValueError as error:
        raise Undecodable("shape", str(error)) from None
    return Said("accel", None, None, None, packed)
