"""What the next round of clearing will take: asked of whoever runs the rounds, which stands above the kernel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Line:
    """One rule: how many would go now, how many are due but kept (under way, or held by law), on what ground."""

    title: str
    going: int
    kept: int
    ground: str
    last: int = 0
    """How many went in the last round."""


@dataclass(frozen=True)
class Forecast:
    """``ended``: when the last round ended (None: one is under way, or there was none); ``next``: from when on."""

    lines: list[Line] = field(default_factory=list)
    ended: datetime | None = None
    next: datetime | None = None


_asked: Callable[[], Forecast] | None = None


def provide(source: Callable[[], Forecast]) -> None:
    """Say who knows; called in an app's ready()."""
    global _asked
    _asked = source


def now() -> Forecast:
    """As things stand. Counts by index; a second or two where very much is due."""
    return _asked() if _asked else Forecast()
