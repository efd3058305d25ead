"""What a Traccar server forwards (forward.type = json): {"device": {"uniqueId": …}, "position": {…}}, and its
events ({"event": {"type": "alarm", …}, "device": …}). https://www.traccar.org/forward/
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from zhili.base.devices import Decoded, Fix, Undecodable
from zhili.base.devices.believing import believable, moment, number, place, timed
from zhili.base.devices.jsonread import instant, read
from zhili.base.signals.measures import Said

ALARMS: Final = {
    "sos": "sos",
    "lowBattery": "low_battery",
    "fallDown": "fall",
    "removing": "removed",
    "geofenceExit": "fence_left",
    "geofenceEnter": "fence_entered",
}
KNOTS: Final = 1.852  # km/h
_ATTRIBUTES: Final = (
    ("heartRate", "heart_rate", 1.0),
    ("steps", "steps", 1.0),
    ("batteryLevel", "battery", 0.01),
)


def decode(raw: bytes, now: datetime | None = None) -> Decoded:
    """One forwarded position or event. Raises Undecodable: json, large, number, shape, or the first reason why
    nothing in it may be believed. An alarm survives a wrong clock and a wrong place."""
    value = read(raw)
    if not isinstance(value, dict):
        raise Undecodable("shape", "no JSON object", raw[:256])
    device, position, event = (_object(value, name) for name in ("device", "position", "event"))
    unique = device.get("uniqueId")
    if not isinstance(unique, str) or not 1 <= len(unique) <= 64 or not unique.isprintable():
        raise Undecodable("number", "device.uniqueId", raw[:256])
    if not position and not event:
        raise Undecodable("shape", "neither position nor event", raw[:256])
    refused: list[str] = []
    at, clock_wrong = _when(position, event, now, refused)
    facts = _object(position, "attributes")
    said = [*_place(position, refused), *_numbers(facts, refused), *_alarms(facts, event)]
    kept = timed(said, at, clock_wrong)
    if not kept and refused:
        raise Undecodable(refused[0], raw=raw[:256])
    fix = _fix(position, at) if "place" not in refused else None
    return Decoded(
        unique, kept or (Said("online", None, 1.0),), None, str(event.get("type") or "position")[:40],
        fix, facts, tuple(dict.fromkeys(refused)),
    )  # fmt: skip


def _object(holder: dict[str, Any], name: str) -> dict[str, Any]:
    value = holder.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Undecodable("shape", name)
    return value


def _when(
    position: dict[str, Any], event: dict[str, Any], now: datetime | None, refused: list[str]
) -> tuple[datetime | None, bool]:
    """The time of the event, of the fix, or, where the fix is an old one, of the report; and whether it cannot be."""
    times = ("fixTime", "deviceTime") if position.get("valid") is True else ("deviceTime", "fixTime")
    told = event.get("eventTime") or next((position[name] for name in times if position.get(name)), None)
    if told is None:
        return None, False
    try:
        return moment(instant(told), now), False
    except Undecodable:
        refused.append("time")
        return None, True


def _place(position: dict[str, Any], refused: list[str]) -> Iterator[Said]:
    if position.get("valid") is not True:
        return
    try:
        point = place(number(position.get("longitude")), number(position.get("latitude")))
    except Undecodable:
        refused.append("place")
        return
    yield Said("position", None, _plain(position, "accuracy") or None, point)


def _numbers(facts: dict[str, Any], refused: list[str]) -> Iterator[Said]:
    for theirs, ours, factor in _ATTRIBUTES:
        if facts.get(theirs) is None or (ours == "heart_rate" and facts[theirs] == 0):
            continue
        try:
            value = number(facts[theirs]) * factor
        except Undecodable:
            refused.append(ours)
            continue
        if believable(ours, value):
            yield Said(ours, None, value)
        else:
            refused.append(ours)


def _alarms(facts: dict[str, Any], event: dict[str, Any]) -> Iterator[Said]:
    """Newer servers join several alarms by commas."""
    told = [facts.get("alarm")]
    if event.get("type") == "alarm":
        told.append(_object(event, "attributes").get("alarm"))
    names = [name.strip() for text in told if isinstance(text, str) for name in text.split(",")]
    for name in dict.fromkeys(names):
        if name in ALARMS:
            yield Said(ALARMS[name], None, 1.0)


def _plain(position: dict[str, Any], name: str) -> float | None:
    try:
        return number(position.get(name))
    except Undecodable:
        return None


def _fix(position: dict[str, Any], at: datetime | None) -> Fix | None:
    lon, lat = _plain(position, "longitude"), _plain(position, "latitude")
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return None
    speed = _plain(position, "speed")
    return Fix(
        at, lon, lat, position.get("valid") is True, None if speed is None else speed * KNOTS,
        _plain(position, "course"), _plain(position, "altitude"), None, _plain(position, "accuracy") or None,
    )  # fmt: skip
