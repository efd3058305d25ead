"""What came of a patrol, from its plan and the taps of both sides. Pure; nothing here knows a person.

A checkpoint is *reached* by the first tap of a side, *early* when that came more than ``early`` before it was planned,
*late* when that came more than ``tolerance`` after it was
planned, *missed* when it was not tapped by then (or the patrol is over), *waiting* before. Two sides *met* at a meeting
checkpoint when a tap of each lies within ``window`` of the other; a patrol is *joint* when they met at all of them.

Two taps of one team that lie further apart than ``walking`` metres a second reach are told of at the later checkpoint
(``Hop``), and so are two in the same minute: something is wrong with a code, a clock or a printed sheet. It is told of
the checkpoint and changes no result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import cos, hypot, radians
from typing import Final, Literal

DEGREE: Final = 111_195.0
"""Metres in a degree of latitude, on a sphere of 6,371 km."""
CLOCKS: Final = 30.0
"""Seconds by which taps may have been noted too late or too soon."""
Side = Literal["ours", "theirs"]
State = Literal["waiting", "reached", "early", "late", "missed"]
REACHED: tuple[State, ...] = ("reached", "early", "late")
SIDES: tuple[Side, ...] = ("ours", "theirs")


@dataclass(frozen=True, slots=True)
class Planned:
    """A checkpoint of a plan. ``key``: its uuid. ``at``: when it should be reached; None: at any time of the patrol."""

    key: str
    name: str
    at: datetime | None
    meeting: bool = False
    lon: float | None = None
    lat: float | None = None
    radius: int = 0
    """Metres around it within which its code may have been tapped."""


@dataclass(frozen=True, slots=True)
class Tapped:
    """A tap. ``at``: as the phone said; ``received_at``: the server. ``presence``: inside, outside, "" (unknown)."""

    key: str
    side: Side
    team: str
    at: datetime
    received_at: datetime
    presence: str = ""

    @property
    def sent_late(self) -> bool:
        """Whether it waited on the phone: two minutes are what clocks differ by."""
        return self.received_at - self.at > timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Hop:
    """How a team came here from the checkpoint before. ``walkable``: whether anybody walks so far in that time."""

    before: str
    metres: int
    minutes: int
    walkable: bool


@dataclass(frozen=True, slots=True)
class StopResult:
    """One checkpoint. ``ours``, ``theirs``: the first tap of each side. ``apart``: minutes between the nearest two.

    ``hop``, ``their_hop``: only where it was within one minute or faster than anybody walks.
    """

    planned: Planned
    state: State
    ours: Tapped | None
    theirs: Tapped | None
    met: bool = False
    apart: int | None = None
    hop: Hop | None = None
    their_hop: Hop | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The whole patrol, stop by stop in the order planned."""

    stops: tuple[StopResult, ...]
    joint: bool

    def count(self, *states: State) -> int:
        return sum(one.state in states for one in self.stops)

    @property
    def missed(self) -> tuple[StopResult, ...]:
        return tuple(one for one in self.stops if one.state == "missed")

    @property
    def unwalkable(self) -> int:
        """How many checkpoints were tapped sooner after the one before than anybody walks."""
        return sum(
            any(hop is not None and not hop.walkable for hop in (one.hop, one.their_hop))
            for one in self.stops
        )


def result(
    stops: Sequence[Planned],
    taps: Iterable[Tapped],
    *,
    ends: datetime,
    now: datetime,
    tolerance: timedelta,
    window: timedelta,
    early: timedelta = timedelta(hours=1),
    walking: float = 0.0,
) -> Result:
    """What came of a patrol as of ``now``. ``ends``: when it should be over. ``walking``: m/s; 0: not looked at."""
    by_stop: dict[str, list[Tapped]] = {}
    for one in sorted(taps, key=lambda tap: (tap.at, tap.received_at)):
        by_stop.setdefault(one.key, []).append(one)
    hops = _hops({one.key: one for one in stops}, by_stop, walking) if walking > 0 else {}
    found = tuple(
        _stop(one, by_stop.get(one.key, []), hops, ends, now, tolerance, window, early) for one in stops
    )
    meeting = [one for one in found if one.planned.meeting]
    return Result(found, bool(meeting) and all(one.met for one in meeting))


def _stop(
    planned: Planned,
    taps: list[Tapped],
    hops: Mapping[tuple[Side, str], Hop],
    ends: datetime,
    now: datetime,
    tolerance: timedelta,
    window: timedelta,
    early: timedelta,
) -> StopResult:
    first = {side: next((one for one in taps if one.side == side), None) for side in SIDES}
    apart = _apart(taps)
    due = (planned.at or ends) + tolerance
    ours = first["ours"]
    state: State = "waiting" if now <= due else "missed"
    if ours is not None:
        too_soon = planned.at is not None and ours.at < planned.at - early
        state = "late" if ours.at > due else "early" if too_soon else "reached"
    met = planned.meeting and apart is not None and apart <= window
    minutes = None if apart is None else round(apart.total_seconds() / 60)
    told = [hops.get((side, planned.key)) for side in SIDES]
    return StopResult(planned, state, ours, first["theirs"], met, minutes, *told)


def _hops(
    stops: Mapping[str, Planned], by_stop: Mapping[str, list[Tapped]], walking: float
) -> dict[tuple[Side, str], Hop]:
    """(side, checkpoint) → how its team came there, where that is worth a word. A team is compared with itself only."""
    teams: dict[tuple[Side, str], list[Tapped]] = {}
    for key, taps in by_stop.items():
        if key in stops:
            for one in {
                (tap.side, tap.team): tap for tap in reversed(taps)
            }.values():  # the first of each team
                teams.setdefault((one.side, one.team), []).append(one)
    found: dict[tuple[Side, str], Hop] = {}
    for taps in teams.values():
        taps.sort(key=lambda tap: (tap.at, tap.received_at))
        for before, after in pairwise(taps):
            hop = _hop(stops[before.key], stops[after.key], after.at - before.at, walking)
            if hop is not None:
                found.setdefault((after.side, after.key), hop)
    return found


def _hop(before: Planned, after: Planned, took: timedelta, walking: float) -> Hop | None:
    metres = _metres(before, after)
    if metres is None:
        return None
    seconds = took.total_seconds()
    walkable = metres - before.radius - after.radius <= walking * (seconds + CLOCKS)
    if walkable and seconds >= 60:
        return None
    return Hop(before.name, round(metres), int(seconds // 60), walkable)


def _metres(one: Planned, other: Planned) -> float | None:
    """Along the ground, good to a metre over a patrol."""
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return None
    east = (other.lon - one.lon) * cos(radians((one.lat + other.lat) / 2))
    return hypot(east, other.lat - one.lat) * DEGREE


def _apart(taps: Iterable[Tapped]) -> timedelta | None:
    """The least time between a tap of ours and one of theirs; None where one side has none."""
    all_taps = list(taps)
    ours = [one.at for one in all_taps if one.side == "ours"]
    theirs = [one.at for one in all_taps if one.side == "theirs"]
    return min((abs(a - b) for a in ours for b in theirs), default=None)
