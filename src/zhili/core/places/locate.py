"""Which cell, village, town and county a point lies in. WGS-84; nothing is rounded, nothing is nearest.

A point on a border belongs to the lowest code. Where a village has no cells yet, its own shape is used, and
so on upwards: a point inside the city is never "outside" because something finer is missing.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from zhili.core.places import tree
from zhili.core.places.edition import Cached
from zhili.core.places.index import NONE, Index
from zhili.core.places.models import Boundary, Cell


@dataclass(frozen=True, slots=True)
class Location:
    """Ids, each None where there is none; `outside` when the point is in no division of this site."""

    cell_id: int | None
    village_id: int | None
    town_id: int | None
    county_id: int | None
    city_id: int | None
    outside: bool = False

    @property
    def division_id(self) -> int | None:
        """The deepest division known."""
        return self.village_id or self.town_id or self.county_id or self.city_id


OUTSIDE = Location(None, None, None, None, None, outside=True)


class _Ground:
    """Shapes of today: cells and childless divisions in the fast index, the rest in a plain tree behind."""

    def __init__(self) -> None:
        cells = list(
            Cell.objects.filter(valid_to=None).order_by("code").values_list("id", "village_id", "wkb")
        )
        divisions = list(
            Boundary.objects.filter(division__valid_to=None)
            .order_by("division__code")
            .values_list("division_id", "division__parent_id", "wkb")
        )
        parents = {row[1] for row in cells} | {parent for _, parent, _ in divisions}
        leaves = [row for row in divisions if row[0] not in parents]
        self.index = Index(shapely.from_wkb([bytes(row[2]) for row in (*cells, *leaves)]))
        self.places = [_location(village, cell) for cell, village, _ in cells]
        self.places += [_location(division) for division, _, _ in leaves]
        self.cell_ids = np.array([row[0] for row in cells] + [-1] * (len(leaves) + 1), np.int64)
        # deepest first; of the same depth the lowest code, as they come
        behind = [row for row in divisions if row[0] in parents]
        behind.sort(key=lambda row: -len(tree.ancestors(row[0])))
        self.behind = [_location(row[0]) for row in behind]
        self.behind_tree = shapely.STRtree(shapely.from_wkb([bytes(row[2]) for row in behind]))


_ground = Cached(_Ground)


def _location(division_id: int, cell_id: int | None = None) -> Location:
    at = {tree.node(id_).level: id_ for id_ in tree.ancestors(division_id)}
    return Location(cell_id, at.get("village"), at.get("town"), at.get("county"), at.get("city"))


def locate(lon: float, lat: float) -> Location:
    """Where the point is. No query while warm; about 5 µs. What is not a number is outside."""
    ground = _ground.get()
    found = ground.index.find(lon, lat)
    if found != NONE:
        return ground.places[found]
    if not ground.behind:
        return OUTSIDE
    held = ground.behind_tree.query(shapely.Point(lon, lat), predicate="intersects")
    return ground.behind[held.min()] if len(held) else OUTSIDE


def locate_many(coords: NDArray[np.float64]) -> NDArray[np.int64]:
    """Cell ids for (n, 2) points (lon, lat); -1 where there is no cell."""
    ground = _ground.get()
    ids: NDArray[np.int64] = ground.cell_ids[ground.index.find_many(np.asarray(coords, float))]
    return ids


def warm() -> None:
    """Build the index now (0.5 s for a city), so that the first report does not wait for it."""
    _ground.get()
