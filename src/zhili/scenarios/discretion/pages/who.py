"""Who may open these pages. What they count is what the asker may see, case by case."""

from __future__ import annotations

from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree

LOOKS = frozenset({"handler", "leader", "commander"})


def looks(actor: Actor) -> bool:
    """Handlers and leaders of departments, and whoever leads over them."""
    if actor.kind != "post" or not actor.roles & LOOKS:
        return False
    seat = tree().nodes.get(actor.office_id or 0)
    return seat is not None and (seat.kind == "department" or seat.level in ("county", "city"))
