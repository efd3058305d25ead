"""Whether a message is taken: who sends it, whether it was here before, whether its readings can be true.

Only cheap checks, on plain values; the database has the last word about repeats (storing).
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Final, Literal

from zhili.base.signals.measures import Measure, Said
from zhili.core.signals.sources import KEYLESS, digest
from zhili.core.signals.store import packing
from zhili.core.signals.store.limits import READINGS_MOST, URGENT, WRONG_CLOCK, Limits

Channel = Literal["mqtt", "http", "watch", "internal"]
SEQUENCE_RESTART: Final = 10_000
"""A number this much lower than the last is no repeat: the device began to count anew."""
MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Message:
    """One message as a decoder understood it. ``raw``: its bytes; ``key``: what it was sent with, None where the
    channel has proved the sender already (MQTT) or the protocol has no key. ``vouched``: a server with a key of its own
    (Traccar) hands it on, and answers for its devices."""

    number: str
    channel: Channel
    readings: tuple[Said, ...]
    raw: bytes
    received_at: datetime
    sequence: int | None = None
    key: str | None = None
    vouched: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """``why``: "" when accepted, else a key of ``models.refusals.REASONS``. ``about``: the part that was at fault."""

    accepted: bool
    why: str = ""
    about: str = ""


TAKEN: Final = Verdict(True)


@dataclass(slots=True)
class Known:
    """A source as a batch needs it; what the batch changes is written back when ``touched``."""

    id: int
    protocol: str
    key_sha256: bytes
    active: bool
    per_minute: int
    sequence: int | None
    digest: int | None
    tokens: float | None
    seen: float
    """Seconds since 1970 of its last message, 0 when there was none."""
    battery: float | None = None
    touched: bool = False


@dataclass(slots=True)
class New:
    """A reading to be stored, of message number ``message`` of the batch. Times in µs since 1970."""

    message: int
    source: int
    measure: Measure
    at: int
    received: int
    said: Said


@dataclass(slots=True)
class Checked:
    """What the checks make of one batch. ``whys``: by message; ``bad``: (message, reason) of single readings;
    ``parts``: by message, the first measure that was refused."""

    whys: list[str] = field(default_factory=list)
    new: list[New] = field(default_factory=list)
    bad: list[tuple[int, str]] = field(default_factory=list)
    parts: dict[int, str] = field(default_factory=dict)


def check(
    messages: list[Message], known: Mapping[str, Known], measures: Mapping[str, Measure], limits: Limits
) -> Checked:
    """Go through a batch in its order. Changes the ``known`` sources it accepts from."""
    found = Checked()
    taken: set[tuple[int, str, int]] = set()
    for index, message in enumerate(messages):
        source = known.get(message.number)
        why = _sender(message, source)
        if not why:
            assert source is not None
            why = _message(index, message, source, measures, limits, found, taken)
        found.whys.append(why)
    return found


def _sender(message: Message, source: Known | None) -> str:
    if source is None:
        return "unknown"
    if source.protocol != message.channel:
        return "wrong_key"  # a number with a key must not come in by a door that asks for none
    if message.key is not None:
        if source.protocol not in KEYLESS and not hmac.compare_digest(digest(message.key), source.key_sha256):
            return "wrong_key"
    elif source.protocol == "http" and not message.vouched:
        return "wrong_key"
    return "" if source.active else "retired"


def _message(
    index: int,
    message: Message,
    source: Known,
    measures: Mapping[str, Measure],
    limits: Limits,
    found: Checked,
    taken: set[tuple[int, str, int]],
) -> str:
    received = packing.micros(message.received_at)
    now = received / MILLION
    urgent = any(one.measure in URGENT for one in message.readings)
    timeless = all(one.at is None for one in message.readings)
    mark = _mark(message.raw) if timeless and message.sequence is None and message.raw else None
    if timeless and _repeated(message.sequence, mark, source, now, limits):
        return "replayed"
    tokens = _tokens(source, now)
    if tokens is not None and tokens < (1 - source.per_minute if urgent else 1):
        return "too_fast"  # a call for help may overdraw by a minute's worth
    if len(message.readings) > READINGS_MOST:
        return "malformed"
    first = len(found.new)
    worst = _readings(index, message, source, measures, limits, found, taken, received)
    if worst and len(found.new) == first:
        return worst
    if tokens is not None:
        source.tokens = tokens - 1
    if message.sequence is not None:
        source.sequence = message.sequence
    if mark is not None:
        source.digest = mark
    source.seen = max(source.seen, now)
    source.touched = True
    return ""


def _readings(
    index: int,
    message: Message,
    source: Known,
    measures: Mapping[str, Measure],
    limits: Limits,
    found: Checked,
    taken: set[tuple[int, str, int]],
    received: int,
) -> str:
    """Take the sound readings of a message; a reason why others were not, "" when all were."""
    worst, repeats = "", 0
    for said in message.readings:
        measure = measures.get(said.measure)
        at, why = 0, "malformed"
        try:
            if measure is not None and sound(measure, said):
                at, why = _time(said, measure, received, limits)
        except (
            TypeError,
            ValueError,
            OverflowError,
        ):  # a decoder let something through that is no number, no time
            why = "malformed"
        if why:
            found.bad.append((index, why))
            found.parts.setdefault(index, said.measure)
            worst = worst or why
            continue
        assert measure is not None
        key = (source.id, measure.name, at)
        while key in taken and said.at is None:  # readings without a time of their own stay in their order
            key = (source.id, measure.name, key[2] + 1)
        if key in taken:
            repeats += 1
            continue
        taken.add(key)
        found.new.append(New(index, source.id, measure, key[2], received, said))
        if measure.name == "battery":
            source.battery = said.value
    return worst or ("replayed" if repeats else "")


def sound(measure: Measure, said: Said) -> bool:
    """Whether a reading can be this measure's. May raise TypeError or OverflowError for what is no number at all."""
    value = said.value
    if isinstance(value, bool) or not (value is None or isinstance(value, float | int)):
        return False
    match measure.kind:
        case "number":
            return value is not None and said.samples is None and said.point is None and measure.holds(value)
        case "event":
            return said.samples is None and said.point is None and (value is None or value == 1.0)
        case "position":
            if (
                said.point is None
                or said.samples is not None
                or (value is not None and not measure.holds(value))
            ):
                return False
            lon, lat = said.point
            return -180.0 <= lon + 0.0 <= 180.0 and -90.0 <= lat + 0.0 <= 90.0
        case _:
            return (
                isinstance(said.samples, bytes)
                and 0 < len(said.samples) <= SAMPLES_MOST
                and said.point is None
            )


