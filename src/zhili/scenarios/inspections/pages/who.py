"""Who may open the pages of joint inspections, and who may change the catalogue."""

from __future__ import annotations

from zhili.core.people.actors import Actor

READERS = frozenset({"handler", "leader", "commander", "auditor", "admin"})
WORKERS = frozenset({"handler", "leader"})
KEEPERS = frozenset({"leader", "admin"})
LEVELS = ("county", "city")


def reads(actor: Actor) -> bool:
    """Posts that inspect, lead, command, audit or administer."""
    return actor.kind == "post" and bool(actor.roles & READERS)


def works(actor: Actor) -> bool:
    """Posts that may ask for an inspection or order something to be put right."""
    return actor.kind == "post" and bool(actor.roles & WORKERS)


def keeps(actor: Actor) -> bool:
    """Who drafts and confirms the catalogue: who leads or administers an office of a county or of the city."""
    return actor.kind == "post" and actor.office_level in LEVELS and bool(actor.roles & KEEPERS)


def offered(actor: Actor) -> bool:
    """Who finds the pages in the navigation: those that work with them."""
    return reads(actor) and actor.office_level in LEVELS
