"""Events: each one fires at once, however late; a repetition does not."""

from __future__ import annotations

import struct
from typing import Any, Final

from zhili.base.signals.firing import Firing, Outcome
from zhili.base.signals.machines import Tuning, firing
from zhili.base.signals.memory import NEVER, Key

REMEMBERED: Final = 64
"""Events by which repetitions are known, at most; what is older than the oldest of so many counts as late."""
LEAST: Final = 3600
"""Seconds: an event waits for nobody, so its rule is never stricter than this about order."""
_HEAD: Final = struct.Struct("<qq")
_KEY: Final = struct.Struct("<qq")


class HappensMachine:
    """Memory: [newest moment, floor, [(moment, source)…]]; what lies before the floor is late."""

    def __init__(self, lateness: int) -> None:
        self.lateness = max(lateness, LEAST) * 1000

    def start(self) -> list[Any]:
        return [NEVER, NEVER, []]

    def load(self, body: bytes) -> list[Any]:
        newest, floor = _HEAD.unpack_from(body)
        return [newest, floor, list(_KEY.iter_unpack(body[_HEAD.size :]))]

    def dump(self, mem: list[Any]) -> bytes:
        return _HEAD.pack(mem[0], mem[1]) + b"".join([_KEY.pack(*one) for one in mem[2]])

    def run(self, mem: list[Any], found: list[Key], tuning: Tuning, out: Outcome) -> list[Firing]:
        """``found``: the keys of what came, by time."""
        fired = []
        known = set(mem[2])
        for ms, _measure, source in found:
            if ms < mem[1] or (ms, source) in known:
                out.late += 1
                continue
            known.add((ms, source))
            fired.append(firing(ms, ms, 1.0, 1, tuning, None))
        self._forget(mem, known)
        return fired

    def _forget(self, mem: list[Any], known: set[tuple[int, int]]) -> None:
        if not known:
            return
        several = sorted(known)
        mem[0] = max(mem[0], several[-1][0])
        mem[1] = max(mem[1], mem[0] - self.lateness)
        if len(several) > REMEMBERED:
            mem[1] = max(mem[1], several[-REMEMBERED - 1][0] + 1)
        mem[2] = [one for one in several if one[0] >= mem[1]]
