"""Wristbands as ``core.signals`` knows them: the one place of this scenario that touches sources and what they sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor


@dataclass(frozen=True)
class Position:
    lon: float
    lat: float
    at: datetime


@dataclass(frozen=True)
class Status:
    """A device as it stands: no word of whoever wears it."""

    number: str
    battery: float | None
    last_seen_at: datetime | None
    low: bool
    silent: bool


def wristband(number: str) -> Any:
    return None


def bind(source: Any, case: Case, actor: Actor) -> None:
    return None


def unbind(source_id: int | None, actor: Actor) -> None:
    return None


def forget(wearing_id: int) -> None:
    return None


def statuses(ids: list[int]) -> dict[int, Status]:
    return {}


def position(wearing_id: int, actor: Actor, purpose: str) -> Position | None:
    return None


def measure_of(identity: UUID) -> str:
    return ""
