"""How far each cell of ours lies from the border, so that those near it can be shared and the others not.

The border is told by what the neighbour shares: its cells. Before it shares any, the outer line of our own whole ground
is taken, which may run along other neighbours too; pages say which of the two it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from zhili.core.places import edition
from zhili.core.places.models import Boundary, Cell
from zhili.core.places.topology import METRES
from zhili.core.places.tree import nodes, subtree

BY_NEIGHBOUR, BY_OUTLINE = "neighbour", "outline"


@dataclass(frozen=True, slots=True)
class Near:
    """A cell of ours and how many metres lie between it and the border."""

    code: str
    name: str
    village: str
    village_id: int
    metres: int


def near(division_id: int, theirs: BaseGeometry | None) -> tuple[Near, ...]:
    """Every cell of a division, those nearest to the border first. A second for a whole city, then kept."""
    wkb = bytes(shapely.to_wkb(theirs)) if theirs is not None and not theirs.is_empty else b""
    return _near(edition.current(), division_id, wkb)


def measured_by(theirs: BaseGeometry | None) -> str:
    """By what the distances were taken."""
    return BY_OUTLINE if theirs is None or theirs.is_empty else BY_NEIGHBOUR


@lru_cache(maxsize=8)
def _near(_edition: int, division_id: int, wkb: bytes) -> tuple[Near, ...]:
    rows = list(
        Cell.objects.filter(valid_to=None, village_id__in=subtree(division_id)).values_list(
            "code", "name", "village_id", "wkb"
        )
    )
    line = shapely.from_wkb(wkb) if wkb else _outline(division_id)
    if not rows or line is None:
        return ()
    stretch = np.array([METRES * cos(radians(line.centroid.y)), METRES])
    shapes = shapely.transform(shapely.from_wkb([bytes(row[3]) for row in rows]), lambda xy: xy * stretch)
    border = shapely.transform(line, lambda xy: xy * stretch)
    shapely.prepare(border)
    away: Any = shapely.distance(shapes, border)
    known = nodes()
    found = [
        Near(code, name, _words(known[village].line), village, int(metres))
        for (code, name, village, _wkb), metres in zip(rows, away, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (one.metres, one.code)))


def _outline(division_id: int) -> BaseGeometry | None:
    """The outer line of the whole ground the division belongs to."""
    line = nodes()[division_id].line
    kept = dict(Boundary.objects.filter(division_id__in=line).values_list("division_id", "wkb"))
    top = next((kept[one] for one in line if one in kept), None)
    return None if top is None else shapely.from_wkb(bytes(top)).boundary


def _words(line: tuple[int, ...]) -> str:
    """ "新埭镇星光村": the last two names."""
    known = nodes()
    return "".join(known[one].name for one in line[-2:] if known[one].level in ("town", "village"))
