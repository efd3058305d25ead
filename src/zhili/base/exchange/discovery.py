"""What a site tells of itself to anybody (GET /exchange/v1). Nothing of it is believed: keys are told out of band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from zhili.base.exchange import wire
from zhili.base.exchange.errors import WireError
from zhili.base.exchange.reading import Unreadable, read
from zhili.base.exchange.shape import SITE, Choice, Many, Maybe, Record, Text, Whole
from zhili.base.exchange.signing import jwk

MOST_BYTES: Final = 256 * 1024
KEY: Final = Record(
    {
        "kty": Choice(("OKP",)),
        "crv": Choice(("Ed25519",)),
        "kid": Text(100, called="key id"),
        "use": Maybe(Choice(("sig",))),
        "x": Text(43, 43, r"[A-Za-z0-9_-]{43}", "32 bytes, base64url"),
    },
    called="key (JWK, RFC 8037)",
)
LIMITS: Final = Record(
    {
        "bytes": Whole(1),
        "messages": Whole(1),
        "per_minute": Maybe(Whole(1)),
        "file_bytes": Maybe(Whole(0)),
    },
    called="limits",
)
DISCOVERY: Final = Record(
    {
        "site": Text(64, 1, SITE, "name of a site"),
        "title": Text(200),
        "protocols": Many(Text(40, called="protocol"), 20, 1),
        "keys": Many(KEY, 20),
        "limits": LIMITS,
        "divisions": Many(Text(20, called="division code"), 5000),
        "trail": Maybe(Many(Text(400, called="C2SP verifier key"), 20)),
    },
    {
        "site": "its name in the protocol",
        "title": "for people",
        "protocols": "versions it speaks, the best first",
        "keys": "its current keys; to be compared with those told out of band, never to be trusted by themselves",
        "limits": "`bytes` and `messages` of one delivery, requests `per_minute`, `file_bytes` of one file",
        "divisions": "administrative divisions it is responsible for",
        "trail": "keys that sign its checkpoints; to be compared, as `keys`",
    },
)


def describe(
    site: str,
    title: str,
    keys: Mapping[str, Ed25519PublicKey],
    divisions: Sequence[str],
    *,
    per_minute: int | None = None,
    file_bytes: int | None = None,
    trail: Sequence[str] = (),
) -> dict[str, Any]:
    """The document as JSON values; ``keys`` by key id, the current one first."""
    limits: dict[str, int] = {"bytes": wire.MOST_BYTES, "messages": wire.MOST_MESSAGES}
    if per_minute is not None:
        limits["per_minute"] = per_minute
    if file_bytes is not None:
        limits["file_bytes"] = file_bytes
    told: dict[str, Any] = {
        "site": site,
        "title": title,
        "protocols": list(wire.SUPPORTED),
        "keys": [jwk(kid, public) for kid, public in keys.items()],
        "limits": limits,
        "divisions": list(divisions),
    }
    return {**told, "trail": list(trail)} if trail else told


def parse(raw: bytes) -> dict[str, Any]:
    """The document of another site. Members not known here are passed over.

    Raises WireError: malformed (field), unknown_version (it speaks none of ours).
    """
    try:
        found = read(raw, MOST_BYTES)
    except Unreadable as error:
        raise WireError("too_large" if error.large else "malformed", error.why, error.path) from None
    if not isinstance(found, dict):
        raise WireError("malformed", "must be an object")
    known = {name: value for name, value in found.items() if name in DISCOVERY.members}
    for name, record in (("limits", LIMITS),):
        if isinstance(known.get(name), dict):
            known[name] = {k: v for k, v in known[name].items() if k in record.members}
    DISCOVERY.check(known)
    if not set(known["protocols"]) & set(wire.SUPPORTED):
        raise WireError("unknown_version", f"it speaks {', '.join(known['protocols'])}"[:300], "protocols")
    return known
