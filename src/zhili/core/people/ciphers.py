"""The ciphers personal values may be sealed with: AES-256-GCM, or SM4-GCM (GB/T 32907) where the national one is asked.

Both take a random nonce of 96 bits and give the ciphertext with a tag of 128 bits behind it, as RFC 5116 and RFC 8998
have them. Which one a key is for stands beside the key in the ring: a ciphertext needs no mark of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.hazmat.primitives.ciphers import Cipher as _Cipher
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TAG_BYTES: Final = 16
AES: Final = "AES-256-GCM"
SM4: Final = "SM4-GCM"
SETTING: Final = "ZHILI_CIPHER"


class Cipher(Protocol):
    """Seals with associated data. ``decrypt`` raises cryptography's InvalidTag for what was altered."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


class Sm4Gcm:
    """SM4 in Galois counter mode, in the shape of cryptography's own AESGCM."""

    def __init__(self, key: bytes) -> None:
        self._key = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        sealing = _Cipher(self._key, modes.GCM(nonce)).encryptor()
        sealing.authenticate_additional_data(associated_data or b"")
        sealed = sealing.update(data) + sealing.finalize()
        return sealed + sealing.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        tag = data[-TAG_BYTES:].rjust(TAG_BYTES, b"\0")  # too short a text fails like an altered one
        opening = _Cipher(self._key, modes.GCM(nonce, tag)).decryptor()
        opening.authenticate_additional_data(associated_data or b"")
        return opening.update(data[:-TAG_BYTES]) + opening.finalize()


@dataclass(frozen=True, slots=True)
class Kind:
    """One cipher: how long its keys are, and how one is made of a key."""

    key_bytes: int
    make: Callable[[bytes], Cipher]


KINDS: Final[dict[str, Kind]] = {AES: Kind(32, AESGCM), SM4: Kind(16, Sm4Gcm)}
_SHORT: Final = {"aes": AES, "aes-256": AES, "aes-gcm": AES, "sm4": SM4}


def wanted() -> str:
    """The cipher of new keys: ZHILI_CIPHER, else AES-256-GCM. Raises ValueError for a name nobody knows."""
    given = os.environ.get(SETTING, "").strip()
    name = _SHORT.get(given.lower(), given.upper()) if given else AES
    if name not in KINDS:
        raise ValueError(f"{SETTING}={given}：只能是 {' 或 '.join(KINDS)}")
    return name
