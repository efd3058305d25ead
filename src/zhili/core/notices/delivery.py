"""Sending what waits: each message claimed by one worker, tried with growing waits, given up visibly.

A worker claims messages in one short transaction and sends them outside of any: mail servers are slow,
and an open writer holds every stream back. A claim is a time until which nobody else takes the message.
If the worker dies after the server took the message and before that is written, it goes out once more
when the claim ends, under the same Message-ID: at least once, and a receiver can tell.
"""

import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Min
from django.utils import timezone

from zhili.core.notices.mail import Outcome, Post, configured, message_id
from zhili.core.notices.models import Notice, State
from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.core.people.models import Account

log = logging.getLogger("zhili.notices")

SENDER = Actor(kind="rule", label="通知")
CLAIM = timedelta(minutes=5)
# A message is only begun while the claim holds for much longer than one sending takes.
MARGIN = timedelta(minutes=2)
WAITS = [timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720)]
TRIES = len(WAITS) + 1
# When the server cannot be reached at all, everything waits this long and no try is counted.
SITE_WAIT = timedelta(minutes=1)

TAKE = """
UPDATE notices_notice n SET next_at = %s, attempts = n.attempts + 1
FROM (SELECT id FROM notices_notice WHERE state = 'queued' AND next_at <= %s
      ORDER BY next_at, id LIMIT %s FOR UPDATE SKIP LOCKED) due
WHERE n.id = due.id
RETURNING n.id, n.key, n.subject, n.body, n.case_id, n.account_id, n.secret_id, n.attempts"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A message this worker alone may send until its claim ends."""

    id: int
    key: str
    subject: str
    body: str
    case_id: int | None
    account_id: int | None
    secret_id: UUID | None
    attempts: int


def deliver_due(limit: int = 50) -> int:
    """Send up to `limit` e-mails that are due; how many left the queue, sent or given up.

    Any number of workers may call this. Does nothing while no mail server is configured (EMAIL_URL).
    """
    if not configured():
        return 0
    end = time.monotonic() + (CLAIM - MARGIN).total_seconds()
    claims = _take(limit)
    post = Post()
    done = 0
    try:
        for number, claim in enumerate(claims):
            if time.monotonic() > end:
                _release(claims[number:], timedelta(0), "")
                break
            outcome = _send(post, claim)
            if outcome.site:
                log.error("mail server: %s; %s messages wait", outcome.error, len(claims) - number)
                _release(claims[number:], SITE_WAIT, outcome.error)
                break
            done += _note(claim, outcome)
    finally:
        post.close()
    return done


def backlog() -> dict[str, Any]:
    """How sending stands: `queued`, `oldest_s` (its oldest), `retrying`, `failed`, `error` (the last one)."""
    queued = Notice.objects.filter(state=State.QUEUED)
    counts = queued.aggregate(queued=Count("pk"), oldest=Min("created_at"))
    failed = Notice.objects.filter(state=State.FAILED)
    last = queued.exclude(error="").order_by("-next_at").values_list("error", flat=True).first()
    return {
        "queued": counts["queued"],
        "oldest_s": (timezone.now() - counts["oldest"]).total_seconds() if counts["oldest"] else 0.0,
        "retrying": queued.exclude(error="").count(),
        "failed": failed.count(),
        "error": last or failed.order_by("-pk").values_list("error", flat=True).first() or "",
    }


def retry_failed() -> int:
    """Queue every message that was given up again, as after mending an address or a server; how many."""
    return Notice.objects.filter(state=State.FAILED).update(
        state=State.QUEUED, attempts=0, next_at=timezone.now(), error=""
    )


def _take(limit: int) -> list[Claim]:
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [now + CLAIM, now, limit])
        return sorted((Claim(*row) for row in cursor.fetchall()), key=lambda claim: claim.id)


def _send(post: Post, claim: Claim) -> Outcome:
    try:
        address = _address(claim)
    except secrets.SecretUnreadable as error:
        return Outcome(str(error), final=True)
    if not address:
        return Outcome("没有电子邮箱，或已按期删除", final=True)
    return post.send(address, claim.subject, claim.body, message_id(claim.key))


def _address(claim: Claim) -> str:
    """Opened for this sending only, and kept in the trail like any other opening."""
    if claim.secret_id is not None:
        opened = secrets.open_many([claim.secret_id], SENDER, "发送办理进展通知", claim.case_id)
        return opened.get(claim.secret_id, "")
    people = Account.objects.filter(pk=claim.account_id or 0, is_active=True)
    return people.values_list("email", flat=True).first() or ""


def _note(claim: Claim, outcome: Outcome) -> int:
    """Write what came of it, unless the claim has ended and another worker has the message."""
    mine = Notice.objects.filter(pk=claim.id, state=State.QUEUED, attempts=claim.attempts)
    now = timezone.now()
    if outcome.sent:
        return mine.update(state=State.SENT, sent_at=now, next_at=None, error="")
    if outcome.final or claim.attempts >= TRIES:
        log.warning("notice %s given up after %s tries: %s", claim.id, claim.attempts, outcome.error)
        return mine.update(state=State.FAILED, next_at=None, error=outcome.error)
    mine.update(next_at=now + WAITS[claim.attempts - 1], error=outcome.error)
    return 0


def _release(claims: list[Claim], wait: timedelta, error: str) -> None:
    """Give back messages that were not tried."""
    notices = Notice.objects.filter(pk__in=[claim.id for claim in claims], state=State.QUEUED)
    said = {"error": error} if error else {}
    notices.update(attempts=F("attempts") - 1, next_at=timezone.now() + wait, **said)
