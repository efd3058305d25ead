"""What came of each request, written: a few statements for many answers."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from zhili.base.text import redact
from zhili.core.exchange.models import Delivery, DeliveryState, Subscription
from zhili.core.exchange.webhooks import patience
from zhili.core.exchange.webhooks.posting import Answer
from zhili.core.exchange.webhooks.taking import Letter, Receiver

log = logging.getLogger("zhili.webhooks")
GONE: Final = 410
BUSY: Final = frozenset({408, 425, 429, 503})
TURNED_AWAY: Final = frozenset({401, 403, 404, 405, 407})
"""What says that the address or its key is wrong, not the event."""

# A letter that was claimed anew meanwhile (its sender seemed dead) is the other sender's.
SENT: Final = """
UPDATE exchange_delivery d SET state = 'sent', status = r.status, answer = r.answer, error = '', next_at = NULL,
       sent_at = %(now)s
FROM unnest(%(ids)s::bigint[], %(tries)s::int[], %(statuses)s::int[], %(answers)s::text[])
  AS r(id, tries, status, answer)
WHERE d.id = r.id AND d.state = 'waiting' AND d.attempts = r.tries"""
HEARD: Final = """
UPDATE exchange_subscription SET failures = 0, failing_since = NULL, next_at = NULL, error = '', heard_at = %(now)s
WHERE id = ANY(%(ids)s)
  AND (failures > 0 OR error <> '' OR heard_at IS NULL OR heard_at < %(now)s - interval '5 seconds')"""
AGAIN: Final = """
UPDATE exchange_delivery SET next_at = %(now)s
WHERE subscription_id = ANY(%(ids)s) AND state = 'waiting' AND next_at > %(now)s AND error <> '' AND attempts > 0
  AND (status IS NULL OR status >= 500 OR status = ANY(%(statuses)s))"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One request: the letters it carried, and what came of it."""

    letters: tuple[Letter, ...]
    answer: Answer

    @property
    def receiver(self) -> Receiver:
        return self.letters[0].receiver

    @property
    def taken(self) -> bool:
        return self.answer.status is not None and 200 <= self.answer.status < 300

    @property
    def refused(self) -> bool:
        """Whether this event was at fault, not the receiver."""
        status = self.answer.status
        return status is not None and 400 <= status < 500 and status not in BUSY | TURNED_AWAY | {GONE}

    def said(self) -> str:
        status = self.answer.status
        if status is None:
            return self.answer.error
        if 300 <= status < 400:
            return f"{status} redirect: give the other address instead"
        return f"{status} {redact(self.answer.text)}".strip()[:500]


def record(outcomes: Iterable[Outcome]) -> int:
    """Write them; how many letters were settled."""
    known = list(outcomes)
    if not known:
        return 0
    now = timezone.now()
    with transaction.atomic():
        settled = _taken([one for one in known if one.taken], now)
        for one in known:
            if not one.taken:
                settled += _failed(one, now)
    return settled


def _taken(outcomes: Sequence[Outcome], now: datetime) -> int:
    rows = [(letter, one) for one in outcomes for letter in one.letters]
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            SENT,
            {
                "now": now,
                "ids": [letter.id for letter, _one in rows],
                "tries": [letter.attempts for letter, _one in rows],
                "statuses": [one.answer.status for _letter, one in rows],
                "answers": [redact(one.answer.text) for _letter, one in rows],
            },
        )
        count = cursor.rowcount
        cursor.execute(HEARD, {"now": now, "ids": sorted({one.receiver.id for one in outcomes})})
        if back := sorted({one.receiver.id for one in outcomes if one.receiver.failures}):
            # it is well again: what waited because of it waits no longer
            cursor.execute(AGAIN, {"now": now, "ids": back, "statuses": sorted(BUSY | TURNED_AWAY)})
    return int(count)


def _failed(one: Outcome, now: datetime) -> int:
    status = one.answer.status
    if status == GONE:
        return _gone(one, now)
    if not one.refused:
        _trouble(one, now)
    settled = 0
    for letter in one.letters:
        # being told to wait is no verdict on the event
        attempts = letter.attempts - 1 if status == 429 else letter.attempts
        wait = patience.of_event(max(1, attempts))
        mine = Delivery.objects.filter(pk=letter.id, state=DeliveryState.WAITING, attempts=letter.attempts)
        more = {
            "status": status,
            "error": one.said(),
            "answer": redact(one.answer.text),
            "attempts": attempts,
        }
        if wait is None:
            settled += mine.update(state=DeliveryState.DEAD, next_at=None, sent_at=now, **more)
            log.warning("webhook %s: event %s given up: %s", one.receiver.name, letter.event, one.said())
        else:
            mine.update(next_at=now + wait, **more)
    return settled


def _trouble(one: Outcome, now: datetime) -> None:
    """The receiver itself: it is left alone for a while, and what has waited for it a day is given up."""
    asked = patience.retry_after(one.answer.headers.get("retry-after", ""), now)
    row = Subscription.objects.select_for_update().filter(pk=one.receiver.id).first()
    if row is None:
        return
    row.failures = min(row.failures + 1, 30_000)
    row.failing_since = row.failing_since or now
    row.error, row.error_at = one.said()[:500], now
    row.next_at = now + patience.of_receiver(row.failures, asked)
    row.save(update_fields=["failures", "failing_since", "error", "error_at", "next_at"])
    if row.failing_since < now - patience.GIVE_UP:
        old = Delivery.objects.filter(subscription=row, state=DeliveryState.WAITING)
        old.filter(made_at__lt=now - patience.GIVE_UP).update(
            state=DeliveryState.DEAD, next_at=None, sent_at=now, error=row.error
        )


def _gone(one: Outcome, now: datetime) -> int:
    """It does not want to be told any more: nothing is sent until somebody asks it anew."""
    said = one.said()
    Subscription.objects.filter(pk=one.receiver.id).update(
        gone_at=now, error=said, error_at=now, next_at=None
    )
    waiting = Delivery.objects.filter(subscription=one.receiver.id, state=DeliveryState.WAITING)
    log.warning("webhook %s answered 410: it is told nothing more", one.receiver.name)
    return waiting.update(
        state=DeliveryState.DEAD,
        next_at=None,
        sent_at=now,
        status=GONE,
        error=said,
        answer=redact(one.answer.text),
        attempts=F("attempts"),
    )


def first_failure(pk: int) -> datetime | None:
    """Since when a receiver has taken nothing, None when it is well."""
    rows = Subscription.objects.filter(pk=pk).values_list(Coalesce("gone_at", "failing_since"), flat=True)
    return rows.first()
