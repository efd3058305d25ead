"""Invented movements of a wrist: functions of time, so that they can be recorded at any rate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np

from zhili.scenarios.eldercare.falls.features import Numbers
from zhili.scenarios.eldercare.falls.stream import Detector

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
Movement = Callable[[Numbers], Numbers]


def walking(t: Numbers) -> Numbers:
    swing = np.sin(2 * np.pi * 0.9 * t)
    step = 2.5 * np.clip(np.sin(2 * np.pi * 1.8 * t), 0, None) ** 4
    return np.stack((-8.5 + 2 * swing + step, 2 * np.cos(2 * np.pi * 0.9 * t), 4 + 1.5 * swing), axis=1)


def clapping(t: Numbers) -> Numbers:
    clap = 30 * np.clip(np.sin(2 * np.pi * 2.2 * t), 0, None) ** 12
    return np.stack((-3 + clap, 4 + 0.3 * clap, 8 - 0.5 * clap), axis=1)


def fall(t: Numbers, when: float = 6.0) -> Numbers:
    """Walks, loses its weight for half a second, hits the ground, lies still with the arm turned."""
    still = np.stack((np.full_like(t, 1.5), np.full_like(t, -9.4), np.full_like(t, 2.0)), axis=1)
    lying = 1 / (1 + np.exp(-(t - when) / 0.05))[:, None]
    weight = (1 - 0.75 * np.exp(-(((t - when + 0.35) / 0.22) ** 2)))[:, None]
    blow = np.exp(-(((t - when) / 0.05) ** 2)) + 0.35 * np.exp(-(((t - when - 0.3) / 0.06) ** 2))
    return (walking(t) * (1 - lying) + still * lying) * weight + blow[:, None] * np.array([32.0, -38.0, 24.0])


def recorded(movement: Movement, seconds: float, hz: float) -> Numbers:
    return movement(np.arange(round(seconds * hz)) / hz)


def heard(detector: Detector, rows: Numbers, hz: float, chunk: int) -> list[tuple[float, float]]:
    """(second, likelihood) of all that is said, handed over `chunk` rows at a time."""
    state: bytes | None = None
    found = []
    for first in range(0, len(rows), chunk):
        at = AT + timedelta(seconds=first / hz)
        state, said = detector.push(state, rows[first : first + chunk], hz, at)
        found += [((when - AT).total_seconds(), value) for when, value in said]
    return found
