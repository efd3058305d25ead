"""What is derived from a shape or a number: the name of a cell, the point where a map writes it."""

from shapely.geometry.base import BaseGeometry


def cell_name(number: int) -> str:
    return f"{number:02d}网格"


def inner(ground: BaseGeometry) -> tuple[float, float]:
    """A point surely inside, near the middle: (lon, lat)."""
    middle = ground.centroid
    point = middle if ground.contains(middle) else ground.representative_point()
    return round(point.x, 6), round(point.y, 6)
