"""One machine for each kind of condition: fed with readings in the order of their time, it says when it became true.

A machine is made once for a rule. ``start`` gives an empty memory of its own, ``load`` and ``dump`` turn it into bytes
and back; ``run`` judges readings, ``passed`` says that time has passed without one. Times are whole milliseconds.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from zhili.base.signals.conditions import Absence, Expression, Geofence, Sequence, Threshold, Tuned
from zhili.base.signals.expression import compile_expression
from zhili.base.signals.firing import Facts, Firing
from zhili.base.signals.memory import NEVER, Key

Ready = list[tuple[Key, float]]
"""Readings to be judged, by time."""
Tuning = Mapping[str, float]


def moment(ms: int) -> datetime:
    """Aware, UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def firing(
    ms: int, since: int, value: float, n: int, tuning: Tuning, limit: Tuned | None, **more: float
) -> Firing:
    """A firing with its facts; see ``Firing``."""
    seconds = (ms - since) / 1000
    facts: Facts = dict(tuning)
    facts.update(more)
    facts |= {
        "value": value,
        "n": n,
        "since": moment(since).isoformat(timespec="seconds"),
        "seconds": seconds,
        "minutes": round(seconds / 60),
    }
    if limit is not None:
        facts |= {"limit": tuning[limit.name], "limit_name": limit.name}
    return Firing(moment(ms), value, facts)


def _ms(tuning: Tuning, one: Tuned | None) -> int:
    return 0 if one is None else round(tuning[one.name] * 1000)


class Edge:
    """Becomes true, stays, falls back. Memory: [fired and not fallen back, true since, last heard, readings since]."""

    layout: Final = struct.Struct("<Bqqi")

    def __init__(self, fresh: int, hold: Tuned | None, limit: Tuned | None) -> None:
        self.fresh, self.hold, self.limit = fresh * 1000, hold, limit

    def start(self) -> list[Any]:
        return [0, NEVER, NEVER, 0]

    def load(self, body: bytes) -> list[Any]:
        return list(self.layout.unpack(body))

    def dump(self, mem: list[Any]) -> bytes:
        return self.layout.pack(*mem)

    def step(self, mem: list[Any], ms: int, beyond: bool, still: bool, hold: int) -> bool:
        """One reading. ``beyond``: the threshold; ``still``: not fallen back yet. Gives whether it fires."""
        active, since, last, n = mem
        if ms - last > self.fresh:
            active, since, n = 0, NEVER, 0
        if not beyond:
            mem[:] = (active if still else 0, NEVER, ms, 0)
            return False
        if since == NEVER:
            since = ms
        fires = not active and ms - since >= hold
        mem[:] = (1 if fires else active, since, ms, min(n + 1, 1 << 30))
        return fires

    def passed(self, mem: list[Any], now: int, tuning: Tuning) -> list[Firing]:
        return []


class ThresholdMachine(Edge):
    def __init__(self, condition: Threshold) -> None:
        super().__init__(condition.fresh, condition.hold, condition.above or condition.below)
        self.above, self.back = condition.above is not None, condition.back

    def run(self, mem: list[Any], ready: Ready, tuning: Tuning) -> list[Firing]:
        assert self.limit is not None
        found = []
        limit, hold, sign = tuning[self.limit.name], _ms(tuning, self.hold), 1 if self.above else -1
        back = limit if self.back is None else tuning[self.back.name]
        for (ms, _measure, _source), value in ready:
            beyond = (value - limit) * sign > 0
            if self.step(mem, ms, beyond, (value - back) * sign > 0, hold):
                found.append(firing(ms, mem[1], value, mem[3], tuning, self.limit))
        return found


class GeofenceMachine(Edge):
    """Its readings' values are metres from the zone's edge, above 0 outside (``judging`` asks the zone)."""

    def __init__(self, condition: Geofence) -> None:
        super().__init__(condition.fresh, condition.hold, None)
        self.inside = condition.inside

    def run(self, mem: list[Any], ready: Ready, tuning: Tuning) -> list[Firing]:
        found, hold = [], _ms(tuning, self.hold)
        for (ms, _measure, _source), metres in ready:
            there = (metres <= 0) == self.inside
            if self.step(mem, ms, there, there, hold):
                found.append(firing(ms, mem[1], round(abs(metres)), mem[3], tuning, self.hold))
        return found


