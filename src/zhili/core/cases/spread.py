"""Where cases lie, for a map: how many in which division, and gathered into squares where they are too many to send."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Avg, Count, F, FloatField, Q, QuerySet
from django.db.models.functions import Cast, Floor

from zhili.core.cases.models import Case
from zhili.core.places.tree import nodes

SQUARE_PX = 56.0
TILE_PX = 512.0
DEEPEST = 22.0


@dataclass(frozen=True)
class Square:
    """``number`` cases of which ``open`` are not closed, about their middle (degrees)."""

    lon: float
    lat: float
    number: int
    open: int


@dataclass(frozen=True)
class Spread:
    """How many, how many of them have a point on the map, and how many in which division (of a level asked for)."""

    number: int
    placed: int
    divisions: dict[int, int]


def more_than(found: QuerySet[Case], most: int) -> bool:
    """Whether there are more than so many; counts no further."""
    return len(found.order_by().values_list("pk")[: most + 1]) > most


def over(found: QuerySet[Case], levels: Iterable[str]) -> Spread:
    """Counted in one query; each case under its division of the first of ``levels`` that it lies in."""
    rows = found.order_by().values_list("division_id").annotate(Count("pk"), Count("lon"))
    known, wanted = nodes(), tuple(levels)
    number = placed = 0
    divisions: dict[int, int] = {}
    for division, cases, points in rows:
        number, placed = number + cases, placed + points
        line = known[division].line if division in known else ()
        by_level = {known[one].level: one for one in line}
        if top := next((by_level[level] for level in wanted if level in by_level), None):
            divisions[top] = divisions.get(top, 0) + cases
    return Spread(number, placed, divisions)


def squares(found: QuerySet[Case], zoom: float) -> list[Square]:
    """Gathered into squares some fifty pixels wide at this zoom (of a map with tiles of 512 pixels).

    The squares stand still while a map is moved, so that what is on the screen does not jump.
    """
    side = 360.0 * SQUARE_PX / (TILE_PX * 2.0 ** min(max(zoom, 0.0), DEEPEST))
    rows = (
        found.order_by()
        .annotate(
            column=Floor(Cast(F("lon") / side, FloatField())), line=Floor(Cast(F("lat") / side, FloatField()))
        )
        .values_list("column", "line")
        .annotate(
            east=Avg("lon"), north=Avg("lat"), n=Count("pk"), still=Count("pk", filter=Q(closed_at=None))
        )
        .values_list("east", "north", "n", "still")
    )
    return [Square(*row) for row in rows]
