"""A time limit at work on a matter: it starts, pauses, is extended, excludes periods, warns, and runs out.

The state is a frozen value that holds every fact it was computed from; each function gives a new one with
`due_at` and `next_fire_at`. In days, the day of an event is not counted: a pause from the 3rd to the 8th
leaves out the 4th to the 8th, which moves the end by five days (or by as many of them as are worked).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from zhili.base.calendar import Calendar, Duration, Hours, WorkTime, due, measure, reach

__all__ = [
    "Calendar",
    "ClockError",
    "ClockState",
    "Duration",
    "Extension",
    "Gap",
    "Hours",
    "WorkTime",
    "due",
    "exclude",
    "extend",
    "fire",
    "guessed_years",
    "pause",
    "recompute",
    "restart",
    "resume",
    "start",
    "stop",
]

THRESHOLDS = (0.8, 1.0)


class ClockError(ValueError):
    """What a clock in this state cannot do; str(error) is a sentence for the person who asked (Chinese)."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A period that does not count. `until` is None while a pause lasts."""

    since: datetime
    until: datetime | None
    kind: Literal["pause", "exclude"]
    reason: str


@dataclass(frozen=True, slots=True)
class Extension:
    """More time, and the approval it rests on (document or step)."""

    by: Duration
    approval: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ClockState:
    """`due_at` is None while a pause keeps it open; `next_fire_at` is None when nothing will fire.

    `thresholds` are rising parts of the allowed time; `fired` of them have been told. `roll`: see `due`.
    """

    duration: Duration
    started_at: datetime
    thresholds: tuple[float, ...] = THRESHOLDS
    roll: bool = False
    gaps: tuple[Gap, ...] = ()
    extensions: tuple[Extension, ...] = ()
    restarts: int = 0
    fired: int = 0
    stopped_at: datetime | None = None
    due_at: datetime | None = None
    next_fire_at: datetime | None = None

    @property
    def paused(self) -> bool:
        return self.stopped_at is None and any(gap.until is None for gap in self.gaps)

    @property
    def running(self) -> bool:
        return self.stopped_at is None and not self.paused

    @property
    def allowed(self) -> Duration:
        """The limit with its extensions."""
        return Duration(self.duration.amount + sum(e.by.amount for e in self.extensions), self.duration.unit)

    def overdue(self, at: datetime) -> bool:
        """True when the limit had run out at that moment, or at the clock's end if that came before."""
        return self.due_at is not None and min(at, self.stopped_at or at) > self.due_at

    def as_json(self) -> dict[str, Any]:
        """Plain JSON that `of_json` reads back; facts that are not there are left out."""
        facts: dict[str, Any] = {"duration": str(self.duration), "started_at": self.started_at.isoformat()}
        facts["thresholds"] = list(self.thresholds)
        if self.gaps:
            facts["gaps"] = [[_iso(g.since), _iso(g.until), g.kind, g.reason] for g in self.gaps]
        if self.extensions:
            facts["extensions"] = [[str(e.by), e.approval, _iso(e.at)] for e in self.extensions]
        facts |= {name: value for name in ("roll", "restarts", "fired") if (value := getattr(self, name))}
        for name in ("stopped_at", "due_at", "next_fire_at"):
            if moment := getattr(self, name):
                facts[name] = _iso(moment)
        return facts

    @classmethod
    def of_json(cls, facts: dict[str, Any]) -> "ClockState":
        return cls(
            duration=Duration.parse(facts["duration"]),
            started_at=datetime.fromisoformat(facts["started_at"]),
            thresholds=tuple(facts["thresholds"]),
            roll=facts.get("roll", False),
            gaps=tuple(
                Gap(datetime.fromisoformat(since), _moment(until), kind, reason)
                for since, until, kind, reason in facts.get("gaps", ())
            ),
            extensions=tuple(
                Extension(Duration.parse(by), approval, datetime.fromisoformat(at))
                for by, approval, at in facts.get("extensions", ())
            ),
            restarts=facts.get("restarts", 0),
            fired=facts.get("fired", 0),
            stopped_at=_moment(facts.get("stopped_at")),
            due_at=_moment(facts.get("due_at")),
            next_fire_at=_moment(facts.get("next_fire_at")),
        )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def start(
    at: datetime,
    duration: Duration,
    work: WorkTime,
    *,
    thresholds: tuple[float, ...] = THRESHOLDS,
    roll: bool = False,
) -> ClockState:
    """A clock that begins at `at`. Thresholds rise and are above 0; 1.0 is the end of the limit itself."""
    if list(thresholds) != sorted(set(thresholds)) or (thresholds and thresholds[0] <= 0):
        raise ValueError(f"thresholds must rise from above 0: {thresholds}")
    return _settle(ClockState(duration, at, thresholds, roll), at, work)


def pause(state: ClockState, at: datetime, work: WorkTime, reason: str) -> ClockState:
    """中止: time stops counting from `at` until `resume`."""
    _check_open(state)
    if state.paused:
        raise ClockError("时限已经暂停，不能再次暂停")
    _check_not_before(state, at)
    return _settle(replace(state, gaps=(*state.gaps, Gap(at, None, "pause", reason))), at, work)


def resume(state: ClockState, at: datetime, work: WorkTime) -> ClockState:
    """恢复: the pause ends at `at`; what is left of the limit goes on."""
    _check_open(state)
    if not state.paused:
        raise ClockError("时限没有暂停，无需恢复")
    if any(gap.until is None and at < gap.since for gap in state.gaps):
        raise ClockError("恢复时间早于暂停时间")
    gaps = tuple(replace(gap, until=at) if gap.until is None else gap for gap in state.gaps)
    return _settle(replace(state, gaps=gaps), at, work)


