"""Falls as a measure made of the wrist's acceleration: `fall_probability` out of `accel`."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Final

from zhili.base.signals.measures import Reading
from zhili.core.signals.judge import deriving
from zhili.scenarios.eldercare.falls import filed

if TYPE_CHECKING:
    from zhili.scenarios.eldercare.falls.stream import Detector

READS: Final = "accel"
GIVES: Final = "fall_probability"


def register() -> None:
    """For the app's ``ready``. Raises BrokenModel when the model's file was altered: no site starts with it."""
    filed.opened(filed.FILE.read_bytes())
    deriving.derive(READS, GIVES, likelihoods)


def likelihoods(state: bytes | None, reading: Reading) -> tuple[bytes | None, list[tuple[datetime, float]]]:
    """What the detector says of a reading of acceleration. Raises ValueError for one it cannot read."""
    import numpy as np  # only the judge needs it, and only where bands send acceleration

    samples = reading.samples or b""
    if len(samples) < 16 or (len(samples) - 4) % 12:
        raise ValueError("no samples")
    numbers = np.frombuffer(samples, "<f4")
    return _detector().push(state, numbers[1:].reshape(-1, 3), float(numbers[0]), reading.at)


@cache
def _detector() -> Detector:
    from zhili.scenarios.eldercare.falls.stream import Detector

    return Detector()
