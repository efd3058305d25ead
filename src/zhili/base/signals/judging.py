"""Judging: a rule, its numbers of the day, what is remembered of a subject, and new readings → firings.

Deterministic: the same readings, in any order within the rule's lateness, in any batches and however often each is
repeated, give the same firings. Readings are told apart by source, measure and millisecond; of two that differ in value
alone and come together, the greater counts.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from zlib import crc32

from zhili.base.signals.conditions import (
    Absence,
    Condition,
    Expression,
    Geofence,
    Happens,
    Sequence,
    Threshold,
    Window,
    measures,
)
from zhili.base.signals.firing import Firing, Outcome
from zhili.base.signals.happening import HappensMachine
from zhili.base.signals.machines import (
    AbsenceMachine,
    ExpressionMachine,
    GeofenceMachine,
    SequenceMachine,
    ThresholdMachine,
    moment,
)
from zhili.base.signals.measures import Reading
from zhili.base.signals.memory import LONE, TIES, VERSION, WAITING, Key, Memory, dump, load
from zhili.base.signals.rules import SignalRule
from zhili.base.signals.windows import WindowMachine
from zhili.base.signals.zones import Zone

__all__ = ["AHEAD", "LARGEST", "Firing", "Outcome", "judge", "wake"]

LARGEST: Final = 8192
"""Bytes of a state, at most, whatever arrives."""
AHEAD: Final = 300
"""Seconds a device's clock may run ahead of ours; a reading dated further on would make all that follow late."""


def judge(
    rule: SignalRule,
    tuning: Mapping[str, float],
    state: bytes | None,
    readings: Iterable[Reading],
    zone: Zone | None = None,
) -> Outcome:
    """All new readings of one rule and one subject (or group) at once, in any order; measures it does not read are
    passed over. ``tuning``: every number of the rule (``rule.defaults()``). ``zone``: a Geofence's, of this subject."""
    judged = rule._machine or _judged(rule)
    return judged.judge(tuning, state, readings, zone)


def wake(rule: SignalRule, tuning: Mapping[str, float], state: bytes | None, now: datetime) -> Outcome:
    """Time has passed: what a missing reading means. To be called at ``Outcome.wake_at`` or later, after all readings
    received by ``now`` were judged. Called early it does no harm."""
    judged = rule._machine or _judged(rule)
    return judged.wake(tuning, state, round(now.timestamp() * 1000))


def _judged(rule: SignalRule) -> _Judged:
    made = _Judged(rule)
    object.__setattr__(rule, "_machine", made)
    return made


def _machine(condition: Condition, lateness: int) -> Any:
    match condition:
        case Threshold():
            return ThresholdMachine(condition)
        case Geofence():
            return GeofenceMachine(condition)
        case Expression():
            return ExpressionMachine(condition)
        case Absence():
            return AbsenceMachine(condition)
        case Sequence():
            return SequenceMachine(condition, measures(condition) or ())
        case Window():
            return WindowMachine(condition)
        case Happens():
            return HappensMachine(lateness)


