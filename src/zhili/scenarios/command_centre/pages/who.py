"""Who may open the command screen, and what ground they look at."""

from __future__ import annotations

from zhili.core.cases.query import SUBTREE_KINDS
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree

LEVELS = ("town", "county", "city")
"""A village's matters fit its desk."""
ROLES = frozenset({"commander", "leader"})


def commands(actor: Actor) -> bool:
    """Whether they hold a post that leads or commands an office over a whole area."""
    seat = tree().nodes.get(actor.office_id or 0) if actor.kind == "post" else None
    return (
        seat is not None
        and seat.kind == SUBTREE_KINDS[0]
        and seat.level in LEVELS
        and bool(actor.roles & ROLES)
    )
