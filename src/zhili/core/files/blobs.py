"""Where the bytes lie in storage: by their hash, so that the same photo sent twice is kept once."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import connection

TEMPORARY = ".incoming"
VARIANTS = {"public": "jpg", "thumbnail": "webp", "wide": "jpg"}
"""Copies made of a picture, and their endings."""


def original(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def copy(sha256: str, variant: str, version: int = 0) -> str:
    """version: of the masks; 0 has none, and is not for strangers once there are some."""
    masks = f"-{version}" if version else ""
    return f"copies/{sha256[:2]}/{sha256}-{variant}{masks}.{VARIANTS[variant]}"


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
    default_storage.delete(original(sha256))
    remove_copies(sha256)


def remove_copies(sha256: str) -> None:
    """Every copy of every version; they can be drawn anew."""
    folder = f"copies/{sha256[:2]}"
    try:
        names = default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return
    for name in names:
        if name.startswith(sha256):
            default_storage.delete(f"{folder}/{name}")


@contextmanager
def local(sha256: str) -> Iterator[Path | None]:
    """The original as a file on this machine's disk, for programs that want one; None when it is gone."""
    place = on_disk(original(sha256))
    if place is not None:
        yield place if place.exists() else None
        return
    with half_received() as path:
        try:
            with default_storage.open(original(sha256)) as source, path.open("wb") as out:
                shutil.copyfileobj(source, out, 1 << 20)
        except FileNotFoundError:
            yield None
        else:
            yield path
