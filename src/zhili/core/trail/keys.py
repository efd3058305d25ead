"""The keys that sign heads: a file of mode 0600 in ZHILI_HOME (`trail_keys.json`), or what ZHILI_TRAIL_KEYS names.

    {"format": 1, "origin": "zhili.city.example/trail", "keys": [{"id": "t1", "signer": "ed25519", "made": "2026-…",
     "algorithm": "01", "public": "<base64>", "private": "<base64>", "until": null}]}

``origin`` is this log's name, made once: it stands in every checkpoint and is the name of its keys. A key without
``until`` signs; one with it signs beside the newer ones until then and afterwards only vouches for what it signed.
Losing it loses no evidence (`SigningKey` keeps every public half): the next start makes a new key and publishes it.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, connection

from zhili.base import notes
from zhili.core.trail.ringfile import RingFile
from zhili.core.trail.signers import made, signer

OVERLAP: Final = timedelta(days=30)
"""How long heads are signed by the former key too, unless a rotation says otherwise."""
STALE_SECONDS: Final = 5.0


class TrailKeysError(RuntimeError):
    """The keys cannot be used; the message tells an operator why."""


@dataclass(frozen=True)
class Key:
    """One key of the ring."""

    id: str
    kind: str
    """What signs with it: a name or dotted path of signers.py."""
    made: datetime
    vkey: notes.Vkey
    private: str
    until: datetime | None

    def signs(self, now: datetime) -> bool:
        return self.until is None or now < self.until


@dataclass(frozen=True)
class Ring:
    """All keys of this log, oldest first."""

    origin: str
    keys: tuple[Key, ...]

    def signing(self) -> list[Key]:
        """Those that sign now."""
        now = datetime.now(UTC)
        return [key for key in self.keys if key.vkey.name == self.origin and key.signs(now)]


def _first() -> dict[str, Any]:
    origin = _published_origin() or _own_name()
    return {
        "format": 1,
        "origin": origin,
        "keys": [_new(kind, f"t{i + 1}", origin) for i, kind in enumerate(settings.TRAIL_SIGNERS)],
    }


FILE: Final = RingFile("trail_keys.json", "ZHILI_TRAIL_KEYS", _first)
_loaded: tuple[Ring, tuple[Any, ...], float] | None = None


def ring(*, fresh: bool = False) -> Ring:
    """The keys, read again when the file has changed (looked at every 5 s, or now when ``fresh``)."""
    global _loaded
    now = time.monotonic()
    if _loaded is not None and not fresh and now - _loaded[2] < STALE_SECONDS:
        return _loaded[0]
    source = FILE.source()
    if _loaded is None or _loaded[1] != source:
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


def origin() -> str:
    """This log's name, as it stands in its checkpoints; on a machine without the ring as it was published."""
    return (FILE.exists() and ring().origin) or _published_origin() or ring().origin


def vkeys() -> list[str]:
    """Every key that ever signed heads here, current ones first: those of the ring and those published before."""
    published = _published()
    if published and not FILE.exists():  # a machine that only shows what others sign
        return published
    there = ring()
    current = [str(key.vkey) for key in there.signing()]
    others = [str(key.vkey) for key in reversed(there.keys)]
    return list(dict.fromkeys([*current, *others, *published]))


def sign_checkpoint(checkpoint: notes.Checkpoint) -> str:
    """The checkpoint with the signatures of all keys that sign now. For checkpoints.py, which looks first."""
    return _signed(checkpoint.body())


def sign_text(text: str) -> str:
    """Any other text of ours as a signed note. Raises ValueError for what could be read as a checkpoint."""
    try:
        notes.parse_checkpoint(text)
    except notes.NoteError:
        return _signed(text)
    raise ValueError("a checkpoint is only signed by checkpoints.py")


def rotate(overlap: timedelta = OVERLAP, origin: str | None = None) -> list[Key]:
    """New keys sign from now on; the former ones beside them for ``overlap``. With an ``origin``: a log of a new name,
    whose heads the former keys do not sign. The new keys; publish them by ``checkpoints.publish_keys``."""
    document = json.loads(FILE.read())
    before = _parse(json.dumps(document))
    now = datetime.now(UTC)
    until = now if origin else now + overlap
    for entry in document["keys"]:
        if entry["until"] is None or datetime.fromisoformat(entry["until"]) > until:
            entry["until"] = until.isoformat(timespec="seconds")
    document["origin"] = origin or before.origin
    number = max(int(re.sub(r"\D", "", key.id) or 0) for key in before.keys)
    fresh = [
        _new(kind, f"t{number + i + 1}", document["origin"]) for i, kind in enumerate(settings.TRAIL_SIGNERS)
    ]
    document["keys"] += fresh
    FILE.write(document)
    forget()
    ids = {entry["id"] for entry in fresh}
    return [key for key in ring().keys if key.id in ids]


def _signed(text: str) -> str:
    keys = ring().signing()
    if not keys:
        raise TrailKeysError("没有可以签名的存证密钥，请执行 zhili trail rotate")
    lines = tuple(notes.sign(text, key.vkey, signer(key.kind, key.private).sign) for key in keys)
    return str(notes.Note(text, lines))


def _new(kind: str, key_id: str, name: str) -> dict[str, Any]:
    private, algorithm, public = made(kind)
    return {
        "id": key_id,
        "signer": kind,
        "name": name,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "algorithm": algorithm.hex(),
        "public": b64encode(public).decode(),
        "private": private,
        "until": None,
    }


def _parse(text: str) -> Ring:
    try:
        document = json.loads(text)
        keys = tuple(_keys(document))
        found = Ring(str(document["origin"]), keys)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TrailKeysError(f"存证签名密钥无法读取：{error}") from error
    if document.get("format") != 1 or not keys:
        raise TrailKeysError("存证签名密钥的格式不符")
    return found


def _keys(document: dict[str, Any]) -> Iterator[Key]:
    for entry in document["keys"]:
        vkey = notes.Vkey(entry["name"], bytes.fromhex(entry["algorithm"]), b64decode(entry["public"]))
        until = datetime.fromisoformat(entry["until"]) if entry["until"] else None
        yield Key(
            entry["id"],
            entry["signer"],
            datetime.fromisoformat(entry["made"]),
            notes.parse_vkey(str(vkey)),
            entry["private"],
            until,
        )


def _own_name() -> str:
    """A schema-less address as C2SP recommends, of this site's first public name; else one nobody else has."""
    if settings.TRAIL_ORIGIN:
        return str(settings.TRAIL_ORIGIN)
    local = {"127.0.0.1", "localhost", "[::1]", "testserver", "*"}
    host = next((name for name in settings.ALLOWED_HOSTS if name not in local), "")
    return f"{host.lstrip('.')}/trail" if host else f"zhili-{secrets.token_hex(4)}/trail"


def _published() -> list[str]:
    """Of the table, newest first. Without a database (a command that reads files) none."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT vkey FROM trail_signingkey ORDER BY id DESC")
            return [vkey for (vkey,) in cursor.fetchall()]
    except DatabaseError:
        return []


def _published_origin() -> str:
    """What this log was called when its ring was lost."""
    found = _published()
    return notes.parse_vkey(found[0]).name if found else ""
