"""Who plans visits and who is told of them: posts of the bodies that check, and of the offices above them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.visits.models import Officer, Plan, Visit

PLANNERS: Final = frozenset({"handler", "leader", "admin"})
APPROVERS: Final = frozenset({"leader", "admin"})
READERS: Final = PLANNERS | {"commander", "auditor"}


def above(actor: Actor, office_id: int) -> bool:
    """Whether an actor sits in an office or above it. No query."""
    return actor.kind == "post" and any(node.id == actor.office_id for node in tree().chain(office_id))


def check_plan(actor: Actor, office_ids: Iterable[int], roles: frozenset[str] = PLANNERS) -> None:
    """May plan for these bodies. Raises PermissionDenied, in words."""
    if not actor.roles & roles or not all(above(actor, one) for one in office_ids):
        raise PermissionDenied(_("检查计划由检查单位或其上级单位的岗位办理。"))


def plans(actor: Actor) -> QuerySet[Plan]:
    """The plans an actor may read: those its office or one below made, and those their checks are in."""
    if actor.kind != "post" or not actor.roles & READERS or actor.office_id is None:
        return Plan.objects.none()
    under = list(tree().under(actor.office_id))
    return Plan.objects.filter(Q(office__in=under) | Q(bodies__overlap=under))


def visits(actor: Actor) -> QuerySet[Visit]:
    """The visits an actor may read: those it goes to itself, and those of its office and all below."""
    if actor.kind != "post" or actor.office_id is None or actor.account_id is None:
        return Visit.objects.none()
    own = Q(pk__in=Officer.objects.filter(inspector__account=actor.account_id).values("visit_id"))
    if actor.roles & READERS:
        own |= Q(bodies__overlap=list(tree().under(actor.office_id)))
    return Visit.objects.filter(own)


def goes(actor: Actor, visit: Visit) -> bool:
    """Whether an actor is one of a visit's officers. One query."""
    if actor.kind != "post" or actor.account_id is None:
        return False
    return Officer.objects.filter(visit=visit, inspector__account=actor.account_id).exists()
