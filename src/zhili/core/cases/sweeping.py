"""What falls due: found by an index, fired one case at a time."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from zhili.base import clock as pure
from zhili.base.clock import ClockState
from zhili.base.procedure import Action, Limit, Move, Procedure
from zhili.base.procedure import Clock as ByClock
from zhili.core.cases import carrying, locking, query, registry, routing
from zhili.core.cases.changing import NOTHING, Change
from zhili.core.cases.clocks import STAGE, columns_of, facts, work_time
from zhili.core.cases.models import Case, Clock
from zhili.core.people.actors import CLOCK
from zhili.core.streams.writing import emit

RETRY = timedelta(minutes=10)
OVERDUE = Action("超过时限", Move((), None), by=ByClock(), public=False)
OVERDUE.name = "overdue"
log = logging.getLogger("zhili.clocks")


def sweep(limit: int = 500, now: datetime | None = None) -> int:
    """Fire what is due, soonest first, each in a transaction of its own. Returns how many fired.

    Costs what is due, not what exists. Two sweeps at once share the work: a locked case is passed over.
    """
    at = now or timezone.now()
    fired = 0
    for clock_id, case_id in due(at, limit):
        try:
            fired += fire(case_id, clock_id, now)
        except Exception:
            # one bad case must not stop the city's clocks, nor stand before them at the next sweep
            log.exception("clock %s of case %s could not be fired; again in %s", clock_id, case_id, RETRY)
            Clock.objects.filter(pk=clock_id).update(next_fire_at=at + RETRY)
    return fired


def due(at: datetime, limit: int) -> list[tuple[int, int]]:
    """(clock id, case id) of what is due, soonest first. One query on a partial index."""
    rows = Clock.objects.filter(next_fire_at__lte=at).order_by("next_fire_at")
    if not query.zones() >= query.ALL_ZONES:
        rows = rows.filter(case__zone__in=query.zones())
    return list(rows.values_list("id", "case_id")[:limit])


def fire(case_id: int, clock_id: int, now: datetime | None = None) -> bool:
    """Fire one clock if it is still due: a warning, the overdue mark, or the action it runs out into.

    The step's time is read under the case's lock, so that it is never earlier than a step taken meanwhile.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            # No waiting for the disk: what a crash takes away is due again and fires again. Whoever acts on this step
            # commits after it and waits, and the log is one sequence.
            cursor.execute("SET LOCAL synchronous_commit TO off")
        case, parent = locking.case_and_parent(skip=True, pk=case_id)
        if case is not None and case.parent_id is not None and parent is None:
            return False  # its parent is being acted on: at the next sweep
        at = now or timezone.now()
        running = {row.pk: row for row in Clock.objects.filter(case=case)} if case else {}
        clock = running.get(clock_id)
        if case is None or clock is None or clock.next_fire_at is None or clock.next_fire_at > at:
            return False
        procedure = registry.procedures()[case.procedure]
        state, told = pure.fire(ClockState.of_json(clock.state), at, work_time(case.office_id))
        limit = _limit(procedure, case, clock.name)
        if told < 1.0:
            _warn(procedure, case, clock, state, at)
            return True
        action = procedure.actions[limit.then] if limit and limit.then else OVERDUE
        change = Change(
            procedure, action, CLOCK, case, NOTHING, at, case.stage, clock_name=clock.name, parent=parent
        )
        if action is OVERDUE:
            clock.next_fire_at = state.next_fire_at
            change.clocks = {row.name: columns_of(row) for row in running.values()}
            change.clocks[clock.name].update(facts(state))
            change.why.append(clock.why)
            _mark_overdue(change)
        else:
            carrying.carry(change)
        return True


def _mark_overdue(change: Change) -> None:
    """A step that says so; the office above takes part from now on, and is told by the notice."""
    change.case.seq += 1
    change.case.overdue = True
    if change.case.office_id is not None:
        over = routing.above(change.case.office_id, change.case.division_id)
        if over is not None:
            change.take_part("supervisor", office_id=over)
    change.save()


def _warn(procedure: type[Procedure], case: Case, clock: Clock, state: ClockState, at: datetime) -> None:
    """Due soon: told to the holder through the outbox; nothing happened to the case, so no step."""
    Clock.objects.filter(pk=clock.pk).update(**facts(state))
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
