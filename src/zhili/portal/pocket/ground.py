"""The ground of a post as a few lines, to be drawn on a phone without map tiles, without WebGL, without signal."""

from __future__ import annotations

from typing import Any

import shapely

from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree as offices
from zhili.core.places.models import Boundary, Cell
from zhili.core.places.tree import nodes

FINE = 0.00008
"""Degrees by which an outline may be off: about eight metres, less than a phone's own position."""
CELLS = 40
"""Of a larger area only the outline is drawn."""


def ground_of(actor: Actor) -> dict[str, Any]:
    """``own`` and ``around``: outlines as lists of rings of [lon, lat]; ``name`` of the ground. Empty when unknown."""
    seat = offices().nodes.get(actor.office_id or 0)
    if seat is None or seat.division_id is None:
        return {"name": "", "own": [], "around": []}
    village = nodes().get(seat.division_id)
    shapes = dict(Boundary.objects.filter(division_id=seat.division_id).values_list("division_id", "wkb"))
    around = [ring for wkb in shapes.values() for ring in _rings(bytes(wkb))]
    cells = Cell.objects.filter(village_id=seat.division_id, valid_to=None)
    if seat.cell_id is not None:
        mine = cells.filter(pk=seat.cell_id).values_list("name", "wkb").first()
        if mine is not None:
            return {"name": mine[0], "own": _rings(bytes(mine[1])), "around": around}
    parts = [ring for wkb in cells.values_list("wkb", flat=True)[:CELLS] for ring in _rings(bytes(wkb))]
    return {"name": village.name if village else "", "own": around, "around": parts}


def _rings(wkb: bytes) -> list[list[list[float]]]:
    shape = shapely.simplify(shapely.from_wkb(wkb), FINE)
    parts = getattr(shape, "geoms", [shape])
    return [
        [[round(lon, 5), round(lat, 5)] for lon, lat in part.exterior.coords]
        for part in parts
        if isinstance(part, shapely.Polygon)
    ]
