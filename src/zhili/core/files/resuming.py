"""Large files in pieces, so that a cut line costs a piece and not the whole (tus 1.0.0; pages/tus.py speaks HTTP).

What counts as received is what the row says: bytes are written, synced to the disk, and only then counted, a piece of
2 MiB at a time under the row's lock. So nobody waits while another's line is slow, two writers can never mix (who comes
with an offset that is no longer true is told so), and a killed server loses less than a piece.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.files import blobs, hashing, intake, kinds, limits, quotas
from zhili.core.files.models import File, Resumable
from zhili.core.files.refusal import UploadRefused
from zhili.core.people.actors import Actor

PIECE: Final = 2 * 1024 * 1024
KEPT: Final = timedelta(hours=24)
"""How long an unfinished upload is kept after its last piece."""
CHECKED_MOST: Final = 64 * 1024 * 1024
"""Bytes of one request that comes with a checksum: it is held back until it proved right."""
ALGORITHMS: Final = ("sha1", "sha256", "md5")


class NoUpload(LookupError):
    """There is none at that address, or not any more."""


class WrongOffset(Exception):
    """Somebody else wrote meanwhile, or the sender is mistaken; ``at`` is the truth."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class WrongChecksum(Exception):
    """What arrived is not what was sent; nothing of it was kept."""


class TooLong(ValueError):
    """More than was announced, or more than we hold back for a checksum; nothing of it was kept."""


class BadChecksum(ValueError):
    """Not "algorithm base64", or of an algorithm we do not compute."""


@dataclass(frozen=True)
class Done:
    """A finished upload is a file like any other, waiting to be attached."""

    file: File
    token: str


def create(length: int, name: str, actor: Actor, origin: str) -> tuple[str, Resumable]:
    """(the word in its address, its row). Raises UploadRefused: 413, 429, 507."""
    now = timezone.now()
    sender = intake.Sender(actor.account_id, actor.office_id, intake.quota_key(actor, origin, now))
    most = limits.max_resumable(anonymous=sender.anonymous)
    if length > most:
        raise intake.too_large(most)
    if length < 1:
        raise UploadRefused(_("这个文件是空的，请重新选择。"), 422)
    quotas.refuse_beyond(sender, actor.kind, length, now)
    refuse_too_many(sender)
    word = secrets.token_urlsafe(24)
    row = Resumable(
        secret_hash=hashed(word),
        length=length,
        name=name[-120:],
        quota_key=sender.quota_key,
        office_id=sender.office_id,
        created_by_id=sender.account_id,
        created_at=now,
        expires_at=now + KEPT,
    )
    place(row).touch(mode=0o600)
    row.save(force_insert=True)
    return word, row


def refuse_too_many(sender: intake.Sender) -> None:
    if not sender.quota_key:
        return
    open_now = Resumable.objects.filter(
        quota_key=sender.quota_key, file=None, refused="", expires_at__gt=timezone.now()
    )
    if open_now.count() >= limits.read("files.open_uploads", int):
        raise UploadRefused(_("没有传完的大文件太多了，请先传完或取消几个。"), 429)


def find(word: str, actor: Actor) -> Resumable:
    """The upload at that address. One begun with an account is for that account alone. Raises NoUpload."""
    row = Resumable.objects.filter(secret_hash=hashed(word), expires_at__gt=timezone.now()).first()
    if row is None or (row.created_by_id is not None and row.created_by_id != actor.account_id):
        raise NoUpload
    return row


def hashed(word: str) -> bytes:
    return hashlib.sha256(word.encode()).digest()


def token_of(word: str) -> str:
    """The token of the finished file: told again to whoever knows the address, and kept nowhere."""
    return hmac.new(settings.SECRET_KEY.encode(), b"tus|" + word.encode(), hashlib.sha256).hexdigest()[:32]


def place(row: Resumable) -> Path:
    """Where the bytes are gathered. Machines that share uploads must share this folder."""
    folder = blobs.incoming() or Path(tempfile.gettempdir())
    return folder / f"tus-{row.pk}"


def append(row: Resumable, offset: int, stream: intake.Stream, length: int | None, checksum: str = "") -> int:
    """Take in the body of one request that says it begins at ``offset``; the new offset.

    Raises WrongOffset, WrongChecksum, BadChecksum, TooLong, UploadRefused (then the upload is over), NoUpload. A line
    that breaks leaves what arrived before; whoever reads ``stream`` gets its error.
    """
    if offset != row.offset:
        raise WrongOffset(row.offset)
    if length is not None and offset + length > row.length:
        raise TooLong(offset + length)
    try:
        if checksum:
            with checked(stream, length, checksum) as whole:
                return poured(row, offset, whole)
        return poured(row, offset, stream)
    except UploadRefused as refusal:
        if refusal.status < 500:  # of this kind or size nothing more need come
            refuse(row, refusal)
        raise


def poured(row: Resumable, offset: int, stream: intake.Stream) -> int:
    while offset < row.length:
        piece, broken = gathered(stream, min(PIECE, row.length - offset))
        if piece:
            offset = written(row, offset, piece)
        if broken is not None:
            raise broken
        if not piece:
            break
    return offset


def gathered(stream: intake.Stream, most: int) -> tuple[bytes, Exception | None]:
    """Up to `most` bytes, and the error that ended them early, if one did."""
    parts: list[bytes] = []
    have = 0
    try:
        while have < most and (part := stream.read(min(intake.PIECE, most - have))):
            parts.append(part)
            have += len(part)
    except Exception as error:  # servers raise many kinds when a line breaks
        return b"".join(parts), error
    return b"".join(parts), None


