"""How sure a share found in a sample is of the whole it was drawn from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

Z_95: Final = 1.959963984540054
"""95% of a normal distribution lie within so many standard deviations."""


@dataclass(frozen=True, slots=True)
class Share:
    """``part`` of ``whole`` looked at, of ``population``: the share, and where the true one lies in 95 of 100 cases."""

    part: int
    whole: int
    population: int
    share: float
    low: float
    high: float


def wilson(part: int, whole: int, population: int, z: float = Z_95) -> Share:
    """Wilson's score interval (1927) with the finite population correction.

    With ``whole`` drawn from ``population`` without putting back, the sample tells as much as
    ``whole·(population − 1)/(population − whole)`` independent ones would; Wilson's formula is used with that number.
    Who has looked at all of them knows the share: low = high = share. Raises ValueError for counts that cannot be.
    """
    if not 0 <= part <= whole <= population or whole == 0:
        raise ValueError(f"{part} of {whole} of {population} is no sample")
    share = part / whole
    if whole == population:
        return Share(part, whole, population, share, share, share)
    n = whole * (population - 1) / (population - whole)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Share(part, whole, population, share, max(0.0, middle - half), min(1.0, middle + half))
