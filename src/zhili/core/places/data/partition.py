"""Cut a piece of ground into parts of wanted sizes: a power diagram relaxed after Lloyd, with ragged borders.

Deterministic: the same ground, sizes and seed give the same parts to the last bit.
"""

import itertools
import math
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LinearRing, LineString, Polygon

from zhili.core.places.data import coverage

Floats = NDArray[np.float64]
SAMPLES_EACH = 90
ROUNDS = 70


def split(
    ground: Polygon,
    sizes: Sequence[float],
    *,
    seed: int,
    centre: tuple[float, float] | None = None,
    at: Sequence[tuple[float, float]] | None = None,
    ragged: float = 0.0,
) -> list[Polygon]:
    """Parts of `ground` (whole-number coordinates), one for each size, areas about in proportion.

    The first parts lie nearest to `centre`; or each lies round its own point of `at`.
    `ragged`: the length under which a border stays straight; 0: all.
    """
    if len(sizes) == 1:
        return [ground]
    fixed = None if at is None else np.asarray(at, float)
    sites, weights = _relax(ground, np.asarray(sizes, float), np.random.default_rng(seed), centre, fixed)
    borders = _borders(ground, sites, weights)
    if ragged:
        borders = [_ragged(line, ragged) for line in borders]
    pieces = [
        piece
        for piece in coverage.faces([ground.boundary, *borders])
        if ground.contains(shapely.point_on_surface(piece))
    ]
    points = shapely.get_coordinates(shapely.point_on_surface(np.array(pieces, dtype=object)))
    owners = coverage.settle(pieces, [int(n) for n in _nearest(points, sites, weights)])
    parts = coverage.merge(pieces, owners, len(sizes))
    if not all(isinstance(part, Polygon) for part in parts):
        raise RuntimeError(f"seed {seed}: a part fell to pieces or was lost")
    return parts  # type: ignore[return-value]


def _nearest(points: Floats, sites: Floats, weights: Floats) -> NDArray[np.intp]:
    distance = ((points[:, None, :] - sites[None, :, :]) ** 2).sum(axis=2)
    nearest: NDArray[np.intp] = np.argmin(distance - weights, axis=1)
    return nearest


def _relax(
    ground: Polygon,
    sizes: Floats,
    rng: np.random.Generator,
    centre: tuple[float, float] | None,
    fixed: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Sites and weights whose power cells have about the wanted shares of the ground; `fixed` sites stay."""
    points = _sample(ground, SAMPLES_EACH * len(sizes), rng)
    sites = _spread(points, len(sizes), rng) if fixed is None else fixed
    if centre is not None and fixed is None:
        sites = sites[np.argsort(((sites - centre) ** 2).sum(axis=1), kind="stable")]
    wanted = sizes / sizes.sum() * ground.area
    weights = np.zeros(len(sizes))
    for turn in range(ROUNDS):
        owner = _nearest(points, sites, weights)
        count = np.bincount(owner, minlength=len(sizes))
        area = count * (ground.area / len(points))
        weights += 0.4 * (wanted - area) / math.pi
        if fixed is None and turn < ROUNDS - 15:
            filled = count > 0
            for axis in (0, 1):
                total = np.bincount(owner, points[:, axis], len(sizes))
                sites[filled, axis] = total[filled] / count[filled]
    return sites, weights


def _sample(ground: Polygon, count: int, rng: np.random.Generator) -> Floats:
    west, south, east, north = ground.bounds
    step = math.sqrt(ground.area / count)
    xs, ys = np.meshgrid(np.arange(west, east, step), np.arange(south, north, step))
    points = np.column_stack([xs.ravel(), ys.ravel()]) + rng.uniform(0, step, (xs.size, 2))
    return points[shapely.contains_xy(ground, points)]


def _spread(points: Floats, count: int, rng: np.random.Generator) -> Floats:
    """`count` points far from each other: each the farthest of a few drawn."""
    chosen = [points[rng.integers(len(points))]]
    for _ in range(count - 1):
        drawn = points[rng.integers(len(points), size=24)]
        gap = ((drawn[:, None, :] - np.array(chosen)[None, :, :]) ** 2).sum(axis=2).min(axis=1)
        chosen.append(drawn[int(np.argmax(gap))])
    return np.array(chosen)


def _borders(ground: Polygon, sites: Floats, weights: Floats) -> list[LineString]:
    """The straight borders between the power cells, on the grid, each once."""
    west, south, east, north = ground.bounds
    frame = [(west - 9, south - 9), (east + 9, south - 9), (east + 9, north + 9), (west - 9, north + 9)]
    lines: list[LinearRing] = []
    for i in range(len(sites)):
        corners = frame
        for j in range(len(sites)):
            if i != j:
                a, b = 2 * (sites[j] - sites[i])
                c = float((sites[j] ** 2).sum() - (sites[i] ** 2).sum() + weights[i] - weights[j])
                corners = _clip(corners, float(a), float(b), c)
        if len(corners) > 2:
            lines.append(LinearRing(np.round(corners)))
    noded = shapely.get_parts(shapely.union_all(lines, grid_size=1.0))
    box = shapely.box(west - 9, south - 9, east + 9, north + 9).boundary
    return sorted(
        (line for line in noded if not box.covers(line)),
        key=lambda line: tuple(line.coords[0] + line.coords[-1]),
    )


def _clip(corners: list[tuple[float, float]], a: float, b: float, c: float) -> list[tuple[float, float]]:
    """What is left of a convex polygon where a·x + b·y ≤ c."""
    kept = []
    for (px, py), (qx, qy) in zip(corners, corners[1:] + corners[:1], strict=True):
        p, q = a * px + b * py - c, a * qx + b * qy - c
        if p <= 0:
            kept.append((px, py))
        if (p < 0 < q) or (q < 0 < p):
            t = p / (p - q)
            kept.append((px + t * (qx - px), py + t * (qy - py)))
    return kept


def _ragged(line: LineString, shortest: float) -> LineString:
    """Break a straight border again and again at its middle, shifted a little to one side."""
    points = [(float(x), float(y)) for x, y in line.coords]
    result = points[:1]
    for start, end in itertools.pairwise(points):
        low, high = sorted((start, end))
        rng = np.random.default_rng([int(v) & 0xFFFFFFFF for v in (*low, *high)])
        middle = _break(low, high, shortest, rng)
        result += [*(middle if low == start else middle[::-1]), end]
    return LineString(result)


def _break(
    a: tuple[float, float], b: tuple[float, float], shortest: float, rng: np.random.Generator
) -> list[tuple[float, float]]:
    dx, dy = b[0] - a[0], b[1] - a[1]
    if math.hypot(dx, dy) < shortest:
        return []
    along, aside = 0.5 + rng.uniform(-0.1, 0.1), rng.uniform(-0.13, 0.13)
    middle = (float(round(a[0] + along * dx - aside * dy)), float(round(a[1] + along * dy + aside * dx)))
    return [*_break(a, middle, shortest, rng), middle, *_break(middle, b, shortest, rng)]
