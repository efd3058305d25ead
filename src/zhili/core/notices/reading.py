"""What somebody has been told."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from zhili.core.cases import query
from zhili.core.cases.models import Case
from zhili.core.notices.models import Channel, Notice, State
from zhili.core.people.actors import Actor

MANY = 99


def mine(actor: Actor) -> QuerySet[Notice]:
    """In-app messages to the actor's account and to the office it acts for."""
    who = Q(account_id=actor.account_id) if actor.account_id is not None else Q(pk__in=[])
    if actor.kind == "post" and actor.office_id is not None:
        who |= Q(office_id=actor.office_id)
    found = Notice.objects.filter(who, channel=Channel.APP)
    if query.zones() >= query.ALL_ZONES:
        return found
    elsewhere = Case.objects.exclude(query.served()).filter(pk=OuterRef("case_id"))
    return found.exclude(Exists(elsewhere))


def unread(actor: Actor) -> int:
    """How many the actor has not read; more than 99 are not counted one by one. One query."""
    return len(mine(actor).filter(read_at=None).values_list("pk", flat=True)[:MANY])


def mark_read(actor: Actor, ids: Iterable[int] | None = None) -> int:
    """Mark these (all) of the actor's own messages read; how many were not before. One query.

    A message to an office is read for all of it when one who acts for it has read it.
    """
    found = mine(actor).filter(read_at=None)
    if ids is not None:
        found = found.filter(pk__in=ids)
    return found.update(read_at=timezone.now(), state=State.READ)
