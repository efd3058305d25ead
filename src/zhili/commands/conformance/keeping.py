"""The kit's folder: its key, the agreement, and what the operator of the tested site is told to do."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zhili.base import merkle, notes
from zhili.base.canonical import leaf_hash
from zhili.base.exchange import agreement, signing
from zhili.base.exchange.errors import WireError

SITE: Final = "conformance.kit"
CODE: Final = "conformance"
ORIGIN: Final = "conformance.kit/trail"
KEPT: Final = "kit.json"
KEY: Final = "key.json"
AGREEMENT: Final = "agreement.json"
TOLD: Final = "README.txt"
NOWHERE: Final = "https://conformance.invalid"


class Unprepared(Exception):
    """The folder is not one that --init made, or was spoilt since."""


@dataclass(frozen=True, slots=True)
class Kit:
    """Who the kit is, and what it hands over. ``matter``: values put over those of every hand_over."""

    site: str
    peer: str
    key: Ed25519PrivateKey
    agreed: agreement.Agreement
    matter: Mapping[str, Any]
    trail: Ed25519PrivateKey
    url: str = NOWHERE

    @property
    def keyid(self) -> str:
        """By which the tested site knows the kit."""
        return signing.keyid(self.site, self.key.public_key())

    @property
    def vkey(self) -> notes.Vkey:
        """The key of the kit's own trail."""
        return notes.Vkey(ORIGIN, notes.ED25519, self.trail.public_key().public_bytes_raw())

    def checkpoint(self, size: int) -> str:
        """The head of the kit's trail, whose n-th leaf is the number n: any size continues any smaller one."""
        made = notes.Checkpoint(ORIGIN, size, merkle.tree_hash(self.leaves(size)))
        body = made.body()
        return str(notes.Note(body, (notes.sign(body, self.vkey, self.trail.sign),)))

    def consistency(self, start: int, size: int) -> tuple[bytes, ...]:
        """The proof from the head of ``start`` leaves to that of ``size``."""
        leaves = self.leaves(size)
        if not 0 < start < size:
            return ()
        return tuple(merkle.prove_consistency(start, size, lambda a, b: merkle.tree_hash(leaves[a:b])))

    @staticmethod
    def leaves(size: int) -> list[bytes]:
        """The leaf hashes of the kit's trail."""
        return [leaf_hash(str(number).encode()) for number in range(size)]


def init(
    folder: Path, peer: str, category: str, url: str, place: tuple[float, float], today: datetime
) -> Kit:
    """Write a folder for trying the site ``peer``. Raises FileExistsError, and Unprepared for a bad name."""
    folder.mkdir(parents=True, exist_ok=True)
    if any((folder / name).exists() for name in (KEPT, KEY)):
        raise FileExistsError(f"{folder} holds a kit already")
    document = {
        "code": CODE,
        "version": 1,
        "title": "协议一致性测试 Conformance of the protocol",
        "sites": [SITE, peer],
        "group": "",
        "categories": [{"a": "conformance", "b": category, "title": "测试 test"}],
        "fields": ["kit_note"],
        "personal": ["kit_contact"],
        "gate_personal": False,
        "files": True,
        "due_days": 5,
        "topics": ["conformance"],
        "valid_from": today.date().isoformat(),
        "valid_to": None,
    }
    try:
        agreed = agreement.parse_document(document)
    except WireError as error:
        raise Unprepared(str(error)) from None
    matter = {"place": {"lon": place[0], "lat": place[1], "address": "conformance kit"}, "fields": {}}
    kit = Kit(SITE, peer, Ed25519PrivateKey.generate(), agreed, matter, Ed25519PrivateKey.generate(), url)
    secret = {"d": _spelt(kit.key.private_bytes_raw()), "trail": _spelt(kit.trail.private_bytes_raw())}
    (folder / KEY).touch(mode=0o600)
    _write(folder / KEY, {**signing.jwk(kit.keyid, kit.key.public_key()), **secret})
    _write(folder / AGREEMENT, agreed.document())
    _write(folder / KEPT, {"site": SITE, "peer": peer, "url": url, "matter": matter})
    (folder / TOLD).write_text(told(kit, folder), "utf-8")
    return kit


def load(folder: Path) -> Kit:
    """The kit of that folder. Raises Unprepared."""
    try:
        kept, key = _read(folder / KEPT), _read(folder / KEY)
        agreed = agreement.parse((folder / AGREEMENT).read_bytes())
        return Kit(
            site=str(kept["site"]),
            peer=str(kept["peer"]),
            key=Ed25519PrivateKey.from_private_bytes(_raw(key["d"])),
            agreed=agreed,
            matter=dict(kept["matter"]),
            trail=Ed25519PrivateKey.from_private_bytes(_raw(key["trail"])),
            url=str(kept.get("url") or NOWHERE),
        )
    except (OSError, ValueError, KeyError, TypeError, WireError) as error:
        raise Unprepared(f"{folder}: {error}") from None


def told(kit: Kit, folder: Path) -> str:
    """What the operator of the tested site is to do, in two steps; the commands are those of a zhili."""
    public = kit.key.public_key()
    x = base64.b64encode(public.public_bytes_raw()).decode()
    digits = hashlib.sha256(public.public_bytes_raw()).hexdigest()[:32]
    fingerprint = " ".join(digits[at : at + 4] for at in range(0, 32, 4))
    return f"""\
Two things to do on {kit.peer}, once:

1. Know the kit as a site.   把测试工具加为站点。
   name          {kit.site}
   address       {kit.url}
   public key    {x}   (Ed25519, 32 bytes, base64)
   key id        {kit.keyid}
   fingerprint   {fingerprint}   (first 128 bits of SHA-256 of the key)
   trail key     {kit.vkey}

   zhili exchange site add {kit.url} --name {kit.site} --title 一致性测试 \\
      --key {x} \\
      --trail-key '{kit.vkey}' \\
      --office OFFICE

   OFFICE: code of the office that is to hold what comes. With --listen inside a network also --private.

2. Load the agreement.   载入协议。
   digest        {kit.agreed.digest()}

   zhili exchange agreement load {folder / AGREEMENT} \\
      --into SCENARIO.PROCEDURE/OPENING --field kit_contact=FIELD

   What is handed over is opened there; FIELD is a personal field of its form that takes a telephone number.

Then, here:

   zhili exchange conformance ADDRESS --kit {folder}

What the form needs besides (fields, a place inside) is written in {KEPT} under "matter".
Afterwards: zhili exchange site revoke '{kit.keyid}' --reason tested
"""


def now() -> datetime:
    """This moment, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def _spelt(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))
