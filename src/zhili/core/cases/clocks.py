"""The clocks of a case: started and moved by its steps, found by an index when something is due.

Two kinds: the limit of the stage the case is in (named ``stage``), and the procedure's own over several stages.
The pure arithmetic is in ``base.clock``; here it meets parameters, office hours and the table.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base import clock as pure
from zhili.base.clock import ClockState, WorkTime
from zhili.base.procedure import Action, Limit, Move, Procedure
from zhili.base.procedure import Clock as ByClock
from zhili.core import params
from zhili.core.cases.changing import NOTHING, Change
from zhili.core.cases.models import Case, Clock
from zhili.core.people.actors import CLOCK
from zhili.core.people.offices import hours_of

STAGE = "stage"
log = logging.getLogger("zhili.clocks")


def work_time(office_id: int | None) -> WorkTime:
    """The calendar and hours an office's limits are counted with. No query when warm."""
    return WorkTime(params.calendar(), hours_of(office_id or 0), timezone.get_default_timezone())


def begin(change: Change) -> None:
    """Start the clocks of a case that is being opened."""
    if not change.stage.final:
        for name, declared in change.procedure.clocks.items():
            if change.case.stage not in declared.until:
                _put(change, name, declared.title, declared.limit, None)
                if change.case.stage in declared.paused_in:
                    _alter(change, name, "pause")
        _stage_clock(change, None)
    _summarise(change)


def advance(change: Change) -> None:
    """Move the clocks of a case after a step: one query to read them."""
    known = {row.name: row for row in Clock.objects.filter(case=change.case)}
    for row in known.values():
        change.clocks[row.name] = _columns(row)
    stage, entered = change.stage, change.action.move.target is not None
    for name, declared in change.procedure.clocks.items():
        former = known.get(name)
        if former is None:
            continue
        state = ClockState.of_json(former.state)
        over = stage.final or change.case.stage in declared.until
        if over and state.stopped_at is None:
            _alter(change, name, "stop")
        elif not over and state.stopped_at is not None and change.action.reopens:
            _put(change, name, declared.title, declared.limit, state)
        elif not over and change.case.stage in declared.paused_in and state.running:
            _alter(change, name, "pause")
        elif not over and change.case.stage not in declared.paused_in and state.paused:
            _alter(change, name, "resume")
    if stage.final:
        _stop(change, STAGE)
    elif entered:
        _stage_clock(change, known.get(STAGE))
    _summarise(change)


def _stage_clock(change: Change, former: Clock | None) -> None:
    stage = change.stage
    if stage.limit is None:
        _stop(change, STAGE)
        return
    _put(change, STAGE, stage.title, stage.limit, ClockState.of_json(former.state) if former else None)


def _put(change: Change, name: str, title: str, limit: Limit, former: ClockState | None) -> None:
    """Start a clock, or start it again with the limit in force today."""
    duration, value = params.duration(limit.param)
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
        "why": _words(title, duration, value),
        **_facts(state),
    }


def _words(title: str, duration: pure.Duration, value: params.Value) -> str:
    source = " ".join(part for part in (value.source, value.article) if part)
    doubt = "" if value.confirmed else _("（待确认）")
    return _("“%(title)s”限%(limit)s，依据：%(source)s%(doubt)s") % {
        "title": _(title),
        "limit": duration.words,
        "source": source or _("平台约定"),
        "doubt": doubt,
    }


def _alter(change: Change, name: str, how: str) -> None:
    row = change.clocks[name]
    state = ClockState.of_json(row["state"])
    work = work_time(change.case.office_id)
    match how:
        case "stop":
            change.late = change.late or (name != STAGE and state.overdue(change.at))
            state = pure.stop(state, change.at)
        case "pause":
            state = pure.pause(state, change.at, work, _(change.stage.title))
        case "resume":
            state = pure.resume(state, change.at, work)
    row.update(_facts(state))


def _stop(change: Change, name: str) -> None:
    row = change.clocks.get(name)
    if row is not None and ClockState.of_json(row["state"]).stopped_at is None:
        _alter(change, name, "stop")


def _facts(state: ClockState) -> dict[str, Any]:
    return {
        "due_at": state.due_at,
        "next_fire_at": state.next_fire_at,
        "running": state.running,
        "state": state.as_json(),
    }


