"""Looks for falls in acceleration as it comes, chunk by chunk; what it remembers of a wearer is a few kB of bytes.

A peak of at least 1.3 g, the highest within a second on either side, is judged 2.5 s after it from the two
seconds before and all that followed. Where the chunks are cut changes nothing. After a gap it starts anew and
is blind for two seconds.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zhili.scenarios.eldercare.falls import resampling
from zhili.scenarios.eldercare.falls.features import POST, PRE, ROWS
from zhili.scenarios.eldercare.falls.model import Model, shipped
from zhili.scenarios.eldercare.falls.resampling import RATE, Rows

LEAST_PEAK: Final = 13.0  # m/s² in the band below 8 Hz
APART: Final = 25  # rows at RATE: of two peaks within a second the higher counts
RANGE: Final = 39.2  # m/s²: 4 g an axis, what the wrist watches learned from could tell
GAP: Final = 0.5  # s by which the next chunk may be early or late
SAME_RATE: Final = 0.02

_HEAD: Final = struct.Struct("<4sdqqqqHH")


def _none() -> Rows:
    return np.empty((0, 3), np.float32)


@dataclass(slots=True)
class _State:
    """A stream since its last gap, in rows counted from there."""

    hz: float
    until: int  # µs since 1970 at which the next chunk is due
    rows: int = 0  # raw rows seen
    made: int = 0  # rows at RATE made of them
    next: int = PRE  # the next of those to be judged
    raw: Rows = field(default_factory=_none)  # the last raw rows
    held: Rows = field(default_factory=_none)  # the last rows at RATE


class Detector:
    """Pure: the state is handed in and out, so that it may be kept with the readings it was made of."""

    def __init__(self, model: Model | None = None) -> None:
        self.model = model or shipped()
        self._mark = bytes.fromhex(self.model.sha256[:8]) if self.model.sha256 else b"none"

    def push(
        self, state: bytes | None, samples: NDArray[np.floating], hz: float, at: datetime
    ) -> tuple[bytes, list[tuple[datetime, float]]]:
        """The new state, and (time of the peak, likelihood 0..1) of every peak that can now be judged.

        `samples`: (n, 3) in m/s², n ≥ 1; `hz`: 20 to 100; `at`: aware, of the first row. A chunk that lies wholly
        before what was seen is ignored. A state of another model or version starts anew. Raises ValueError.
        """
        given = np.asarray(samples, np.float32)
        if given.ndim != 2 or given.shape[1] != 3 or not len(given) or not np.isfinite(given).all():
            raise ValueError("samples are rows of three finite accelerations")
        if not resampling.SLOWEST <= hz <= resampling.FASTEST:
            raise ValueError(f"{hz} Hz: between {resampling.SLOWEST:g} and {resampling.FASTEST:g}")
        start = round(at.timestamp() * 1e6)
        end = start + round(len(given) / hz * 1e6)
        now = self._unpacked(state)
        if now is not None and state is not None and end < now.until - GAP * 1e6:
            return state, []
        if now is None or abs(start - now.until) > GAP * 1e6 or abs(hz / now.hz - 1) > SAME_RATE:
            now = _State(hz, start)
        before = now.rows
        self._take(now, np.clip(given, -RANGE, RANGE), end)
        found = [
            (at + timedelta(seconds=row / RATE - before / now.hz), likelihood)
            for row, likelihood in self._judged(now)
        ]
        return self._packed(now), found

    def _take(self, now: _State, given: Rows, end: int) -> None:
        raw = np.concatenate((now.raw, given))
        first = now.rows - len(now.raw)
        now.rows += len(given)
        now.until = end
        stop = max(now.made, resampling.ready(now.rows, now.hz))
        new = resampling.resampled(raw, first, now.hz, now.made, stop)
        now.held = np.concatenate((now.held, new))
        now.made = stop
        now.raw = raw[max(0, resampling.first_needed(stop, now.hz) - first) :]

    def _judged(self, now: _State) -> list[tuple[int, float]]:
        first = now.made - len(now.held)
        held = now.held.astype(np.float64)
        size = np.sqrt((held * held).sum(axis=1))
        found = []
        for row in range(now.next, now.made - POST):
            own = row - first
            if size[own] < LEAST_PEAK:
                continue
            near = size[own - APART : own + APART + 1]
            if size[own] >= near.max() and (near[:APART] < size[own]).all():
                found.append((row, self.model.likelihood(now.held[own - PRE : own - PRE + ROWS])))
        now.next = max(now.next, now.made - POST)
        now.held = now.held[max(0, now.next - PRE - first) :]
        return found

    def _packed(self, now: _State) -> bytes:
        head = _HEAD.pack(
            self._mark, now.hz, now.until, now.rows, now.made, now.next, len(now.raw), len(now.held)
        )  # fmt: skip
        return head + now.raw.astype("<f4").tobytes() + now.held.astype("<f4").tobytes()

    def _unpacked(self, state: bytes | None) -> _State | None:
        if state is None or len(state) < _HEAD.size or state[:4] != self._mark:
            return None
        _, hz, until, rows, made, following, raws, helds = _HEAD.unpack_from(state)
        if len(state) != _HEAD.size + 12 * (raws + helds):
            return None
        numbers = np.frombuffer(state, "<f4", offset=_HEAD.size).astype(np.float32).reshape(-1, 3)
        return _State(hz, until, rows, made, following, numbers[:raws], numbers[raws:])
