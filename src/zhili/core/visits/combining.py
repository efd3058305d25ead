"""What several people wrote in one checklist, some without signal: everybody's words, and which of them stand.

An answer takes the place of another only if its author had that one before them: their own earlier one, or one that
had reached them. So a phone that comes back after two days puts its words beside what others wrote meanwhile; where the
two say different things both stand, the question is told as open, and whoever reads both settles it by a new answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Said:
    """One answer. ``id``: in the order of arrival; ``seen``: the last id its author had before them."""

    id: int
    question: tuple[int, str]
    value: Any
    author: int
    made_at: datetime
    seen: int = 0
    note: str = ""
    label: str = ""
    photos: tuple[str, ...] = ()
    """Ids of the files."""


@dataclass(frozen=True)
class Told:
    """All that was said to a question, in the order written; ``standing``: what nobody has knowingly replaced."""

    said: tuple[Said, ...]
    standing: tuple[Said, ...]

    @property
    def agreed(self) -> bool:
        """Whether what stands says one thing."""
        return all(one.value == self.standing[0].value for one in self.standing)

    @property
    def value(self) -> Any:
        """What is agreed; None while it is open."""
        return self.standing[-1].value if self.agreed else None

    def photos_of(self, one: Said) -> tuple[str, ...]:
        """Its own, and those its author had taken for the same answer before."""
        own = (s for s in self.said if (s.author, s.value) == (one.author, one.value))
        return tuple(dict.fromkeys(photo for said in own for photo in said.photos))


def combine(answers: Iterable[Said]) -> dict[tuple[int, str], Told]:
    """By question (item, code). The same set of answers gives the same, in whatever order they came."""
    by_question: dict[tuple[int, str], list[Said]] = {}
    for one in answers:
        by_question.setdefault(one.question, []).append(one)
    return {question: _told(said) for question, said in by_question.items()}


def _told(said: list[Said]) -> Told:
    ordered = tuple(sorted(said, key=lambda one: (one.made_at, one.id)))
    return Told(ordered, tuple(one for one in ordered if not any(_replaces(other, one) for other in ordered)))


def _replaces(later: Said, earlier: Said) -> bool:
    if later is earlier:
        return False
    if later.author == earlier.author:
        return (later.made_at, later.id) > (earlier.made_at, earlier.id)
    return earlier.id <= later.seen and later.id > earlier.id
