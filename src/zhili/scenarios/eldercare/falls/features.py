"""A peak of acceleration and what stands around it, as some fifty numbers. Rows at 25 Hz, m/s², peak at row PRE."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from zhili.scenarios.eldercare.falls.resampling import RATE, Rows

GRAVITY: Final = 9.81
PRE: Final = 50  # rows before the peak: 2 s
POST: Final = 62  # rows after it: 2.5 s
ROWS: Final = PRE + 1 + POST

_BEFORE = slice(0, PRE - 18)  # until 0.7 s before the peak
_FALLING = slice(PRE - 25, PRE + 1)  # the last second
_AROUND = slice(PRE - 18, PRE + 8)
_AFTER = slice(PRE + 20, ROWS)  # from 0.8 s after it
_EARLY, _LATE = slice(PRE + 20, PRE + 41), slice(PRE + 41, ROWS)

Numbers = NDArray[np.float64]


def of_window(window: Rows) -> dict[str, float]:
    """The features by name, of ROWS rows."""
    rows = window.astype(np.float64)
    size = np.sqrt((rows * rows).sum(axis=1))
    told: dict[str, float] = {"peak": float(size[PRE])}
    _fall(size, told)
    _rest(rows, size, told)
    _turning(rows, told)
    _rhythm(size, told)
    return told


def _fall(size: Numbers, told: dict[str, float]) -> None:
    falling = size[_FALLING]
    lowest = int(falling.argmin())
    told["lowest"] = float(falling[lowest])
    told["lowest_to_peak"] = (len(falling) - 1 - lowest) / RATE
    told["weightless"] = float(np.clip(GRAVITY - falling, 0, None).sum()) / RATE
    told["weightless_time"] = float((falling < 7).sum()) / RATE
    told["push"] = float(np.clip(size[PRE - 5 : PRE + 11] - GRAVITY, 0, None).sum()) / RATE
    told["width"] = float((size[PRE - 12 : PRE + 13] > (size[PRE] + GRAVITY) / 2).sum()) / RATE
    told["strong_time"] = float((size[PRE - 25 : PRE + 26] > 15).sum()) / RATE
    told["lowest_after"] = float(size[PRE : PRE + 16].min())
    others = np.concatenate((size[: PRE - 15], size[PRE + 16 :]))
    told["second"] = float(others.max())
    told["second_share"] = float((others.max() - GRAVITY) / max(size[PRE] - GRAVITY, 0.5))
    told["highest_before"] = float(size[: PRE - 15].max())
    told["highest_after"] = float(size[PRE + 20 :].max())


def _rest(rows: Numbers, size: Numbers, told: dict[str, float]) -> None:
    jerk = np.sqrt((np.diff(rows, axis=0) ** 2).sum(axis=1)) * RATE
    told["jerk"] = float(jerk[PRE - 13 : PRE + 12].max())
    parts = (("before", _BEFORE), ("around", _AROUND), ("after", _AFTER), ("early", _EARLY), ("late", _LATE))
    for name, part in parts:
        told[f"{name}_spread"] = float(np.log(np.sqrt(rows[part].var(axis=0).sum()) + 0.05))
        told[f"{name}_size_spread"] = float(np.log(size[part].std() + 0.05))
        told[f"{name}_jerk"] = float(np.log(jerk[part.start : part.stop - 1].mean() + 0.5))
    told["calmer"] = told["after_spread"] - told["before_spread"]
    told["before_size"] = float(size[_BEFORE].mean())
    told["after_size"] = float(size[_AFTER].mean())
    told["quietest"] = float(
        np.log(min(rows[i : i + 15].var(axis=0).sum() for i in range(PRE + 13, ROWS - 14, 8)) + 0.01)
    )


def _turning(rows: Numbers, told: dict[str, float]) -> None:
    before, after = rows[_BEFORE].mean(axis=0), rows[_AFTER].mean(axis=0)
    first, last = rows[:13].mean(axis=0), rows[_LATE].mean(axis=0)
    near = rows[PRE - 25 : PRE - 12].mean(axis=0)
    told["turned"] = _angle(before, after)
    told["turned_whole"] = _angle(first, last)
    told["turned_near"] = _angle(near, after)
    told["turned_after"] = _angle(rows[_EARLY].mean(axis=0), last)
    for name, vector in (("before", before), ("after", after)):
        unit = vector / max(float(np.linalg.norm(vector)), 1.0)
        for axis, letter in enumerate("xyz"):
            told[f"{name}_{letter}"] = float(unit[axis])
            told[f"{name}_abs_{letter}"] = abs(float(unit[axis]))
    smooth = np.stack([np.convolve(rows[:, axis], np.full(5, 0.2), "valid") for axis in range(3)], axis=1)
    unit = smooth / np.maximum(np.linalg.norm(smooth, axis=1, keepdims=True), 1.0)
    steps = np.arccos(np.clip((unit[1:] * unit[:-1]).sum(axis=1), -1, 1))
    told["path_before"] = float(steps[: PRE - 20].sum())
    told["path_around"] = float(steps[PRE - 20 : PRE + 12].sum())
    told["path_after"] = float(steps[PRE + 12 :].sum())


def _rhythm(size: Numbers, told: dict[str, float]) -> None:
    """Steps, claps and knocks repeat; a fall does not."""
    for name, part in (("before", size[: PRE - 12]), ("whole", size), ("after", size[PRE + 10 :])):
        told[f"{name}_rhythm"] = _repeats(part)
    inner = (size[1:-1] >= size[:-2]) & (size[1:-1] > size[2:])
    told["peaks_12"] = float((inner & (size[1:-1] > 12)).sum())
    told["peaks_16"] = float((inner & (size[1:-1] > 16)).sum())
    told["peaks_after"] = float((inner & (size[1:-1] > 11.5))[PRE + 15 :].sum())
    power = np.abs(np.fft.rfft((size - size.mean()) * np.hanning(ROWS))) ** 2
    hertz = np.fft.rfftfreq(ROWS, 1 / RATE)
    total = power.sum() + 1.0
    for low, high in ((0.3, 1.5), (1.5, 3), (3, 5), (5, 8)):
        told[f"band_{high:g}"] = float(power[(hertz >= low) & (hertz < high)].sum() / total)
    told["energy"] = float(np.log(total))


def _repeats(size: Numbers) -> float:
    """The highest autocorrelation at a lag of 0.2 to 1 s, 0..1; 0 for what hardly moves."""
    centred = size - size.mean()
    own = float(centred @ centred)
    if own < 1.0:
        return 0.0
    return max(0.0, *(float(centred[lag:] @ centred[:-lag]) / own for lag in range(5, 26)))


def _angle(one: Numbers, other: Numbers) -> float:
    """Degrees between two directions; 0 where one is too weak to have any."""
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    return 0.0 if size < 4 else float(np.degrees(np.arccos(np.clip(float(one @ other) / size, -1, 1))))


NAMES: Final = tuple(of_window(np.full((ROWS, 3), 5.0, np.float32)))


def vector(window: Rows) -> Numbers:
    """The features in the order of NAMES."""
    told = of_window(window)
    return np.array([told[name] for name in NAMES])
