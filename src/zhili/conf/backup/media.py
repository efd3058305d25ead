"""Uploads and made documents: whatever lies in storage, except what can be made again."""

import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

from django.core.files.base import File
from django.core.files.storage import default_storage

from zhili.core.files import blobs

CHUNK = 1 << 20
AGAIN = ("copies/", ".incoming/", ".restoring-")
"""Copies of images are drawn anew when first asked for; the others are unfinished."""


def names(folder: str = "") -> Iterator[str]:
    """Every file of the storage, by its name there."""
    try:
        folders, files = default_storage.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in sorted(files):
        full = f"{folder}{name}"
        if not full.startswith(AGAIN):
            yield full
    for name in sorted(folders):
        inner = f"{folder}{name}/"
        if not inner.startswith(AGAIN):
            yield from names(inner)


@contextmanager
def opened(name: str) -> Iterator[Iterator[bytes] | None]:
    """The content of a file in pieces; None when it has just gone."""
    try:
        file = default_storage.open(name)
    except FileNotFoundError:
        yield None
        return
    with file:
        yield iter(partial(file.read, CHUNK), b"")


class Placing:
    """Files on their way back: written aside first, then put in place, and taken out again if all fails."""

    def __init__(self) -> None:
        self._root = blobs.on_disk("")
        self._aside = self._root / f".restoring-{secrets.token_hex(4)}" if self._root else None
        if self._root:  # what a killed restore left
            for old in self._root.glob(".restoring-*"):
                shutil.rmtree(old, ignore_errors=True)
        self._names: list[str] = []
        self._placed: list[str] = []

    def write(self, name: str, data: Iterator[bytes]) -> str:
        """Keep a file aside; the SHA-256 of what was written."""
        digest = hashlib.sha256()
        if self._aside is None:
            _store(name, data, digest)
            self._placed.append(name)
        else:
            target = self._aside / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                for piece in data:
                    digest.update(piece)
                    out.write(piece)
                out.flush()
                os.fsync(out.fileno())
            self._names.append(name)
        return digest.hexdigest()

    def put(self) -> None:
        """Move everything to its place."""
        if self._aside is None or self._root is None:
            return
        for name in self._names:
            target = self._root / name
            new = not target.exists()
            target.parent.mkdir(parents=True, exist_ok=True)
            (self._aside / name).replace(target)
            if new:
                self._placed.append(name)
        self._tidy()

    def undo(self) -> None:
        """Take out what was put in place, and what lies aside."""
        for name in self._placed:
            default_storage.delete(name)
        self._tidy()
        if self._root is not None:
            for folder in {parent for name in self._placed for parent in (self._root / name).parents}:
                _remove_empty(folder, self._root)

    def _tidy(self) -> None:
        if self._aside is not None:
            shutil.rmtree(self._aside, ignore_errors=True)


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root and folder.is_relative_to(root):
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _store(name: str, data: Iterator[bytes], digest: "hashlib._Hash") -> None:
    """Into storage that is no disk: through a temporary file, since clouds want to know the length."""
    with tempfile.TemporaryFile() as held:
        for piece in data:
            digest.update(piece)
            held.write(piece)
        held.seek(0)
        _save(name, held)


def _save(name: str, held: IO[bytes]) -> None:
    default_storage.delete(name)
    saved = default_storage.save(name, File(held))
    if saved != name:
        default_storage.delete(saved)
        raise OSError(f"storage gave another name than {name}")
