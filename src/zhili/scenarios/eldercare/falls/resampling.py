"""Acceleration at any rate from 20 to 100 Hz becomes 25 Hz of the band below 8 Hz, whatever the chunks.

One band for every device is not for tidiness: where falls and daily acts were recorded at different rates, as in
the data learned from (40 and 50 Hz), whatever tells the rates apart would pass for a sign of a fall.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 25.0
BAND: Final = 8.0  # Hz, half amplitude; below the half of the slowest rate taken
HALF_WIDTH: Final = 0.2  # s of raw signal on either side of an output
SLOWEST, FASTEST = 20.0, 100.0

Rows = NDArray[np.float32]


def _kernel(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """A windowed sinc: low pass at BAND, zero beyond HALF_WIDTH."""
    inside = np.abs(seconds) < HALF_WIDTH
    window = 0.5 + 0.5 * np.cos(np.pi * seconds / HALF_WIDTH)
    return np.where(inside, np.sinc(2 * BAND * seconds) * window, 0.0)


def first_needed(output: int, hz: float) -> int:
    """The first raw row that output number `output` looks at (rows before the stream began count as absent)."""
    return int(np.floor((output / RATE - HALF_WIDTH) * hz))


def ready(rows: int, hz: float) -> int:
    """How many outputs `rows` raw rows allow: all that they look at must have come."""
    return max(0, int(np.floor(((rows - 1) / hz - HALF_WIDTH) * RATE)) + 1)


def resampled(raw: Rows, first: int, hz: float, start: int, stop: int) -> Rows:
    """Outputs start … stop-1 of a stream of which `raw` holds the rows from number `first` on."""
    if stop <= start:
        return np.empty((0, 3), np.float32)
    taps = int(np.ceil(2 * HALF_WIDTH * hz)) + 2
    at = np.arange(start, stop) / RATE
    rows = np.floor((at - HALF_WIDTH) * hz).astype(np.int64)[:, None] + np.arange(taps)
    weights = _kernel(rows / hz - at[:, None])
    weights[(rows < 0)] = 0.0
    weights /= weights.sum(axis=1, keepdims=True)
    taken = raw[np.clip(rows - first, 0, len(raw) - 1)]
    return np.stack([(taken[:, :, axis] * weights).sum(axis=1) for axis in range(3)], axis=1).astype(
        np.float32
    )
