"""The clocks of a case: started and moved by its steps. What falls due is in ``sweeping``.

Two kinds: the limit of the stage the case is in (named ``stage``), and the procedure's own over several stages.
The pure arithmetic is in ``base.clock``; here it meets parameters, office hours and the table.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from zhili.base import clock as pure
from zhili.base.clock import ClockState, Duration, WorkTime
from zhili.base.procedure import Limit, RunningClock
from zhili.core import params
from zhili.core.cases import reasons
from zhili.core.cases.changing import Change
from zhili.core.cases.models import Clock
from zhili.core.people.offices import hours_of

STAGE = "stage"


def work_time(office_id: int | None) -> WorkTime:
    """The calendar and hours an office's limits are counted with. No query when warm."""
    return WorkTime(params.calendar(), hours_of(office_id or 0), timezone.get_default_timezone())


def begin(change: Change) -> None:
    """Start the clocks of a case that is being opened."""
    if not change.stage.final:
        for name, declared in change.procedure.clocks.items():
            if _starts(change, declared) and change.case.stage not in declared.until:
                given = change.clock_limits.get(name, change.limit)
                _put(change, name, declared.title, declared.limit, given)
                if change.case.stage in declared.paused_in:
                    _alter(change, name, "pause")
        _stage_clock(change)
    summarise(change)


def read(change: Change) -> None:
    """Take the case's clocks into the change: one query."""
    for row in Clock.objects.filter(case=change.case):
        change.clocks[row.name] = columns_of(row)


def advance(change: Change) -> None:
    """Move the clocks of a case after a step: one query to read them."""
    read(change)
    stage = change.stage
    for name, declared in change.procedure.clocks.items():
        if declared.begins and not stage.final and _starts(change, declared):
            _put(change, name, declared.title, declared.limit, change.clock_limits.get(name))
            continue
        former = change.clocks.get(name)
        if former is None:
            continue
        state = ClockState.of_json(former["state"])
        still = stage.pauses or change.case.stage in declared.paused_in
        over = stage.final or change.case.stage in declared.until or name in change.ended_clocks
        if over and state.stopped_at is None:
            _alter(change, name, "stop")
        elif not over and name in change.clock_limits:
            _put(change, name, declared.title, declared.limit, change.clock_limits[name])
        elif not over and state.stopped_at is not None and change.action.reopens:
            _put(change, name, declared.title, declared.limit)
        elif not over and still and state.running:
            _alter(change, name, "pause")
        elif not over and not still and state.paused:
            _alter(change, name, "resume")
    if stage.final:
        _stop(change, STAGE)
    elif change.target is not None:
        _stage_clock(change)
    summarise(change)


def _starts(change: Change, declared: RunningClock) -> bool:
    """Whether a clock starts with this step: with the opening, or with the actions it names."""
    named = change.action.name in declared.begins if declared.begins else change.first
    return named and (declared.applies is None or declared.applies(change))


def _stage_clock(change: Change) -> None:
    stage = change.stage
    if stage.limit is None:
        _stop(change, STAGE)
        return
    _put(change, STAGE, stage.title, stage.limit, change.stage_limit)


def _put(change: Change, name: str, title: str, limit: Limit, given: Duration | None = None) -> None:
    """Start a clock, or start it again, with the limit in force today or one given by whoever referred the case."""
    duration, value = params.duration(limit.param)
    why = reasons.limited(title, duration, value.source, value.article, value.confirmed)
    if given is not None:
        duration, why = given, reasons.GIVEN(title=title, limit=given.words)
    work = work_time(change.case.office_id)
    thresholds = (1.0,) if limit.then else (limit.warn_at, 1.0)
    state = pure.start(change.at, duration, work, thresholds=thresholds)
    change.clocks[name] = {
        "case_id": change.case.pk,
        "name": name,
        "title": title,
        "param": limit.param,
        "param_id": value.id,
        "started_at": change.at,
        "why": why,
        **facts(state),
    }


def _alter(change: Change, name: str, how: str) -> None:
    row = change.clocks[name]
    state = ClockState.of_json(row["state"])
    work = work_time(change.case.office_id)
    match how:
        case "stop":
            change.late = change.late or (name != STAGE and (state.overdue(change.at) or _ran_out(state)))
            state = pure.stop(state, change.at)
        case "pause":
            state = pure.pause(state, change.at, work, change.stage.title)
        case "resume":
            state = pure.resume(state, change.at, work)
    row.update(facts(state))


def _ran_out(state: ClockState) -> bool:
    """A clock that paused after its end (a matter merged when it was late already) has no end to be past of."""
    return state.paused and 1.0 in state.thresholds[: state.fired]


def _stop(change: Change, name: str) -> None:
    row = change.clocks.get(name)
    if row is not None and ClockState.of_json(row["state"]).stopped_at is None:
        _alter(change, name, "stop")


def facts(state: ClockState) -> dict[str, Any]:
    return {
        "due_at": state.due_at,
        "next_fire_at": state.next_fire_at,
        "running": state.running,
        "state": state.as_json(),
    }


def columns_of(row: Clock) -> dict[str, Any]:
    return {f.attname: getattr(row, f.attname) for f in Clock._meta.concrete_fields if not f.primary_key}


def summarise(change: Change) -> None:
    """The case's own due date is its soonest running clock's; it is overdue when one of them has run out."""
    running = [row["due_at"] for row in change.clocks.values() if row["running"] and row["due_at"]]
    change.case.due_at = min(running) if running and not change.stage.final else None
    change.case.overdue = change.case.due_at is not None and change.case.due_at <= change.at
