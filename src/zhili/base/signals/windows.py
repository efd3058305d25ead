"""The window: readings of the last while, folded in sixty steps, so that its memory is bounded whatever arrives."""

from __future__ import annotations

import struct
from array import array
from typing import Any, Final

from zhili.base.signals.conditions import Window
from zhili.base.signals.firing import Firing
from zhili.base.signals.machines import Ready, Tuning, firing
from zhili.base.signals.memory import NEVER

STEPS: Final = 60
"""A window moves by this part of its length."""
_HEAD: Final = struct.Struct("<BqqIdB")
_WRAP: Final = 0xFFFF
_MOST: Final = (1 << 32) - 1


class WindowMachine:
    """Memory: [fired and not fallen back, heard since, last heard, step in ms, latest value, then three arrays, the
    oldest step first: the last 16 bits of its number since 1970, its readings, their sum, least, greatest or first].

    Arrays are copied, not unpacked: a full window costs little more than an empty one. (Stored in the order of the
    machine's bytes, which is little-endian wherever this runs.)
    """

    def __init__(self, condition: Window) -> None:
        self.limit = condition.above or condition.below
        self.above = condition.above is not None
        self.fold, self.over, self.least = condition.fold, condition.over, condition.least

    def start(self) -> list[Any]:
        return [0, NEVER, NEVER, 0, 0.0, array("H"), array("I"), array("d")]

    def load(self, body: bytes) -> list[Any]:
        *mem, many = _HEAD.unpack_from(body)
        at, end = _HEAD.size, _HEAD.size + 2 * many
        if len(body) != end + 12 * many:
            raise struct.error("a window's memory is of another length")
        mem += (
            array("H", body[at:end]),
            array("I", body[end : end + 4 * many]),
            array("d", body[end + 4 * many :]),
        )
        return mem

    def dump(self, mem: list[Any]) -> bytes:
        active, heard, last, step, latest, steps, counts, values = mem
        head = _HEAD.pack(active, heard, last, step, latest, len(steps))
        return b"".join((head, steps.tobytes(), counts.tobytes(), values.tobytes()))

    def run(self, mem: list[Any], ready: Ready, tuning: Tuning) -> list[Firing]:
        assert self.limit is not None
        found = []
        over = round(tuning[self.over.name] * 1000)
        limit, sign, step = tuning[self.limit.name], 1 if self.above else -1, max(1, over // STEPS)
        if mem[3] != step:  # another length since today: what was gathered for the former says nothing
            mem[:] = self.start()
            mem[3] = step
        for (ms, _measure, _source), value in ready:
            self._add(mem, ms, value, over)
            n = sum(mem[6])
            folded = self._folded(mem, n)
            whole = self.above or ms - mem[1] >= over
            true = n >= self.least and whole and (folded - limit) * sign > 0
            if true and not mem[0]:
                begun = (ms // step - ((ms // step - mem[5][0]) & _WRAP)) * step
                found.append(firing(ms, max(begun, mem[1]), folded, n, tuning, self.limit))
            mem[0] = int(true)
        return found

    def _add(self, mem: list[Any], ms: int, value: float, over: int) -> None:
        steps, counts, values = mem[5:]
        if ms - mem[2] > over:
            mem[0], mem[1] = 0, ms
            for one in (steps, counts, values):
                del one[:]
        mem[2], mem[4] = ms, value
        now = ms // mem[3]
        gone = 0
        while gone < len(steps) and (now - steps[gone]) & _WRAP >= STEPS:
            gone += 1
        if gone:
            del steps[:gone], counts[:gone], values[:gone]
        if not steps or steps[-1] != now & _WRAP:
            steps.append(now & _WRAP)
            counts.append(1)
            values.append(value)
            return
        counts[-1] = min(counts[-1] + 1, _MOST)
        match self.fold:
            case "sum" | "mean":
                values[-1] += value
            case "min":
                values[-1] = min(values[-1], value)
            case "max":
                values[-1] = max(values[-1], value)

    def _folded(self, mem: list[Any], n: int) -> float:
        values = mem[7]
        match self.fold:
            case "count":
                return float(n)
            case "sum":
                return float(sum(values))
            case "mean":
                return float(sum(values) / n)
            case "min":
                return float(min(values))
            case "max":
                return float(max(values))
        return float(mem[4] - values[0])

    def passed(self, mem: list[Any], now: int, tuning: Tuning) -> list[Firing]:
        return []
