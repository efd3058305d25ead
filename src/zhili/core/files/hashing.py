"""SHA-256 of a file that arrives in pieces, over several requests: computed as it streams where that can be.

The sum is kept in this process; after a restart, or when another process took some of the pieces, the file is read once
more when it is whole.
"""

import hashlib
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Final
from uuid import UUID

MOST: Final = 256
"""Sums kept at once; each is a few hundred bytes."""

_sums: OrderedDict[UUID, tuple[int, "hashlib._Hash"]] = OrderedDict()
_lock = threading.Lock()


def add(upload: UUID, offset: int, piece: bytes) -> None:
    """Bytes that lie on the disk from `offset` on. A sum with a gap is forgotten."""
    with _lock:
        at, digest = _sums.pop(upload, (0, hashlib.sha256()))
        if at != offset:
            return
        digest.update(piece)
        _sums[upload] = (offset + len(piece), digest)
        while len(_sums) > MOST:
            _sums.popitem(last=False)


def whole(upload: UUID, path: Path) -> str:
    """The sum of the whole file, in hex."""
    with _lock:
        at, digest = _sums.pop(upload, (-1, hashlib.sha256()))
    if at == path.stat().st_size:
        return digest.hexdigest()
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def forget(upload: UUID) -> None:
    with _lock:
        _sums.pop(upload, None)
