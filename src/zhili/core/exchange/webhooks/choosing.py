"""Who is told of which event: decided as it is read from the outbox, written as rows for ``sending``. No network.

A subscription hears what its machine account may see when the event is read (``cases.query.visible``,
``signals.warnings.handling.visible``): one query an account for all events of a batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from zhili.core.cases.query import visible
from zhili.core.exchange.models import Delivery, PublicEvent, Subscription
from zhili.core.exchange.webhooks.catalogue import OUTBOX
from zhili.core.exchange.webhooks.matching import Wanted
from zhili.core.exchange.webhooks.telling import Tellable, tellable
from zhili.core.people.actors import Actor, of_account
from zhili.core.signals.warnings import handling
from zhili.core.streams import Consumer, Event

ROWS = 2_000


class Webhooks(Consumer):
    """Writes a delivery for each subscription an event is for."""

    name: ClassVar[str] = "webhooks"
    types: ClassVar[frozenset[str] | None] = OUTBOX
    from_start: ClassVar[bool] = False

    def handle(self, events: list[Event]) -> None:
        if subscriptions := listening():
            choose(subscriptions, events)


def listening() -> list[Subscription]:
    """Those that are told of what happens now: receivers who once agreed and did not go away. One query."""
    rows = Subscription.objects.select_related("account").filter(active=True, gone_at=None)
    return list(rows.filter(agreed_at__isnull=False, account__is_active=True))


def choose(subscriptions: Sequence[Subscription], events: Iterable[Event]) -> int:
    """Queue what concerns each; how many rows. Harmless to repeat."""
    wanted = {one.pk: wants(one) for one in subscriptions}
    told = tellable(events, frozenset().union(*(one.types for one in wanted.values())))
    for_whom = {
        one.pk: [event for event in told if wanted[one.pk].admits(event.about)] for one in subscriptions
    }
    sights = {
        account.pk: _Sight(of_account(account), (e for one in same for e in for_whom[one.pk]))
        for account, same in _by_account(subscriptions)
    }
    rows = [
        Delivery(subscription=one, event=event.row, lane=event.lane)
        for one in subscriptions
        for event in for_whom[one.pk]
        if sights[one.account_id].holds(event)
    ]
    used = {row.event_id for row in rows}
    PublicEvent.objects.bulk_create(
        (event.row for event in told if event.row.pk in used), ROWS, ignore_conflicts=True
    )
    Delivery.objects.bulk_create(rows, ROWS, ignore_conflicts=True)
    return len(rows)


def wants(one: Subscription) -> Wanted:
    """Its filters."""
    return Wanted(
        frozenset(one.types),
        frozenset(one.procedures),
        frozenset(one.categories),
        frozenset(one.divisions),
        frozenset(one.offices),
    )


class _Sight:
    """What an actor may see of these events."""

    def __init__(self, actor: Actor, events: Iterable[Tellable]) -> None:
        asked = list(events)
        cases = {one.case for one in asked if one.case is not None}
        warnings = {one.warning for one in asked if one.warning is not None}
        self._cases = _ids(visible(actor).filter(pk__in=cases)) if cases else set()
        self._warnings = _ids(handling.visible(actor).filter(pk__in=warnings)) if warnings else set()

    def holds(self, event: Tellable) -> bool:
        return event.case in self._cases or event.warning in self._warnings


def _ids(found: Any) -> set[int]:
    return set(found.order_by().values_list("pk", flat=True))


def _by_account(subscriptions: Sequence[Subscription]) -> list[tuple[Any, list[Subscription]]]:
    accounts = {one.account_id: one.account for one in subscriptions}
    return [
        (account, [one for one in subscriptions if one.account_id == pk]) for pk, account in accounts.items()
    ]
