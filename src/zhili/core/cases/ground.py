"""The matters of a place, as figures count them: what stands on a screen and the list behind it start from one filter.

Confidential matters, children of another case, and what one office asks of another (``Procedure.counted``) are in no
figure, so they are in none of these either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from zhili.core.cases import registry
from zhili.core.cases.models import Case, Step
from zhili.core.cases.query import MERGED, under
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree as offices
from zhili.core.places.models import Cell
from zhili.core.places.tree import nodes

SOON = timedelta(days=1)
"""A limit nearer than this is due soon."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A division with all below it, or one cell of a village; ``division_id`` None is the whole site."""

    division_id: int | None
    cell_id: int | None = None


def own(actor: Actor) -> Ground | None:
    """The ground an actor's office looks after; None for whoever looks after none (a department, a resident)."""
    seat = offices().nodes.get(actor.office_id or 0) if actor.kind == "post" else None
    if seat is None or seat.kind != "general":
        return None
    if seat.level == "city":
        return Ground(None)
    return Ground(seat.division_id, seat.cell_id)


def within(actor: Actor, ground: Ground) -> bool:
    """Whether a place lies in the actor's own ground. A cell costs a query unless it is the actor's own."""
    mine = own(actor)
    if mine is None:
        return False
    if mine.cell_id is not None:
        return ground == mine
    if ground.cell_id is not None:
        village = Cell.objects.filter(pk=ground.cell_id).values_list("village_id", flat=True).first()
        if village is None or village != ground.division_id:
            return False
    if mine.division_id is None:
        return ground.division_id is None or ground.division_id in nodes()
    place = nodes().get(ground.division_id or 0)
    return place is not None and mine.division_id in place.line


def matters(ground: Ground) -> QuerySet[Case]:
    """Every matter of a place that figures count."""
    found = Case.objects.filter(confidential=False, parent=None).exclude(procedure__in=registry.uncounted())
    if ground.cell_id is not None:
        return found.filter(cell_id=ground.cell_id)
    if ground.division_id is not None:
        return found.filter(division_id__in=under(ground.division_id))
    return found


def owed(ground: Ground) -> QuerySet[Case]:
    """Of these, what an office owes an answer to now: neither answered nor waiting for somebody outside.

    Read from an index that holds nothing else (``case_owed``).
    """
    return matters(ground).filter(closed_at=None, answered_at=None, party="").exclude(stage=MERGED)


def overdue(at: datetime) -> Q:
    """Whose limit has run out at ``at``."""
    return Q(due_at__lt=at)


def due_soon(at: datetime) -> Q:
    """Whose limit runs out within a day of ``at``."""
    return Q(due_at__gte=at, due_at__lt=at + SOON)


def steps(ground: Ground, since: datetime, until: datetime) -> QuerySet[Step]:
    """The steps taken on these matters in a span of time: the newest pages of the table, found by their times."""
    found = Step.objects.filter(at__gte=since, at__lt=until, case__confidential=False, case__parent=None)
    found = found.exclude(case__procedure__in=registry.uncounted())
    if ground.cell_id is not None:
        return found.filter(case__cell_id=ground.cell_id)
    if ground.division_id is not None:
        return found.filter(case__division_id__in=under(ground.division_id))
    return found


def answers() -> Q:
    """The steps that answered a matter (anew after each reopening), as figures count them."""
    wanted = Q(pk__in=[])
    for name, procedure in registry.procedures().items():
        stages = [stage.name for stage in procedure.stages.values() if stage.answers]
        if stages:
            wanted |= Q(case__procedure=name, to_stage__in=stages) & ~Q(from_stage__in=stages)
    return wanted


def reopenings() -> Q:
    """The steps by which a matter was opened again."""
    names = {a.name for p in registry.procedures().values() for a in p.actions.values() if a.reopens}
    return Q(action__in=names)
