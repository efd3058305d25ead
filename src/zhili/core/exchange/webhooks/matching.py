"""Whether a subscription's own filters let an event through. Pure: ids, codes and lines of divisions are given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class About:
    """What an event is about, as far as filters look at it.

    ``categories``: its category and those above it; ``divisions``: its division and those above it; ``office``: who
    has it now. Empty where it has none: then a filter of that kind does not let it through.
    """

    type: str
    procedure: str = ""
    categories: tuple[str, ...] = ()
    divisions: tuple[int, ...] = ()
    office: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of a subscription; each that is empty lets everything through."""

    types: frozenset[str]
    procedures: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    divisions: frozenset[int] = frozenset()
    offices: frozenset[int] = frozenset()

    def admits(self, about: About) -> bool:
        return (
            about.type in self.types
            and _one_of(self.procedures, (about.procedure,))
            and _one_of(self.categories, about.categories)
            and _one_of(self.divisions, about.divisions)
            and _one_of(self.offices, (about.office,))
        )


def _one_of(wanted: frozenset[str] | frozenset[int], has: Iterable[object]) -> bool:
    return not wanted or not wanted.isdisjoint(has)
