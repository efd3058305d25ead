"""Our Ed25519 keys, which sign what we send: a file of mode 0600 in ZHILI_HOME (`exchange_keys.json`), or what
ZHILI_EXCHANGE_KEYS names; never in the database.

    {"format": 1, "site": "pinghu.jiaxing", "keys": [{"made": "2026-…", "since": "2026-…", "until": null,
     "private": "<base64>"}]}

``site`` is our name in the protocol, taken once from ZHILI_EXCHANGE_SITE: it stands in every key id. The newest key
whose ``since`` has come signs. A rotation makes the next one: it is shown to everybody at once and signs later, so that
other sites can take it in before they meet it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from zhili.base.exchange import signing
from zhili.base.exchange.shape import SITE
from zhili.core.trail.ringfile import RingFile

OVERLAP: Final = timedelta(days=14)
"""How long the former key goes on signing after a rotation, unless told otherwise."""
OUTLIVES: Final = timedelta(days=31)
"""How long a key that signs no more is still shown as ours: a file through a gate may be under way so long."""
STALE_SECONDS: Final = 5.0


class ExchangeKeysError(RuntimeError):
    """The keys cannot be used; the message tells an operator why."""


@dataclass(frozen=True)
class OwnKey:
    """One key of ours. It signs from ``since`` until a newer one does; it is ours until ``until``."""

    keyid: str
    private: Ed25519PrivateKey
    made: datetime
    since: datetime
    until: datetime | None

    @property
    def public(self) -> bytes:
        """32 bytes."""
        return self.private.public_key().public_bytes_raw()


@dataclass(frozen=True)
class Ring:
    """Our name and every key, oldest first."""

    site: str
    keys: tuple[OwnKey, ...]


def _first() -> dict[str, Any]:
    now = datetime.now(UTC)
    return {"format": 1, "site": _own_name(), "keys": [_new(now, now)]}


FILE: Final = RingFile("exchange_keys.json", "ZHILI_EXCHANGE_KEYS", _first, ExchangeKeysError)
_loaded: tuple[Ring, tuple[Any, ...], float] | None = None


def ring(*, fresh: bool = False) -> Ring:
    """The keys, made now if there were none; read again when the file has changed (looked at every 5 s)."""
    global _loaded
    now = time.monotonic()
    if _loaded is not None and not fresh and now - _loaded[2] < STALE_SECONDS:
        return _loaded[0]
    source = FILE.source()
    if fresh or _loaded is None or _loaded[1] != source:
        _loaded = (_parse(FILE.read()), FILE.source(), now)
    else:
        _loaded = (_loaded[0], source, now)
    return _loaded[0]


def forget() -> None:
    """Read them again at the next use."""
    global _loaded
    _loaded = None


def document() -> dict[str, Any]:
    """The whole ring as its file has it, for a sealed backup (conf/backup/keyring.py) and nothing else."""
    text = FILE.read()
    _parse(text)
    return dict(json.loads(text))


def site() -> str:
    """Our own name in the protocol, e.g. ``pinghu.jiaxing``. Raises ExchangeKeysError."""
    return ring().site


def current() -> OwnKey:
    """The key that signs now. Raises ExchangeKeysError."""
    now = datetime.now(UTC)
    signing_now = [key for key in ring().keys if key.since <= now and (key.until is None or now < key.until)]
    if not signing_now:
        raise ExchangeKeysError("没有可以签名的站点密钥，请执行 zhili exchange keys rotate")
    return max(signing_now, key=lambda key: key.since)


def active() -> list[OwnKey]:
    """All that are ours now or are about to be, the signing one first: what discovery shows."""
    now = datetime.now(UTC)
    first = current()
    return [first, *(key for key in ring().keys if key != first and (key.until is None or now < key.until))]


def rotate(overlap: timedelta = OVERLAP) -> OwnKey:
    """Make the next key: shown from now on, signing after ``overlap`` (zero: at once, for a key that got out). The new
    one; other sites must be told of it before it signs."""
    document = json.loads(FILE.read())
    _parse(json.dumps(document))
    now = datetime.now(UTC)
    since = now + overlap
    for entry in document["keys"]:
        ends = (since + OUTLIVES if overlap else now).isoformat(timespec="seconds")
        entry["until"] = min(entry["until"] or ends, ends)
    document["keys"] = [one for one in document["keys"] if datetime.fromisoformat(one["until"]) > now]
    document["keys"].append(_new(now, since))
    FILE.write(document)
    return ring(fresh=True).keys[-1]


def rename(name: str) -> None:
    """Another name in the protocol, as long as nobody knows us by the former. Raises ExchangeKeysError."""
    if not re.fullmatch(SITE, name, re.ASCII):
        raise ExchangeKeysError(f"站点代号只用小写字母、数字、点和连字符：{name}")
    document = json.loads(FILE.read())
    document["site"] = name
    FILE.write(document)
    ring(fresh=True)


def key_id(site: str, public: bytes) -> str:
    """``<site>#<first 16 hex of SHA-256 of the 32 bytes>``."""
    return f"{site}#{hashlib.sha256(public).hexdigest()[:16]}"


def fingerprint(public: bytes) -> str:
    """SHA-256 of the key, its first 128 bits as eight groups of four hex digits, to be read over the telephone."""
    digits = hashlib.sha256(public).hexdigest()[:32]
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))


def jwk(key: OwnKey) -> dict[str, Any]:
    """Its public half as RFC 8037 has it, with ``nbf`` and ``exp`` (seconds since 1970)."""
    found: dict[str, Any] = dict(signing.jwk(key.keyid, key.private.public_key()))
    found["nbf"] = int(key.since.timestamp())
    if key.until is not None:
        found["exp"] = int(key.until.timestamp())
    return found


def public_url() -> str:
    """Where others reach this site, without a slash at the end: ZHILI_URL; empty where it was not said."""
    return str(settings.SITE_URL)


def _new(made: datetime, since: datetime) -> dict[str, Any]:
    private = Ed25519PrivateKey.generate().private_bytes_raw()
    return {
        "made": made.isoformat(timespec="seconds"),
        "since": since.isoformat(timespec="seconds"),
        "until": None,
        "private": base64.b64encode(private).decode(),
    }


def _parse(text: str) -> Ring:
    try:
        document = json.loads(text)
        if document["format"] != 1 or not re.fullmatch(SITE, document["site"], re.ASCII):
            raise ValueError("format")
        found = Ring(document["site"], tuple(_key(document["site"], one) for one in document["keys"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ExchangeKeysError(f"站点密钥无法读取：{error}") from error
    return found


def _key(site: str, entry: dict[str, Any]) -> OwnKey:
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(entry["private"], validate=True))
    return OwnKey(
        key_id(site, private.public_key().public_bytes_raw()),
        private,
        datetime.fromisoformat(entry["made"]),
        datetime.fromisoformat(entry["since"]),
        datetime.fromisoformat(entry["until"]) if entry["until"] else None,
    )


def _own_name() -> str:
    """What the site was told to be called; else its first public host name; else one nobody else has."""
    given = str(settings.EXCHANGE_SITE)
    if given and not re.fullmatch(SITE, given, re.ASCII):
        raise ExchangeKeysError(f"ZHILI_EXCHANGE_SITE 只用小写字母、数字、点和连字符：{given}")
    local = {"127.0.0.1", "localhost", "[::1]", "testserver", "*"}
    host = next((name for name in settings.ALLOWED_HOSTS if name not in local), "").strip(".").lower()
    return given or (host if re.fullmatch(SITE, host, re.ASCII) else f"site-{secrets.token_hex(4)}")
