"""The window: readings of the last while, folded in sixty steps, so that its memory is bounded whatever arrives."""

from __future__ import annotations

import struct
from typing import Any, Final

from zhili.base.signals.conditions import Window
from zhili.base.signals.firing import Firing
from zhili.base.signals.machines import Ready, Tuning, firing
from zhili.base.signals.memory import NEVER

STEPS: Final = 60
"""A window moves by this part of its length."""
_HEAD: Final = struct.Struct("<BqqIdB")


class WindowMachine:
    """Memory: [fired and not fallen back, heard since, last heard, step in ms, latest value, steps], where steps is a
    list of [number of the step since 1970, readings in it, their sum, least, greatest or first value]."""

    def __init__(self, condition: Window) -> None:
        self.limit = condition.above or condition.below
        self.above = condition.above is not None
        self.fold, self.over, self.least = condition.fold, condition.over, condition.least
        self.summed = condition.fold in ("sum", "mean")
        self.bare = condition.fold == "count"

    def start(self) -> list[Any]:
        return [0, NEVER, NEVER, 0, 0.0, []]

    def load(self, body: bytes) -> list[Any]:
        active, heard, last, step, latest, many = _HEAD.unpack_from(body)
        newest = last // step if step else 0
        numbers = struct.unpack_from(f"<{many}B{many}I" + ("" if self.bare else f"{many}d"), body, _HEAD.size)
        values = numbers[2 * many :] or [0.0] * many
        steps = [
            [newest - ago, n, value]
            for ago, n, value in zip(numbers[:many], numbers[many : 2 * many], values, strict=True)
        ]
        return [active, heard, last, step, latest, steps]

    def dump(self, mem: list[Any]) -> bytes:
        active, heard, last, step, latest, steps = mem
        many, newest = len(steps), last // step if step else 0
        body = _HEAD.pack(active, heard, last, step, latest, many)
        packed = [newest - one[0] for one in steps] + [min(one[1], (1 << 32) - 1) for one in steps]
        if self.bare:
            return body + struct.pack(f"<{many}B{many}I", *packed)
        return body + struct.pack(f"<{many}B{many}I{many}d", *packed, *[one[2] for one in steps])

    def run(self, mem: list[Any], ready: Ready, tuning: Tuning) -> list[Firing]:
        assert self.limit is not None
        found = []
        over = round(tuning[self.over.name] * 1000)
        limit, sign, step = tuning[self.limit.name], 1 if self.above else -1, max(1, over // STEPS)
        if mem[3] != step:  # another length since today: what was gathered for the former says nothing
            mem[:] = [*self.start()[:3], step, 0.0, []]
        for (ms, _measure, _source), value in ready:
            self._add(mem, ms, value, over)
            n = sum([one[1] for one in mem[5]])
            folded = self._folded(mem, n)
            whole = self.above or ms - mem[1] >= over
            true = n >= self.least and whole and (folded - limit) * sign > 0
            if true and not mem[0]:
                found.append(firing(ms, max(mem[5][0][0] * step, mem[1]), folded, n, tuning, self.limit))
            mem[0] = int(true)
        return found

    def _add(self, mem: list[Any], ms: int, value: float, over: int) -> None:
        if ms - mem[2] > over:
            mem[0], mem[1], mem[5] = 0, ms, []
        mem[2], mem[4] = ms, value
        steps, now = mem[5], ms // mem[3]
        if steps and steps[0][0] <= now - STEPS:
            mem[5] = steps = [one for one in steps if one[0] > now - STEPS]
        if not steps or steps[-1][0] != now:
            steps.append([now, 1, value])
            return
        one = steps[-1]
        one[1] += 1
        if self.summed:
            one[2] += value
        elif self.fold == "min":
            one[2] = min(one[2], value)
        elif self.fold == "max":
            one[2] = max(one[2], value)

    def _folded(self, mem: list[Any], n: int) -> float:
        steps = mem[5]
        match self.fold:
            case "count":
                return float(n)
            case "sum":
                return float(sum([one[2] for one in steps]))
            case "mean":
                return float(sum([one[2] for one in steps]) / n)
            case "min":
                return float(min([one[2] for one in steps]))
            case "max":
                return float(max([one[2] for one in steps]))
        return float(mem[4] - steps[0][2])

    def passed(self, mem: list[Any], now: int, tuning: Tuning) -> list[Firing]:
        return []
