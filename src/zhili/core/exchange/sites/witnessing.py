"""Each site keeps the other's signed checkpoints, verified against those before: so each is the other's witness."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from zhili.base import notes
from zhili.core.exchange.models import RemoteSite, SiteFork, Witnessed
from zhili.core.trail import leaves

log = logging.getLogger("zhili.exchange")


def take(site: RemoteSite, text: str, consistency: dict[str, Any] | None) -> int:
    """Verify and keep a checkpoint of theirs; size of their tree we now vouch for. ``consistency``: {from, proof}.

    A contradiction is kept as a SiteFork and alarmed; it never raises, for matters go on.
    """
    raise NotImplementedError


def offer(site: RemoteSite) -> dict[str, Any]:
    """What a delivery or answer to it says of our trail: ``checkpoint``, ``consistency`` from what it last witnessed
    (or None), and ``witnessed``, the size of its tree that we vouch for."""
    raise NotImplementedError


def keep(site: RemoteSite, theirs: notes.Checkpoint, text: str) -> Witnessed:
    """Vouch for a verified checkpoint: a row nobody can take back, and a leaf of our own trail over it."""
    row = Witnessed(
        site=site, origin=theirs.origin, size=theirs.size, root=theirs.root, text=text, at=timezone.now(),
        salt=secrets.token_bytes(16),
    )  # fmt: skip
    row.leaf_id = leaves.append("record", row.at, witnessed_facts(row), hidden(row), row.salt).pk
    row.save(force_insert=True)
    return row


def raise_alarm(
    site: RemoteSite, kind: str, theirs: notes.Checkpoint, text: str, *, kept: bytes, kept_size: int
) -> SiteFork | None:
    """Once for each contradiction: a row nobody can take back, and a leaf; None where it stands already."""
    row = SiteFork(
        site=site, at=timezone.now(), kind=kind, origin=theirs.origin, size=theirs.size, kept=kept,
        kept_size=kept_size, theirs=theirs.root, text=text, salt=secrets.token_bytes(16),
    )  # fmt: skip
    same = {"site": site, "origin": theirs.origin, "size": theirs.size, "theirs": theirs.root}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('zhili.exchange.fork', 0))")
        if SiteFork.objects.filter(**same).exists():
            return None
        row.leaf_id = leaves.append("record", row.at, fork_facts(row), hidden(row), row.salt).pk
        row.save(force_insert=True)
    log.error(
        "exchange: FORK of the trail of %s (%s): we witnessed %s leaves with root %s, it signed %s with root %s",
        site.site, kind, kept_size, kept.hex(), theirs.size, theirs.root.hex(),
    )  # fmt: skip
    return row


def witnessed_facts(row: Witnessed) -> dict[str, Any]:
    """What the leaf of a witnessed checkpoint says."""
    return {
        "record": "exchange.witnessed",
        "origin": row.origin,
        "size": row.size,
        "root": bytes(row.root).hex(),
    }


def fork_facts(row: SiteFork) -> dict[str, Any]:
    """What the leaf of an alarm says."""
    return {
        "record": "exchange.fork",
        "alarm": row.kind,
        "origin": row.origin,
        "size": row.size,
        "theirs": bytes(row.theirs).hex(),
        "kept": bytes(row.kept).hex(),
        "kept_size": row.kept_size,
    }


def hidden(row: Witnessed | SiteFork) -> dict[str, Any]:
    """What either leaf commits to without showing it."""
    return {"site": row.site_id, "text": row.text}
