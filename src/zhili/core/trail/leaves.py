"""The leaf format, version 1: fixed for good, since every proof ever given depends on it.

A leaf is the RFC 8785 form of an object with these members and no others::

    v     1
    kind  "step", "access", "record", "change"
    at    time in UTC, microseconds, "2026-11-22T01:30:00.000000Z"
    what  public facts of that kind (for a step: case, seq, action, from, to, procedure, by)
    seal  hex of SHA-256(salt ‖ RFC 8785 of what is private); the salt stays beside the row it seals

Its hash is SHA-256(0x00 ‖ leaf), as in RFC 6962. Low-entropy facts cannot be guessed from ``seal`` without the
salt, and forgetting the salt and the row leaves the proof standing: that is how data are erased lawfully.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from zhili.base.canonical import canonical, commitment, leaf_hash
from zhili.core.trail.models import Leaf


@lru_cache(64)  # of many leaves made together all have one time
def timestamp(at: datetime) -> str:
    """A time as leaves write it: UTC, six digits of microseconds, Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def leaf_body(kind: str, at: datetime, what: dict[str, Any], private: Any, salt: bytes) -> bytes:
    """The bytes of a leaf. ``what`` must hold no personal value; ``private`` is any JSON value, only committed to."""
    return canonical(
        {"v": 1, "kind": kind, "at": timestamp(at), "what": what, "seal": commitment(salt, private).hex()}
    )


def row(
    kind: str, at: datetime, what: dict[str, Any], private: Any, salt: bytes, subject: int | None = None
) -> dict:
    """A leaf as column values, for writers that send all their rows in one go."""
    body = leaf_body(kind, at, what, private, salt)
    return {"kind": kind, "at": at, "subject": subject, "body": body, "hash": leaf_hash(body)}


def append(
    kind: str, at: datetime, what: dict[str, Any], private: Any, salt: bytes, subject: int | None = None
) -> Leaf:
    """Write one leaf in the present transaction."""
    return Leaf.objects.create(**row(kind, at, what, private, salt, subject))
