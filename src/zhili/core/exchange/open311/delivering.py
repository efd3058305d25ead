"""Sending our chosen cases to peers: each claimed by one worker, tried with growing waits, given up visibly.

If an answer is lost the request may have arrived all the same. It is sent again under the same ``Idempotency-Key``;
and since few servers know that, first looked for there by our number, which stands in its description.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from zhili.base.text import redact
from zhili.core.cases.models import Step
from zhili.core.exchange.models import PeerRequest, State
from zhili.core.exchange.open311 import client, partners, peers
from zhili.core.exchange.open311.client import Endpoint, Trouble
from zhili.core.exchange.open311.polling import next_look
from zhili.core.exchange.open311.telling import words_of
from zhili.core.exchange.open311.wire import utc

log = logging.getLogger("zhili.open311")
CLAIM = timedelta(minutes=10)
WAITS = [timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720, 1440)]
TRIES = len(WAITS) + 1
DESCRIPTION_MOST = 4000

TAKE = """
UPDATE exchange_peerrequest r SET next_at = %s, attempts = r.attempts + 1
FROM (SELECT q.id FROM exchange_peerrequest q JOIN exchange_peer p ON p.id = q.peer_id
      WHERE q.state IN ('queued', 'token') AND q.next_at <= %s AND p.active
      ORDER BY q.next_at, q.id LIMIT %s FOR UPDATE OF q SKIP LOCKED) due
WHERE r.id = due.id RETURNING r.id"""


@dataclass(frozen=True)
class Answered:
    """What a peer gave for a request."""

    number: str = ""
    token: str = ""


def deliver_due(limit: int = 20) -> int:
    """Send what is due; how many were settled, sent or given up. Any number of workers may call this."""
    done = 0
    away: set[int] = set()
    for one in _take(limit):
        if one.peer_id in away:
            _later(one, timedelta(minutes=1), "")
            continue
        try:
            done += _one(one)
            peers.heard(one.peer)
        except Trouble as trouble:
            done += _failed(one, trouble, away)
    return done


def _take(limit: int) -> list[PeerRequest]:
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [now + CLAIM, now, limit])
        ids = [row[0] for row in cursor.fetchall()]
    found = PeerRequest.objects.filter(pk__in=ids).select_related("peer__account", "case__division")
    return list(found.order_by("id"))


def _one(one: PeerRequest) -> int:
    where = peers.endpoint(one.peer)
    if one.state == State.TOKEN:
        answered = _of_token(where, one.token)
        if not answered.number:
            raise Trouble("对方还没有给出编号 no number yet")
    else:
        answered = (_found_there(where, one) if one.unsure else None) or _send(where, one)
    return _settle(one, answered)


def _send(where: Endpoint, one: PeerRequest) -> Answered:
    key = f"{_site()}-{one.case.number if one.case else one.pk}-{one.peer.name}"
    rows = client.post(where, "requests", "request", _form(one), key)
    return Answered(*_given(rows))


def _of_token(where: Endpoint, token: str) -> Answered:
    rows = client.get(where, f"tokens/{token}", "request")
    return Answered(_given(rows)[0])


def _given(rows: list[dict[str, str]]) -> tuple[str, str]:
    row = rows[0] if rows else {}
    return row.get("service_request_id", "")[:100], row.get("token", "")[:200]


def _form(one: PeerRequest) -> dict[str, str]:
    """The arguments of the specification that a public matter has. Never who reported it."""
    case = one.case
    assert case is not None
    first = Step.objects.filter(case=case, seq=1).first()
    words = words_of(case, first) or case.title
    return {
        "service_code": one.service_code,
        "lat": f"{case.lat:.6f}" if case.lat is not None else "",
        "long": f"{case.lon:.6f}" if case.lon is not None else "",
        "address_string": redact(case.address),
        "description": f"{words[: DESCRIPTION_MOST - 60]}\n{_mark(case.number)}",
    }


def _mark(number: str) -> str:
    return f"[{_site()} {number}]"


def _site() -> str:
    return (
        str(getattr(settings, "SITE_URL", "") or "zhili")
        .removeprefix("https://")
        .removeprefix("http://")[:40]
    )


def _found_there(where: Endpoint, one: PeerRequest) -> Answered | None:
    """The request, if a try whose answer was lost has arrived."""
    since = utc(one.created_at - timedelta(days=1))
    rows = client.get(where, "requests", "request", service_code=one.service_code, start_date=since)
    number = one.case.number if one.case else ""
    for row in rows:
        if number and _mark(number) in row.get("description", ""):
            return Answered(row.get("service_request_id", "")[:100])
    return None


def _settle(one: PeerRequest, answered: Answered) -> int:
    """Write what the peer gave, and tell it on the case."""
    one.remote_id, one.token, one.error, one.unsure = answered.number, answered.token or one.token, "", False
    if not answered.number and answered.token and one.state == State.QUEUED:
        _save(one, State.TOKEN, timedelta(minutes=1), attempts=0)
        return 0
    with transaction.atomic():
        _save(one, State.LINKED if answered.number else State.BLIND, None)
        if answered.number:
            PeerRequest.objects.filter(pk=one.pk).update(next_at=next_look(one.peer, one))
        if one.case is not None:
            partners.note(one.peer, one, one.case, "sent", "")
    return 1


def _failed(one: PeerRequest, trouble: Trouble, away: set[int]) -> int:
    """Try again later, or give up where trying cannot help. Who cannot be reached at all loses no try for it."""
    one.unsure = one.unsure or (trouble.arrived and one.state == State.QUEUED)
    waiting = one.state == State.TOKEN and not trouble.arrived and not trouble.final
    reached = trouble.final or trouble.arrived or trouble.wait
    wait = timedelta(0) if waiting else peers.failed(one.peer, trouble)
    if trouble.final or one.attempts >= TRIES:
        log.warning("open311 peer %s: %s given up: %s", one.peer.name, one, trouble)
        _save(one, State.FAILED, None, error=str(trouble))
        return 1
    if not reached and not waiting:
        away.add(one.peer_id)
        _later(one, wait, str(trouble))
        return 0
    _save(one, one.state, max(wait, WAITS[one.attempts - 1]), error=str(trouble))
    return 0


def _later(one: PeerRequest, wait: timedelta, error: str) -> None:
    """Give it back untried."""
    _save(one, one.state, wait, attempts=one.attempts - 1, error=error or one.error)


def _save(one: PeerRequest, state: str, wait: timedelta | None, **more: Any) -> None:
    """Unless the claim has ended and another worker has it."""
    mine = PeerRequest.objects.filter(pk=one.pk, state=one.state, attempts=one.attempts)
    mine.update(
        state=state,
        next_at=timezone.now() + wait if wait is not None else None,
        remote_id=one.remote_id,
        token=one.token,
        unsure=one.unsure,
        **{"error": one.error, **more, **({"error": more["error"][:500]} if "error" in more else {})},
    )


def retry_failed(peer_id: int) -> int:
    """Queue what was given up again, as after mending a map or a key; how many."""
    failed = PeerRequest.objects.filter(peer_id=peer_id, state=State.FAILED, way="out")
    return failed.update(state=State.QUEUED, attempts=0, next_at=timezone.now(), error="", unsure=True)
