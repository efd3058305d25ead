"""Measures made of other measures before any rule is asked: a likelihood of a fall out of raw acceleration.

A function is given what it remembered of a device and the device's next reading, in order of time. What it
remembers is kept with the rules' states, in the same commit, sealed, and forgotten after a day without a reading.
Derived readings are judged in the turn that made them and are not stored. Nothing is derived that no rule in force
may read: not without a wearer's open consent, not after a rule has expired.
"""

from __future__ import annotations

import logging
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from zhili.base.signals.measures import Reading
from zhili.core.people import keys
from zhili.core.signals.judge.states import Key, State
from zhili.core.signals.store import packing

log = logging.getLogger("zhili.signals")

Fn = Callable[[bytes | None, Reading], tuple[bytes | None, list[tuple[datetime, float]]]]
"""(what it remembered, the reading) → (what to remember, (when, value) of each derived reading). Deterministic. A
ValueError refuses the reading, what was remembered stays."""

FORGOTTEN: Final = timedelta(days=1)
_FIRST, _SPAN = 50_000, 15_000  # numbers of states that no rule has


@dataclass(frozen=True, slots=True)
class Derivation:
    """How the measure ``gives`` is made of ``reads``. ``number``: under which its state is kept."""

    reads: str
    gives: str
    make: Fn
    number: int


_by_measure: dict[str, tuple[Derivation, ...]] = {}
_numbers: dict[int, str] = {}


def derive(reads: str, gives: str, make: Fn) -> None:
    """Declare a derivation; in an app's ``ready``. Raises ValueError when ``gives`` is made in two ways."""
    number = _FIRST + zlib.crc32(gives.encode()) % _SPAN
    new = Derivation(reads, gives, make, number)
    own = _by_measure.get(reads, ())
    if new in own:
        return
    if number in _numbers:
        raise ValueError(f"{gives} is derived twice, or shares its number with {_numbers[number]}")
    _numbers[number] = gives
    _by_measure[reads] = (*own, new)


def forget(reads: str, gives: str) -> None:
    """Undo ``derive``: for tests."""
    _by_measure[reads] = tuple(one for one in _by_measure.get(reads, ()) if one.gives != gives)
    _numbers.pop(_FIRST + zlib.crc32(gives.encode()) % _SPAN, None)


def derives(number: int) -> bool:
    """Whether a state of this number belongs to a derivation (of this version or another), not to a rule."""
    return number >= _FIRST


@dataclass(frozen=True, slots=True)
class Raw:
    """The readings of one source that one derivation is to be made of, by time."""

    derivation: Derivation
    source: int
    readings: list[Reading]

    @property
    def key(self) -> Key:
        return ("device", self.source)


def gather(readings: Iterable[Reading], wanted: Callable[[int, str], bool]) -> list[Raw]:
    """What is to be derived. ``wanted(source, measure)``: whether a rule may read that measure of it now."""
    if not _by_measure:
        return []
    found: dict[tuple[int, str], list[Reading]] = defaultdict(list)
    for one in readings:
        if one.measure in _by_measure:
            found[one.source, one.measure].append(one)
    return [
        Raw(derivation, source, sorted(several, key=lambda one: one.at))
        for (source, measure), several in found.items()
        for derivation in _by_measure[measure]
        if wanted(source, derivation.gives)
    ]


def made(raw: Raw, state: State) -> list[Reading]:
    """The derived readings, and what is remembered now put into the state."""
    number = raw.derivation.number
    kept, _ = state.rules.get(number, (None, 0.0))
    before = _opened(kept, raw.source)
    now = before
    found = []
    for one in raw.readings:
        try:
            now, said = raw.derivation.make(now, one)
        except ValueError:
            log.info("%s of source %s gives no %s", one.measure, one.source, raw.derivation.gives)
            continue
        found += [
            Reading(one.source, raw.derivation.gives, at, value, received_at=one.received_at)
            for at, value in said
        ]
    if now != before:
        last = max(one.received_at or one.at for one in raw.readings)
        state.put(
            number, _closed(now, raw.source), (last + FORGOTTEN).timestamp() if now is not None else 0.0
        )
    return found


def _closed(plain: bytes | None, source: int) -> bytes | None:
    if plain is None:
        return None
    ring = keys.ring()
    name = ring.current.encode()
    return bytes((len(name),)) + name + ring.seal(plain, _bound(source))


def _opened(kept: bytes | None, source: int) -> bytes | None:
    """What was remembered; None when its key is gone: it begins anew, as after a gap."""
    if not kept:
        return None
    end = 1 + kept[0]
    try:
        return packing.unseal(kept[1:end].decode(), kept[end:], _bound(source))
    except packing.Unreadable:
        return None


def _bound(source: int) -> bytes:
    return b"signals.derived" + source.to_bytes(8, "big", signed=True)
