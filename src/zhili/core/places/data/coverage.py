"""Turn rough pieces into a coverage: no gap, no overlap, every shared edge the same points on both sides.

All coordinates are whole numbers of the working grid, so equal means equal.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

Owner = int
NOBODY: Owner = -1


def faces(lines: Sequence[BaseGeometry], grid: float = 1.0) -> list[Polygon]:
    """The pieces the linework cuts the plane into, after snapping it to the grid; in a fixed order."""
    noded = shapely.union_all(list(lines), grid_size=grid)
    found = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    pieces = [face for face in found if isinstance(face, Polygon) and face.area > 0]
    return sorted(pieces, key=lambda face: (*face.bounds, face.area))


def neighbours(pieces: Sequence[Polygon]) -> dict[int, dict[int, float]]:
    """For each piece, the length of the edge it shares with each other piece. Edges must be noded."""
    edges: dict[tuple[float, ...], list[int]] = defaultdict(list)
    for number, piece in enumerate(pieces):
        for ring in (piece.exterior, *piece.interiors):
            points = shapely.get_coordinates(ring)
            for (ax, ay), (bx, by) in zip(points[:-1].tolist(), points[1:].tolist(), strict=True):
                edges[(ax, ay, bx, by) if (ax, ay) < (bx, by) else (bx, by, ax, ay)].append(number)
    shared: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for (ax, ay, bx, by), users in edges.items():
        if len(users) == 2:
            one, other = users
            length = ((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5
            shared[one][other] += length
            shared[other][one] += length
    return shared


def settle(pieces: Sequence[Polygon], owners: Sequence[Owner]) -> list[Owner]:
    """Give stray pieces away until every owner's ground hangs together.

    An owner keeps its largest connected part. The other parts, and pieces of nobody, go to the neighbour
    they share the longest edge with. A piece that touches nothing (an island) is left as it is.
    """
    shared = neighbours(pieces)
    areas = [piece.area for piece in pieces]
    result = list(owners)
    for _ in range(20):
        strays = _strays(shared, areas, result)
        moved = False
        for stray in strays:
            lengths: dict[Owner, float] = defaultdict(float)
            for member in stray:
                for other, length in shared[member].items():
                    if other not in stray and result[other] != NOBODY:
                        lengths[result[other]] += length
            if lengths:
                best = min(lengths, key=lambda owner: (-lengths[owner], owner))
                moved = moved or best != result[next(iter(stray))]
                for member in stray:
                    result[member] = best
        if not moved:
            break
    return result


def _strays(shared: dict[int, dict[int, float]], areas: list[float], owners: list[Owner]) -> list[set[int]]:
    parts: dict[Owner, list[set[int]]] = defaultdict(list)
    seen: set[int] = set()
    for start in range(len(owners)):
        if start in seen:
            continue
        part, todo = {start}, [start]
        while todo:
            here = todo.pop()
            for other in shared[here]:
                if other not in part and owners[other] == owners[start]:
                    part.add(other)
                    todo.append(other)
        seen |= part
        parts[owners[start]].append(part)
    strays = list(parts.pop(NOBODY, []))
    for found in parts.values():
        found.sort(key=lambda part: (-sum(areas[n] for n in part), min(part)))
        strays.extend(found[1:])
    return sorted(strays, key=min)


def merge(pieces: Sequence[Polygon], owners: Sequence[Owner], count: int) -> list[BaseGeometry]:
    """One shape for each owner 0 … count-1, of its pieces."""
    held: list[list[Polygon]] = [[] for _ in range(count)]
    for piece, owner in zip(pieces, owners, strict=True):
        if owner != NOBODY:
            held[owner].append(piece)
    return [shapely.normalize(shapely.coverage_union_all(parts)) for parts in held]


def attach_islands(pieces: Sequence[Polygon], owners: list[Owner]) -> list[Owner]:
    """Pieces of nobody that touch nothing go to the nearest owned piece."""
    owned = [n for n, owner in enumerate(owners) if owner != NOBODY]
    tree = shapely.STRtree([pieces[n] for n in owned])
    return [
        owners[owned[int(tree.nearest(pieces[n]))]] if owner == NOBODY else owner
        for n, owner in enumerate(owners)
    ]


def owners_of(pieces: Sequence[Polygon], shapes: Sequence[BaseGeometry]) -> list[Owner]:
    """The first shape that holds an inner point of each piece, NOBODY when none does."""
    points = shapely.point_on_surface(np.array(pieces, dtype=object))
    result = np.full(len(pieces), len(shapes))
    piece, shape = shapely.STRtree(list(shapes)).query(points, predicate="intersects")
    np.minimum.at(result, piece, shape)
    return [int(n) if n < len(shapes) else NOBODY for n in result]
