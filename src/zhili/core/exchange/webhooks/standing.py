"""How each subscription fares, for those who look after it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from django.db.models import Count, Min
from django.utils import timezone

from zhili.core.exchange.models import Delivery, DeliveryState, Subscription

State = Literal["paused", "gone", "refused", "asking", "failing", "late", "dead", "well"]
LATE: Final = timedelta(minutes=15)
"""Failing so long, or something waiting so long, is told to somebody."""
TROUBLED: Final[frozenset[State]] = frozenset({"gone", "refused", "failing", "late", "dead"})


@dataclass(frozen=True, slots=True)
class Health:
    """``waiting``, ``dead``: numbers of letters; ``oldest``: since when the first of them waits."""

    row: Subscription
    state: State
    waiting: int
    dead: int
    oldest: datetime | None

    @property
    def troubled(self) -> bool:
        return self.state in TROUBLED

    @property
    def undelivered(self) -> int:
        """Dead letters, and what waits longer than it should."""
        late = self.oldest is not None and timezone.now() - self.oldest > LATE
        return self.dead + (self.waiting if late else 0)


def healths(rows: Iterable[Subscription]) -> list[Health]:
    """One query for any number, by the indexes of what waits and what is dead."""
    known = list(rows)
    counted = Delivery.objects.filter(
        subscription__in=[one.pk for one in known], state__in=[DeliveryState.WAITING, DeliveryState.DEAD]
    )
    found = {
        (pk, state): (count, oldest)
        for pk, state, count, oldest in counted.values_list("subscription_id", "state").annotate(
            Count("pk"), Min("made_at")
        )
    }
    nothing: tuple[int, datetime | None] = (0, None)
    made = []
    for one in known:
        waiting, oldest = found.get((one.pk, "waiting"), nothing)
        dead, _oldest = found.get((one.pk, "dead"), nothing)
        made.append(Health(one, _state(one, dead, oldest), waiting, dead, oldest))
    return made


def health(row: Subscription) -> Health:
    return healths([row])[0]


def _state(one: Subscription, dead: int, oldest: datetime | None) -> State:
    now = timezone.now()
    if not one.active:
        return "paused"
    if one.gone_at is not None:
        return "gone"
    if one.agreed_at is None:
        return "refused" if one.ask_at is None else "asking"
    if one.failing_since is not None and now - one.failing_since > LATE:
        return "failing"
    if oldest is not None and now - oldest > LATE:
        return "late"
    return "dead" if dead else "well"


def all_healths() -> Sequence[Health]:
    """Of the whole site, for operators."""
    return healths(Subscription.objects.select_related("account").order_by("account__username", "name"))
