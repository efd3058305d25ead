"""What draws are made for. A kind says which list, what a result sets going, and when a draw is due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zhili.base.draw import Candidate
from zhili.core.draws.models import Draw


@dataclass(frozen=True)
class Proposal:
    """A draw to be announced: all but its list, which the kind gives for the scope."""

    scope: str
    purpose: str
    count: int
    sources: Sequence[dict[str, Any]]
    draw_at: datetime


def _nothing(_draw: Draw, _names: Sequence[str]) -> None:
    """A result that sets nothing going."""


def _never(_now: datetime) -> Proposal | None:
    """No draw is due by itself."""
    return None


def _no_link(_name: str) -> str:
    return ""


@dataclass(frozen=True)
class Kind:
    """``candidates(scope)`` gives the list as it is now; ``drawn(draw, names)`` runs in the result's transaction."""

    name: str
    title: str
    """Chinese source text."""
    candidates: Callable[[str], Sequence[Candidate]]
    drawn: Callable[[Draw, Sequence[str]], None] = field(default=_nothing)
    due: Callable[[datetime], Proposal | None] = field(default=_never)
    """A draw that should be announced now, if any; asked again and again."""
    link: Callable[[str], str] = field(default=_no_link)
    """Where a name on the list can be read about; "" when nowhere."""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known; called in an app's ready()."""
    _kinds[kind.name] = kind
    return kind


def kinds() -> dict[str, Kind]:
    """All kinds by name."""
    return dict(_kinds)


def kind_of(draw: Draw) -> Kind | None:
    """The kind a draw was made for; None when this site no longer has it."""
    return _kinds.get(draw.kind)
