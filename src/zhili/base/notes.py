"""Signed notes and checkpoints: how a log says in plain text how it stands, and who vouches for it.

The text forms are those of C2SP (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), so that tools made for other logs
read ours. A note is a text, an empty line, and signature lines::

    — <key name> <base64 of (key id of 4 bytes ‖ signature)>

The body of a checkpoint has three lines: origin (which log), size (how many leaves), base64 of the root.
A verifier's key ("vkey") is ``name+<key id in hex>+<base64 of (algorithm ‖ public key)>`` where the key id is the first
four bytes of SHA-256(name ‖ LF ‖ algorithm ‖ public key).

Algorithms: ``0x01`` Ed25519 as the standard has it. C2SP gives SM2 no byte of its own, so ours is what it asks for in
that case, ``0xff`` followed by a longer name: ``0xff ‖ "zhili/sm2-sm3"``, public key x ‖ y (64 bytes), signature
r ‖ s (64 bytes) of GB/T 32918.2 with SM3 and the usual identity 1234567812345678. Others skip such lines as unknown.

Nothing that is slightly wrong is read: a note that two programs could understand differently proves nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519: Final = b"\x01"
SM2: Final = b"\xffzhili/sm2-sm3"
ALGORITHMS: Final = {ED25519: 32, SM2: 64}
"""Algorithm → length of its public key; both signatures have 64 bytes."""
DASH: Final = "— "
MOST_SIGNATURES: Final = 100
MOST_SIZE: Final = 2**63 - 1
LONGEST: Final = 100_000
ROOT_BYTES: Final = 32
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_KEY_ID = re.compile(r"[0-9a-f]{8}")


class NoteError(ValueError):
    """The text is no note, no checkpoint or no key; the message says where it goes wrong."""


class UnknownKeys(NoteError):
    """A well-formed note that none of the keys given has signed: nothing is known of its text."""


class BadSignature(NoteError):
    """A signature in the name of a known key is not by that key: text or signature were altered."""


@dataclass(frozen=True, slots=True)
class Vkey:
    """A verifier's key. ``algorithm`` is one of ALGORITHMS, or the unknown byte as it stands."""

    name: str
    algorithm: bytes
    public: bytes

    @property
    def id(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ LF ‖ algorithm ‖ public key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.algorithm + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_encoded(self.algorithm + self.public)}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who is said to have signed, and the signature itself."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """As it stands in a note, with its line feed."""
        return f"{DASH}{self.name} {_encoded(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text (with its last line feed) and the lines under it."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(one.line() for one in self.signatures)


@dataclass(frozen=True, slots=True)
class Verified:
    """A note of which at least one signature holds. ``by``: whose; ``unknown``: lines of keys not given."""

    note: Note
    by: tuple[Vkey, ...]
    unknown: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How a log stood: ``size`` leaves, ``root`` of 32 bytes. ``origin`` names the log."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def body(self) -> str:
        """The text that is signed."""
        lines = [self.origin, str(self.size), _encoded(self.root), *self.extensions]
        return "".join(f"{line}\n" for line in lines)


def parse_vkey(text: str) -> Vkey:
    """A key from its text. Raises NoteError, also when the key id is not that of the key."""
    name, plus, rest = text.strip().partition("+")
    key_id, plus2, encoded = rest.partition("+")
    if not (plus and plus2 and _KEY_ID.fullmatch(key_id)):
        raise NoteError("a verifier's key has the form name+id+key")
    _check_name(name)
    data = _decoded(encoded, "the key")
    algorithm = next((a for a in ALGORITHMS if data.startswith(a)), data[:1])
    found = Vkey(name, algorithm, data[len(algorithm) :])
    if found.id.hex() != key_id:
        raise NoteError("the key id is not that of the key: a letter was altered")
    if len(found.public) != ALGORITHMS.get(algorithm, len(found.public)) or not found.public:
        raise NoteError("the key has not the length of its algorithm")
    return found


def parse_note(text: str) -> Note:
    """A note from its text. Raises NoteError."""
    if len(text) > LONGEST:
        raise NoteError(f"a note longer than {LONGEST} characters is not read")
    if not text.endswith("\n"):
        raise NoteError("a note ends with a line feed")
    if any(ord(sign) < 0x20 and sign != "\n" for sign in text):
        raise NoteError("a note holds no control characters but line feeds (is it CRLF?)")
    _utf8(text)
    body, gap, under = text.rpartition("\n\n")
    if not gap or not under:
        raise NoteError("an empty line and signatures must follow the text")
    lines = under[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise NoteError(f"more than {MOST_SIGNATURES} signatures")
    return Note(body + "\n", tuple(_signature(line) for line in lines))


def verify_note(text: str, vkeys: Iterable[str | Vkey]) -> Verified:
    """A note that at least one of these keys signed and none of them contradicts.

    Lines of other keys are passed over. Raises BadSignature, UnknownKeys, else NoteError.
    """
    note = parse_note(text)
    known = [parse_vkey(one) if isinstance(one, str) else one for one in vkeys]
    by: list[Vkey] = []
    unknown: list[Signature] = []
    for one in note.signatures:
        key = next((k for k in known if (k.name, k.id) == (one.name, one.key_id)), None)
        if key is None or key.algorithm not in ALGORITHMS:
            unknown.append(one)
        elif not holds(key, note.text.encode(), one.signature):
            raise BadSignature(f"the signature of {key.name} does not belong to this text: one was altered")
        elif key not in by:
            by.append(key)
    if not by:
        raise UnknownKeys("none of the keys known here has signed this")
    return Verified(note, tuple(by), tuple(unknown))


def parse_checkpoint(body: str) -> Checkpoint:
    """The body of a checkpoint, without signatures. Raises NoteError."""
    if not body.endswith("\n"):
        raise NoteError("a checkpoint ends with a line feed")
    lines = body[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise NoteError("a checkpoint has three lines: origin, size, root")
    origin, size, root, *extensions = lines
    if not _NUMBER.fullmatch(size) or int(size) > MOST_SIZE:
        raise NoteError("the second line must be the size, in digits, without a leading zero")
    found = _decoded(root, "the root")
    if len(found) != ROOT_BYTES:
        raise NoteError("the root has 32 bytes")
    return Checkpoint(origin, int(size), found, tuple(extensions))


def sign(body: str, key: Vkey, signer: Callable[[bytes], bytes]) -> Signature:
    """A signature of that text by ``key``, made by whatever holds its private half; tried before it is given."""
    _check_name(key.name)
    if not body.endswith("\n"):
        raise NoteError("a text to sign ends with a line feed")
    made = signer(body.encode())
    if not holds(key, body.encode(), made):
        raise BadSignature(f"what signs for {key.name} gave a signature that its own key does not verify")
    return Signature(key.name, key.id, made)


def holds(key: Vkey, message: bytes, signature: bytes) -> bool:
    """Whether that key made that signature of that message. False for an algorithm not known here."""
    if key.algorithm == ED25519 and len(signature) == 64:
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True
    if key.algorithm == SM2 and len(signature) == 64:
        from zhili.base import sm2

        return sm2.verify(key.public, message, signature)
    return False


def _signature(line: str) -> Signature:
    if not line.startswith(DASH):
        raise NoteError("a signature line begins with an em dash and a space")
    name, gap, encoded = line[len(DASH) :].partition(" ")
    if not gap:
        raise NoteError("a signature line has a name and a signature")
    _check_name(name)
    data = _decoded(encoded, "the signature")
    if len(data) < 5:
        raise NoteError("a signature has a key id of four bytes and something after it")
    return Signature(name, data[:4], data[4:])


def _check_name(name: str) -> None:
    if not name or "+" in name or any(sign.isspace() or ord(sign) < 0x20 for sign in name):
        raise NoteError("a key name is not empty and holds neither spaces nor +")


def _utf8(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NoteError("a note is valid UTF-8") from None


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: str, what: str) -> bytes:
    """Base64 with its padding, in the one spelling these bytes have."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError(f"{what} is not base64") from None
    if _encoded(data) != text:
        raise NoteError(f"{what} is not base64 as it must be spelt")
    return data
