"""How long to wait after a failure: of one event, and of a receiver that takes none. Pure.

An event that is refused (4xx) is tried ten times within a day; others pass it by. A receiver that does not answer, or
answers that it cannot (5xx, 429, 408), is tried with one event at a time, at most every quarter of an hour, and what
waits for it longer than a day is given up.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

WAITS: Final = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 3600, 10_800, 25_200, 43_200))
TRIES: Final = len(WAITS) + 1
"""The last try comes a day after the first."""
GIVE_UP: Final = timedelta(hours=24)
SINGLY: Final = 3
"""So many failures of the receiver in a row, and it is tried with one event at a time."""
FIRST: Final = timedelta(seconds=2)
LONGEST: Final = timedelta(minutes=15)
ASKED_MOST: Final = timedelta(hours=24)
"""How long a receiver may ask us to wait (Retry-After)."""
JITTER: Final = 0.2
SLOW: Final = 2.0
"""Seconds; a receiver that takes longer gets one request at a time."""
AT_ONCE: Final = 8
"""Requests under way to one receiver that is well and quick."""

Chance = Callable[[], float]
"""A number from 0 to 1."""


def of_event(attempts: int, chance: Chance = random.random) -> timedelta | None:
    """How long an event waits after so many tries; None: give it up."""
    return spread(WAITS[attempts - 1], chance) if attempts < TRIES else None


def of_receiver(failures: int, asked: float = 0, chance: Chance = random.random) -> timedelta:
    """How long a receiver is left alone after so many failures in a row; not less than the seconds it asked for."""
    own = timedelta(0)
    if failures >= SINGLY:
        own = spread(min(LONGEST, FIRST * 2 ** min(failures - SINGLY, 12)), chance)
    return max(own, min(ASKED_MOST, timedelta(seconds=asked)))


def spread(wait: timedelta, chance: Chance = random.random) -> timedelta:
    """A fifth more or less, so that what failed together is not tried together."""
    return wait * (1 - JITTER + 2 * JITTER * chance())


def retry_after(text: str, now: datetime) -> float:
    """Seconds of a Retry-After header (RFC 9110 §10.2.3), 0 when it says nothing."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return 0.0
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many requests a minute: in any minute no more than ``rate``.

    A bucket of a sixth of them that fills by the rest: so a start after a pause keeps below it, too.
    """

    rate: int

    @property
    def depth(self) -> float:
        return max(1.0, self.rate / 6)

    def left(self, before: float, since: float | None) -> float:
        """What may be sent now: ``before`` was left so many seconds ago (None: it begins full)."""
        if since is None:
            return self.depth
        fill = max(self.rate - self.depth, self.rate / 2) / 60
        return min(self.depth, before + max(0.0, since) * fill)
