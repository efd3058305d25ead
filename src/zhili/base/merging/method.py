"""The method, start to end: group, keep to the cap, find days, part what has no room, drop what need not be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from zhili.base.merging.asked import Checks, Ints, Terms, refuse
from zhili.base.merging.bound import lower_bound
from zhili.base.merging.grouping import Lists, groups, within_cap
from zhili.base.merging.merged import NONE, Merged, Shape, Visit, Why
from zhili.base.merging.room import Room


def merge(checks: Checks, terms: Terms) -> Merged:
    """A plan for these checks. Raises MergeError when checks or terms contradict themselves.

    Same input, same plan. 400,000 checks of 40,000 objects take well under a minute (bench/inspections.py).
    """
    refuse(checks, terms)
    business, object_of = _alone_apart(checks, terms)
    within = replace(
        checks,
        object=object_of,
        first=np.maximum(checks.first, 0),
        last=np.minimum(checks.last, terms.days - 1),
    )
    placing = _Placing(within, terms, business)
    placing.run()
    visits, visit = _numbered(placing, checks)
    placed = visit >= 0
    bound = lower_bound(checks.some(placed), terms.compatible)
    return Merged(checks, terms, visits, visit, placing.why, bound)


def _alone_apart(checks: Checks, terms: Terms) -> tuple[Ints, Ints]:
    """Checks that are never merged get an object of their own, of the same business."""
    lonely = np.flatnonzero(checks.alone)
    object_of = checks.object.copy()
    object_of[lonely] = len(terms.business) + np.arange(len(lonely))
    return np.r_[terms.business, terms.business[checks.object[lonely]]], object_of


def _numbered(placing: _Placing, checks: Checks) -> tuple[list[Visit], Ints]:
    """Visits by day and object, and for each check the number of its visit."""
    objects = checks.object.tolist()
    made = [replace(one, object=objects[one.checks[0]]) for own in placing.visits.values() for one in own]
    made.sort(key=lambda v: (v.day, v.object, v.checks))
    visit = np.full(len(checks), NONE, dtype=np.int64)
    for n, one in enumerate(made):
        visit[list(one.checks)] = n
    return made, visit


class _Placing:
    """The state while days are found: room left, visits by object, what each business may still have."""

    def __init__(self, checks: Checks, terms: Terms, business: Ints) -> None:
        self.checks = checks
        self.business = business.tolist()
        self.object = checks.object.tolist()
        self.lists = Lists.of(checks, terms)
        self.room = Room(checks, terms)
        self.why = np.full(len(checks), int(Why.PLACED), dtype=np.int64)
        self.visits: dict[int, list[Visit]] = {}
        self.left: list[int] = terms.left.tolist()

    def run(self) -> None:
        queue = self._kept(self._grouped())
        for group in queue:  # a place under the cap is kept for each, so that none takes another's
            if self.lists.counted(group):
                self.left[self.business[self.object[group[0]]]] -= 1
        queue.sort(key=self._narrow_first)
        for group in queue:
            self._settle(group)
        self._dissolve()
        for one in np.flatnonzero((self.why == Why.CAP) | (self.why == Why.FULL)).tolist():
            if self._join(one):
                self.why[one] = Why.PLACED

    def _grouped(self) -> dict[int, list[list[int]]]:
        rows = np.flatnonzero(self.checks.first <= self.checks.last)
        self.why[:] = Why.OUTSIDE
        self.why[rows] = Why.PLACED
        never = self.room.never(rows, self.checks)
        self.why[rows[never]] = Why.NOBODY
        return groups(self.lists, self.checks.object, rows[~never])

    def _kept(self, grouped: dict[int, list[list[int]]]) -> list[list[int]]:
        """The groups that stay when each business keeps to its cap; what falls to it says so."""
        of_business: dict[int, list[list[list[int]]]] = {}
        for one, own in grouped.items():
            of_business.setdefault(self.business[one], []).append(own)
        queue: list[list[int]] = []
        for business, objects in of_business.items():
            wanted = sum(self.lists.counted(group) for own in objects for group in own)
            if wanted <= self.left[business]:
                queue += [group for own in objects for group in own]
                continue
            kept, dropped = within_cap(self.lists, objects, self.left[business])
            self.why[dropped] = Why.CAP
            queue += kept
        return queue

    def _window(self, group: Sequence[int]) -> tuple[int, int]:
        first, last = self.lists.first, self.lists.last
        return max(first[c] for c in group), min(last[c] for c in group)

    def _narrow_first(self, group: Sequence[int]) -> tuple[int, int, int, int]:
        begin, end = self._window(group)
        return end - begin, -len(group), end, group[0]

    def _settle(self, group: list[int]) -> None:
        """A group finds its day, whole or in parts; what finds none says why. Its place under the cap is kept."""
        shape = Shape.WHOLE
        while group:
            begin, end = self._window(group)
            need = self.room.need(group)
            fits, taken = self.room.open(need, begin, end)
            if fits.any():
                day = begin + int(np.where(fits, taken, np.inf).argmin())
                return self._place(group, day, shape, int(fits.sum()))
            part, day = self._part(group, begin, end)
            if part:
                self._place(part, day, Shape.PART if shape is Shape.WHOLE else shape, 0)
                if not self.lists.counted(part):
                    self._release(group)
            else:
                self._release(group)
            group, shape = self._rest(group, part), Shape.REST
        return None

    def _part(self, group: list[int], begin: int, end: int) -> tuple[list[int], int]:
        """The most checks one day has room for: by whole bodies, else check by check; the first such day."""
        bodies = self.room.by_body(group)
        fits = np.stack([self.room.open(self.room.need(own), begin, end)[0] for own in bodies.values()])
        weight = np.array([len(own) for own in bodies.values()])
        covered = (fits * weight[:, None]).sum(axis=0)
        if covered.any():
            at = int(covered.argmax())
            return [
                c for own, ok in zip(bodies.values(), fits[:, at], strict=True) if ok for c in own
            ], begin + at
        for one in group:
            alone = self.room.open(self.room.need([one]), begin, end)[0]
            if alone.any():
                day = begin + int(alone.argmax())
                part = [one]
                for other in group:
                    if other != one and self.room.fits(self.room.need([*part, other]), day):
                        part.append(other)
                return part, day
        return [], NONE

    def _rest(self, group: list[int], part: list[int]) -> list[int]:
        """What of a group joins no visit and still may become one; a visit more is taken from the cap."""
        gone = set(part)
        rest = [c for c in group if c not in gone and not self._join(c)]
        if not rest:
            return []
        business = self.business[self.object[rest[0]]]
        if not part:
            self.why[rest] = Why.FULL
            return []
        if self.lists.counted(rest):
            if self.left[business] <= 0:
                self.why[[c for c in rest if not self.lists.beyond[c]]] = Why.CAP
                return [c for c in rest if self.lists.beyond[c]]
            self.left[business] -= 1
        return rest

    def _release(self, group: list[int]) -> None:
        if self.lists.counted(group):
            self.left[self.business[self.object[group[0]]]] += 1

    def _place(self, group: list[int], day: int, shape: Shape, open_days: int) -> None:
        need = self.room.need(group)
        self.room.take(need, day)
        self.visits.setdefault(self.object[group[0]], []).append(self._visit(group, day, shape, open_days))

    def _visit(self, group: Sequence[int], day: int, shape: Shape, open_days: int) -> Visit:
        first, last = self.lists.first, self.lists.last
        opened = max(group, key=lambda c: (first[c], -c))
        closed = min(group, key=lambda c: (last[c], c))
        body, load = self.room.busiest(self.room.need(group), day)
        return Visit(
            self.object[group[0]], day, tuple(sorted(group)), first[opened], last[closed], opened, closed, open_days,
            body, round(load, 4), shape,
        )  # fmt: skip

    def _join(self, one: int, but: Visit | None = None) -> bool:
        """Whether a check found room in a visit its object has anyway."""
        own = self.visits.get(self.object[one], [])
        for n, visit in enumerate(own):
            if visit is but or not self._may_join(one, visit):
                continue
            before, after = self.room.need(visit.checks), self.room.need([*visit.checks, one])
            more = {pool: minutes - before.get(pool, 0) for pool, minutes in after.items()}
            if self.room.fits(more, visit.day):
                self.room.take(more, visit.day)
                own[n] = self._visit([*visit.checks, one], visit.day, visit.shape, visit.open_days)
                return True
        return False

    def _may_join(self, one: int, visit: Visit) -> bool:
        lists = self.lists
        if not lists.first[one] <= visit.day <= lists.last[one]:
            return False
        if lists.beyond[one] is False and not lists.counted(visit.checks):
            return False  # it would make a visit count that was not to
        return all(lists.mates[lists.body[one]] >> lists.body[c] & 1 for c in visit.checks)

    def _dissolve(self) -> None:
        """Visits that came of want of room and whose checks fit into others of the object after all."""
        for own in self.visits.values():
            if len(own) < 2 or all(v.shape is Shape.WHOLE for v in own):
                continue
            for visit in sorted(own, key=lambda v: (len(v.checks), v.day)):
                self._dissolved(own, visit)

    def _dissolved(self, own: list[Visit], visit: Visit) -> None:
        if visit not in own:
            return
        others, free = list(own), self.room.free.copy()
        self.room.give_back(self.room.need(visit.checks), visit.day)
        own.remove(visit)
        if own and all(self._join(c) for c in visit.checks):
            if self.lists.counted(visit.checks):
                self.left[self.business[visit.object]] += 1
            return
        own[:] = others
        self.room.free = free
