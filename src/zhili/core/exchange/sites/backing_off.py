"""How long whoever failed is left alone: longer each time, never in step with others, for days."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Final

SHORTEST: Final = 1.0
LONGEST: Final = 600.0
LONGEST_UNREACHED: Final = 60.0
"""A site where nobody answers at all is not burdened by being asked; it is asked again within a minute."""
_random = random.SystemRandom()


def wait_after(failures: int, *, reached: bool = True) -> timedelta:
    """The wait after so many failures in a row: 1, 2, 4 … s, at most ten minutes, less up to a half by chance."""
    most = LONGEST if reached else LONGEST_UNREACHED
    whole = min(most, SHORTEST * 2 ** min(max(failures - 1, 0), 20))
    return timedelta(seconds=max(SHORTEST, whole * _random.uniform(0.5, 1.0)))
