"""The random code of a checkpoint: printed as a QR code and in letters, given on demand anew.

12 of 31 letters and digits (no 0 O 1 I L), 59 bits. Of a checkpoint of the other site we know only ``check``: PBKDF2
over the code, salted with the checkpoint's uuid: a plan betrays no code, and a tap can yet be held against it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import Final
from urllib.parse import parse_qs, urlsplit

LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH: Final = 12
ROUNDS: Final = 20_000
"""About 10 ms: a tap is checked against one checkpoint."""
_OTHERS = re.compile(rf"[^{LETTERS}]")


def new() -> str:
    """A fresh code."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def shown(code: str) -> str:
    """As it is printed: ABCD-EFGH-JKMN."""
    return "-".join(code[n : n + 4] for n in range(0, len(code), 4))


def read(text: str) -> str:
    """The code somebody typed or scanned: blanks, dashes and small letters do not matter; "" when it is none.

    A scanned address holds it as ``k``.
    """
    given = text.strip()[:300]
    if "?" in given:
        found = parse_qs(urlsplit(given).query).get("k", [""])
        given = found[0]
    kept = re.sub(r"[\s\-_.]", "", given).upper()
    return kept if len(kept) == LENGTH and not _OTHERS.search(kept) else ""


def check(code: str, point: str) -> str:
    """What the other site is given instead of the code; hex. ``point``: the checkpoint's uuid."""
    return hashlib.pbkdf2_hmac("sha256", code.encode(), point.encode(), ROUNDS, 16).hex()


def fits(code: str, point: str, wanted: str) -> bool:
    return bool(wanted) and hmac.compare_digest(check(code, point), wanted)
