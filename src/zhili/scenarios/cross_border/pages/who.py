"""Who may open the pages at the border, and whose ground they look at."""

from __future__ import annotations

from zhili.core.cases.query import SUBTREE_KINDS
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree

LEVELS = ("town", "county", "city")
WORKERS = frozenset({"handler", "leader", "commander", "admin"})
CHOOSERS = frozenset({"leader", "admin"})


def at_border(actor: Actor) -> bool:
    """Posts of offices over a whole area, from the town up: the joint centre is theirs."""
    seat = tree().nodes.get(actor.office_id or 0) if actor.kind == "post" else None
    return (
        seat is not None
        and seat.kind == SUBTREE_KINDS[0]
        and seat.level in LEVELS
        and bool(actor.roles & WORKERS)
    )


def shares(actor: Actor) -> bool:
    """Who chooses what a neighbour sees: who leads or administers such an office of a county or the city."""
    return at_border(actor) and actor.office_level in ("county", "city") and bool(actor.roles & CHOOSERS)
