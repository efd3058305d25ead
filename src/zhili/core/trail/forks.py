"""The fork alarm: something we validly signed says otherwise than the tree we have.

A signed head is a promise that the log begins with these leaves for ever. If one of our own keys signed a root of a
size of which we have another root, the record was rewritten, or somebody else signs with our key: there is no innocent
explanation but one, and that one is told apart: a **restore from backup** loses leaves, so it starts a log of a new
name with keys of its own (``Restoration``), and heads of the former name beyond the point of restore are told to be of
leaves that were lost. A restore that was not declared looks like any other setting back, and raises the alarm.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base import notes
from zhili.core.trail import keys, leaves, memory, proofs, tiles
from zhili.core.trail.models import Fork, Restoration, SignedHead, TreeHead

log = logging.getLogger("zhili.trail")
ALARMING: Final = ("fork", "beyond")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a checkpoint handed in is to us. ``kind``:

    same (our newest), earlier (the tree has grown since; ``proof`` shows that it begins with theirs), fork (another
    root of that size), beyond (we signed more than we have), lost (of leaves lost by a declared restore), foreign (not
    of this log or not by its keys), altered (a signature does not hold), malformed (no checkpoint).
    """

    kind: str
    checkpoint: notes.Checkpoint | None = None
    size: int = 0
    ours: bytes = b""
    proof: tuple[bytes, ...] = ()
    reason: str = ""

    @property
    def alarming(self) -> bool:
        return self.kind in ALARMING


def judge(text: str) -> Verdict:
    """What this checkpoint is to us. Writes nothing. Raises BeingTiled while an older tree is still being cut."""
    try:
        verified = notes.verify_note(text, keys.vkeys())
        checkpoint = notes.parse_checkpoint(verified.note.text)
    except notes.UnknownKeys:
        return Verdict("foreign", reason=_("没有本系统密钥的签名。"))
    except notes.BadSignature as error:
        return Verdict("altered", reason=str(error))
    except notes.NoteError as error:
        return Verdict("malformed", reason=str(error))
    if all(key.name != checkpoint.origin for key in verified.by):
        return Verdict("foreign", checkpoint, reason=_("签名的密钥属于另一个存证树。"))
    return _against_ours(checkpoint)


def _against_ours(checkpoint: notes.Checkpoint) -> Verdict:
    size = tiles.tree_size()
    restored = _restored_since(checkpoint.origin)
    if restored is not None and checkpoint.size > restored.size:
        return Verdict("lost", checkpoint, size, reason=restored.reason)
    if checkpoint.size > size:
        return Verdict("beyond", checkpoint, size)
    ours = proofs.root(checkpoint.size)
    if ours != checkpoint.root:
        return Verdict("fork", checkpoint, size, ours)
    newest = TreeHead.objects.order_by("-size").values_list("size", flat=True).first() or size
    if checkpoint.size >= newest or checkpoint.size == 0:
        return Verdict("same", checkpoint, checkpoint.size, ours)
    return Verdict("earlier", checkpoint, newest, ours, tuple(proofs.consistency(checkpoint.size, newest)))


def _restored_since(origin: str) -> Restoration | None:
    """Of the restores since that name was given up the one that went back furthest; None of the name in use."""
    if origin == keys.origin():
        return None
    given_up = Restoration.objects.filter(former=origin).order_by("at").first()
    since = Restoration.objects.filter(at__gte=given_up.at) if given_up else Restoration.objects.all()
    return since.order_by("size").first()


def look(text: str, source: str) -> Verdict | None:
    """Judge a checkpoint that was kept or handed in, and raise the alarm if it calls for it; the verdict then."""
    found = judge(text)
    if not found.alarming or found.checkpoint is None:
        return None
    raise_alarm(found.kind, source, found.checkpoint, found.ours, text)
    return found


def witness(text: str) -> Verdict:
    """For whoever hands in a checkpoint: what it is to us; an alarm is raised when it calls for one."""
    found = judge(text)
    if found.alarming and found.checkpoint is not None:
        raise_alarm(found.kind, "witness", found.checkpoint, found.ours, text)
    return found


def raise_alarm(kind: str, source: str, theirs: notes.Checkpoint, ours: bytes, text: str) -> None:
    """Once for each contradiction: a row nobody can take back, and a leaf."""
    now, salt = timezone.now(), secrets.token_bytes(16)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('zhili.trail.fork', 0))")
        if Fork.objects.filter(size=theirs.size, theirs=theirs.root, kind=kind).exists():
            return
        leaf = leaves.append("record", now, facts(kind, theirs, ours), {"text": text, "source": source}, salt)
        Fork.objects.create(
            at=now, kind=kind, source=source, size=theirs.size, ours=ours, theirs=theirs.root,
            text=text, leaf_id=leaf.pk, salt=salt,
        )  # fmt: skip
    log.error(
        "trail: FORK ALARM (%s, %s): of size %s we have %s, signed was %s",
        kind, source, theirs.size, ours.hex() or "nothing", theirs.root.hex(),
    )  # fmt: skip


def facts(kind: str, theirs: notes.Checkpoint, ours: bytes) -> dict[str, Any]:
    """What the leaf of an alarm says."""
    return {
        "record": "trail.fork",
        "alarm": kind,
        "origin": theirs.origin,
        "size": theirs.size,
        "ours": ours.hex(),
        "theirs": theirs.root.hex(),
    }


def look_at_everything() -> int:
    """Everything remembered against the tree: the file outside the database, then signed heads against heads.

    At the worker's start and by doctor. How many alarms stand. Heads whose root the table still has are compared with
    the table; the newest of the file with the tiles, and with it all before.
    """
    roots = {size: bytes(root) for size, root in TreeHead.objects.values_list("size", "root").iterator()}
    newest: str | None = None
    for text in memory.kept():
        newest = text
        try:
            told = notes.parse_checkpoint(notes.parse_note(text).text)
        except notes.NoteError:
            continue
        if roots.get(told.size) != told.root:
            look(text, "file")
    if newest is not None:
        look(newest, "file")
    for signed in SignedHead.objects.order_by("size").iterator():
        there = roots.get(signed.size)
        if there != bytes(signed.root) and look(signed.text, "heads") is None and there is not None:
            told = notes.Checkpoint(signed.origin, signed.size, there)
            raise_alarm("fork", "heads", told, bytes(signed.root), signed.text)
    return standing()


def remember() -> int:
    """The worker's duty, at its start and once a day. Never anything due afterwards."""
    look_at_everything()
    return 0


def standing() -> int:
    """How many alarms were ever raised: they stay."""
    return Fork.objects.count()
