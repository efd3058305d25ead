"""SM2 signatures (GB/T 32918.2 with SM3), for sites that must use them: by ``gmssl``, the optional extra ``zhili[sm]``.

Public key x ‖ y, signature r ‖ s, private key: 64, 64 and 32 bytes, big-endian. The library leaves three things to its
caller, which stand here: random numbers from the operating system (its own come from ``random``), that a public key
lies on the curve, and that r and s lie within range.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

P: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
N: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
A: Final = P - 3
B: Final = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93


class Unavailable(RuntimeError):
    """This machine has no library for SM2."""


def generate() -> tuple[bytes, bytes]:
    """A new (private, public) pair. Raises Unavailable."""
    private = (1 + secrets.randbelow(N - 2)).to_bytes(32, "big")
    return private, public_of(private)


def public_of(private: bytes) -> bytes:
    """The public half, x ‖ y. Raises Unavailable."""
    engine = _engine(private, bytes(64))
    point = engine._kg(int.from_bytes(private, "big"), engine.ecc_table["g"])
    return bytes.fromhex(point)


def sign(private: bytes, public: bytes, message: bytes) -> bytes:
    """r ‖ s over SM3(Z ‖ message). Raises Unavailable."""
    engine = _engine(private, public)
    while True:
        once = 1 + secrets.randbelow(N - 1)
        if made := engine.sign_with_sm3(message, f"{once:064x}"):
            return bytes.fromhex(made)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether that key made it. Raises Unavailable."""
    engine = _engine(None, public)
    x, y = int.from_bytes(public[:32], "big"), int.from_bytes(public[32:], "big")
    if len(public) != 64 or not (x < P and y < P and (y * y - x * x * x - A * x - B) % P == 0):
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if len(signature) != 64 or not (0 < r < N and 0 < s < N):
        return False
    try:
        return bool(engine.verify_with_sm3(signature.hex(), message))
    except (TypeError, ValueError):  # a step of the arithmetic met the point at infinity
        return False


def _engine(private: bytes | None, public: bytes) -> Any:
    try:
        from gmssl.sm2 import CryptSM2
    except ImportError:
        raise Unavailable("SM2 needs gmssl: pip install 'zhili[sm]'") from None
    engine = CryptSM2(private.hex() if private else "", "")
    engine.public_key = (
        public.hex()
    )  # not by its constructor, which strips digits off keys that begin with 04
    return engine
