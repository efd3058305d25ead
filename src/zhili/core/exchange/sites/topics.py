"""What a site chose to share: whole documents by name, each replacing its former."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhili.core.exchange.models import RemoteSite


@dataclass(frozen=True)
class Shared:
    """The newest of a topic as one site shares it; ``site`` and ``title`` are empty where it is our own."""

    site: str
    title: str
    document: Any
    at: datetime


def publish(name: str, document: Any, sites: Iterable[RemoteSite] | None = None) -> int:
    """Share it with these sites (default: all active ones whose agreements name the topic). How many were sent it;
    one that has this very document already is not sent it again."""
    raise NotImplementedError


def latest(name: str) -> list[Shared]:
    """What every other site shares under that name, by title. One query."""
    raise NotImplementedError


def ours(name: str) -> Shared | None:
    """What we share ourselves under that name."""
    raise NotImplementedError
