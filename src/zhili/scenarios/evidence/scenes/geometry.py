"""Lengths and angles in a scene: the one place where they are computed for good.

The browser shows the same figures while one picks; what is kept is computed here from the points that were sent, and a
figure that came with them and differs is refused. Coordinates are those of glTF: right-handed, y up, -z ahead. Nothing
here knows of files, pages or the database.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float, float]
TOLERANCE = 5e-4
"""Metres or degrees by which a browser's figure may differ from ours: it rounds, and so do we."""
LOWEST = math.radians(2)
"""Less than this below the horizon a direction says nothing: half a degree of tilt moves its point by a quarter."""
TILT = math.radians(0.5)
"""How far from level a camera on a tripod is taken to stand. Our own assumption; the page says it."""


class Impossible(ValueError):
    """What geometry does not allow. ``reason``: "horizon", "shape", "short" or "height"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Scale:
    """Metres of one unit of the file. ``error``: one standard deviation, as a share of it; None when nobody checked."""

    metres: float
    error: float | None = None


@dataclass(frozen=True)
class Length:
    """Metres; ``error`` is one standard deviation. ``level`` and ``rise``: its shares along the ground and upwards,
    from the first point to the last."""

    metres: float
    error: float
    level: float
    rise: float


def length(points: Sequence[Point], scale: Scale, reach: Sequence[float]) -> Length:
    """Along two points or more. ``reach``: how far off each may have been picked, in units of the file.

    A point in the middle counts for both of its sides. The error of the scale, which is common to all, and those of
    the points, which are not, are joined as squares. Raises Impossible ("shape").
    """
    if len(points) < 2 or len(reach) != len(points):
        raise Impossible("shape")
    units = sum(math.dist(a, b) for a, b in pairwise(points))
    inner = len(points) - 1
    picked = math.hypot(*((1 if i in (0, inner) else 2) * r for i, r in enumerate(reach)))
    error = math.hypot(picked * scale.metres, units * scale.metres * (scale.error or 0.0))
    first, last = points[0], points[-1]
    level = math.hypot(last[0] - first[0], last[2] - first[2]) * scale.metres
    return Length(units * scale.metres, error, level, (last[1] - first[1]) * scale.metres)


def scale_from(points: Sequence[Point], metres: float, give: float, reach: Sequence[float]) -> Scale:
    """The scale by which these two points lie ``metres`` ± ``give`` apart. Raises Impossible ("shape", "short")."""
    if len(points) != 2 or len(reach) != 2 or metres <= 0:
        raise Impossible("shape")
    units = math.dist(points[0], points[1])
    if units <= 0 or math.hypot(*reach) > units / 10:  # picked so near each other that it would mean nothing
        raise Impossible("short")
    return Scale(metres / units, math.hypot(give / metres, math.hypot(*reach) / units))


def angle(a: Point, b: Point) -> float:
    """Degrees between two directions. Raises Impossible ("shape")."""
    long_a, long_b = _norm(a), _norm(b)
    if not (long_a and long_b):
        raise Impossible("shape")
    cross = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    # By the tangent: the cosine of a small angle is 1 for all that a float can say.
    return math.degrees(math.atan2(_norm(cross), sum(x * y for x, y in zip(a, b, strict=True))))


def on_ground(direction: Point, height: float) -> Point:
    """Where a look from ``height`` metres above a level floor meets it; the camera stands above (0, 0, 0).

    Raises Impossible: "horizon" at or above it (and too near it to say anything), "height" for one that is not above
    the floor, "shape" for no direction.
    """
    if height <= 0:
        raise Impossible("height")
    if not (long := _norm(direction)):
        raise Impossible("shape")
    if math.asin(-direction[1] / long) < LOWEST:
        raise Impossible("horizon")
    far = height / -direction[1]
    return (direction[0] * far, 0.0, direction[2] * far)


def ground_length(points: Sequence[Point], height: float, give: float, reach: Sequence[float]) -> Length:
    """Between the points of a level floor seen in these directions from a camera ``height`` ± ``give`` metres above it.

    ``reach``: by how many radians each direction may be off. The error joins the height's (common to all) with that of
    the directions: seen at a depression e from h, an error of a moves the point by h·a/sin²(e) away and h·a/tan(e)
    aside; half a degree of tilt counts as such an error. Raises Impossible.
    """
    if len(points) < 2 or len(reach) != len(points):
        raise Impossible("shape")
    floor = [on_ground(one, height) for one in points]
    metres = sum(math.dist(a, b) for a, b in pairwise(floor))
    inner = len(points) - 1
    moved = []
    for i, (at, off) in enumerate(zip(floor, reach, strict=True)):
        depression = math.atan2(height, math.hypot(at[0], at[2]))
        both = math.hypot(off, TILT)
        away = height * both / math.sin(depression) ** 2
        moved.append((1 if i in (0, inner) else 2) * away)
    error = math.hypot(metres * give / height, *moved)
    first, last = floor[0], floor[-1]
    return Length(metres, error, math.dist(first, last), 0.0)


def heading(direction: Point, north: float) -> float:
    """The compass bearing of a direction in degrees from 0 to 360. ``north``: the bearing of -z."""
    return (math.degrees(math.atan2(direction[0], -direction[2])) + north) % 360


def direction(right: float, up: float) -> Point:
    """The direction that many degrees to the right of a panorama's middle, and above its horizon."""
    turn, lift = math.radians(right), math.radians(up)
    return (math.sin(turn) * math.cos(lift), math.sin(lift), -math.cos(turn) * math.cos(lift))


def _norm(a: Point) -> float:
    return math.hypot(*a)
