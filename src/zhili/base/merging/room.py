"""What room there is: minutes of bodies and of their specialists, day by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from zhili.base.merging.asked import NO_SPECIALITY, Checks, Ints, Terms

Need = dict[int, int]
"""Pool → minutes. Pools below ``terms.bodies`` are bodies, the others their specialists."""


class Room:
    """Minutes left in each pool on each day; taken and given back as visits are placed."""

    def __init__(self, checks: Checks, terms: Terms) -> None:
        self.approach = terms.approach
        self.bodies = terms.bodies
        self.pool: dict[tuple[int, int], int] = {}
        rows = [terms.capacity.astype(np.int64)]
        asked = np.unique(np.stack([checks.body, checks.speciality], axis=1), axis=0).tolist()
        for body, speciality in asked:
            if speciality != NO_SPECIALITY:
                self.pool[body, speciality] = terms.bodies + len(self.pool)
                there = terms.special.get((body, speciality), np.zeros(terms.days))
                rows.append(np.asarray(there, dtype=np.int64)[None, :])
        self.whole = np.concatenate(rows)
        self.free = self.whole.copy()
        self.share = 1.0 / np.maximum(self.whole, 1)
        self._body = checks.body.tolist()
        self._speciality = checks.speciality.tolist()
        self._minutes = checks.minutes.tolist()

    def by_body(self, group: Iterable[int]) -> dict[int, list[int]]:
        """The checks of a group by body."""
        found: dict[int, list[int]] = {}
        for one in group:
            found.setdefault(self._body[one], []).append(one)
        return found

    def need(self, group: Iterable[int]) -> Need:
        """What a visit with these checks takes of each pool."""
        need: Need = {}
        for body, own in self.by_body(group).items():
            special = {self._speciality[c] for c in own} - {NO_SPECIALITY}
            length = self.approach + sum(self._minutes[c] for c in own)
            need[body] = length * max(1, (len(special) + 1) // 2)
            for one in special:
                need[self.pool[body, one]] = length
        return need

    def open(self, need: Mapping[int, int], begin: int, end: int) -> tuple[NDArray[np.bool_], NDArray]:
        """For each day begin … end whether there is room, and how much of its busiest pool would then be taken."""
        pools = list(need)
        minutes = np.fromiter(need.values(), np.int64, len(pools))[:, None]
        left = self.free[pools, begin : end + 1] - minutes
        whole = self.whole[pools, begin : end + 1]
        taken = ((whole - left) * self.share[pools, begin : end + 1]).max(axis=0)
        fits: NDArray[np.bool_] = np.all(left >= 0, axis=0)
        return fits, taken

    def fits(self, need: Mapping[int, int], day: int) -> bool:
        """Whether there is room for it on a day."""
        return all(self.free[pool, day] >= minutes for pool, minutes in need.items())

    def take(self, need: Mapping[int, int], day: int) -> None:
        for pool, minutes in need.items():
            self.free[pool, day] -= minutes

    def give_back(self, need: Mapping[int, int], day: int) -> None:
        for pool, minutes in need.items():
            self.free[pool, day] += minutes

    def busiest(self, need: Mapping[int, int], day: int) -> tuple[int, float]:
        """The body most taken on a day among those needed, and what share of its minutes, or its specialists', is."""
        taken = {p: float(1 - self.free[p, day] * self.share[p, day]) for p in need}
        pool = max(taken, key=lambda p: (taken[p], -p))
        if pool >= self.bodies:
            return next(body for (body, _s), p in self.pool.items() if p == pool), taken[pool]
        return pool, taken[pool]

    def never(self, rows: Ints, checks: Checks) -> NDArray[np.bool_]:
        """Which of these checks no day of their window could ever hold, were nothing else to be done."""
        first, last = checks.first[rows], checks.last[rows]
        need = checks.minutes[rows] + self.approach
        bad = range_max(self.whole, checks.body[rows], first, last) < need
        for (body, speciality), pool in self.pool.items():
            own = np.flatnonzero((checks.body[rows] == body) & (checks.speciality[rows] == speciality))
            both = np.minimum(self.whole[body], self.whole[pool])[None, :]
            bad[own] |= range_max(both, np.zeros(len(own), int), first[own], last[own]) < need[own]
        return bad


def range_max(table: Ints, row: Ints, first: Ints, last: Ints) -> Ints:
    """The largest of ``table[row, first … last]`` for each; by maxima of runs of 1, 2, 4 … days."""
    runs: Sequence[Ints] = [table]
    while 2 ** len(runs) <= table.shape[1]:
        half = 2 ** (len(runs) - 1)
        before = runs[-1]
        runs = [*runs, np.maximum(before, np.pad(before[:, half:], ((0, 0), (0, half))))]
    level = np.log2(last - first + 1).astype(np.int64) if len(first) else np.zeros(0, int)
    stacked = np.stack(runs)
    found: Ints = np.maximum(stacked[level, row, first], stacked[level, row, last - 2**level + 1])
    return found
