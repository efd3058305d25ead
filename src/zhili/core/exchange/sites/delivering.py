"""Sending what waits to other sites: one delivery at a time to each, many streams in it, all sites side by side.

A worker takes a site by a claim in its row that it raises while it goes on; a killed worker's ends by itself. Nothing
is ever given up: a site that does not answer is tried again, for days. An answer that is lost costs nothing, since
what was taken is answered as a duplicate.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from zhili.base.exchange import signing, wire
from zhili.core.exchange.models import Outgoing, RemoteSite
from zhili.core.exchange.sites import client, keys, reconciling, settling, witnessing
from zhili.core.exchange.sites.backing_off import wait_after
from zhili.core.exchange.sites.batching import Batch, gather
from zhili.core.exchange.sites.client import Address, Said, Trouble
from zhili.core.exchange.sites.trusting import key_of, versions_of

log = logging.getLogger("zhili.exchange")
CLAIM: Final = timedelta(seconds=15)
RAISED: Final = 4.0
"""Seconds from one raising of the claims to the next; new sites are looked for four times a second meanwhile."""
SITES: Final = 16
"""Sites that are sent to at once."""
TOGETHER: Final = 0.25
"""Seconds after a delivery in which what comes next gathers, so that it travels together; the first goes at once."""
FEW: Final = 50
"""Messages taken of a delivery below which the next one waits for company."""
IDLE: Final = 12
"""Deliveries in a row that bring nothing on, after which a site is left alone: more than it takes to find, by halves,
the one message among 200 that spoils a delivery."""
TAKE: Final = """
UPDATE exchange_remotesite s SET claimed_until = %s FROM (
    SELECT q.id FROM exchange_remotesite q
    WHERE q.active AND NOT q.by_gate AND (q.claimed_until IS NULL OR q.claimed_until <= %s)
      AND (q.next_at IS NULL OR q.next_at <= %s OR (q.failures > 0 AND q.heard_at > q.error_at))
      AND EXISTS (SELECT 1 FROM exchange_outgoing o WHERE o.site_id = q.id AND o.state = 'waiting' AND o.next_at <= %s)
    ORDER BY q.next_at NULLS FIRST, q.id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED) due
WHERE s.id = due.id RETURNING s.id"""


class Refused(Exception):
    """The other site took nothing of a delivery. ``signed``: whether it really was that site that said so."""

    def __init__(self, error: wire.WireError | None, status: int, wait: float, *, signed: bool) -> None:
        super().__init__(f"{status} {error or ''}".strip()[:500])
        self.error = error
        self.wait = wait
        self.signed = signed


@dataclass
class _Manner:
    """What this process has learnt of sending to a site: how many messages it takes at once."""

    most: int = wire.MOST_MESSAGES

    def less(self, sent: int) -> None:
        self.most = max(1, min(self.most, sent) // 2)

    def more(self) -> None:
        self.most = min(wire.MOST_MESSAGES, self.most * 2)


@dataclass
class _Claims:
    """Which sites this process has claimed, and until when."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    held: set[int] = field(default_factory=set)

    def take(self, most: int) -> list[int]:
        now = timezone.now()
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [now + CLAIM, now, now, now, most])
            found = [row[0] for row in cursor.fetchall()]
        with self.lock:
            self.held.update(found)
        return found

    def extend(self) -> None:
        with self.lock:
            mine = list(self.held)
        if mine:
            RemoteSite.objects.filter(pk__in=mine).update(claimed_until=timezone.now() + CLAIM)

    def give_back(self, site_id: int) -> None:
        with self.lock:
            self.held.discard(site_id)
        RemoteSite.objects.filter(pk=site_id).update(claimed_until=None)

    def give_back_all(self) -> None:
        """At the end of the process: whoever comes next need not wait for the claims to end."""
        with self.lock:
            mine, self.held = list(self.held), set()
        try:
            for one in mine:
                RemoteSite.objects.filter(pk=one).update(claimed_until=None)
        except Exception as error:  # the database may be gone first; then the claims end by themselves
            log.debug("claims not given back: %s", error)


_claims = _Claims()
_manners: dict[int, _Manner] = {}
atexit.register(_claims.give_back_all)


def deliver_due(limit: int = 50, *, apart: bool = True) -> int:
    """Send what is due, to every site with something due; how many messages were settled.

    ``limit``: deliveries to one site before others are looked at again. ``apart``: each site in a thread of its own,
    so that none waits for another; returns when the last has ended, and meanwhile takes up whatever else comes due.
    Without, one after the other in this thread. Any number of workers may call this.
    """
    if not apart:
        return sum(_send_to(one, limit, 0) for one in _claims.take(SITES))
    total = _Total()
    running: list[threading.Thread] = []
    raised = timezone.now()
    while True:
        for site_id in _claims.take(SITES - len(running)) if len(running) < SITES else ():
            running.append(_started(lambda pk=site_id: total.add(_send_to(pk, limit))))  # type: ignore[misc]
        if not running:
            return total.number
        running[0].join(0.25)
        running = [one for one in running if one.is_alive()]
        if (timezone.now() - raised).total_seconds() > RAISED:
            _claims.extend()
            raised = timezone.now()


