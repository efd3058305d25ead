"""Who may open the committee's pages, and of which village."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from zhili.core.cases.query import SUBTREE_KINDS
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.places.tree import Node, nodes
from zhili.portal.asked import text_in
from zhili.scenarios.village_screens import content

LEVELS = ("village", "town", "county", "city")
WORKERS = frozenset({"handler", "leader", "admin"})
KEEPERS = frozenset({"leader", "admin"})


def committee(actor: Actor) -> bool:
    """Posts of a village's committee, and of the offices over whole areas above it."""
    seat = tree().nodes.get(actor.office_id or 0) if actor.kind == "post" else None
    return (
        seat is not None
        and seat.kind == SUBTREE_KINDS[0]
        and seat.level in LEVELS
        and bool(actor.roles & WORKERS)
    )


def weighs(actor: Actor) -> bool:
    """Who enters what a collection point took in: the committee, and the grid workers of its cells."""
    seat = tree().nodes.get(actor.office_id or 0) if actor.kind == "post" else None
    return committee(actor) or (seat is not None and seat.level == "grid" and "grid" in actor.roles)


def keeps(actor: Actor) -> bool:
    """Who pairs televisions, sets the loop and names what the tiles show: who leads or administers."""
    return committee(actor) and bool(actor.roles & KEEPERS)


def of_village(actor: Actor) -> bool:
    """Whether it is a village's own post: it is offered the pages in the navigation."""
    seat = tree().nodes.get(actor.office_id or 0)
    return committee(actor) and seat is not None and seat.level == "village"


def below(actor: Actor) -> list[Node]:
    """The villages the actor's office looks after, in the order of their codes."""
    seat = tree().nodes.get(actor.office_id or 0)
    if seat is None:
        return []
    known = nodes().values()
    found = [o for o in known if o.level == "village" and o.valid_to is None and seat.division_id in o.line]
    return sorted(found, key=lambda one: one.code)


def village_of(request: HttpRequest, actor: Actor) -> Node:
    """The one asked for (``?v=`` its code), else the first; of another's ground 404, as if there were none."""
    mine = below(actor)
    code = text_in(request.GET, "v")
    if code:
        found = content.village(code)
        if found is None or found not in mine:
            raise Http404
        return found
    if not mine:
        raise Http404
    return mine[0]
