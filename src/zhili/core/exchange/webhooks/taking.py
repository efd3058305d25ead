"""Claiming what is due. Any number of senders may: a subscription is handed out by one at a time.

Of one lane (a case) only the first waiting delivery is ever handed out, so that its events arrive in their order. Of a
subscription that is sent to in batches a lane may stand in one batch several times, in order.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from zhili.core.exchange.webhooks.patience import Allowance

CLAIM: Final = timedelta(minutes=3)
"""Longer than whatever is claimed at once can take: a sender that was killed gives it back by that."""

READY: Final = """
SELECT s.id, s.name, s.url, s.mode, least(s.per_minute, coalesce(s.allowed_rate, s.per_minute)), s.private_allowed,
       s.token_secret, s.failures, s."left", extract(epoch FROM %(now)s - s.left_at)::float8
FROM exchange_subscription s JOIN people_account a ON a.id = s.account_id
WHERE s.active AND a.is_active AND s.agreed_at IS NOT NULL AND s.ask_at IS NULL AND s.gone_at IS NULL
  AND (s.next_at IS NULL OR s.next_at <= %(now)s) AND s.id <> ALL(%(busy)s)
  AND EXISTS (SELECT 1 FROM exchange_delivery d
              WHERE d.subscription_id = s.id AND d.state = 'waiting' AND d.next_at <= %(now)s)
ORDER BY s.id FOR UPDATE OF s SKIP LOCKED"""
TAKE: Final = """
WITH due AS (
  SELECT d.id FROM unnest(%(ids)s::bigint[], %(rooms)s::int[], %(batches)s::bool[]) AS r(id, room, batch)
  CROSS JOIN LATERAL (
    SELECT d.id FROM exchange_delivery d
    WHERE d.subscription_id = r.id AND d.state = 'waiting' AND d.next_at <= %(now)s
      AND NOT EXISTS (SELECT 1 FROM exchange_delivery e
                      WHERE e.subscription_id = d.subscription_id AND e.lane = d.lane AND e.state = 'waiting'
                        AND e.id < d.id AND (NOT r.batch OR e.next_at > %(now)s))
    ORDER BY d.id LIMIT r.room FOR UPDATE OF d SKIP LOCKED) d)
UPDATE exchange_delivery d SET next_at = %(claim)s, attempts = d.attempts + 1
FROM due, exchange_publicevent e WHERE d.id = due.id AND e.id = d.event_id
RETURNING d.id, d.subscription_id, d.attempts, e.id, e.type, e.subject, e.at, e.sequence, e.data::text"""
SPENT: Final = """
UPDATE exchange_subscription s SET "left" = r.still, left_at = %(now)s
FROM unnest(%(ids)s::bigint[], %(still)s::float8[]) AS r(id, still) WHERE s.id = r.id"""
GIVE_BACK: Final = """
UPDATE exchange_delivery SET next_at = %s, attempts = attempts - 1 WHERE id = ANY(%s) AND state = 'waiting'"""


@dataclass(frozen=True, slots=True)
class Receiver:
    """A subscription as a sender needs it. ``rate``: requests a minute, its own or what it allows."""

    id: int
    name: str
    url: str
    mode: str
    rate: int
    private_allowed: bool
    token_secret: UUID | None
    failures: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A claimed delivery with its event. ``attempts``: this try counted."""

    id: int
    receiver: Receiver
    attempts: int
    event: UUID
    type: str
    subject: str
    at: datetime
    sequence: str
    data: str
    """JSON."""


@dataclass(frozen=True, slots=True)
class Taken:
    """``wait``: seconds until a receiver whose requests are used up for the moment may be asked for again."""

    letters: list[Letter]
    wait: Mapping[int, float]


Rooms = Mapping[int, int]


def take(room: Any, busy: Collection[int] = ()) -> Taken:
    """Claim what is due. ``room``: of a Receiver, how many letters may be handed out now; ``busy``: not these.

    Four statements for any number; one where nothing is due.
    """
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(READY, {"now": now, "busy": list(busy)})
        ready = cursor.fetchall()
        if not ready:
            return Taken([], {})
        receivers = {row[0]: Receiver(*row[:8]) for row in ready}
        allowed = {row[0]: Allowance(row[4]).left(row[8], row[9]) for row in ready}
        rooms = {pk: _room(one, room(one), allowed[pk]) for pk, one in receivers.items()}
        asked = [pk for pk, most in rooms.items() if most > 0]
        letters: list[Letter] = []
        if asked:
            cursor.execute(
                TAKE,
                {
                    "ids": asked,
                    "rooms": [rooms[pk] for pk in asked],
                    "batches": [receivers[pk].mode == "batch" for pk in asked],
                    "now": now,
                    "claim": now + CLAIM,
                },
            )
            letters = sorted(
                (Letter(row[0], receivers[row[1]], *row[2:]) for row in cursor.fetchall()),
                key=lambda one: one.id,
            )
        _spend(cursor, letters, allowed, now)
    wait = {pk: 60.0 / receivers[pk].rate for pk, left in allowed.items() if left < 1}
    return Taken(letters, wait)


def _room(one: Receiver, most: int, allowed: float) -> int:
    """A batch is one request, however many letters it holds."""
    if one.mode == "batch":
        return most if allowed >= 1 else 0
    return min(most, int(allowed))


def _spend(cursor: Any, letters: list[Letter], allowed: Mapping[int, float], now: datetime) -> None:
    spent: dict[int, float] = {}
    for one in letters:
        batch = one.receiver.mode == "batch"
        spent[one.receiver.id] = 1 if batch else spent.get(one.receiver.id, 0) + 1
    if spent:
        still = [allowed[pk] - used for pk, used in spent.items()]
        cursor.execute(SPENT, {"ids": list(spent), "still": still, "now": now})


def give_back(letters: Collection[Letter], wait: timedelta = timedelta(0)) -> None:
    """Unsent after all: untried, due at once or after a while."""
    if letters:
        with connection.cursor() as cursor:
            cursor.execute(GIVE_BACK, [timezone.now() + wait, [one.id for one in letters]])
