"""Which checks of an object go together, before any day is chosen, and what the yearly cap leaves of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zhili.base.merging.asked import Checks, Ints, Terms


@dataclass(frozen=True)
class Lists:
    """The columns as lists, which Python reads faster one by one; bodies compatible with a body as bits."""

    first: list[int]
    last: list[int]
    body: list[int]
    beyond: list[bool]
    mates: list[int]

    @classmethod
    def of(cls, checks: Checks, terms: Terms) -> Lists:
        mates = [
            sum(1 << int(b) for b in np.flatnonzero(row)) | 1 << n for n, row in enumerate(terms.compatible)
        ]
        return cls(
            checks.first.tolist(),
            checks.last.tolist(),
            checks.body.tolist(),
            checks.beyond_cap.tolist(),
            mates,
        )

    def together(self, lead: int, others: Sequence[int]) -> tuple[list[int], list[int]]:
        """Of these, in their order: those that go with ``lead`` on the last day of its window, and the rest."""
        at, bits = self.last[lead], self.mates[self.body[lead]]
        taken, rest = [lead], []
        for one in others:
            body = self.body[one]
            if self.first[one] <= at <= self.last[one] and bits >> body & 1:
                taken.append(one)
                bits &= self.mates[body]
            else:
                rest.append(one)
        return taken, rest

    def counted(self, group: Sequence[int]) -> bool:
        """Whether a visit with these counts against the cap."""
        return not all(self.beyond[one] for one in group)


def groups(lists: Lists, object_of: Ints, rows: Ints) -> dict[int, list[list[int]]]:
    """For each object its groups. ``rows``: the checks to group."""
    if not len(rows):
        return {}
    order = rows[np.lexsort((rows, np.array(lists.last)[rows], object_of[rows]))]
    begins = np.flatnonzero(np.r_[True, np.diff(object_of[order]) != 0])
    ends = [*begins[1:].tolist(), len(order)]
    listed, found = order.tolist(), {}
    for begin, end in zip(begins.tolist(), ends, strict=True):
        own: list[list[int]] = []
        left = listed[begin:end]
        while left:
            taken, left = lists.together(left[0], left[1:])
            own.append(taken)
        found[int(object_of[listed[begin]])] = own
    return found


def within_cap(
    lists: Lists, objects: Sequence[Sequence[Sequence[int]]], left: int
) -> tuple[list[list[int]], list[int]]:
    """The groups a business keeps, and the checks that fall to its cap.

    ``objects``: for each of its objects the groups found. While visits are left the one that takes most checks is
    chosen (of any object, on the last day of any check's window; of equal ones the earliest); what is beyond the cap
    and not yet in one is visited apart.
    """
    waiting = [
        sorted((c for group in own for c in group), key=lambda c: (lists.last[c], c)) for own in objects
    ]
    kept: list[list[int]] = []
    for _ in range(max(left, 0)):
        options = [
            (-len(taken), lists.last[lead], lead, n, taken)
            for n, own in enumerate(waiting)
            for i, lead in enumerate(own)
            if lists.counted(taken := lists.together(lead, own[:i] + own[i + 1 :])[0])
        ]
        if not options:
            break
        _size, _day, _lead, n, taken = min(options)
        kept.append(taken)
        gone = set(taken)
        waiting[n] = [c for c in waiting[n] if c not in gone]
    dropped = [c for own in waiting for c in own if not lists.beyond[c]]
    for own in waiting:
        free = [c for c in own if lists.beyond[c]]
        while free:
            taken, free = lists.together(free[0], free[1:])
            kept.append(taken)
    return kept, dropped
