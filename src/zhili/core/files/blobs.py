"""Where the bytes lie in storage: by their hash, so that the same photo sent twice is kept once."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import connection

TEMPORARY = ".incoming"
VARIANTS = {"public": "jpg", "thumbnail": "webp"}
"""Copies made of an image, and their endings."""


def original(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def copy(sha256: str, variant: str) -> str:
    return f"copies/{sha256[:2]}/{sha256}-{variant}.{VARIANTS[variant]}"


def on_disk(place: str) -> Path | None:
    """Where a kept file lies on this machine's disk; None where the storage is no disk."""
    try:
        return Path(default_storage.path(place))
    except NotImplementedError:  # what Django's storages without a disk raise
        return None


def incoming() -> Path | None:
    """The folder for half-received files, beside the kept ones: keeping is a rename. None: the system's."""
    folder = on_disk(TEMPORARY)
    if folder is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def half_received() -> Iterator[Path]:
    """An empty file of our own, gone afterwards unless it was moved into place."""
    handle, name = tempfile.mkstemp(prefix="up-", dir=incoming())
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def lock(sha256: str) -> None:
    """Until the transaction ends, nobody else keeps or removes these bytes."""
    with connection.cursor() as cursor:
        number = int.from_bytes(bytes.fromhex(sha256[:16]), signed=True)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def settle(place: str) -> None:
    """Has the disk remember where a new file lies; its bytes it has already."""
    path = on_disk(place)
    if path is None:
        return
    for folder in list(path.parents)[: place.count("/") + 1]:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def remove(sha256: str) -> None:
    """The bytes and every copy made of them. Harmless when repeated."""
    for name in (original(sha256), *(copy(sha256, variant) for variant in VARIANTS)):
        default_storage.delete(name)
