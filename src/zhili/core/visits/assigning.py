"""Officers to visits by the order a lot gave: plain arithmetic, so that anyone with the document can do it again.

The officers of each body stand in the order drawn. Visits are gone through by day and number. For each body the first
two in line go who are not kept away; first, though, the first in line certified for each speciality the body's checks
ask. Whoever goes stands at the end of the line afterwards. Whoever was passed over because of a conflict, or of a
certificate that has run out by that day, keeps the place in line, and it is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

RULE: Final = "zhili-officers/1"
TEAM: Final = 2


@dataclass(frozen=True, slots=True)
class Going:
    """One body at one visit: how many minutes, and what its checks ask officers to be certified for."""

    visit: int
    day: date
    firm: int
    body: int
    minutes: int
    specialities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Able:
    """An officer in line. ``until``: the certificate's last day."""

    id: int
    until: date
    specialities: frozenset[str] = frozenset()


@dataclass
class Assigned:
    """``teams``: officers by (visit, body); ``passed``: (visit, body, officer, reason); ``short``: without two."""

    teams: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    passed: list[tuple[int, int, int, str]] = field(default_factory=list)
    short: list[tuple[int, int, str]] = field(default_factory=list)


def assign(
    order: Mapping[int, Sequence[Able]],
    goings: Sequence[Going],
    conflicts: frozenset[tuple[int, int]],
    minutes_a_day: int,
) -> Assigned:
    """Who goes where. ``conflicts``: (officer, firm). Nobody goes for more minutes a day than there are."""
    lines = {body: list(line) for body, line in order.items()}
    spent: dict[tuple[int, date], int] = defaultdict(int)
    made = Assigned()
    for going in sorted(goings, key=lambda g: (g.day, g.visit, g.body)):
        line = lines.get(going.body, [])
        told: set[int] = set()

        def may(one: Able, going: Going = going, told: set[int] = told) -> bool:
            reason = _away(one, going, conflicts)
            if reason:
                if one.id not in told:
                    told.add(one.id)
                    made.passed.append((going.visit, going.body, one.id, reason))
                return False
            return spent[one.id, going.day] + going.minutes <= minutes_a_day

        team = _team(line, going.specialities, may)
        if isinstance(team, str):
            made.short.append((going.visit, going.body, team))
            continue
        for one in team:
            line.remove(one)
            line.append(one)
            spent[one.id, going.day] += going.minutes
        made.teams[going.visit, going.body] = [one.id for one in team]
    return made


def _away(one: Able, going: Going, conflicts: frozenset[tuple[int, int]]) -> str:
    if (one.id, going.firm) in conflicts:
        return "conflict"
    return "expired" if one.until < going.day else ""


def _team(line: Sequence[Able], specialities: Sequence[str], may: Callable[[Able], bool]) -> list[Able] | str:
    """Two, or one for each speciality where those are more; else what is missing: a speciality, or "" for people."""
    team: list[Able] = []
    for speciality in specialities:
        if any(speciality in one.specialities for one in team):
            continue
        found = next(
            (one for one in line if speciality in one.specialities and one not in team and may(one)), None
        )
        if found is None:
            return speciality
        team.append(found)
    for one in line:
        if len(team) >= TEAM:
            break
        if one not in team and may(one):
            team.append(one)
    return team if len(team) >= TEAM else ""
