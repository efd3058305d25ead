"""A BagIt 1.0 bag (RFC 8493) as a ZIP, sent while it is made: nothing is held but one piece of one file.

The hash of each file is known before its first byte is sent, so the manifests, and with them the bag's own
fingerprint, are known before the bag is: the step that records an export names the fingerprint of what it hands out.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from io import RawIOBase
from typing import IO, Any

PIECE = 256 * 1024
VERSION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAGMANIFEST, SEAL = "manifest-sha256.txt", "tagmanifest-sha256.txt", "seal.txt"
LOCAL, DESCRIPTOR, CENTRAL, END = 30, 16, 46, 22
"""Bytes of the ZIP's own records, of a file beside its name twice, and of the whole."""
LARGE, MOST_ENTRIES = 2_000_000_000, 65_000


class Broken(RuntimeError):
    """A stored file is not what was recorded; the bag ends in the middle, so that nobody takes it for whole."""


@dataclass(frozen=True)
class Member:
    """A payload file: its path below ``data/``, bytes, SHA-256 in hex, and how to read it."""

    path: str
    size: int
    sha256: str
    open: Callable[[], IO[bytes]]


@dataclass
class Bag:
    """What is to be sent. ``texts`` are payload made here, by path below ``data/``; ``tags`` lie beside it."""

    name: str
    at: datetime
    members: list[Member] = field(default_factory=list)
    texts: dict[str, bytes] = field(default_factory=dict)
    tags: dict[str, bytes] = field(default_factory=dict)
    info: list[tuple[str, str]] = field(default_factory=list)
    seal: Callable[[bytes], str] | None = None
    """Signs the tag manifest, which stands for every byte of the bag; what it gives lies beside it as seal.txt."""

    @cached_property
    def _closing(self) -> Mapping[str, bytes]:
        payload = {f"data/{one.path}": one.sha256 for one in self.members}
        payload |= {f"data/{path}": _hash(text) for path, text in self.texts.items()}
        written = {"bagit.txt": VERSION, "bag-info.txt": self._info(), MANIFEST: _manifest(payload)}
        about = {path: _hash(text) for path, text in {**self.tags, **written}.items()}
        return {**written, TAGMANIFEST: _manifest(about)}

    def closing(self) -> Mapping[str, bytes]:
        """bagit.txt, bag-info.txt and the manifests. Nothing may be added to the bag afterwards."""
        return self._closing

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the tag manifest: it stands for every byte of the bag."""
        return _hash(self.closing()[TAGMANIFEST])

    @property
    def originals(self) -> int:
        """Bytes of the originals alone."""
        return sum(one.size for one in self.members)

    @property
    def size(self) -> int:
        """Bytes of the payload: the originals and what is told of them."""
        return self.originals + sum(len(text) for text in self.texts.values())

    @property
    def length(self) -> int | None:
        """Bytes of the ZIP, so that a browser can show how far it is; None where the format's large form begins."""
        sizes = {f"data/{one.path}": one.size for one in self.members}
        sizes |= {path: len(text) for path, text in self.written().items()}
        names = sum(2 * len(f"{self.name}/{path}".encode()) for path in sizes)
        total = sum(sizes.values()) + names + len(sizes) * (LOCAL + DESCRIPTOR + CENTRAL) + END
        return total if total < LARGE and len(sizes) < MOST_ENTRIES else None

    def written(self) -> dict[str, bytes]:
        """Everything made here, by path in the bag, in the order it is sent."""
        payload = {f"data/{path}": text for path, text in self.texts.items()}
        closing = self.closing()
        sealed = {SEAL: self.seal(closing[TAGMANIFEST]).encode()} if self.seal is not None else {}
        return {**payload, **self.tags, **closing, **sealed}

    def _info(self) -> bytes:
        count = len(self.members) + len(self.texts)
        lines = [
            *self.info,
            ("Bagging-Date", f"{self.at:%Y-%m-%d}"),
            ("Payload-Oxum", f"{self.size}.{count}"),
        ]
        return "".join(f"{label}: {' '.join(value.split())}\n" for label, value in lines).encode()


def stream(bag: Bag) -> Iterator[bytes]:
    """The ZIP in pieces. Raises Broken in the middle when a stored file is not the one recorded."""
    out = _Drain()
    stamp = bag.at.timetuple()[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for one in bag.members:
            yield from _member(archive, out, one, f"{bag.name}/data/{one.path}", stamp)
        for path, text in bag.written().items():
            archive.writestr(_entry(f"{bag.name}/{path}", stamp, len(text)), text)
            yield out.taken()
    yield out.taken()


def _member(
    archive: zipfile.ZipFile, out: _Drain, one: Member, path: str, stamp: tuple[int, ...]
) -> Iterator[bytes]:
    digest, sent = hashlib.sha256(), 0
    with closing(one.open()) as source, archive.open(_entry(path, stamp, one.size), "w") as target:
        while piece := source.read(PIECE):
            digest.update(piece)
            sent += len(piece)
            if sent > one.size:
                break
            target.write(piece)
            yield out.taken()
        if sent != one.size or digest.hexdigest() != one.sha256:
            raise Broken(one.path)
    yield out.taken()


def _entry(path: str, stamp: tuple[int, ...], size: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, stamp)  # type: ignore[arg-type]
    entry.file_size = size
    entry.external_attr = 0o644 << 16
    return entry


def _manifest(hashes: Mapping[str, str]) -> bytes:
    """Lines of `hash  path`, by path. Three signs are written as %25, %0A, %0D, or not: so none may come in."""
    if any(sign in path for path in hashes for sign in "%\r\n"):
        raise ValueError("a path of a bag has no percent sign and no line end")
    return "".join(f"{hashes[path]}  {path}\n" for path in sorted(hashes)).encode()


def _hash(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


class _Drain(RawIOBase):
    """What the archive writes to: it cannot be sought in, and gives up what it has when asked."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        found = b"".join(self._parts)
        self._parts.clear()
        return found