SAMPLES_MOST: Final = 1 << 18
"""Bytes: seven minutes of 50 Hz."""


def _time(said: Said, measure: Measure, received: int, limits: Limits) -> tuple[int, str]:
    """When it was, in µs since 1970, or why it is not taken."""
    if said.at is None:
        return received, ""
    at = packing.micros(said.at)
    age = (received - at) / MILLION
    if -limits.ahead <= age <= min(limits.too_old, measure.keeps_days * 86_400.0):
        return at, ""
    if measure.name in URGENT and (age < 0 or age > WRONG_CLOCK):
        return received, ""  # its clock is wrong, the call is not
    return at, "ahead" if age < 0 else "too_old"


def _repeated(sequence: int | None, mark: int | None, source: Known, now: float, limits: Limits) -> bool:
    """Of messages whose readings tell no time: those are known by number, or by their bytes shortly afterwards."""
    if sequence is not None:
        return source.sequence is not None and 0 <= source.sequence - sequence < SEQUENCE_RESTART
    return mark is not None and mark == source.digest and now - source.seen < limits.repeat


def _tokens(source: Known, now: float) -> float | None:
    """What is left in its bucket, which holds a minute's worth; None: no limit."""
    if not source.per_minute:
        return None
    if source.tokens is None:
        return float(source.per_minute)
    passed = max(0.0, now - source.seen)
    return min(float(source.per_minute), source.tokens + passed * source.per_minute / 60.0)


def _mark(raw: bytes) -> int:
    return int.from_bytes(blake2b(raw, digest_size=8).digest(), "big", signed=True)
