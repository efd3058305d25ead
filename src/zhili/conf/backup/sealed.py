"""Bytes under a passphrase: Argon2id makes the key, AES-256-GCM seals each piece.

A sealed stream is ``MAGIC ‖ salt (16) ‖ passes, KiB, lanes (3 × u32) ‖ nonce prefix (7)`` and then pieces of
1 MiB, each with its 16-byte tag. The nonce of a piece is prefix ‖ its number (u32) ‖ 1 for the last piece, else 0:
pieces can be neither swapped nor left out nor cut off at the end. The head is bound to every piece. (The STREAM
construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015.)
"""

import io
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zhili.conf.site import Refused

MAGIC: Final = b"ZHILI SEALED 1\n"
PIECE: Final = 1 << 20
TAG: Final = 16
HEAD: Final = struct.Struct(f">{len(MAGIC)}s16sIII7s")
PASSES, MEMORY_KIB, LANES = 3, 64 * 1024, 4  # RFC 9106, second recommended option
LIMIT_KIB: Final = 4 * 1024 * 1024
"""A head that asks for more memory than this is not ours."""


def wrong_passphrase() -> Refused:
    return Refused(
        "口令不对，或文件被改动。什么也没有写入。 Wrong passphrase, or the file was altered. Nothing was written."
    )


@dataclass(frozen=True)
class _Lock:
    """What one head opens."""

    head: bytes
    cipher: AESGCM
    prefix: bytes

    @classmethod
    def new(cls, passphrase: str) -> "_Lock":
        head = HEAD.pack(MAGIC, os.urandom(16), PASSES, MEMORY_KIB, LANES, os.urandom(7))
        return cls.of(head, passphrase)

    @classmethod
    def of(cls, head: bytes, passphrase: str) -> "_Lock":
        if len(head) < HEAD.size or not head.startswith(MAGIC):
            raise Refused("文件不是治理的加密文件，或已截断。 Not a sealed file of Zhili, or cut short.")
        _, salt, passes, memory, lanes, prefix = HEAD.unpack(head[: HEAD.size])
        if not (0 < passes < 100 and 0 < memory <= LIMIT_KIB and 0 < lanes < 64):
            raise Refused("加密文件头不可信。 The head of the sealed file cannot be right.")
        key = hash_secret_raw(passphrase.encode(), salt, passes, memory, lanes, 32, Type.ID)
        return cls(head[: HEAD.size], AESGCM(key), prefix)

    def nonce(self, number: int, last: bool) -> bytes:
        return self.prefix + struct.pack(">IB", number, last)

    def seal(self, number: int, last: bool, plain: bytes) -> bytes:
        return self.cipher.encrypt(self.nonce(number, last), plain, self.head)

    def open(self, number: int, last: bool, sealed: bytes) -> bytes:
        try:
            return self.cipher.decrypt(self.nonce(number, last), sealed, self.head)
        except InvalidTag:
            raise wrong_passphrase() from None


class SealingWriter(io.RawIOBase):
    """Writes a sealed stream to ``out``. Closing it seals the last piece; ``out`` stays open."""

    def __init__(self, out: IO[bytes], passphrase: str) -> None:
        self._out, self._lock = out, _Lock.new(passphrase)
        self._held = bytearray()
        self._number = 0
        out.write(self._lock.head)

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        given = memoryview(data).cast("B")  # type: ignore[arg-type]
        self._held += given
        while len(self._held) > PIECE:  # one piece is always kept back: it may be the last
            self._put(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        return len(given)

    def _put(self, plain: bytes, last: bool) -> None:
        self._out.write(self._lock.seal(self._number, last, plain))
        self._number += 1

    def abandon(self) -> None:
        """Leave the stream without its end, so that nobody takes it for whole."""
        super().close()

    def close(self) -> None:
        if not self.closed:
            self._put(bytes(self._held), last=True)
        super().close()


class SealedReader(io.RawIOBase):
    """Reads a sealed stream, at any place. Refused when the passphrase or a piece is wrong."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        self._file = file
        end = file.seek(0, os.SEEK_END)
        file.seek(0)
        self._lock = _Lock.of(file.read(HEAD.size), passphrase)
        body = end - HEAD.size
        self._pieces = max(1, -(-body // (PIECE + TAG)))
        self._length = body - TAG * self._pieces
        self._at = 0
        self._kept: tuple[int, bytes] = (-1, b"")
        if self._length < 0:
            raise wrong_passphrase()
        self._piece(self._pieces - 1)  # a file cut short is refused at once

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._length}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: object) -> int:
        target = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        number, inside = divmod(self._at, PIECE)
        if self._at >= self._length:
            return 0
        found = self._piece(number)[inside : inside + len(target)]
        target[: len(found)] = found
        self._at += len(found)
        return len(found)

    def _piece(self, number: int) -> bytes:
        if self._kept[0] != number:
            self._file.seek(HEAD.size + number * (PIECE + TAG))
            sealed = self._file.read(PIECE + TAG)
            self._kept = (number, self._lock.open(number, number == self._pieces - 1, sealed))
        return self._kept[1]


def is_sealed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def seal(plain: bytes, passphrase: str) -> bytes:
    """A small secret under a passphrase, as one sealed stream."""
    out = io.BytesIO()
    with SealingWriter(out, passphrase) as writer:
        writer.write(plain)
    return out.getvalue()


def unseal(sealed: bytes, passphrase: str) -> bytes:
    """The secret again. Refused when the passphrase is wrong."""
    with io.BufferedReader(SealedReader(io.BytesIO(sealed), passphrase)) as reader:
        return reader.read()
