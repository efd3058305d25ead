"""Dead letters sent again, and a test event: both go the way every event goes."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.exchange.models import Delivery, DeliveryState, PublicEvent, Subscription
from zhili.core.exchange.webhooks.catalogue import TEST
from zhili.core.exchange.webhooks.subscribing import SUBJECT, check
from zhili.core.people import machines
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused
from zhili.core.trail import changes


def replay(row: Subscription, actor: Actor, *, one: int | None = None, since: datetime | None = None) -> int:
    """``queue`` for whoever keeps the subscription. Raises PermissionDenied, AdminRefused."""
    check(actor, row.account)
    return queue(row, actor, one=one, since=since)


@transaction.atomic
def queue(row: Subscription, actor: Actor, *, one: int | None = None, since: datetime | None = None) -> int:
    """Queue dead letters again, under the same event ids: one, those of events since a moment, or all. How many.

    They come after what was delivered meanwhile: a receiver tells their order by ``sequence``.
    Raises AdminRefused while it takes nothing at all.
    """
    if not row.active or row.gone_at is not None:
        raise AdminRefused("", _("这个推送停着，先恢复它再补发。"))
    dead = Delivery.objects.filter(subscription=row, state=DeliveryState.DEAD)
    if one is not None:
        dead = dead.filter(pk=one)
    if since is not None:
        dead = dead.filter(event__at__gte=since)
    count = dead.update(
        state=DeliveryState.WAITING, attempts=0, next_at=timezone.now(), sent_at=None, made_at=timezone.now()
    )
    if count:
        changes.record(
            SUBJECT,
            "replayed",
            actor,
            key=row.pk,
            name=row.name,
            office=machines.office_of(row.account),
            after={"letters": count, "since": since.isoformat() if since else None},
        )
    return count


@transaction.atomic
def test(row: Subscription, actor: Actor) -> Delivery:
    """Queue an event that says nothing but that it is a test. Raises PermissionDenied, AdminRefused."""
    check(actor, row.account)
    if not row.active or row.gone_at is not None or row.agreed_at is None:
        raise AdminRefused("", _("对方同意接收、推送没有停时才能发测试事件。"))
    waiting = Delivery.objects.filter(subscription=row, event__type=TEST, state=DeliveryState.WAITING)
    if found := waiting.first():
        return found
    event = PublicEvent.objects.create(
        id=uuid4(),
        type=TEST,
        subject="test",
        at=timezone.now(),
        sequence=f"{0:019d}",
        data={"subscription": row.name},
    )
    return Delivery.objects.create(subscription=row, event=event)
