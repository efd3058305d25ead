"""Chance by name: the same names give the same stream on every machine, whatever else was drawn before.

Each matter has streams of its own, so that no order of threads and no change in another matter alters it.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """A stream of draws. ``names`` say whose it is, such as (seed, "matter", "3.17")."""

    def __init__(self, *names: object) -> None:
        self._names = names
        self._random = random.Random("/".join(str(one) for one in names))  # noqa: S311 - to be foretold is its purpose

    def of(self, *more: object) -> Chance:
        """A stream below this one; drawing from either leaves the other as it is."""
        return Chance(*self._names, *more)

    def hits(self, share: float) -> bool:
        return self._random.random() < share

    def between(self, low: float, high: float) -> float:
        return self._random.uniform(low, high)

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self._random.randint(low, high)

    def one(self, of: Sequence[T]) -> T:
        return of[self._random.randrange(len(of))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """A key, as often as its weight says."""
        point, last = self._random.random() * sum(weights.values()), next(iter(weights))
        for key, weight in weights.items():
            if weight > 0:
                last = key
                point -= weight
                if point < 0:
                    return key
        return last

    def arrivals(self, mean: float) -> int:
        """How many come when ``mean`` are expected (Poisson)."""
        if mean > 500:
            return max(0, round(self._random.gauss(mean, math.sqrt(mean))))
        found, product, least = 0, self._random.random(), math.exp(-mean)
        while product > least:
            found, product = found + 1, product * self._random.random()
        return found


def key(*names: object) -> str:
    """An Idempotency-Key that the same names always give."""
    return "sim-" + hashlib.sha256("/".join(str(one) for one in names).encode()).hexdigest()[:48]
