"""The key ring: the keys that encrypt personal values, and the one that indexes them.

A JSON file of mode 0600, made at the first start in ZHILI_HOME (`keys.json`). ZHILI_KEYS names another
file, or is the JSON itself where a secret store hands keys over in the environment:

    {"format": 1, "current": "k1", "index": "<base64, 32 bytes>",
     "keys": {"k1": {"made": "2026-01-02T…", "cipher": "AES-256-GCM", "key": "<base64>"}}}

Each key says what cipher it is for (none said: AES-256-GCM), so that a rotation may go from one cipher to the other
and back; ZHILI_CIPHER chooses that of new keys (ciphers.py).

Losing it loses every personal value for good: it belongs into the backup, apart from the database's.
The index key stays when data keys rotate, for accounts are found by it and hold no number to index anew.
"""

import base64
import json
import os
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from zhili.core.people import ciphers
from zhili.core.trail.ringfile import RingFile

INDEX_BYTES = 32
NONCE_BYTES = 12
STALE_SECONDS = 5.0  # how long a process may go on writing with the former key after a rotation elsewhere


class KeyRingError(RuntimeError):
    """The key ring cannot be used; the message tells an operator why."""


@dataclass(frozen=True)
class Ring:
    """Keys by id. New values are written with `current`; the others only read."""

    current: str
    ciphers: Mapping[str, ciphers.Cipher]
    made: Mapping[str, datetime]
    index_key: bytes
    names: Mapping[str, str]
    """The cipher of each key, by name."""

    def seal(self, plain: bytes, bound: bytes) -> bytes:
        """nonce ‖ ciphertext and tag, under the current key."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self.ciphers[self.current].encrypt(nonce, plain, bound)


@dataclass(frozen=True)
class _Loaded:
    ring: Ring
    source: tuple[Any, ...]
    checked: float


@dataclass(frozen=True)
class Holder:
    """Whoever else keeps something sealed by the ring: a rotation must reach it, and its key may not go before.

    ``uses(key)``: how many are sealed with that key. ``reencrypt()``: seal with the current key whatever another one
    sealed; how many; safe to run again.
    """

    name: str
    uses: Callable[[str], int]
    reencrypt: Callable[[], int]


_holders: dict[str, Holder] = {}
_loaded: _Loaded | None = None


def hold(holder: Holder) -> None:
    """Make a holder known; called in an app's ready()."""
    _holders[holder.name] = holder


def holders() -> list[Holder]:
    """All of them."""
    return list(_holders.values())


def ring(*, fresh: bool = False) -> Ring:
    """The key ring, read again when the file has changed (looked at every 5 s, or now when `fresh`)."""
    global _loaded
    now = time.monotonic()
    if _loaded is not None and not fresh and now - _loaded.checked < STALE_SECONDS:
        return _loaded.ring
    source = FILE.source()
    if _loaded is None or _loaded.source != source:
        _loaded = _Loaded(_parse(FILE.read()), FILE.source(), now)
    else:
        _loaded = _Loaded(_loaded.ring, source, now)
    return _loaded.ring


def exists() -> bool:
    """Whether there is a ring already; asking for one makes it."""
    return FILE.exists()


def document() -> dict[str, Any]:
    """The whole ring as its file has it, for a sealed backup (conf/backup/keyring.py) and nothing else."""
    text = FILE.read()
    _parse(text)
    return dict(json.loads(text))


def forget() -> None:
    """Read the ring again at the next use (tests, and after the environment changed)."""
    global _loaded
    _loaded = None


def add_key() -> str:
    """Add a key, make it current and return its id. Former keys stay, to read what they wrote."""
    text = FILE.read()
    document = json.loads(text)
    _parse(text)
    number = 1 + max(int(re.sub(r"\D", "", key) or 0) for key in document["keys"])
    key_id = f"k{number}"
    document["keys"][key_id] = _new_key()
    document["current"] = key_id
    _write(document)
    return key_id


def remove_key(key_id: str) -> None:
    """Take a key out for good. Ask `secrets.retire`, which looks first whether anything still needs it."""
    document = json.loads(FILE.read())
    if key_id == document["current"]:
        raise KeyRingError(f"密钥 {key_id} 正在使用，不能移除")
    document["keys"].pop(key_id, None)
    _write(document)


def _first() -> dict[str, Any]:
    return {
        "format": 1,
        "current": "k1",
        "keys": {"k1": _new_key()},
        "index": base64.b64encode(secrets.token_bytes(INDEX_BYTES)).decode(),
    }


FILE: Final = RingFile("keys.json", "ZHILI_KEYS", _first, KeyRingError)


def _write(document: dict[str, Any]) -> None:
    FILE.write(document)
    forget()


def _new_key() -> dict[str, str]:
    try:
        cipher = ciphers.wanted()
    except ValueError as error:
        raise KeyRingError(str(error)) from error
    return {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "cipher": cipher,
        "key": base64.b64encode(secrets.token_bytes(ciphers.KINDS[cipher].key_bytes)).decode(),
    }


def _parse(text: str) -> Ring:
    try:
        document = json.loads(text)
        keys = {key_id: base64.b64decode(entry["key"]) for key_id, entry in document["keys"].items()}
        made = {key_id: datetime.fromisoformat(entry["made"]) for key_id, entry in document["keys"].items()}
        names = {key_id: str(entry.get("cipher", ciphers.AES)) for key_id, entry in document["keys"].items()}
        index_key = base64.b64decode(document["index"])
        current = document["current"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyRingError(f"密钥环无法读取：{error}") from error
    if document.get("format") != 1 or current not in keys:
        raise KeyRingError("密钥环格式不符，或未指明当前密钥")
    if len(index_key) != INDEX_BYTES:
        raise KeyRingError(f"索引密钥长度应为 {INDEX_BYTES} 字节")
    return Ring(
        current, {key_id: _cipher(names[key_id], key) for key_id, key in keys.items()}, made, index_key, names
    )


def _cipher(name: str, key: bytes) -> ciphers.Cipher:
    kind = ciphers.KINDS.get(name)
    if kind is None:
        raise KeyRingError(f"不认识的算法 {name}，应为 {' 或 '.join(ciphers.KINDS)}")
    if len(key) != kind.key_bytes:
        raise KeyRingError(f"{name} 的密钥长度应为 {kind.key_bytes} 字节")
    return kind.make(key)