class ExpressionMachine(Edge):
    """Memory: the edge's, then for each measure its latest value and when that was."""

    def __init__(self, condition: Expression) -> None:
        super().__init__(condition.fresh, None, condition.tuned[0] if condition.tuned else None)
        self.measures, self.tuned = condition.measures, [one.name for one in condition.tuned]
        self.compiled = compile_expression(condition.text, (*condition.measures, *self.tuned))
        self.whole = struct.Struct(self.layout.format + "dq" * len(condition.measures))

    def start(self) -> list[Any]:
        return [*super().start(), *[0.0, NEVER] * len(self.measures)]

    def load(self, body: bytes) -> list[Any]:
        return list(self.whole.unpack(body))

    def dump(self, mem: list[Any]) -> bytes:
        return self.whole.pack(*mem)

    def run(self, mem: list[Any], ready: Ready, tuning: Tuning) -> list[Firing]:
        found, numbers = [], [tuning[name] for name in self.tuned]
        edge = mem[:4]
        for ms, several in groupby(ready, key=lambda one: one[0][0]):
            for (_at, measure, _source), value in several:
                mem[4 + 2 * measure : 6 + 2 * measure] = (value, ms)
            values = mem[4::2]
            if ms - min(mem[5::2]) > self.fresh:
                continue
            try:
                true = self.compiled.run([*values, *numbers])
            except (ZeroDivisionError, OverflowError):
                continue
            if self.step(edge, ms, true, true, 0):
                more = dict(zip(self.measures, values, strict=True))
                found.append(firing(ms, min(mem[5::2]), values[0], edge[3], tuning, self.limit, **more))
        mem[:4] = edge
        return found


class AbsenceMachine:
    """Memory: [last heard, whether its absence has fired]."""

    layout: Final = struct.Struct("<qB")

    def __init__(self, condition: Absence) -> None:
        self.longer = condition.longer

    def start(self) -> list[Any]:
        return [NEVER, 0]

    def load(self, body: bytes) -> list[Any]:
        return list(self.layout.unpack(body))

    def dump(self, mem: list[Any]) -> bytes:
        return self.layout.pack(*mem)

    def run(self, mem: list[Any], ready: Ready, tuning: Tuning) -> list[Firing]:
        found = []
        for (ms, _measure, _source), _value in ready:
            found += self.passed(mem, ms, tuning)
            mem[:] = (ms, 0)
        return found

    def passed(self, mem: list[Any], now: int, tuning: Tuning) -> list[Firing]:
        last, fired = mem
        longer = _ms(tuning, self.longer)
        if last == NEVER or fired or now <= last + longer:
            return []
        mem[1] = 1
        return [firing(last + longer, last, longer / 1000, 0, tuning, self.longer)]

    def due(self, mem: list[Any], waiting: Iterable[Key], tuning: Tuning) -> int | None:
        """When its time is up, as far as is known: the first moment after which an absence would be certain."""
        last, fired = mem
        longer = _ms(tuning, self.longer)
        for ms in sorted({key[0] for key in waiting}):
            if last != NEVER and not fired and ms > last + longer:
                break
            last, fired = ms, 0
        return None if last == NEVER or fired else last + longer


class SequenceMachine:
    """Memory: for each step but the last, the latest start of a chain that has come so far.

    The latest start is the best: whatever may follow an earlier one may follow it too, and it runs out later.
    """

    def __init__(self, condition: Sequence, measures: tuple[str, ...]) -> None:
        self.links = [
            (measures.index(one.measure), one.above or one.below, 1 if one.above else -1)
            for one in condition.links
        ]
        self.within = condition.within
        self.layout = struct.Struct(f"<{len(self.links) - 1}q")

    def start(self) -> list[Any]:
        return [NEVER] * (len(self.links) - 1)

    def load(self, body: bytes) -> list[Any]:
        return list(self.layout.unpack(body))

    def dump(self, mem: list[Any]) -> bytes:
        return self.layout.pack(*mem)

    def run(self, mem: list[Any], ready: Ready, tuning: Tuning) -> list[Firing]:
        found: list[Firing] = []
        within, last = _ms(tuning, self.within), len(self.links) - 1
        for ms, several in groupby(ready, key=lambda one: one[0][0]):
            before = list(mem)  # steps of one moment do not follow one another
            for (_at, measure, _source), value in several:
                for place, (wanted, limit, sign) in enumerate(self.links):
                    if wanted != measure or (limit and (value - tuning[limit.name]) * sign <= 0):
                        continue
                    begun = ms if place == 0 else before[place - 1]
                    if ms - begun > within:
                        continue
                    if place < last:
                        mem[place] = begun  # never earlier than what it replaces
                    elif not found or found[-1].at != moment(ms):
                        found.append(firing(ms, begun, value, last + 1, tuning, self.within))
            if found and found[-1].at == moment(ms):
                mem[:] = self.start()
        return found

    def passed(self, mem: list[Any], now: int, tuning: Tuning) -> list[Firing]:
        return []