class _Judged:
    """A rule made ready: which readings count, in which order they are judged, when to look again."""

    def __init__(self, rule: SignalRule) -> None:
        condition = rule.condition
        self.machine = _machine(condition, rule.lateness)
        self.shape = crc32(repr(condition).encode()) & 0xFFFF
        self.lateness = rule.lateness * 1000
        read = measures(condition)
        self.places = None if read is None else {name: place for place, name in enumerate(read)}
        self.fence = condition if isinstance(condition, Geofence) else None
        self.at_once = isinstance(condition, Happens)
        self.short = not self.lateness and not self.at_once and self.fence is None
        self.absence = self.machine if isinstance(self.machine, AbsenceMachine) else None

    def judge(
        self, tuning: Mapping[str, float], state: bytes | None, readings: Iterable[Reading], zone: Zone | None
    ) -> Outcome:
        if state is not None and self.short and type(readings) is list and len(readings) == 1:
            usual = self._usual(tuning, state, readings[0])
            if usual is not None:
                return usual
        found: dict[Key, float] = {}
        out = Outcome(state)
        self._gather(readings, zone, found, out)
        if not found:
            return out if state is None else self._unchanged(tuning, state, out)
        memory, mine = self._remember(state, out)
        if self.at_once:
            out.firings = self.machine.run(mine, sorted(found), tuning, out)
        elif self.lateness:
            self._wait(memory, found, out)
            self._settle(memory, mine, tuning, out)
        else:
            ready = self._in_turn(memory, sorted(found.items()), out)
            out.firings = self.machine.run(mine, ready, tuning)
        return self._store(memory, mine, tuning, out)

    def _usual(self, tuning: Mapping[str, float], state: bytes, one: Reading) -> Outcome | None:
        """Nearly always one reading comes, later than the last, and nothing waits: the same as ``judge`` does, by the
        shortest way (a test holds them together). None: it is not so simple."""
        places = self.places
        place = 0 if places is None else places.get(one.measure, -1)
        value = 1.0 if places is None else one.value
        at, received = one.at, one.received_at
        if place < 0 or value is None or not -math.inf < value < math.inf or len(state) < LONE.size:
            return None
        version, shape, frontier, ties, waiting, _place, _source = LONE.unpack_from(state)
        ms = round(at.timestamp() * 1000)
        if shape != self.shape or version != VERSION or ties != 1 or waiting or ms <= frontier:
            return None
        if received is not None and at > received and (at - received).total_seconds() > AHEAD:
            return None
        machine = self.machine
        try:
            mine = machine.load(state[LONE.size :])
        except struct.error:
            return None
        firings = machine.run(mine, [((ms, place, one.source), value)], tuning)
        head = LONE.pack(VERSION, shape, ms, 1, 0, place, one.source)
        out = Outcome(head + machine.dump(mine), firings)
        if self.absence is not None:
            due = self.absence.due(mine, (), tuning)
            out.wake_at = None if due is None else moment(due + 1)
        return out

    def wake(self, tuning: Mapping[str, float], state: bytes | None, now: int) -> Outcome:
        out = Outcome(state)
        if state is None or self.at_once:
            return out
        memory, mine = self._remember(state, out)
        if self.lateness:
            memory.frontier = max(memory.frontier, now - self.lateness)
            self._settle(memory, mine, tuning, out)
        else:
            out.firings = self.machine.passed(mine, now, tuning)
        return self._store(memory, mine, tuning, out)

    def _gather(
        self, readings: Iterable[Reading], zone: Zone | None, found: dict[Key, float], out: Outcome
    ) -> None:
        """The readings that count, each once, as (time, measure, source) → value."""
        places = self.places
        for one in readings:
            place = 0 if places is None else places.get(one.measure, -1)
            if place < 0:
                continue
            value = 1.0 if places is None else one.value
            if self.fence is not None:
                value = self._metres(one, zone)
            early = one.received_at is not None and (one.at - one.received_at).total_seconds() > AHEAD
            if value is None or early or not math.isfinite(value):
                out.skipped += 1
                continue
            key = (round(one.at.timestamp() * 1000), place, one.source)
            former = found.get(key)
            if former is None:
                found[key] = value
            else:
                out.late += 1
                found[key] = max(former, value)

    def _metres(self, one: Reading, zone: Zone | None) -> float | None:
        assert self.fence is not None
        if zone is None or one.point is None or (one.value or 0.0) > self.fence.blur:
            return None
        return zone.outside(one.point)

    def _remember(self, state: bytes | None, out: Outcome) -> tuple[Memory, Any]:
        memory = load(state, self.shape)
        if memory is not None:
            try:
                return memory, self.machine.load(memory.body)
            except struct.error:
                pass
        out.anew = state is not None
        return Memory(), self.machine.start()

    def _in_turn(
        self, memory: Memory, found: list[tuple[Key, float]], out: Outcome
    ) -> list[tuple[Key, float]]:
        """Without lateness: what is newer than the last, or of the same moment and not heard yet."""
        ready = []
        for one in found:
            ms, place, source = one[0]
            if ms > memory.frontier:
                memory.frontier, memory.ties = ms, [(place, source)]
            elif ms < memory.frontier or (place, source) in memory.ties or len(memory.ties) >= TIES:
                out.late += 1
                continue
            else:
                memory.ties.append((place, source))
            ready.append(one)
        return ready

    def _wait(self, memory: Memory, found: dict[Key, float], out: Outcome) -> None:
        """With lateness: keep what may still have predecessors; the frontier is that far behind the newest."""
        waiting = memory.waiting
        for key, value in found.items():
            if key[0] < memory.frontier:
                out.late += 1
            elif key in waiting:
                out.late += 1
                waiting[key] = max(waiting[key], value)
            else:
                waiting[key] = value
        if waiting:
            memory.frontier = max(memory.frontier, max(waiting)[0] - self.lateness)

    def _settle(self, memory: Memory, mine: Any, tuning: Mapping[str, float], out: Outcome) -> None:
        """Judge everything before the frontier; and of too many that wait, the oldest."""
        several = sorted(memory.waiting.items())
        if len(several) > WAITING:
            memory.frontier = max(memory.frontier, several[-WAITING - 1][0][0] + 1)
        ready = [one for one in several if one[0][0] < memory.frontier]
        memory.waiting = dict(several[len(ready) :])
        out.firings = self.machine.run(mine, ready, tuning) if ready else []
        out.firings += self.machine.passed(mine, memory.frontier, tuning)

    def _store(self, memory: Memory, mine: Any, tuning: Mapping[str, float], out: Outcome) -> Outcome:
        memory.body = self.machine.dump(mine)
        out.state = dump(memory, self.shape)
        due = None
        if self.absence is not None:
            due = self.absence.due(mine, memory.waiting, tuning)
        elif memory.waiting:
            due = min(memory.waiting)[0]
        out.wake_at = None if due is None else moment(due + self.lateness + 1)
        return out

    def _unchanged(self, tuning: Mapping[str, float], state: bytes, out: Outcome) -> Outcome:
        """Nothing that counts came: what waits still waits."""
        memory, mine = self._remember(state, out)
        return self._store(memory, mine, tuning, out)
