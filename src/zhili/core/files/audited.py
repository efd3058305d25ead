"""Whether the bytes in storage are still those their names say."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef, Q, QuerySet

from zhili.core.files import blobs
from zhili.core.files.models import Attachment, File
from zhili.core.trail.audit.faults import Fault, Part

TABLE = File._meta.db_table
CHUNK = 1 << 20


@dataclass(frozen=True)
class Stored:
    """Each kept file, read whole. Uploads that wait to be attached are left out: they come and go."""

    name: str = "files on disk"
    step: int = 50

    def size(self) -> int:
        return _kept().count()

    def batch(self, after: Any) -> Part:
        rows = _kept().order_by("pk")
        found = list((rows.filter(pk__gt=UUID(after)) if after else rows)[: self.step])
        part = Part(len(found), after=str(found[-1].pk) if len(found) == self.step else None)
        for row in found:
            if fault := _fault(row):
                part.faults.append(fault)
        return part


def _kept() -> QuerySet[File]:
    """What a step came with, whatever its row says of an end, and all else without one."""
    attached = Exists(Attachment.objects.filter(file=OuterRef("pk")))
    return File.objects.filter(Q(expires_at=None) | attached)


def _fault(row: File) -> Fault | None:
    place = blobs.original(row.sha256)
    digest, size = hashlib.sha256(), 0
    try:
        with default_storage.open(place) as stream:
            while data := stream.read(CHUNK):
                digest.update(data)
                size += len(data)
    except OSError as error:
        return Fault("file", TABLE, str(row.pk), "sha256", row.sha256, type(error).__name__)
    if digest.hexdigest() != row.sha256:
        return Fault("file", TABLE, str(row.pk), "sha256", row.sha256, digest.hexdigest())
    return Fault("file", TABLE, str(row.pk), "size", str(row.size), str(size)) if size != row.size else None
