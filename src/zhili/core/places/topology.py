"""Do the shapes fit? Gaps, overlaps and parts outside, each with its size and where to look.

Two surveys never agree to the millimetre: what is on average narrower than `sliver` metres is only counted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Literal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

METRES = 111_320.0  # one degree of latitude
Kind = Literal["overlap", "outside", "gap"]


@dataclass(frozen=True, slots=True)
class Misfit:
    """`first` and `second` are positions in the sequence given (second only for an overlap); area in m²."""

    kind: Kind
    first: int
    second: int | None
    area: float
    lon: float
    lat: float
    sliver: bool


def area_m2(ground: BaseGeometry) -> float:
    """Square metres, good to about 0.5% for shapes of a county's size."""
    return float(ground.area) * METRES**2 * cos(radians(ground.centroid.y)) if not ground.is_empty else 0.0


def overlaps(shapes: Sequence[BaseGeometry], sliver: float) -> Iterator[Misfit]:
    """Pairs that share ground."""
    if not len(shapes) or shapely.coverage_is_valid(np.array(shapes, dtype=object)):
        return
    tree = shapely.STRtree(shapes)
    pairs = set()
    for predicate in ("overlaps", "covers"):
        for one, other in tree.query(shapes, predicate=predicate).T.tolist():
            if one != other:
                pairs.add((min(one, other), max(one, other)))
    for one, other in sorted(pairs):
        yield from _measure("overlap", one, other, shapely.intersection(shapes[one], shapes[other]), sliver)


def outside(shapes: Sequence[BaseGeometry], holder: BaseGeometry, sliver: float) -> Iterator[Misfit]:
    """Shapes that reach out of the one that should hold them."""
    shapely.prepare(holder)
    for number in np.flatnonzero(~shapely.covers(holder, np.array(shapes, dtype=object))).tolist():
        yield from _measure("outside", number, None, shapely.difference(shapes[number], holder), sliver)


def gaps(shapes: Sequence[BaseGeometry], holder: BaseGeometry, sliver: float) -> Iterator[Misfit]:
    """Ground of the holder that is in none of the shapes; `first` is 0."""
    left = shapely.difference(holder, shapely.union_all(list(shapes)))
    yield from _measure("gap", 0, None, left, sliver)


def _measure(
    kind: Kind, first: int, second: int | None, ground: BaseGeometry, sliver: float
) -> Iterator[Misfit]:
    """One misfit for what is wide, and one for all that is narrow."""
    wide: list[tuple[float, BaseGeometry]] = []
    narrow: list[tuple[float, BaseGeometry]] = []
    for part in shapely.get_parts(ground):
        area = area_m2(part)
        if area <= 0:
            continue
        width = 2 * area / (part.length * METRES)
        (narrow if width < sliver or area < sliver**2 else wide).append((area, part))
    for found, is_sliver in ((wide, False), (narrow, True)):
        if found:
            largest = max(found, key=lambda pair: pair[0])[1].representative_point()
            total = sum(area for area, _ in found)
            yield Misfit(kind, first, second, total, round(largest.x, 6), round(largest.y, 6), is_sliver)