def extend(state: ClockState, at: datetime, by: Duration, work: WorkTime, *, approval: str) -> ClockState:
    """延长, in the limit's own unit. `approval` names what allowed it: no extension without one."""
    _check_open(state)
    if not approval.strip():
        raise ClockError("延长时限应注明批准文号或批准人")
    if by.unit != state.duration.unit:
        raise ClockError(f"延长应与原时限用同一单位：原时限{state.duration.words}")
    if not by.amount:
        raise ClockError("延长的时间应大于零")
    return _settle(replace(state, extensions=(*state.extensions, Extension(by, approval, at))), at, work)


def restart(
    state: ClockState, at: datetime, work: WorkTime, *, duration: Duration | None = None
) -> ClockState:
    """重新计算: the whole limit again from `at`, without former pauses and extensions (steps keep those)."""
    _check_not_before(state, at)
    fresh = ClockState(
        duration or state.duration, at, state.thresholds, state.roll, restarts=state.restarts + 1
    )
    return _settle(fresh, at, work)


def exclude(
    state: ClockState, at: datetime, since: datetime, until: datetime, work: WorkTime, reason: str
) -> ClockState:
    """不计入期限: a known period, past or to come, is left out (an appraisal, an announcement)."""
    _check_open(state)
    if until <= since:
        raise ClockError("不计入的期间，结束时间应晚于开始时间")
    if until <= state.started_at:
        raise ClockError("不计入的期间在时限开始之前")
    return _settle(replace(state, gaps=(*state.gaps, Gap(since, until, "exclude", reason))), at, work)


def stop(state: ClockState, at: datetime) -> ClockState:
    """The matter is done: nothing fires any more, `due_at` stays to tell whether it was in time."""
    _check_open(state)
    return replace(state, stopped_at=at, next_fire_at=None)


def fire(state: ClockState, at: datetime, work: WorkTime) -> tuple[ClockState, float]:
    """Marks the next threshold as told and says which it was; a late sweep calls it until nothing is due."""
    if state.next_fire_at is None or at < state.next_fire_at:
        raise ClockError("时限尚未到提醒时间")
    told = state.thresholds[state.fired]
    return _settle(replace(state, fired=state.fired + 1), at, work), told


def recompute(state: ClockState, at: datetime, work: WorkTime) -> ClockState:
    """The same facts under another calendar: a year's holidays were published, an office's hours changed."""
    return state if state.stopped_at else _settle(state, at, work)


def guessed_years(state: ClockState, work: WorkTime) -> list[int]:
    """Years the limit runs through whose holidays are not published, though it counts working time."""
    if state.duration.unit not in ("wd", "wh") and not state.roll:
        return []
    last = (state.due_at or state.started_at).year
    return [year for year in range(state.started_at.year, last + 1) if work.calendar.unpublished(year)]


def _check_open(state: ClockState) -> None:
    if state.stopped_at:
        raise ClockError("时限已经结束")


def _check_not_before(state: ClockState, at: datetime) -> None:
    if at < state.started_at:
        raise ClockError("时间早于时限的开始时间")


def _settle(state: ClockState, at: datetime, work: WorkTime) -> ClockState:
    """The state with its moments worked out; a threshold that has moved beyond `at` will be told again."""
    end = _reached(state, 1.0, work)
    fired, upcoming = state.fired, None
    while fired and (moved := _fires(state, fired - 1, end, work)) and moved > at:
        fired, upcoming = fired - 1, moved
    if upcoming is None and fired < len(state.thresholds):
        upcoming = _fires(state, fired, end, work)
    return replace(state, due_at=end, fired=fired, next_fire_at=upcoming)


def _fires(state: ClockState, index: int, end: datetime | None, work: WorkTime) -> datetime | None:
    part = state.thresholds[index]
    if part == 1.0:
        return end
    moment = _reached(state, part, work)
    if moment is None or end is None or part > 1 or state.duration.unit not in ("d", "wd"):
        return moment
    # A warning counted in days would come at midnight: people want it when the office opens.
    day = work.calendar.next_working(moment.date())
    opening = datetime.combine(day, work.hours.spans[0][0], work.zone)
    return opening if opening < end else moment


def _reached(state: ClockState, part: float, work: WorkTime) -> datetime | None:
    """When that part of the allowed time is used up; None when a pause that still lasts comes first."""
    unit = state.duration.unit
    left = int(state.allowed.quantity * part + 1e-6)
    roll = state.roll and part == 1.0
    here = state.started_at
    for since, until in _merged(state.gaps):
        moment = reach(here, unit, left, work, roll=roll)
        if moment <= since:
            return moment
        if until is None:
            return None
        if until > here:
            left = max(0, left - measure(here, max(here, since), unit, work))
            here = until
    return reach(here, unit, left, work, roll=roll)


def _merged(gaps: tuple[Gap, ...]) -> Iterator[tuple[datetime, datetime | None]]:
    """The gaps in order, overlapping ones as one, so that no time is left out twice."""
    pending: tuple[datetime, datetime | None] | None = None
    for gap in sorted(gaps, key=lambda gap: gap.since):
        if pending is None:
            pending = gap.since, gap.until
        elif pending[1] is None or gap.since <= pending[1]:
            until = None if pending[1] is None or gap.until is None else max(pending[1], gap.until)
            pending = pending[0], until
        else:
            yield pending
            pending = gap.since, gap.until
    if pending is not None:
        yield pending
