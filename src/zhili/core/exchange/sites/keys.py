"""Our Ed25519 keys, which sign what we send: a file of mode 0600 in ZHILI_HOME (`exchange_keys.json`), or what
ZHILI_EXCHANGE_KEYS names; never in the database.

    {"format": 1, "site": "pinghu.jiaxing", "keys": [{"made": "2026-…", "private": "<base64>", "until": null}]}

``site`` is our name in the protocol, taken once from ZHILI_EXCHANGE_SITE: it stands in every key id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

OVERLAP: Final = timedelta(days=14)
"""How long after a rotation the former key is still shown as ours, unless told otherwise."""


class ExchangeKeysError(RuntimeError):
    """The keys cannot be used; the message tells an operator why."""


@dataclass(frozen=True)
class OwnKey:
    """One key of ours."""

    keyid: str
    private: Ed25519PrivateKey
    made: datetime
    until: datetime | None

    @property
    def public(self) -> bytes:
        """32 bytes."""
        return self.private.public_key().public_bytes_raw()


def site() -> str:
    """Our own name in the protocol, e.g. ``pinghu.jiaxing``. Raises ExchangeKeysError."""
    raise NotImplementedError


def current() -> OwnKey:
    """The key that signs now. Raises ExchangeKeysError."""
    raise NotImplementedError


def active() -> list[OwnKey]:
    """All that are valid now, the signing one first: what discovery shows."""
    raise NotImplementedError


def rotate(overlap: timedelta = OVERLAP) -> OwnKey:
    """A new key signs from now on; the former ones stay shown for ``overlap``. The new key."""
    raise NotImplementedError


def key_id(site: str, public: bytes) -> str:
    """``<site>#<first 16 hex of SHA-256 of the 32 bytes>``."""
    raise NotImplementedError


def fingerprint(public: bytes) -> str:
    """SHA-256 of the key as groups of four hex digits, to be read over the telephone."""
    raise NotImplementedError


def jwk(key: OwnKey) -> dict[str, Any]:
    """Its public half as RFC 8037 has it, with ``kid``, ``nbf``, ``exp``."""
    raise NotImplementedError


def public_url() -> str:
    """Where others reach this site, without a slash at the end: ZHILI_URL, else made of ZHILI_HOSTS."""
    raise NotImplementedError
