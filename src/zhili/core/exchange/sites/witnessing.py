"""Each site keeps the other's signed checkpoints, verified against those before: so each is the other's witness."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from zhili.base import merkle, notes
from zhili.base.exchange import signing, wire
from zhili.core.exchange.models import RemoteSite, SiteFork, Witnessed
from zhili.core.exchange.sites import alarms, refusals
from zhili.core.trail import checkpoints, leaves, proofs

log = logging.getLogger("zhili.exchange")
HEARD: Final = timedelta(seconds=10)
"""How exactly it is kept when a site was last heard of."""


def take(
    site: RemoteSite, text: str, consistency: wire.Consistency | None, *, at: datetime | None = None
) -> int:
    """Verify and keep a checkpoint of theirs; size of their tree we now vouch for. ``at``: when they sent it.

    A contradiction is kept as a SiteFork and alarmed; it never raises, for matters go on. In a transaction.
    """
    theirs = _verified(site, text)
    if theirs is None:
        return site.vouched_size
    last = _last(site, theirs)
    if last is None or theirs.size > last.size:
        # a delivery and an answer may bring the same larger tree at once: the second finds what the first kept
        list(RemoteSite.objects.select_for_update(no_key=True).filter(pk=site.pk).values_list("pk"))
        last = _last(site, theirs)
    if last is None:
        return _first(site, theirs, text)
    if theirs.size == last.size:
        if theirs.root != bytes(last.root):
            _contradicted(site, "fork", theirs, text, last)
        return last.size
    if theirs.size < last.size:
        _smaller(site, theirs, text, last, at)
        return last.size
    return _grown(site, theirs, text, consistency, last)


def _last(site: RemoteSite, theirs: notes.Checkpoint) -> Witnessed | None:
    return Witnessed.objects.filter(site=site, origin=theirs.origin).order_by("-size").first()


def heard(site: RemoteSite, delivery: wire.Delivery | wire.Answer) -> None:
    """What a delivery or an answer says besides its messages: that the site lives, its trail, what it vouches for."""
    now = timezone.now()
    vouched = (
        take(site, delivery.checkpoint, delivery.consistency, at=delivery.at) if delivery.checkpoint else 0
    )
    more: dict[str, Any] = {}
    if vouched and vouched != site.vouched_size:
        more["vouched_size"] = vouched
    if delivery.witnessed != site.witnessed_size:
        more |= {"witnessed_size": delivery.witnessed, "witnessed_at": now}
    if more or site.heard_at is None or now - site.heard_at > HEARD:
        more["heard_at"] = now
        RemoteSite.objects.filter(pk=site.pk).update(**more)
        for name, value in more.items():
            setattr(site, name, value)


def offer(site: RemoteSite) -> dict[str, Any]:
    """What a delivery or answer to it says of our trail: ``checkpoint``, ``consistency`` (wire.Consistency or None)
    from what it last witnessed, and ``witnessed``, the size of its tree that we vouch for. Two queries, or three."""
    known = RemoteSite.objects.filter(pk=site.pk).values_list("witnessed_size", "vouched_size").first()
    theirs, ours = known or (0, 0)
    latest = checkpoints.latest()
    if latest is None:
        return {"checkpoint": "", "consistency": None, "witnessed": ours}
    consistency = None
    if 0 < theirs < latest.size:
        try:
            proof = tuple(proofs.consistency(theirs, latest.size))
            consistency = wire.Consistency(theirs, proof)
        except proofs.NoProof:
            log.info("exchange: no proof of consistency from %s to %s yet", theirs, latest.size)
    return {"checkpoint": latest.text, "consistency": consistency, "witnessed": ours}


def _verified(site: RemoteSite, text: str) -> notes.Checkpoint | None:
    """The checkpoint, if one of the site's pinned keys signed it as its own log's."""
    try:
        verified = notes.verify_note(text, site.trail_keys)
        theirs = notes.parse_checkpoint(verified.note.text)
    except notes.UnknownKeys:
        _count(site, "checkpoint_key")
        return None
    except notes.NoteError:
        _count(site, "checkpoint")
        return None
    if all(key.name != theirs.origin for key in verified.by):
        _count(site, "checkpoint_key")
        return None
    return theirs


def _first(site: RemoteSite, theirs: notes.Checkpoint, text: str) -> int:
    """Nothing to hold it against: from here on it is bound to this."""
    if theirs.size == 0:
        return 0
    keep(site, theirs, text)
    return theirs.size


def _grown(
    site: RemoteSite,
    theirs: notes.Checkpoint,
    text: str,
    consistency: wire.Consistency | None,
    last: Witnessed,
) -> int:
    """A larger tree is vouched for only with the proof that it begins with the one before."""
    if consistency is None or consistency.start != last.size:
        _count(site, "checkpoint_unproven")
        return last.size
    try:
        merkle.verify_consistency(last.size, theirs.size, bytes(last.root), theirs.root, consistency.proof)
    except merkle.ProofError:
        _contradicted(site, "inconsistent", theirs, text, last)
        return last.size
    keep(site, theirs, text)
    return theirs.size


def _smaller(
    site: RemoteSite, theirs: notes.Checkpoint, text: str, last: Witnessed, at: datetime | None
) -> None:
    """An old head that was long under way is none the worse for it, unless it had another root, or was sent as the
    newest well after we had a larger one."""
    same = Witnessed.objects.filter(site=site, origin=theirs.origin, size=theirs.size).first()
    if same is not None and bytes(same.root) != theirs.root:
        _contradicted(site, "fork", theirs, text, same)
    elif at is not None and at > last.at + timedelta(seconds=signing.SKEW):
        _contradicted(site, "back", theirs, text, last)


def _contradicted(site: RemoteSite, kind: str, theirs: notes.Checkpoint, text: str, last: Witnessed) -> None:
    row = raise_alarm(site, kind, theirs, text, kept=bytes(last.root), kept_size=last.size)
    if row is not None:
        alarms.fork(site, row)


def _count(site: RemoteSite, code: str) -> None:
    refusals.count(site, code)


def keep(site: RemoteSite, theirs: notes.Checkpoint, text: str) -> Witnessed:
    """Vouch for a verified checkpoint: a row nobody can take back, and a leaf of our own trail over it."""
    row = Witnessed(
        site=site, origin=theirs.origin, size=theirs.size, root=theirs.root, text=text, at=timezone.now(),
        salt=secrets.token_bytes(16),
    )  # fmt: skip
    row.leaf_id = leaves.append("record", row.at, witnessed_facts(row), hidden(row), bytes(row.salt)).pk
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
        row.leaf_id = leaves.append("record", row.at, fork_facts(row), hidden(row), bytes(row.salt)).pk
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
