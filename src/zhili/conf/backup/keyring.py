"""The keys of a city, sealed into its backup only when asked for, and put back."""

import hashlib
import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from zhili.conf.backup import sealed
from zhili.conf.home import home
from zhili.conf.site import Refused
from zhili.core.exchange.sites import keys as exchange_keys
from zhili.core.people import keys
from zhili.core.trail import keys as trail_keys

TRAIL_KEYS = "trail_keys.json"
"""Keys that sign the heads of the trail."""
EXCHANGE_KEYS = "exchange_keys.json"
"""Keys that sign what is sent to other sites."""
SEALS = "seals"
SEAL = re.compile(r"[0-9a-f]{32}\.pem")
"""Keys that offices seal documents with (core/documents/seal_keys.py), each in a file of its own."""


def bundle(passphrase: str) -> tuple[bytes, dict[str, Any]]:
    """The sealed keys, and what the manifest says of them."""
    ring = keys.document()
    seals = {file.name: file.read_text() for file in sorted((home() / SEALS).glob("*.pem"))}
    content = json.dumps(
        {
            "keys.json": ring,
            TRAIL_KEYS: trail_keys.document(),
            EXCHANGE_KEYS: exchange_keys.document() if exchange_keys.FILE.exists() else {},
            "secret_key": settings.SECRET_KEY,
            "seals": seals,
        }
    ).encode()
    found = sealed.seal(content, passphrase)
    return found, {"sha256": hashlib.sha256(found).hexdigest(), "ids": sorted(ring["keys"])}


def unbundle(content: bytes, passphrase: str) -> dict[str, Any]:
    """The keys again. Refused when the passphrase is wrong."""
    try:
        found = json.loads(sealed.unseal(content, passphrase))
        seals = {name: str(text) for name, text in found.get("seals", {}).items() if SEAL.fullmatch(name)}
        return {
            "keys.json": dict(found["keys.json"]),
            TRAIL_KEYS: dict(found.get(TRAIL_KEYS, {})),
            EXCHANGE_KEYS: dict(found.get(EXCHANGE_KEYS, {})),
            "secret_key": str(found["secret_key"]),
            "seals": seals,
        }
    except (ValueError, KeyError, TypeError):
        raise Refused("备份中的密钥无法读取。 The keys in the backup cannot be read.") from None


def put_back(found: dict[str, Any]) -> list[str]:
    """Write the keys into the home, keeping aside what lay there; in words, what was done."""
    told = []
    if os.environ.get("ZHILI_KEYS"):
        told.append(
            "密钥环由 ZHILI_KEYS 给出，没有改动，请自行换上备份中的密钥。 "
            "ZHILI_KEYS names the key ring: put the backup's keys there yourself."
        )
    else:
        text = json.dumps(found["keys.json"], indent=1)
        told += _write(home() / "keys.json", text, _same_ring)
    keys.forget()
    if found[TRAIL_KEYS] and os.environ.get("ZHILI_TRAIL_KEYS"):
        told.append(
            "存证签名密钥由 ZHILI_TRAIL_KEYS 给出，没有改动。 "
            "ZHILI_TRAIL_KEYS names the keys of the trail: put the backup's there yourself."
        )
    elif found[TRAIL_KEYS]:
        told += _write(home() / TRAIL_KEYS, json.dumps(found[TRAIL_KEYS], indent=1), _same_ring)
    trail_keys.forget()
    if found[EXCHANGE_KEYS] and not os.environ.get("ZHILI_EXCHANGE_KEYS"):
        told += _write(home() / EXCHANGE_KEYS, json.dumps(found[EXCHANGE_KEYS], indent=1), _same_ring)
    exchange_keys.forget()
    if os.environ.get("ZHILI_SECRET_KEY"):
        if os.environ["ZHILI_SECRET_KEY"] != found["secret_key"]:
            told.append(
                "ZHILI_SECRET_KEY 与备份时不同：须重新登录。 "
                "ZHILI_SECRET_KEY differs from the backup's: people sign in anew."
            )
    else:
        told += _write(home() / "secret_key", found["secret_key"], lambda a, b: a.strip() == b.strip())
    if found["seals"]:
        (home() / SEALS).mkdir(mode=0o700, exist_ok=True)
    for name, text in found["seals"].items():
        told += _write(home() / SEALS / name, text, str.__eq__)
    return told


def _same_ring(one: str, other: str) -> bool:
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False


def _write(file: Path, text: str, same: Callable[[str, str], bool]) -> list[str]:
    told = []
    if file.exists():
        if same(file.read_text(), text):
            return []
        former = file.with_name(f"{file.name}.before-restore-{time.strftime('%Y%m%d%H%M%S')}")
        file.rename(former)
        told.append(f"原有的 {file.name} 改名为 {former.name}。 The former {file.name} is now {former.name}.")
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.rename(file)
    return told
