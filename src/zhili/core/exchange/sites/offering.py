"""Which of our files another site may fetch, told by the hash of the very bytes it is given.

The cleaned copy (upright, without what the camera wrote, today's masks), unless the agreement says originals; what has
no such copy is then not offered. Worked out once, when a message is first sent, outside any transaction: drawing takes
a while. What is masked further, hidden or withdrawn afterwards is given to nobody any more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from zhili.base.exchange import wire
from zhili.core.exchange.models import Link, OfferedFile, Outgoing, RemoteSite, Sending
from zhili.core.exchange.sites.queueing import as_message
from zhili.core.files import blobs, copies, decisions, scanning
from zhili.core.files.decisions import NOTHING, Standing
from zhili.core.files.models import File

PIECE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bytes of an offered file lie in storage."""

    name: str
    offered: OfferedFile


def work_out(rows: Iterable[Outgoing]) -> None:
    """Put hashes in the place of our own file ids, in rows that have not been sent yet; written once for good."""
    open_rows = [one for one in rows if any("file" in told for told in one.body.get("files", ()))]
    if not open_rows:
        return
    files = _files(open_rows)
    standings = decisions.standings(one.sha256 for one in files.values())
    for row in open_rows:
        wanted = [files[told["file"]] for told in row.body["files"] if told.get("file") in files]
        offered = [
            made
            for one in wanted
            if (made := _offered(row.link, one, standings.get(one.sha256, NOTHING))) is not None
        ]
        _write(row, offered)


def _files(rows: Sequence[Outgoing]) -> dict[str, File]:
    ids = {told["file"] for row in rows for told in row.body["files"] if "file" in told}
    return {str(one.pk): one for one in File.objects.filter(pk__in=ids)}


def _offered(link: Link, file: File, standing: Standing) -> OfferedFile | None:
    """What is offered of a file under the link's agreement; None: nothing."""
    document = link.agreement.document if link.agreement is not None else {}
    hidden = standing.withdrawn or standing.checked is False or file.scan == scanning.WAITS
    if not document.get("files") or hidden:
        return None
    if document.get("originals") is True:
        return OfferedFile(
            link=link, sha256=file.sha256, size=file.size, mime=file.mime, name=file.name, file=file,
            variant="original",
        )  # fmt: skip
    try:
        sha256, size = _measured(copies.public_copy(file, standing))
    except (copies.NoCopy, FileNotFoundError):
        return None
    return OfferedFile(
        link=link, sha256=sha256, size=size, mime="image/jpeg", name=f"{file.name.rpartition('.')[0] or 'photo'}.jpg",
        file=file, variant="public", version=standing.version,
    )  # fmt: skip


def _measured(place: str) -> tuple[str, int]:
    """(SHA-256 in hex, bytes)."""
    digest, size = hashlib.sha256(), 0
    with default_storage.open(place) as source:
        while piece := source.read(PIECE):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


def _write(row: Outgoing, offered: Sequence[OfferedFile]) -> None:
    row.body = {**row.body, "files": [_told(one) for one in offered]}
    row.digest = wire.digest(as_message(row, row.link.stream))
    with transaction.atomic():
        OfferedFile.objects.bulk_create(offered, ignore_conflicts=True)
        Outgoing.objects.filter(pk=row.pk, state=Sending.WAITING).update(body=row.body, digest=row.digest)


def _told(one: OfferedFile) -> dict[str, Any]:
    return {"sha256": one.sha256, "size": one.size, "mime": one.mime, "name": one.name}


def place(site: RemoteSite, matter: str, sha256: str) -> Place:
    """Where a file lies that was offered to this site in this matter. Raises WireError file_unknown.

    A matter of another site, a file of another matter and one that was never there are told apart by nobody.
    """
    found = (
        OfferedFile.objects.select_related("file")
        .filter(link__site=site, link__stream=f"matter:{matter}", sha256=sha256)
        .first()
    )
    if found is None:
        raise wire.WireError("file_unknown")
    standing = decisions.standing(found.file.sha256)
    if standing.withdrawn or standing.checked is False or found.file.scan == scanning.WAITS:
        raise wire.WireError("file_unknown", "it was withdrawn")
    if found.variant == "original":
        return Place(blobs.original(found.file.sha256), found)
    if standing.version != found.version:
        raise wire.WireError("file_unknown", "more of it was masked since")
    try:
        return Place(copies.public_copy(found.file, standing), found)
    except (copies.NoCopy, FileNotFoundError):
        raise wire.WireError("file_unknown") from None


def fetched(one: OfferedFile) -> None:
    """It was handed out whole."""
    OfferedFile.objects.filter(pk=one.pk, fetched_at=None).update(fetched_at=timezone.now())
