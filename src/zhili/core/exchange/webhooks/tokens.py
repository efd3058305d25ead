"""What a receiver wants as bearer token: sealed like every secret of others, opened seldom."""

from __future__ import annotations

import time
from typing import Final, Protocol
from uuid import UUID

from zhili.core.people import secrets
from zhili.core.people.actors import Actor

ASKER: Final = Actor(kind="rule", label="事件推送")
KEPT: Final = 3600.0
"""Seconds a process remembers an opened one: each opening is written into the trail."""
_known: dict[UUID, tuple[float, str]] = {}


class Wanting(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def token_secret(self) -> UUID | None: ...


def token(one: Wanting) -> str:
    """The token to send along; "" for none."""
    if one.token_secret is None:
        return ""
    now = time.monotonic()
    kept = _known.get(one.token_secret)
    if kept is None or now - kept[0] > KEPT:
        opened = secrets.open_many([one.token_secret], ASKER, f"向 {one.name} 推送事件")
        kept = _known[one.token_secret] = (now, opened.get(one.token_secret, ""))
    return kept[1]


def seal(text: str) -> UUID:
    """Keep one."""
    row = secrets.prepare("text", text)
    secrets.save([row])
    return row.id


def forget(secret: UUID | None) -> None:
    """Destroy one that is no longer used."""
    if secret is not None:
        _known.pop(secret, None)
        secrets.erase([secret])
