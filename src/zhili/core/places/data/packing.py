"""The file of cell shapes: whole numbers of 1/100,000 degree, as steps from point to point, gzip'd.

Layout, little-endian int32: number of villages, of cells, of rings, of points; cells of each village (in
order of code); rings of each cell; points of each ring (closing point left out); steps in longitude; steps in
latitude. A ring inside an earlier one of its cell is a hole, outside it a part of its own (an island).
"""

import gzip
from collections.abc import Sequence

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

SCALE = 100_000


def pack(cells_of: Sequence[int], shapes: Sequence[BaseGeometry]) -> bytes:
    """Cells of each village, and all their shapes in whole numbers of the working grid (1/100,000 degree)."""
    rings_of, points_of, steps = [], [], []
    for shape in shapes:
        rings = [r for part in shapely.get_parts(shape) for r in (part.exterior, *part.interiors)]
        rings_of.append(len(rings))
        for ring in rings:
            points = shapely.get_coordinates(ring)[:-1].astype(np.int32)
            points_of.append(len(points))
            steps.append(points)
    points = np.concatenate(steps)
    delta = np.diff(points, axis=0, prepend=np.zeros((1, 2), np.int32))
    head = [len(cells_of), len(rings_of), len(points_of), len(points)]
    body = np.concatenate([head, cells_of, rings_of, points_of, delta[:, 0], delta[:, 1]]).astype("<i4")
    return gzip.compress(body.tobytes(), 9, mtime=0)


def unpack(data: bytes) -> tuple[list[int], list[BaseGeometry]]:
    """Cells of each village, and their shapes in WGS-84 degrees; a shared point is the same in each."""
    body = np.frombuffer(gzip.decompress(data), "<i4")
    villages, cells, rings, points = body[:4].tolist()
    cells_of, rings_of, points_of, lon, lat = np.split(body[4:], np.cumsum([villages, cells, rings, points]))
    grid = np.column_stack([np.cumsum(lon, dtype=np.int64), np.cumsum(lat, dtype=np.int64)])
    ring_points = np.split(grid / SCALE, np.cumsum(points_of)[:-1])
    outlines = [Polygon(ring) for ring in ring_points]
    result: list[BaseGeometry] = []
    first = 0
    for count in rings_of.tolist():
        result.append(_assemble(outlines[first : first + count]))
        first += count
    return cells_of.tolist(), result


def _assemble(outlines: list[Polygon]) -> BaseGeometry:
    parts: list[tuple[Polygon, list[Polygon]]] = []
    for outline in outlines:
        holder = next((holes for shell, holes in parts if shell.contains(outline)), None)
        if holder is None:
            parts.append((outline, []))
        else:
            holder.append(outline)
    whole = [Polygon(shell.exterior, [hole.exterior for hole in holes]) for shell, holes in parts]
    return whole[0] if len(whole) == 1 else MultiPolygon(whole)
