"""A merged plan: visits with their reasons, and the checks that found no place with theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from zhili.base.merging.asked import Checks, Ints, Terms

NONE = -1


class Why(IntEnum):
    """Why a check has no visit."""

    PLACED = 0
    OUTSIDE = 1
    """Its window lies outside the days planned."""
    NOBODY = 2
    """On no day of its window has its body, or the speciality, so many minutes: nobody certified, say."""
    CAP = 3
    """The business has had, or will have had, its visits of the year."""
    FULL = 4
    """On every day of its window other visits have taken the minutes."""


class Shape(IntEnum):
    """How a visit came about."""

    WHOLE = 0
    """All that could go together goes together."""
    PART = 1
    """No day had room for all; this one had room for most."""
    REST = 2
    """What found no room in the visit it should have gone with."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit and why it is what it is.

    ``begins``/``ends``: the days within everybody's window; ``opened_by`` and ``closed_by``: the checks that set them.
    ``open_days``: on how many of them everybody had room when it was placed. ``busiest``: the body most taken on the
    day, with this visit, and ``load`` what share of its minutes (or of its specialists') that is.
    """

    object: int
    day: int
    checks: tuple[int, ...]
    begins: int
    ends: int
    opened_by: int
    closed_by: int
    open_days: int
    busiest: int
    load: float
    shape: Shape


@dataclass(frozen=True)
class Merged:
    """``visit``: for each check the index of its visit, -1 for none; ``why``: a `Why` for each check."""

    checks: Checks
    terms: Terms
    visits: Sequence[Visit]
    visit: Ints
    why: Ints
    bound: int
    """No plan that places the same checks has fewer visits."""

    @property
    def placed(self) -> int:
        return int((self.visit >= 0).sum())

    @property
    def saved(self) -> int:
        """Visits fewer than one for each check."""
        return self.placed - len(self.visits)

    @property
    def minutes_saved(self) -> int:
        """Minutes of getting there and away that no body spends twice."""
        at = np.flatnonzero(self.visit >= 0)
        pairs = np.unique(self.visit[at] * self.terms.bodies + self.checks.body[at])
        return (len(at) - len(pairs)) * self.terms.approach

    def apart(self, one: int, other: int) -> str:
        """Why two visits to an object are two: ``window``, ``body``, ``alone`` or ``room``."""
        first, second = self.visits[one], self.visits[other]
        both = np.array([*first.checks, *second.checks])
        if self.checks.alone[both].any():
            return "alone"
        if self.checks.first[both].max() > self.checks.last[both].min():
            return "window"
        bodies = np.unique(self.checks.body[both])
        return "room" if self.terms.compatible[np.ix_(bodies, bodies)].all() else "body"
