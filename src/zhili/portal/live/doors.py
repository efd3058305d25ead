"""Other ways into `/live` than a session with a post: a device that was paired and may hear one topic of its own.

register(Door("tv", let_in, ended))   # in an app's ready()

Whoever asks for the door's topic, and for nothing else, is let in by the door alone: a session, should the browser have
one, adds nothing. What is told on the topic has an audience of its own, which no post is in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Found:
    """Who stands at the door: what the audiences of its topic are asked about, and what is looked at again later."""

    who: Any
    pass_: Any
    """Hashable, with ``session`` (str): whose streams are counted together."""


@dataclass(frozen=True)
class Door:
    """``let_in(request)`` gives None for whoever may not; ``ended(passes)`` those that hold no more, with why."""

    topic: str
    let_in: Callable[[HttpRequest], Found | None]
    ended: Callable[[Collection[Any]], dict[Any, str]]
    kind: type
    """Of its passes."""


_doors: dict[str, Door] = {}


def register(door: Door) -> None:
    _doors[door.topic] = door


def of(topics: Collection[str]) -> Door | None:
    """The door that all of these topics belong to; None for what posts ask for."""
    return _doors.get(next(iter(topics))) if len(topics) == 1 else None


def every() -> list[Door]:
    return list(_doors.values())
