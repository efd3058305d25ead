"""What holds a private key and signs: software here, a machine of the site's own by a dotted path.

ZHILI_TRAIL_SIGNERS lists what signs each head, all of them side by side: ``ed25519`` (the default, and what C2SP asks
a public log for), ``sm2`` (the national cipher, by gmssl), ``package.module:Class`` (an HSM, a key service). Such a
class is made without arguments and has ``algorithm`` (``notes.ED25519`` or ``notes.SM2``), ``public() -> bytes`` and
``sign(message: bytes) -> bytes``; ``fresh() -> None`` if it can make itself a new key, which a rotation asks for.
"""

from __future__ import annotations

import base64
from importlib import import_module
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zhili.base import notes, sm2


class SignerError(RuntimeError):
    """This signer cannot be had, or does not sign; the message tells an operator why."""


class Signer(Protocol):
    """Signs with one key."""

    algorithm: bytes

    def public(self) -> bytes:
        """The public key, in the encoding of its algorithm."""
        ...

    def sign(self, message: bytes) -> bytes: ...


class Ed25519:
    """A key in the ring."""

    algorithm = notes.ED25519

    def __init__(self, private: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private)

    def public(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


class Sm2:
    """A key in the ring, for SM2 with SM3. Raises sm2.Unavailable where gmssl is lacking."""

    algorithm = notes.SM2

    def __init__(self, private: bytes) -> None:
        self._private = private
        self._public = sm2.public_of(private)

    def public(self) -> bytes:
        return self._public

    def sign(self, message: bytes) -> bytes:
        return sm2.sign(self._private, self._public, message)


SOFTWARE: dict[str, type[Ed25519] | type[Sm2]] = {"ed25519": Ed25519, "sm2": Sm2}


def made(kind: str) -> tuple[str, bytes, bytes]:
    """A new key of that kind: (private half in base64 or "" where it stays in a machine, algorithm, public half)."""
    if kind == "ed25519":
        private = Ed25519PrivateKey.generate().private_bytes_raw()
        return base64.b64encode(private).decode(), notes.ED25519, Ed25519(private).public()
    if kind == "sm2":
        private, public = sm2.generate()
        return base64.b64encode(private).decode(), notes.SM2, public
    machine = _plugged(kind)
    if hasattr(machine, "fresh"):
        machine.fresh()
    return "", machine.algorithm, machine.public()


def signer(kind: str, private: str) -> Signer:
    """The signer of a key in the ring. Raises SignerError."""
    if kind in SOFTWARE:
        try:
            return SOFTWARE[kind](base64.b64decode(private, validate=True))
        except ValueError as error:
            raise SignerError(f"签名私钥无法使用：{error}") from error
    plugged: Signer = _plugged(kind)
    return plugged


def _plugged(path: str) -> Any:
    module, colon, name = path.partition(":")
    if not colon:
        raise SignerError(f"没有这种签名方式：{path}（ZHILI_TRAIL_SIGNERS）")
    try:
        return getattr(import_module(module), name)()
    except (ImportError, AttributeError) as error:
        raise SignerError(f"签名方式 {path} 无法载入：{error}") from error