def _columns(row: Clock) -> dict[str, Any]:
    return {f.attname: getattr(row, f.attname) for f in Clock._meta.concrete_fields if not f.primary_key}


def _summarise(change: Change) -> None:
    """The case's own due date is its soonest running clock's; it is overdue when one of them has run out."""
    running = [row["due_at"] for row in change.clocks.values() if row["running"] and row["due_at"]]
    change.case.due_at = min(running) if running and not change.stage.final else None
    change.case.overdue = change.case.due_at is not None and change.case.due_at <= change.at


# --- what falls due -----------------------------------------------------------------------------------------


def sweep(limit: int = 500, now: datetime | None = None) -> int:
    """Fire what is due, soonest first, each in a transaction of its own. Returns how many fired.

    Costs what is due, not what exists. Two sweeps at once share the work: a locked case is passed over.
    """
    at = now or timezone.now()
    fired = 0
    for clock_id, case_id in due(at, limit):
        try:
            fired += fire(case_id, clock_id, at)
        except Exception:  # one bad case must not stop the city's clocks; it stays due and is tried again
            log.exception("clock %s of case %s could not be fired", clock_id, case_id)
    return fired


def due(at: datetime, limit: int) -> list[tuple[int, int]]:
    """(clock id, case id) of what is due, soonest first. One query on a partial index."""
    rows = Clock.objects.filter(next_fire_at__lte=at).order_by("next_fire_at")
    return list(rows.values_list("id", "case_id")[:limit])


def fire(case_id: int, clock_id: int, at: datetime) -> bool:
    """Fire one clock if it is still due: a warning, the overdue mark, or the action it runs out into."""
    from zhili.core.cases import doors, registry

    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=case_id).first()
        clock = Clock.objects.filter(pk=clock_id, next_fire_at__lte=at).first() if case else None
        if case is None or clock is None:
            return False
        procedure = registry.procedures()[case.procedure]
        state, told = pure.fire(ClockState.of_json(clock.state), at, work_time(case.office_id))
        limit = _limit(procedure, case, clock.name)
        if told < 1.0:
            _warn(procedure, case, clock, state, at)
            return True
        action = procedure.actions[limit.then] if limit and limit.then else OVERDUE
        change = Change(procedure, action, CLOCK, case, NOTHING, at, case.stage, clock_name=clock.name)
        if action is OVERDUE:
            clock.next_fire_at = state.next_fire_at
            change.clocks = {c.name: _columns(c) for c in Clock.objects.filter(case=case)}
            change.clocks[clock.name].update(_facts(state))
            change.why.append(clock.why)
            _mark_overdue(change)
        else:
            doors.move(change)
        return True


OVERDUE = Action("超过时限", Move((), None), by=ByClock(), public=False)
OVERDUE.name = "overdue"


def _mark_overdue(change: Change) -> None:
    """A step that says so; the office above takes part from now on, and is told by the notice."""
    from zhili.core.cases import routing

    change.case.seq += 1
    change.case.overdue = True
    if change.case.office_id is not None:
        over = routing.above(change.case.office_id, change.case.division_id)
        if over is not None:
            change.take_part("supervisor", office_id=over)
    change.save()


def _warn(procedure: type[Procedure], case: Case, clock: Clock, state: ClockState, at: datetime) -> None:
    """Due soon: told to the holder through the outbox; nothing happened to the case, so no step."""
    from zhili.core.streams.writing import emit

    facts = _facts(state)
    Clock.objects.filter(pk=clock.pk).update(**facts)
    payload = {
        "case": case.pk,
        "number": case.number,
        "procedure": case.procedure,
        "clock": clock.name,
        "office": case.office_id,
    }
    emit(
        "due_soon",
        case.pk,
        {**payload, "due": clock.due_at.isoformat() if clock.due_at else None, "at": at.isoformat()},
    )


def _limit(procedure: type[Procedure], case: Case, name: str) -> Limit | None:
    if name == STAGE:
        stage = procedure.stages.get(case.stage)
        return stage.limit if stage else None
    declared = procedure.clocks.get(name)
    return declared.limit if declared else None
