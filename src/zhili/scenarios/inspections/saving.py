"""What merging saved, and how often businesses are called on: sums over plans, never a list of who is visited most."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Q, Sum

from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.places import tree as places
from zhili.core.visits import rights, yearly
from zhili.core.visits.models import PlanState, Visit, VisitState

MANY = 12
"""From so many visits on they are counted together."""


@dataclass(frozen=True)
class Saved:
    """Of a year's approved plans. ``bound``: no plans of the same checks have fewer visits; ``minutes`` on the way."""

    plans: int
    checks: int
    visits: int
    bound: int
    minutes: int

    @property
    def fewer(self) -> int:
        """Visits fewer than one for each check."""
        return self.checks - self.visits

    @property
    def share(self) -> int:
        """Percent fewer."""
        return round(100 * self.fewer / self.checks) if self.checks else 0

    @property
    def hours(self) -> int:
        return round(self.minutes / 60)


def saved(actor: Actor, year: int) -> Saved:
    """Over the plans this actor may read. One query."""
    rows = rights.plans(actor).filter(state=PlanState.APPROVED)
    rows = rows.filter(Q(first__year=year) | Q(last__year=year))
    told = rows.aggregate(
        checks=Sum("placed"),
        visits=Sum("visits_planned"),
        bound=Sum("lower_bound"),
        minutes=Sum("minutes_saved"),
    )
    return Saved(rows.count(), *(told[name] or 0 for name in ("checks", "visits", "bound", "minutes")))


@dataclass(frozen=True)
class Load:
    """How many businesses have so many counted visits this year; the last stands for that many and more."""

    times: int
    businesses: int
    over: bool
    """Beyond the yearly cap."""


def load(actor: Actor, year: int) -> list[Load]:
    """By number of visits, from 1 on; on the actor's ground. One query."""
    office = tree().nodes.get(actor.office_id or 0)
    ground = Visit.objects.filter(counted=True, date__year=year).exclude(state=VisitState.DROPPED)
    if office is not None and office.level != "city":
        ground = ground.filter(premises__division__in=places.subtree(office.division_id).values("descendant"))
    of_firm = Counter(ground.values_list("premises__firm", flat=True))
    counted = Counter(min(n, MANY) for n in of_firm.values())
    cap = yearly.cap(year)
    most = max(counted, default=0)
    return [Load(n, counted.get(n, 0), n > cap) for n in range(1, most + 1)]
