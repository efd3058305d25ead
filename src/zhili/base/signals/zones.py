"""Areas on the ground that a geofence watches: a circle or a polygon, WGS-84 degrees."""

from __future__ import annotations

import math
from dataclasses import dataclass

from zhili.base.geo import LonLat, distance_m


@dataclass(frozen=True, slots=True)
class Circle:
    """Everything within ``radius`` metres of ``centre`` (lon, lat)."""

    centre: LonLat
    radius: float

    def outside(self, point: LonLat) -> float:
        """Metres from the edge: above 0 outside, 0 or less inside."""
        return distance_m(self.centre, point) - self.radius


@dataclass(frozen=True, slots=True)
class Polygon:
    """A ring of three or more corners (lon, lat); closed or not, and not across the 180th meridian."""

    ring: tuple[LonLat, ...]

    def __post_init__(self) -> None:
        if len(set(self.ring)) < 3:
            raise ValueError("a polygon has three corners or more")

    def outside(self, point: LonLat) -> float:
        """Metres from the edge: above 0 outside, 0 or less inside. Flat within a few kilometres, which fences are."""
        shrink = math.cos(math.radians(point[1]))
        corners = [((lon - point[0]) * shrink, lat - point[1]) for lon, lat in self.ring]
        within, nearest = False, math.inf
        for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
            if (ay > 0) != (by > 0) and (bx - ax) * -ay / (by - ay) + ax > 0:
                within = not within
            nearest = min(nearest, _from_line(ax, ay, bx, by))
        metres = math.radians(nearest) * 6_371_008.8
        return -metres if within else metres


Zone = Circle | Polygon


def _from_line(ax: float, ay: float, bx: float, by: float) -> float:
    """How far the origin is from the line between two points."""
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else max(0.0, min(1.0, -(ax * dx + ay * dy) / length))
    return math.hypot(ax + along * dx, ay + along * dy)
