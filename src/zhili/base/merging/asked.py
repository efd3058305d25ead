"""What is to be merged, and under which terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
NO_SPECIALITY = -1


class MergeError(ValueError):
    """The checks or terms contradict themselves: says which row and how."""


@dataclass(frozen=True)
class Checks:
    """Due checks, one row each; arrays of one length. Days count from 0, the first day planned."""

    object: Ints
    """What is visited, 0 … objects - 1."""
    body: Ints
    """Who checks, 0 … bodies - 1."""
    first: Ints
    """First day of the window."""
    last: Ints
    """Last day of the window, itself included."""
    minutes: Ints
    """How long the check takes a team of two."""
    speciality: Ints
    """What an officer of the team must be certified for, -1 for nothing in particular."""
    beyond_cap: Bools
    """Not counted against the yearly cap (a complaint, a recheck …)."""
    alone: Bools
    """Never merged (unannounced, confidential)."""

    @classmethod
    def of(cls, **columns: Any) -> Checks:
        """From sequences; ``speciality``, ``beyond_cap`` and ``alone`` may be left out."""
        n = len(columns["object"])
        given = {"speciality": np.full(n, NO_SPECIALITY), "beyond_cap": np.zeros(n), "alone": np.zeros(n)}
        given |= columns
        flags = ("beyond_cap", "alone")
        return cls(**{k: np.asarray(v, dtype=bool if k in flags else np.int64) for k, v in given.items()})

    def __len__(self) -> int:
        return len(self.object)

    def some(self, rows: Ints | Bools) -> Checks:
        """These rows only."""
        return Checks(**{name: values[rows] for name, values in vars(self).items()})


@dataclass(frozen=True)
class Terms:
    """What a plan must respect.

    ``capacity``: (bodies, days) minutes of teams of two officers with a valid certificate, 0 on days nobody works.
    ``special``: for (body, speciality) the minutes a day of officers certified for it; missing: nobody is.
    ``left``: for each business the visits it may still have this year. ``approach``: minutes to get there and away,
    spent by each body at each visit.

    A visit takes a body ``approach`` and the minutes of its checks, once for every two specialities it needs there
    (a team is two); and as long of each speciality. Minutes are pooled over a body's teams: that single visits then fit
    into single teams' days is not looked at.
    """

    business: Ints
    """Of each object."""
    left: Ints
    capacity: Ints
    compatible: Bools
    """(bodies, bodies), symmetric: who may go together."""
    special: Mapping[tuple[int, int], Sequence[int] | Ints] = field(default_factory=dict)
    approach: int = 30

    @property
    def days(self) -> int:
        return int(self.capacity.shape[1])

    @property
    def bodies(self) -> int:
        return int(self.capacity.shape[0])


def refuse(checks: Checks, terms: Terms) -> None:
    """Raises MergeError naming the first row at fault."""
    shape = (terms.bodies, terms.bodies)
    if terms.compatible.shape != shape or not (terms.compatible == terms.compatible.T).all():
        raise MergeError("compatible: not a symmetric table of the bodies")
    if not terms.compatible.diagonal().all():
        raise MergeError("compatible: a body always goes with itself")
    if (terms.capacity < 0).any() or terms.approach < 0:
        raise MergeError("capacity, approach: minutes below 0")
    for words, bad in (
        ("window ends before it begins", checks.first > checks.last),
        ("no such object", (checks.object < 0) | (checks.object >= len(terms.business))),
        ("no such body", (checks.body < 0) | (checks.body >= terms.bodies)),
        ("minutes must be above 0", checks.minutes <= 0),
    ):
        if bad.any():
            raise MergeError(f"check {int(np.flatnonzero(bad)[0])}: {words}")
    if len(terms.business) and not (terms.business.min() >= 0 and terms.business.max() < len(terms.left)):
        raise MergeError("business: an object of no business")
