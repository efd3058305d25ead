"""What is counted while a city is played: requests by kind, steps, refusals, and what became of each matter."""

from __future__ import annotations

import math
import time
from collections import Counter, deque
from dataclasses import dataclass, field

STEPS_PER_E = 20
"""Durations are kept in classes 5% wide."""


@dataclass
class Times:
    """How long one kind of request took."""

    count: int = 0
    classes: Counter[int] = field(default_factory=Counter)

    def add(self, seconds: float) -> None:
        self.count += 1
        self.classes[round(math.log(max(seconds, 1e-5)) * STEPS_PER_E)] += 1

    def percentile(self, part: float) -> float:
        """Milliseconds, nearest rank, right to 5%; 0 for none."""
        left = math.ceil(part * self.count)
        for one in sorted(self.classes):
            left -= self.classes[one]
            if left <= 0:
                return 1000 * math.exp(one / STEPS_PER_E)
        return 0.0


@dataclass
class Fate:
    """What became of one matter as far as it was played."""

    number: str = ""
    stage: str = ""
    steps: list[tuple[str, str, str]] = field(default_factory=list)
    """(action, code of the office that took it or who else, stage afterwards), in order; without the site's clocks."""
    late: bool = False
    overdue: bool = False
    """Whether the site's own clocks said so; known at the end, and only where limits are shortened."""
    stuck: str = ""
    played_before: bool = False
    ended_before: bool = False


@dataclass
class Tally:
    """Everything a run is judged by."""

    times: dict[str, Times] = field(default_factory=dict)
    steps: Counter[str] = field(default_factory=Counter)
    """Steps taken in this run, openings by their name; repeats of an earlier run are not among them."""
    repeats: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    """What the site refused, as "409 stale accept"."""
    troubles: Counter[str] = field(default_factory=Counter)
    """What went wrong on the way: no answer, 5xx, 429; each was tried again."""
    oddities: Counter[str] = field(default_factory=Counter)
    """Answers that contradict one another."""
    fates: dict[str, Fate] = field(default_factory=dict)
    answered: int = 0
    late: int = 0
    began: float = field(default_factory=time.monotonic)
    news: deque[str] = field(default_factory=lambda: deque(maxlen=6))
    _recent: deque[float] = field(default_factory=lambda: deque(maxlen=4000))

    def request(self, kind: str, seconds: float) -> None:
        self.times.setdefault(kind, Times()).add(seconds)
        self._recent.append(time.monotonic())

    def per_second(self, span: float = 10.0) -> float:
        """Requests a second, over the last seconds."""
        now = time.monotonic()
        recent = sum(1 for at in self._recent if at > now - span)
        return recent / max(0.1, min(span, now - self.began))

    @property
    def requests(self) -> int:
        return sum(one.count for one in self.times.values())

    def opened(self) -> int:
        return sum(self.steps[name] for name in ("report", "on_behalf", "find", "found_fixed"))
