"""Taking in one upload: refuse early, hold no more than a piece of it in memory, keep it under its hash."""

import errno
import hashlib
import hmac
import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.core.files import File as DjangoFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.files import blobs, kinds, limits, packed, quotas
from zhili.core.files.inspection import inspect
from zhili.core.files.kinds import HEAD, kind_of
from zhili.core.files.metadata import tells
from zhili.core.files.models import File
from zhili.core.files.naming import harmless
from zhili.core.files.refusal import UploadRefused
from zhili.core.files.scanning import scan
from zhili.core.people.actors import Actor

PIECE = 64 * 1024
WAITS = timedelta(hours=24)
"""How long a file waits to be attached."""


class Stream(Protocol):
    """What an upload is read from."""

    def read(self, size: int = ..., /) -> Any: ...


@dataclass(frozen=True, slots=True)
class Stored:
    """A file taken in. With the token, which is told once, or from the same account it can be attached."""

    id: UUID
    token: str
    name: str
    mime: str
    size: int
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose upload it is, as far as files need to know."""

    account_id: int | None
    office_id: int | None
    quota_key: str

    @property
    def anonymous(self) -> bool:
        return self.account_id is None and not self.quota_key.startswith("grant:")

    @property
    def taken(self) -> frozenset[str]:
        """The kinds taken from them."""
        return kinds.BASIC if self.anonymous else frozenset(kinds.GROUP_OF)


def store(stream: Stream, name: str, actor: Actor, *, length: int | None = None, origin: str = "") -> Stored:
    """Takes in one file and keeps it for 24 hours, or for good once attached.

    length: bytes, if the sender says (Content-Length). origin: the network address of a sender without an
    account, only for the daily limit; what is kept of it cannot be turned back. Raises UploadRefused.
    """
    if isinstance(dropped := getattr(stream, "refusal", None), UploadRefused):
        raise dropped  # judged while it arrived, see uploads.RefusedUpload
    most = limits.max_size()
    said = length if length is not None else getattr(stream, "size", None)
    if said is not None and said > most:
        raise too_large(most)
    now = timezone.now()
    sender = Sender(actor.account_id, actor.office_id, quota_key(actor, origin, now))
    quotas.refuse_beyond(sender, actor.kind, said or 0, now)
    with no_room_told(), blobs.half_received() as path:
        sha256, size, mime = receive(stream, path, most, sender.taken)
        if said is None:
            quotas.refuse_beyond(sender, actor.kind, size, now)
        return take_in(path, sha256, size, name, mime, sender, secrets.token_urlsafe(18))


def take_in(path: Path, sha256: str, size: int, name: str, mime: str, sender: Sender, token: str) -> Stored:
    """What arrived whole: looked into, scanned, and kept. ``path`` is moved into its place. Raises UploadRefused."""
    if mime == kinds.ZIP:
        mime = packed.judged(path)
    measured = inspect(path, mime)
    now = timezone.now()
    file = File(
        sha256=sha256,
        size=size,
        mime=mime,
        name=harmless(name, mime),
        width=measured.width,
        height=measured.height,
        created_at=now,
        created_by_id=sender.account_id,
        office_id=sender.office_id,
        quota_key=sender.quota_key,
        tells=tells(path, mime),
        scan=scan(path, mime),
        upload_token_hash=hashlib.sha256(token.encode()).digest(),
        expires_at=now + WAITS,
    )
    keep(file, path)
    return Stored(file.pk, token, file.name, mime, size, measured.width, measured.height)


@contextmanager
def no_room_told() -> Iterator[None]:
    """A full disk becomes a refusal in words."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise quotas.no_room() from error
        raise


def receive(
    stream: Stream, path: Path, most: int, taken: Collection[str] = kinds.BASIC
) -> tuple[str, int, str]:
    """Writes the stream to the file, piece by piece: (SHA-256 in hex, bytes, kind). Stops at a fault."""
    digest, size, head, mime = hashlib.sha256(), 0, b"", ""
    with path.open("wb") as out:
        while piece := stream.read(PIECE):
            size += len(piece)
            if size > most:
                raise too_large(most)
            if not mime:
                head += piece
                if len(head) >= HEAD:
                    mime = kind_of(head[:HEAD], taken)
            digest.update(piece)
            out.write(piece)
        if not size:
            raise UploadRefused(_("这个文件是空的，请重新选择。"), 422)
        mime = mime or kind_of(head, taken)
        out.flush()
        os.fsync(out.fileno())  # what was accepted outlives a power cut
    return digest.hexdigest(), size, mime


def keep(file: File, path: Path) -> None:
    """Writes the row, then puts the bytes in their place, unless they are there.

    The row comes first and is committed: killed in between, it expires like any upload nobody attached, whereas
    bytes without a row would never be found again, nor removed.
    """
    file.save(force_insert=True)
    place = blobs.original(file.sha256)
    with transaction.atomic():
        blobs.lock(file.sha256)
        if not default_storage.exists(place):
            with path.open("rb") as source:
                default_storage.save(place, Moved(source, path))
            blobs.settle(place)


class Moved(DjangoFile):  # type: ignore[type-arg]
    """A file that storage on the same disk may rename into place instead of copying."""

    def __init__(self, source: Any, path: Path) -> None:
        super().__init__(source, name=path.name)
        self.path = path

    def temporary_file_path(self) -> str:
        return str(self.path)


def too_large(most: int) -> UploadRefused:
    sentence = _("文件太大了，每个最多 {size}，请压缩后再传。")
    return UploadRefused(sentence.format(size=limits.in_words(most)), 413)


def quota_key(actor: Actor, origin: str, now: datetime) -> str:
    """Whose daily share an upload counts against; "" for the machine's own work."""
    if actor.account_id is not None:
        return f"account:{actor.account_id}"
    if actor.kind == "grant":
        return f"grant:{actor.id}"
    if not origin:
        return ""
    # Keyed and changing daily: it counts, and says nothing about who it was.
    word = f"{origin}|{now.date().isoformat()}".encode()
    return "net:" + hmac.new(settings.SECRET_KEY.encode(), word, hashlib.sha256).hexdigest()[:32]
