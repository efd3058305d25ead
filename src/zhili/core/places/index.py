"""Which of many shapes holds a point: exact, and fast for one point as for a million.

A grid of tiles lies over the shapes. A tile no border passes through belongs wholly to one shape (or none)
and answers at once; in the others the few shapes that reach into it are asked one by one. Borders belong
to the shape that stands first, so a point is never in two.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
NONE = -1
TILES_EACH = 128  # tiles per shape on average: 14 MB for 20,000 shapes, three points of four need no more
# What shapely.intersects_xy calls after preparing its arguments for arrays, which takes as long as the question.
_holds = shapely.lib.intersects_xy
BATCH = 20_000  # points made at a time while building: each is an object until asked
PAD = 1e-6  # of a tile: more than rounding can move a point across a tile's edge


class Index:
    """Shapes by their position in the sequence given; NONE where there is none."""

    def __init__(self, shapes: Sequence[BaseGeometry] | NDArray[np.object_]) -> None:
        self.shapes = np.array(shapes, dtype=object)
        bounds: list[float] = shapely.total_bounds(self.shapes).tolist() if len(shapes) else [0, 0, -1, -1]
        self.west, self.south, self.east, self.north = bounds
        self._size = max(1, min(4096, int((TILES_EACH * len(shapes)) ** 0.5)))
        self._per_lon = self._size / max(self.east - self.west, 1e-9) * (1 - 1e-12)
        self._per_lat = self._size / max(self.north - self.south, 1e-9) * (1 - 1e-12)
        if len(shapes):
            self._lay()
        # A prepared shape builds its own index at the first question: ask now, threads may later.
        shapely.prepare(self.shapes)
        shapely.intersects_xy(self.shapes, *shapely.get_coordinates(shapely.point_on_surface(self.shapes)).T)

    def find(self, lon: float, lat: float) -> int:
        """The shape at one point, in degrees of the shapes' own coordinate system."""
        if not (
            self.west <= lon <= self.east and self.south <= lat <= self.north
        ):  # also what is not a number
            return NONE
        row, column = int((lat - self.south) * self._per_lat), int((lon - self.west) * self._per_lon)
        answer = self._tile[row * self._size + column]
        if answer >= NONE:
            return answer
        asked = self._asked
        for n in range(self._first[-2 - answer], self._first[-1 - answer]):
            if _holds(self._list[asked[n]], lon, lat):
                return asked[n]
        return NONE

    def find_many(self, points: Floats) -> Ints:
        """The shape at each of (n, 2) points."""
        lon, lat = points[:, 0], points[:, 1]
        result = np.full(len(points), NONE, np.int32)
        inside = np.flatnonzero(
            (lon >= self.west) & (lon <= self.east) & (lat >= self.south) & (lat <= self.north)
        )
        rows = ((lat[inside] - self.south) * self._per_lat).astype(np.int32)
        columns = ((lon[inside] - self.west) * self._per_lon).astype(np.int32)
        if not len(inside):
            return result
        answers = self._tiles[rows * self._size + columns]
        result[inside] = np.maximum(answers, NONE)
        unsure = answers < NONE
        waiting, turn = inside[unsure], -2 - answers[unsure]
        following, end = self._firsts[turn], self._firsts[turn + 1]
        while len(waiting):
            asked = self._askeds[following]
            hit = shapely.intersects_xy(self.shapes[asked], lon[waiting], lat[waiting])
            result[waiting[hit]] = asked[hit]
            following = following + 1
            left = ~hit & (following < end)
            waiting, following, end = waiting[left], following[left], end[left]
        return result

    def _lay(self) -> None:
        """Fill the tiles: the shape, NONE, or -2-k for the k-th tile that has to ask."""
        tiles, shapes = self._touched()
        bordered = np.zeros(self._size * self._size, bool)
        bordered[tiles] = True
        tree = shapely.STRtree(self.shapes)
        # A shape that holds all of a bordered tile has no border there, but holds its middle.
        mixed = np.flatnonzero(bordered)
        point, holder = self._at_middles(tree, mixed)
        pairs = np.unique(
            np.concatenate([tiles.astype(np.int64), mixed[point]]) * len(self.shapes)
            + np.concatenate([shapes, holder])
        )
        owner = pairs // len(self.shapes)
        self._askeds = (pairs % len(self.shapes)).astype(np.int32)
        self._firsts = np.append(np.searchsorted(owner, mixed), len(owner)).astype(np.int32)
        # Along a row all tiles between two bordered ones are in the same shape: one question for each run.
        clear = np.flatnonzero(~bordered)
        starts = np.flatnonzero((np.diff(clear, prepend=-2) != 1) | (clear % self._size == 0))
        held = np.full(len(starts), len(self.shapes), np.int32)
        point, holder = self._at_middles(tree, clear[starts])
        np.minimum.at(held, point, holder.astype(np.int32))
        held[held == len(self.shapes)] = NONE
        self._tiles = np.empty(self._size * self._size, np.int32)
        self._tiles[clear] = np.repeat(held, np.diff(np.append(starts, len(clear))))
        self._tiles[mixed] = -2 - np.arange(len(mixed), dtype=np.int32)
        # The same memory for one point at a time: a memoryview gives Python ints, numpy would make scalars.
        self._tile, self._asked, self._first = self._tiles.data, self._askeds.data, self._firsts.data
        self._list = self.shapes.tolist()

    def _at_middles(self, tree: shapely.STRtree, tiles: Longs) -> tuple[Longs, Longs]:
        """(position in tiles, shape) for each shape that holds the middle of a tile."""
        found = [np.empty((2, 0), np.int64)]
        for start in range(0, len(tiles), BATCH):
            some = tiles[start : start + BATCH]
            lon = self.west + (some % self._size + 0.5) / self._per_lon
            lat = self.south + (some // self._size + 0.5) / self._per_lat
            hits = tree.query(shapely.points(lon, lat), predicate="intersects").astype(np.int64)
            hits[0] += start
            found.append(hits)
        position, shape = np.concatenate(found, axis=1)
        return position, shape

    def _touched(self) -> tuple[Ints, Ints]:
        """(tile, shape) for every tile a shape's border may pass through, with PAD to spare."""
        lines, line_of = shapely.get_parts(shapely.boundary(self.shapes), return_index=True)
        points, point_of = shapely.get_coordinates(lines, return_index=True)
        x, y = (points[:, 0] - self.west) * self._per_lon, (points[:, 1] - self.south) * self._per_lat
        same = point_of[1:] == point_of[:-1]
        turned = x[:-1] > x[1:]
        ax, ay = np.where(turned, x[1:], x[:-1])[same], np.where(turned, y[1:], y[:-1])[same]
        bx, by = np.where(turned, x[:-1], x[1:])[same], np.where(turned, y[:-1], y[1:])[same]
        shape = line_of[point_of[:-1][same]].astype(np.int32)
        # each column a segment crosses, then the rows it passes within that column
        first, last = self._clip(ax - PAD), self._clip(bx + PAD)
        segment = np.repeat(np.arange(len(ax)), last - first + 1)
        column = _counting(first, last)
        slope = (by - ay) / np.maximum(bx - ax, 1e-300)
        left = np.clip(column - PAD, ax[segment], bx[segment]) - ax[segment]
        right = np.clip(column + 1 + PAD, ax[segment], bx[segment]) - ax[segment]
        steep = (bx - ax < PAD)[segment]
        y1 = np.where(steep, ay[segment], ay[segment] + slope[segment] * left)
        y2 = np.where(steep, by[segment], ay[segment] + slope[segment] * right)
        low, high = self._clip(np.minimum(y1, y2) - PAD), self._clip(np.maximum(y1, y2) + PAD)
        passed = np.repeat(np.arange(len(segment)), high - low + 1)
        tile = _counting(low, high) * self._size + column[passed]
        return tile.astype(np.int32), shape[segment[passed]]

    def _clip(self, values: Floats) -> Ints:
        return np.clip(np.floor(values), 0, self._size - 1).astype(np.int32)


def _counting(first: Ints, last: Ints) -> Ints:
    """first[0] … last[0], first[1] … last[1], … in one array."""
    lengths = last - first + 1
    starts = np.cumsum(lengths) - lengths
    counted: Ints = (np.arange(lengths.sum()) - np.repeat(starts - first, lengths)).astype(np.int32)
    return counted
