"""Who opens the pages of catering, and who files outlets and problems."""

from __future__ import annotations

from zhili.core.people.actors import Actor
from zhili.core.registers import rights

WORKERS = frozenset({"handler", "leader"})
LEVELS = ("town", "county", "city")


def reads(actor: Actor) -> bool:
    """Whoever reads the register of premises."""
    return rights.may_read(actor)


def works(actor: Actor) -> bool:
    """Posts that file an outlet, or a problem they found there."""
    return actor.kind == "post" and bool(actor.roles & WORKERS)


def offered(actor: Actor) -> bool:
    """Who finds the pages in the navigation."""
    return works(actor) and actor.office_level in LEVELS
