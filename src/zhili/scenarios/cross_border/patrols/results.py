"""What came of a patrol, from its plan and the taps of both sides. Pure; nothing here knows a person.

A checkpoint is *reached* by the first tap of a side, *late* when that came more than ``tolerance`` after it was
planned, *missed* when it was not tapped by then (or the patrol is over), *waiting* before. Two sides *met* at a meeting
checkpoint when a tap of each lies within ``window`` of the other; a patrol is *joint* when they met at all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Side = Literal["ours", "theirs"]
State = Literal["waiting", "reached", "late", "missed"]
SIDES: tuple[Side, ...] = ("ours", "theirs")


@dataclass(frozen=True, slots=True)
class Planned:
    """A checkpoint of a plan. ``key``: its uuid. ``at``: when it should be reached; None: at any time of the patrol."""

    key: str
    name: str
    at: datetime | None
    meeting: bool = False


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
class StopResult:
    """One checkpoint. ``ours``, ``theirs``: the first tap of each side. ``apart``: minutes between the nearest two."""

    planned: Planned
    state: State
    ours: Tapped | None
    theirs: Tapped | None
    met: bool = False
    apart: int | None = None


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


def result(
    stops: Sequence[Planned],
    taps: Iterable[Tapped],
    *,
    ends: datetime,
    now: datetime,
    tolerance: timedelta,
    window: timedelta,
) -> Result:
    """What came of a patrol as of ``now``. ``ends``: when the patrol should be over."""
    by_stop: dict[str, list[Tapped]] = {}
    for one in sorted(taps, key=lambda tap: (tap.at, tap.received_at)):
        by_stop.setdefault(one.key, []).append(one)
    found = tuple(_stop(one, by_stop.get(one.key, []), ends, now, tolerance, window) for one in stops)
    meeting = [one for one in found if one.planned.meeting]
    return Result(found, bool(meeting) and all(one.met for one in meeting))


def _stop(
    planned: Planned,
    taps: list[Tapped],
    ends: datetime,
    now: datetime,
    tolerance: timedelta,
    window: timedelta,
) -> StopResult:
    first = {side: next((one for one in taps if one.side == side), None) for side in SIDES}
    apart = _apart(taps)
    due = (planned.at or ends) + tolerance
    ours = first["ours"]
    state: State = "waiting" if now <= due else "missed"
    if ours is not None:
        state = "late" if ours.at > due else "reached"
    met = planned.meeting and apart is not None and apart <= window
    minutes = None if apart is None else round(apart.total_seconds() / 60)
    return StopResult(planned, state, ours, first["theirs"], met, minutes)


def _apart(taps: Iterable[Tapped]) -> timedelta | None:
    """The least time between a tap of ours and one of theirs; None where one side has none."""
    all_taps = list(taps)
    ours = [one.at for one in all_taps if one.side == "ours"]
    theirs = [one.at for one in all_taps if one.side == "theirs"]
    return min((abs(a - b) for a in ours for b in theirs), default=None)