@dataclass
class _Total:
    """A number several threads add to."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    number: int = 0

    def add(self, more: int) -> None:
        with self.lock:
            self.number += more


def _started(run: Callable[[], None]) -> threading.Thread:
    def guarded() -> None:
        try:
            run()
        except Exception:
            log.exception("sending to a site")
        finally:
            connection.close()

    # a daemon: a site that does not answer shall not hold up the end of the worker
    thread = threading.Thread(target=guarded, name="exchange-send", daemon=True)
    thread.start()
    return thread


def _send_to(site_id: int, limit: int, together: float = TOGETHER) -> int:
    """Deliveries to one claimed site until nothing is due, it fails, or ``limit`` were made.

    ``together``: seconds between two of them, unless the one before was as large as can be.
    """
    done = idle = 0
    try:
        for _round in range(limit):
            site = RemoteSite.objects.filter(pk=site_id, active=True).first()
            settled = _deliver(site) if site is not None else None
            if settled is None:
                return done
            done += settled.accepted + settled.refused
            if settled.accepted < FEW:
                time.sleep(together)
            idle = 0 if settled.moved else idle + 1
            if idle > IDLE and site is not None:  # it answers, and yet nothing goes on: no hurry then
                failed(site, f"{settled.resumed} numbered anew, none taken")
                return done
        return done
    finally:
        _claims.give_back(site_id)


def _deliver(site: RemoteSite) -> settling.Settled | None:
    """One delivery; None when nothing was due or it failed, which is written down."""
    manner = _manners.setdefault(site.pk, _Manner())
    batch = gather(site, manner.most)
    if batch is None:
        return None
    settled = settling.Settled()
    for row in batch.too_large:
        settled.refused += settling.refuse_for_good(row, wire.WireError("too_large"))
    if not batch.rows:
        return settled
    try:
        answer = send(site, batch)
    except Trouble as trouble:
        manner.less(len(batch.rows)) if trouble.reached else None
        failed(site, str(trouble), reached=trouble.reached, wait=trouble.wait)
        return None
    except Refused as refused:
        return _refused(site, batch, refused, manner, settled)
    manner.more()
    taken = take_answer(site, batch.rows, answer)
    taken.refused += settled.refused
    for link_id in taken.odd:
        reconciling.mend(site, link_id)
    return taken


def send(site: RemoteSite, batch: Batch) -> wire.Answer:
    """One delivery over the line, its answer verified. Raises Trouble, Refused."""
    where = Address(site.url, site.private_allowed)
    url, key = where.at("/deliveries"), keys.current()
    headers = signing.sign_request("POST", url, batch.body, key.private, key.keyid, now=timezone.now())
    said = client.ask(where, "POST", url, headers, batch.body)
    return verified(site, batch.delivery.delivery, signing.Request("POST", url, headers), said)


def verified(
    site: RemoteSite, delivery: str, request: signing.Request, said: Said, *, longest: int = signing.LASTS
) -> wire.Answer:
    """The answer of that very site to that very request. Raises Trouble when it is no such thing, Refused."""
    signed = True
    try:
        signing.verify_response(
            said.status, said.headers, said.body, request, key_of(site), now=timezone.now(), longest=longest
        )
    except wire.WireError as error:
        signed = False
        if said.status == 200:
            raise Trouble(f"its answer cannot be trusted: {error}") from None
    if said.status != 200:
        raise Refused(wire.read_problem(said.body), said.status, said.wait, signed=signed)
    try:
        answer = wire.parse_answer(said.body)
    except wire.WireError as error:
        raise Trouble(f"unreadable answer: {error}") from None
    if (answer.sender, answer.receiver, answer.delivery) != (site.site, keys.site(), delivery):
        raise Trouble("an answer to another delivery")
    return answer


def take_answer(site: RemoteSite, rows: Sequence[Outgoing], answer: wire.Answer) -> settling.Settled:
    """Write down what it said of each message and of its trail, and that it was heard."""
    with transaction.atomic():
        settled = settling.settle(rows, answer.results)
        if site.failures or site.next_at is not None:
            calm: dict[str, Any] = {"failures": 0, "error": "", "error_at": None, "next_at": None}
            RemoteSite.objects.filter(pk=site.pk).update(**calm)
        witnessing.heard(site, answer)
    return settled


def _refused(
    site: RemoteSite, batch: Batch, refused: Refused, manner: _Manner, settled: settling.Settled
) -> settling.Settled | None:
    """Nothing of a delivery was taken: what can be done about it at once, else it waits."""
    error = refused.error
    code = error.code if error is not None else ""
    if code in ("too_large", "too_many", "malformed") and len(batch.rows) > 1:
        manner.less(len(batch.rows))  # which of them it is shows when they travel in smaller parties
        settled.resumed += 1
        return settled
    if code in ("too_large", "malformed") and error is not None:
        if refused.signed:
            settled.refused += settling.refuse_for_good(batch.rows[0], error)
        else:
            settling.put_off(batch.rows[0], error)  # not that site's word: its stream waits, the others go on
        return settled
    if code == "unknown_version":
        theirs = versions_of(site)
        common = next((one for one in wire.SUPPORTED if one in theirs), "")
        RemoteSite.objects.filter(pk=site.pk).update(protocol=common or site.protocol)
        if common and common != site.protocol:
            return settled
    failed(site, str(refused), wait=refused.wait)
    return None


def failed(site: RemoteSite, words: str, *, reached: bool = True, wait: float = 0.0) -> datetime:
    """It did not take a delivery: left alone, longer each time or as long as it asked for. Until when."""
    now = timezone.now()
    until = now + max(wait_after(site.failures + 1, reached=reached), timedelta(seconds=wait))
    RemoteSite.objects.filter(pk=site.pk).update(
        failures=F("failures") + 1, error=words[:500], error_at=now, next_at=until
    )
    log.info("exchange: %s: %s; again at %s", site.site, words, until.isoformat(timespec="seconds"))
    return until
