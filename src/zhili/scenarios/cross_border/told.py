"""What neighbours told us, read with care: it is their word, shown with their name and the day they said it.

A document that does not fit its shape is shown as unreadable, with the field at fault, and nothing of it is used.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from zhili.base.canonical import canonical
from zhili.base.exchange.errors import WireError
from zhili.core.exchange.sites import topics
from zhili.scenarios.cross_border import documents
from zhili.scenarios.cross_border.documents import CELLS, FIGURES, MATTERS
from zhili.scenarios.cross_border.kinds import BY_CODE


@dataclass(frozen=True, slots=True)
class Line:
    """An open matter of theirs, as they told it."""

    number: str
    category: str
    state: str
    since: date
    due: date | None
    cell: str
    village: str = ""
    lon: float | None = None
    lat: float | None = None

    @property
    def title(self) -> str:
        """Their code in our words, where we have such a sub-scenario."""
        known = BY_CODE.get(self.category)
        return known.title if known is not None else self.category


@dataclass(frozen=True, slots=True)
class Count:
    cell: str
    village: str
    category: str
    count: int | None
    """None: fewer than ``documents.FEW``."""

    @property
    def title(self) -> str:
        known = BY_CODE.get(self.category)
        return known.title if known is not None else self.category


@dataclass(frozen=True)
class Told:
    """What one neighbour told of one topic. ``trouble``: the field that does not fit; then the rest is empty."""

    site: str
    title: str
    at: datetime
    document: dict[str, Any] = field(default_factory=dict)
    trouble: str = ""


def all_of(name: str) -> list[Told]:
    """What each neighbour told under a topic. One query."""
    return [_read(name, one) for one in topics.latest(name)]


def of(name: str, site: str) -> Told | None:
    return next((one for one in all_of(name) if one.site == site), None)


def _read(name: str, one: topics.Shared) -> Told:
    try:
        documents.check(name, one.document)
    except WireError as error:
        return Told(one.site, one.title, one.at, trouble=error.field or error.detail)
    return Told(one.site, one.title, one.at, one.document)


def lines(told: Told, villages: dict[str, str]) -> list[Line]:
    """Their matters one by one; ``villages``: of cells, as they named them."""
    return [
        Line(
            one["number"],
            one["category"],
            one["state"],
            date.fromisoformat(one["since"]),
            date.fromisoformat(one["due"]) if one.get("due") else None,
            one["cell"],
            villages.get(one["cell"], ""),
            one.get("lon"),
            one.get("lat"),
        )
        for one in told.document.get(MATTERS, ())
    ]


def counts(told: Told, villages: dict[str, str]) -> list[Count]:
    """Their matters where they told only how many a cell has."""
    return [
        Count(one["cell"], villages.get(one["cell"], ""), one["category"], one.get("count"))
        for one in told.document.get("counts", ())
    ]


def villages(told: Told | None) -> dict[str, str]:
    """Cell → where it lies, as they say."""
    if told is None:
        return {}
    return {
        one["code"]: " ".join(filter(None, (one["village"], one["name"])))
        for one in told.document.get(CELLS, ())
    }


def ground(site: str) -> BaseGeometry | None:
    """The ground of the cells a neighbour shares; None while it shares none."""
    found = of(CELLS, site)
    cells = found.document.get(CELLS) if found is not None else None
    return _ground(canonical([one["geometry"] for one in cells])) if cells else None


@lru_cache(maxsize=16)
def _ground(raw: bytes) -> BaseGeometry | None:
    shapes = []
    for one in json.loads(raw):
        try:
            drawn = shape(one)
        except (ShapelyError, ValueError, TypeError, IndexError):
            continue
        shapes.append(drawn if drawn.is_valid else shapely.make_valid(drawn))
    united = shapely.union_all(shapes) if shapes else None
    return united if united is not None and not united.is_empty else None


def figures(site: str) -> Told | None:
    """Their own figures of what passed between us."""
    return of(FIGURES, site)
