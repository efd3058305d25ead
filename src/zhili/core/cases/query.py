"""What may be seen: every list, page and endpoint starts from one of these querysets."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from zhili.core.cases import registry
from zhili.core.cases.models import Case, Participation
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree as offices
from zhili.core.places.edition import Cached
from zhili.core.places.models import DivisionClosure
from zhili.core.places.tree import subtree

MERGED = "merged"
"""A case in this stage owes nothing: its lead does (merging.py)."""
ALL_ZONES = frozenset({"public", "government", "justice"})
SUBTREE_KINDS = ("general", "hotline", "arbiter")
"""Offices that look after a whole area. A department sees what it takes part in."""


def zones() -> frozenset[str]:
    """Whose cases this process serves (ZHILI_ZONES); of another zone it shows nothing, whoever asks."""
    return frozenset(settings.ZONES)


def served() -> Q:
    """The filter of the zones this process serves; empty when it serves all, as one machine does."""
    return Q() if zones() >= ALL_ZONES else Q(zone__in=zones())


def visible(actor: Actor) -> QuerySet[Case]:
    """The cases an actor may see: their area's, those they take part in, their own; none for strangers.

    Confidential cases are seen by those who take part, wherever they are.
    """
    few = _few(actor)
    return Case.objects.filter(scope(actor) if few is None else served() & Q(pk__in=few))


def _few(actor: Actor) -> QuerySet[Any, Any] | None:
    """The ids of what a small office sees, as a union; None for whoever sees much or is no office.

    The same cases as ``scope``. An OR of a place and of taking part makes the database look through all there are;
    each part by its own index, a department's search among 300,000 took a thirtieth of the time, a village's a fifth.
    For a town and above the ids would be too many.
    """
    seat = offices().nodes.get(actor.office_id or 0) if actor.kind == "post" else None
    if seat is None:
        return None
    parts = Participation.objects.filter(office_id=seat.id).order_by().values_list("case_id", flat=True)
    cases = Case.objects.order_by().values_list("pk", flat=True)
    held = cases.filter(office_id=seat.id, closed_at=None)  # when closed, its holder has taken part
    if seat.kind not in SUBTREE_KINDS:
        return parts.union(held)
    if seat.cell_id is not None:
        return parts.union(held, cases.filter(cell_id=seat.cell_id, confidential=False))
    if seat.level == "village":
        here = cases.filter(division_id__in=under(seat.division_id), confidential=False)
        return parts.union(held, here)
    return None


_known_below: Cached[dict[int, tuple[int, ...]]] = Cached(dict)


def under(division_id: int) -> tuple[int, ...]:
    """Ids of a division, all below it and all they succeeded; kept until places change."""
    known = _known_below.get()
    if division_id not in known:
        known[division_id] = tuple(subtree(division_id))
    return known[division_id]


def scope(actor: Actor) -> Q:
    """The filter behind ``visible``: what concerns the actor, of the zones this process serves.

    A case of the justice zone is confidential by a constraint of its table, so that no area sees it: only its offices.
    """
    return served() & _concerns(actor)


def _concerns(actor: Actor) -> Q:
    nothing = Q(pk__in=[])
    if actor.kind == "grant":
        return Q(pk=actor.grant_case) if actor.grant_case else nothing
    if actor.kind in ("clock", "rule"):
        return Q()
    mine = nothing
    if actor.account_id is not None:
        mine = Q(opener_id=actor.account_id) | Q(Exists(_part(account_id=actor.account_id)))
    if actor.kind != "post" or actor.office_id is None:
        return mine
    # a post sees for its office; what its holder reported in private is under "my matters"
    taking_part = Q(office_id=actor.office_id) | Q(Exists(_part(office_id=actor.office_id)))
    seat = offices().nodes.get(actor.office_id)
    if seat is None or seat.kind not in SUBTREE_KINDS:
        return taking_part
    if seat.cell_id is not None:
        return taking_part | Q(cell_id=seat.cell_id, confidential=False)
    if seat.level == "city":
        return taking_part | Q(confidential=False)
    below = DivisionClosure.objects.filter(ancestor_id=seat.division_id).values("descendant_id")
    return taking_part | Q(division_id__in=below, confidential=False)


def _part(**who: int) -> QuerySet[Participation]:
    return Participation.objects.filter(case=OuterRef("pk"), **who)


def sees(actor: Actor, case: Case) -> bool:
    """Whether one case is visible to an actor. No query for its holder and its opener."""
    if case.zone not in zones():
        return False
    if actor.kind == "post" and actor.office_id is not None and actor.office_id == case.office_id:
        return True
    if actor.account_id is not None and actor.account_id == case.opener_id:
        return True
    if actor.kind == "grant":
        return actor.grant_case == case.pk
    if actor.kind == "anonymous":
        return False
    return Case.objects.filter(scope(actor), pk=case.pk).exists()


def own(actor: Actor) -> QuerySet[Case]:
    """A resident's own matters, newest first."""
    if actor.kind == "grant":
        return Case.objects.filter(served(), pk=actor.grant_case or 0)
    if actor.account_id is None:
        return Case.objects.none()
    mine = Q(opener_id=actor.account_id) | Q(Exists(_part(account_id=actor.account_id)))
    return Case.objects.filter(served() & mine).order_by("-id")


def inbox(actor: Actor) -> QuerySet[Case]:
    """What the actor's office owes the next step on, due first."""
    if actor.kind != "post" or actor.office_id is None:
        return Case.objects.none()
    held = Case.objects.filter(served(), office_id=actor.office_id, closed_at=None, party="")
    held = held.exclude(stage=MERGED)
    return held.order_by(F("due_at").asc(nulls_last=True), "id")


def public() -> QuerySet[Case]:
    """What anyone may see, without personal parts: matters of procedures open to all and of public
    categories, with a place."""
    return Case.objects.filter(served(), open_to_all())


def open_to_all() -> Q:
    """What anyone may read of a list; of a single case ask ``is_open_to_all``."""
    shown = [name for name, one in registry.procedures().items() if one.open_to_all]
    return Q(public=True, confidential=False, procedure__in=shown)


def is_open_to_all(case: Case) -> bool:
    """Whether anyone may read it: what ``open_to_all`` asks, of a case at hand."""
    declared = registry.procedure(case.procedure)
    return case.public and not case.confidential and declared is not None and declared.open_to_all
