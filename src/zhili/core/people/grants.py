"""Codes for outsiders without an account: one case, one party, some actions, an end, revocable.

A code is 80 random bits, so guessing is hopeless without any counter of failures: with ten million live
codes and four hundred tries a second, millions of years to a hit. Only its SHA-256 is kept.
"""

import hashlib
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.people.actors import Actor
from zhili.core.people.models import Grant

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing to mistake when read aloud
LENGTH = 16
GROUP = 4
_HEARD_WRONG = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BETWEEN = str.maketrans("", "", " -–—_.·\t\r\n\u3000")


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A row of `people_grant`, nothing written yet. `case_id` may be filled in later."""

    sha256: str
    case_id: int | None
    party: str
    actions: tuple[str, ...]
    expires_at: datetime | None


def prepare(
    case_id: int | None,
    party: str,
    actions: Iterable[str] = (),
    expires: datetime | None = None,
    *,
    seed: bytes | None = None,
    door: str = "",
) -> tuple[str, GrantRow]:
    """A new code such as `7QK2-M0XD-9TVE-4C8H`, shown once, and the row that will recognise it.

    The same `seed` (10 secret bytes or more) gives the same code: a request repeated under its key must get
    its first answer again. A code made for a `door` of its own opens that one only: `resolve` does not know it,
    so it shows no page of the case; `at_door` does.
    """
    number = int.from_bytes(seed[:10]) if seed else secrets.randbits(5 * LENGTH)
    symbols = "".join(ALPHABET[number >> (5 * i) & 31] for i in range(LENGTH))
    code = "-".join(symbols[i : i + GROUP] for i in range(0, LENGTH, GROUP))
    return code, GrantRow(_hash(symbols, door), case_id, party, tuple(actions), expires)


def save(rows: Iterable[GrantRow]) -> list[Grant]:
    """Write prepared rows; each must have its case by now."""
    rows = list(rows)
    if any(row.case_id is None for row in rows):
        raise ValueError("a grant without a case")
    return Grant.objects.bulk_create(
        Grant(
            sha256=row.sha256,
            case_id=row.case_id or 0,
            party=row.party,
            actions=list(row.actions),
            expires_at=row.expires_at,
        )
        for row in rows
    )


def resolve(code: str) -> Actor | None:
    """Who holds this code, or None: mistyped, unknown, expired, revoked look the same. At most one query."""
    symbols = tidy(code)
    if symbols is None:
        return None
    grant = (
        Grant.objects.filter(sha256=_hash(symbols), revoked_at=None)
        .filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))
        .first()
    )
    if grant is None:
        return None
    return Actor(
        kind="grant",
        id=grant.pk,
        grant_case=grant.case_id,
        grant_party=grant.party,
        grant_actions=frozenset(grant.actions),
        label=gettext("凭查询码"),
    )


def at_door(code: str, door: str) -> Grant | None:
    """The grant of a code made for this door, whether it still holds or not: its owner says why it is refused."""
    symbols = tidy(code)
    return None if symbols is None else Grant.objects.filter(sha256=_hash(symbols, door)).first()


def revoke(case_id: int, party: str | None = None) -> int:
    """End the codes of a case (of one party, or all). Returns how many were ended."""
    grants = Grant.objects.filter(case_id=case_id, revoked_at=None)
    if party is not None:
        grants = grants.filter(party=party)
    return grants.update(revoked_at=timezone.now())


def tidy(code: str) -> str | None:
    """The 16 symbols of a code as people type it: any case, spacing, full width, O for 0; else None."""
    if len(code) > 4 * LENGTH:
        return None
    symbols = unicodedata.normalize("NFKC", code).upper().translate(_BETWEEN).translate(_HEARD_WRONG)
    return symbols if len(symbols) == LENGTH and set(symbols) <= set(ALPHABET) else None


def _hash(symbols: str, door: str = "") -> str:
    return hashlib.sha256((f"{door}/{symbols}" if door else symbols).encode()).hexdigest()
