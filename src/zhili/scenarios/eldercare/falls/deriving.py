"""Falls as a measure made of the wrist's acceleration: `fall_probability` out of `accel`."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import numpy as np

from zhili.base.signals.measures import Reading
from zhili.core.signals import deriving
from zhili.scenarios.eldercare.falls.resampling import FASTEST, SLOWEST
from zhili.scenarios.eldercare.falls.stream import Detector

READS: Final = "accel"
GIVES: Final = "fall_probability"


def register() -> None:
    """For the app's ``ready``. Raises BrokenModel when the model's file was altered: no site starts with it."""
    deriving.derive(READS, GIVES, _Falls())


class _Falls:
    """One for the process; it remembers nothing itself."""

    def __init__(self) -> None:
        self._detector = Detector()

    def __call__(
        self, state: bytes | None, reading: Reading
    ) -> tuple[bytes | None, list[tuple[datetime, float]]]:
        samples = reading.samples or b""
        if len(samples) < 16 or (len(samples) - 4) % 12:
            raise ValueError("no samples")
        numbers = np.frombuffer(samples, "<f4")
        hz = float(numbers[0])
        if not SLOWEST <= hz <= FASTEST:
            raise ValueError(f"{hz} Hz")
        return self._detector.push(state, numbers[1:].reshape(-1, 3), hz, reading.at)