def written(row: Resumable, offset: int, piece: bytes) -> int:
    """Put a piece on the disk, then count it. Raises WrongOffset, NoUpload."""
    with intake.no_room_told(), transaction.atomic():
        now = Resumable.objects.select_for_update().filter(pk=row.pk).first()
        if now is None:
            raise NoUpload
        if now.offset != offset:
            raise WrongOffset(now.offset)
        try:
            handle = os.open(place(row), os.O_WRONLY)
        except FileNotFoundError:  # the city was restored from a backup: half-received files are not in it
            raise NoUpload from None
        try:
            view, at = memoryview(piece), offset
            while view:
                n = os.pwrite(handle, view, at)
                view, at = view[n:], at + n
            os.fsync(handle)
        finally:
            os.close(handle)
        if offset < kinds.HEAD <= offset + len(piece) or offset + len(piece) == row.length:
            now.mime = now.mime or judged(row, offset + len(piece))
        now.offset, now.expires_at = offset + len(piece), timezone.now() + KEPT
        now.save(update_fields=["offset", "expires_at", "mime"])
    hashing.add(row.pk, offset, piece)
    return now.offset


def judged(row: Resumable, have: int) -> str:
    """The kind, as soon as its beginning is there. Raises UploadRefused: 415, 413."""
    with place(row).open("rb") as source:
        head = source.read(min(kinds.HEAD, have))
    sender = intake.Sender(row.created_by_id, row.office_id, row.quota_key)
    mime = kinds.kind_of(head, sender.taken)
    most = limits.max_of(mime, anonymous=sender.anonymous)
    if row.length > most:
        raise intake.too_large(most)
    return mime


@contextmanager
def checked(stream: intake.Stream, length: int | None, checksum: str) -> Iterator[IO[Any]]:
    """The body, held aside until its checksum proved right."""
    algorithm, _blank, told = checksum.partition(" ")
    try:
        wanted = base64.b64decode(told, validate=True)
        digest = hashlib.new(algorithm if algorithm in ALGORITHMS else "", usedforsecurity=False)
    except ValueError as error:
        raise BadChecksum(checksum[:100]) from error
    if not wanted:
        raise BadChecksum(checksum[:100])
    if length is None or length > CHECKED_MOST:
        raise TooLong(length)
    with tempfile.SpooledTemporaryFile(max_size=PIECE) as aside:
        while part := stream.read(intake.PIECE):
            digest.update(part)
            aside.write(part)
        if not hmac.compare_digest(digest.digest(), wanted):
            raise WrongChecksum
        aside.seek(0)
        yield aside


def finish(row: Resumable, word: str) -> Done | None:
    """Make a file of an upload that is whole; None while it is not. Harmless when repeated.

    Raises UploadRefused: for good (the upload is over, and says so again), or 503 and 507 (ask again later).
    """
    if row.offset < row.length:
        return None
    with only_one(row):
        row.refresh_from_db()
        if row.refused:
            raise UploadRefused(row.refused, row.refused_status)
        if row.file_id is None:
            made = kept_before(row, word) or made_file(row, word)
            Resumable.objects.filter(pk=row.pk).update(file_id=made)
            row.refresh_from_db()
            place(row).unlink(missing_ok=True)  # the same bytes may have been there already
    file = File.objects.filter(pk=row.file_id).first() if row.file_id else None
    if file is None:
        raise NoUpload
    return Done(file, token_of(word))


def kept_before(row: Resumable, word: str) -> UUID | None:
    """The file, if a server was killed just after it had moved the bytes into their place."""
    if place(row).exists():
        return None
    token = hashlib.sha256(token_of(word).encode()).digest()
    mine = File.objects.filter(quota_key=row.quota_key, created_at__gte=row.created_at)
    found = mine.filter(upload_token_hash=token).values_list("pk", flat=True).first()
    if found is None:
        raise NoUpload
    return found


def made_file(row: Resumable, word: str) -> UUID:
    path = place(row)
    sender = intake.Sender(row.created_by_id, row.office_id, row.quota_key)
    try:
        with intake.no_room_told():
            sha256 = hashing.whole(row.pk, path)
            stored = intake.take_in(path, sha256, row.length, row.name, row.mime, sender, token_of(word))
    except UploadRefused as refusal:
        if refusal.status < 500:
            refuse(row, refusal)
        raise
    return stored.id


def refuse(row: Resumable, refusal: UploadRefused) -> None:
    """The upload is over; its bytes go, the reason stays until it expires."""
    Resumable.objects.filter(pk=row.pk).update(refused=refusal.reason[:300], refused_status=refusal.status)
    place(row).unlink(missing_ok=True)
    hashing.forget(row.pk)


def terminate(row: Resumable) -> None:
    """The sender does not want it any more. A file already made of it stays until it expires."""
    Resumable.objects.filter(pk=row.pk).delete()
    place(row).unlink(missing_ok=True)
    lock_of(row).unlink(missing_ok=True)
    hashing.forget(row.pk)


@contextmanager
def only_one(row: Resumable) -> Iterator[None]:
    """Two requests do not finish the same upload; a lock of the disk's, which ends with its holder."""
    with lock_of(row).open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def lock_of(row: Resumable) -> Path:
    return place(row).with_name(f"tus-{row.pk}.lock")


def clean(limit: int = 200) -> int:
    """Removes uploads that were given up. A duty of the worker; how many."""
    due = list(Resumable.objects.filter(expires_at__lt=timezone.now()).order_by("expires_at")[:limit])
    for row in due:
        terminate(row)
    return len(due)
