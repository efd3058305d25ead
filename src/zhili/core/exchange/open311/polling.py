"""How the other side's requests stand: asked by number, which every server understands, and written on our cases."""

from __future__ import annotations

import contextlib
import logging
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.utils import timezone

from zhili.core.exchange.models import Peer, PeerRequest, State
from zhili.core.exchange.open311 import client, partners, peers
from zhili.core.exchange.open311.client import Row, Trouble

log = logging.getLogger("zhili.open311")
AT_ONCE = 50
"""Numbers in one question: addresses have a length."""
CLAIM = timedelta(minutes=10)
CLOSED_EVERY = timedelta(days=1)
CLOSED_FOR = timedelta(days=30)


def poll_due(limit: int = 200) -> int:
    """Ask how up to ``limit`` matters stand that are due; how many had changed."""
    due = _claim(limit)
    changed = 0
    for _peer, some in groupby(due, key=lambda one: one.peer_id):
        changed += _poll(list(some))["told"]
    return changed


def poll(peer: Peer) -> Counter[str]:
    """Ask after all open matters of one peer now. Raises Trouble."""
    rows = PeerRequest.objects.filter(peer=peer, state=State.LINKED, next_at__isnull=False)
    return _ask(peer, list(rows.select_related("case").order_by("id")[:2000]))


def _claim(limit: int) -> list[PeerRequest]:
    now = timezone.now()
    with transaction.atomic():
        rows = PeerRequest.objects.filter(state=State.LINKED, next_at__lte=now, peer__active=True)
        ids = list(
            rows.order_by("next_at")
            .select_for_update(skip_locked=True, of=("self",))
            .values_list("pk", flat=True)[:limit]
        )
        PeerRequest.objects.filter(pk__in=ids).update(next_at=now + CLAIM)
    found = PeerRequest.objects.filter(pk__in=ids).select_related("peer__account", "case")
    return list(found.order_by("peer_id", "id"))


def _poll(some: list[PeerRequest]) -> Counter[str]:
    peer = some[0].peer
    try:
        tally = _ask(peer, some)
        peers.heard(peer)
    except Trouble as trouble:
        log.warning("open311 peer %s: %s", peer.name, trouble)
        wait = peers.failed(peer, trouble)
        PeerRequest.objects.filter(pk__in=[one.pk for one in some]).update(next_at=timezone.now() + wait)
        return Counter()
    return tally


def _ask(peer: Peer, some: list[PeerRequest]) -> Counter[str]:
    where, tally = peers.endpoint(peer), Counter[str]()
    for begin in range(0, len(some), AT_ONCE):
        few = some[begin : begin + AT_ONCE]
        numbers = ",".join(one.remote_id for one in few)
        rows = _by_number(client.get(where, "requests", "request", service_request_id=numbers))
        for one in few:
            row = rows.get(one.remote_id)
            told = row is not None and heard_of(peer, one, row)
            tally["told" if told else "same" if row is not None else "absent"] += 1
            PeerRequest.objects.filter(pk=one.pk).update(next_at=next_look(peer, one))
    return tally


def _by_number(rows: Iterable[Row]) -> dict[str, Row]:
    return {row["service_request_id"]: row for row in rows if row.get("service_request_id")}


def next_look(peer: Peer, one: PeerRequest) -> datetime | None:
    """Open ones by the peer's own interval; closed ones once a day for a month, for they may be reopened."""
    now = timezone.now()
    if one.status != "closed":
        return now + timedelta(minutes=peer.every)
    fresh = one.updated is None or now - one.updated < CLOSED_FOR
    return now + CLOSED_EVERY if fresh else None


def heard_of(peer: Peer, one: PeerRequest, row: Row) -> bool:
    """Take what they say of a matter; whether it was news. A change is written on our case, if it still takes steps."""
    status, notes = row.get("status", "").lower()[:20], row.get("status_notes", "")[:1000]
    if not status or (status == one.status and notes == one.status_notes):
        return False
    first_look = not one.status
    one.status, one.status_notes, one.updated = status, notes, moment(row)
    with transaction.atomic():
        quiet = first_look and status == "open" and not notes
        if one.case is not None and not quiet:
            said = "closed" if status == "closed" else "open"
            if not partners.note(peer, one, one.case, said, notes):
                one.error = "本站事项已了结，对方的变化没有记入 our case is over"
        one.save(update_fields=["status", "status_notes", "updated", "error"])
    return not quiet


def moment(row: Row) -> datetime | None:
    """When the request last changed, by their clock; None when they do not say it readably."""
    for name in ("updated_datetime", "requested_datetime"):
        with contextlib.suppress(ValueError, OverflowError):
            at = datetime.fromisoformat(row.get(name, ""))
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
            if 1900 <= at.year <= 2200:
                return at
    return None
