"""Signed heads: each head of the tree gets the signatures of this site's keys and becomes a checkpoint (C2SP).

A log signs nothing that contradicts what it signed before. So before a head is signed its root is taken from the tiles
again, and so is the root of the last head signed, as the database has it and as the file outside it does
(memory.py); if one differs nothing is signed and the alarm is raised (forks.py). Then: on the disk first, handed out
afterwards.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from zhili.base import notes
from zhili.core.trail import forks, heads, keys, leaves, memory, proofs
from zhili.core.trail.models import SignedHead, SigningKey

log = logging.getLogger("zhili.trail")
LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('zhili.trail.sign:' || current_schema(), 0))"


@dataclass(frozen=True, slots=True)
class Signed:
    """A head and what vouches for it. ``text``: the checkpoint as handed out."""

    size: int
    root: bytes
    at: datetime
    text: str
    id: int = 0


def latest() -> Signed | None:
    """The newest signed head; None of a site that has not signed yet. One query."""
    return _of(SignedHead.objects.order_by("-size", "-id").first())


def covering(index: int) -> Signed | None:
    """The first signed head that includes that number; None until there is one. One query."""
    return _of(SignedHead.objects.filter(size__gt=index).order_by("size", "-id").first())


def of_size(size: int) -> Signed | None:
    """The signed head of that size, if there is one."""
    return _of(SignedHead.objects.filter(size=size).order_by("-id").first())


def sign_due() -> int:
    """Sign the newest head if it is not signed yet; 1 when it was. For the worker; any number may call it."""
    head = heads.current()
    if head.size == 0:
        return 0
    origin = keys.origin()
    signed = SignedHead.objects.filter(origin=origin).order_by("-size").first()
    if signed is not None and signed.size >= head.size and _published(origin):
        return 0
    publish_keys()
    try:
        return _sign(notes.Checkpoint(origin, head.size, bytes.fromhex(head.root)), signed)
    except proofs.BeingTiled:
        return 0


def publish_keys(reason: str = "") -> list[str]:
    """Write every key of the ring that is not published yet into the table and the trail; which ones."""
    there = set(SigningKey.objects.values_list("vkey", flat=True))
    fresh = [key for key in keys.ring(fresh=True).keys if str(key.vkey) not in there]
    for key in fresh:
        _publish(key, [k for k in there if notes.parse_vkey(k).name == key.vkey.name], reason)
    return [str(key.vkey) for key in fresh]


def _publish(key: keys.Key, former: list[str], reason: str) -> None:
    now, salt, vkey = timezone.now(), secrets.token_bytes(16), str(key.vkey)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('zhili.trail.keys', 0))")
        if SigningKey.objects.filter(vkey=vkey).exists():
            return
        leaf = leaves.append("record", now, key_facts(vkey, key.vkey.name), {"reason": reason[:200]}, salt)
        SigningKey.objects.create(
            vkey=vkey, origin=key.vkey.name, at=now, reason=reason[:200], leaf_id=leaf.pk, salt=salt
        )
    log.warning("trail: the key %s signs heads from now on", vkey)


def key_facts(vkey: str, origin: str) -> dict[str, Any]:
    """What the leaf of a key says."""
    return {"record": "trail.key", "vkey": vkey, "origin": origin}


def _published(origin: str) -> bool:
    there = {key.vkey for key in SigningKey.objects.filter(origin=origin)}
    return all(str(key.vkey) in there for key in keys.ring().signing())


def _sign(checkpoint: notes.Checkpoint, signed: SignedHead | None) -> int:
    """Raises BeingTiled while an older tree is still being cut."""
    if signed is not None and signed.size >= checkpoint.size:
        return 0
    if proofs.root(checkpoint.size) != checkpoint.root:
        forks.raise_alarm("fork", "heads", checkpoint, proofs.root(checkpoint.size), checkpoint.body())
        return 0
    if any(alarm for text in _before(signed) if (alarm := forks.look(text, "file"))):
        log.error("trail: head %s is not signed: it contradicts what was signed before", checkpoint.size)
        return 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LOCK)
            if not cursor.fetchone()[0]:
                return 0
        if SignedHead.objects.filter(origin=checkpoint.origin, size__gte=checkpoint.size).exists():
            return 0
        text = keys.sign_checkpoint(checkpoint)
        memory.keep(text)
        SignedHead.objects.create(
            origin=checkpoint.origin, size=checkpoint.size, root=checkpoint.root, at=timezone.now(), text=text
        )
    return 1


def _before(signed: SignedHead | None) -> list[str]:
    """What was signed last, as the file and as the database remember it."""
    return [text for text in (memory.last(), signed.text if signed else None) if text]


def _of(found: SignedHead | None) -> Signed | None:
    return Signed(found.size, bytes(found.root), found.at, found.text, found.pk) if found else None
