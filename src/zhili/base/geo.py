"""Points on the ground. Stored as WGS-84 (CGCS2000 differs by centimetres); GCJ-02 only at the edge.

Maps sold in China draw in GCJ-02 ("Mars coordinates"), some 500 m off. Its formulas are unpublished; these
are the ones every map library uses, good to about a metre.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

EARTH_M: Final = 6_371_008.8  # mean radius (IUGG)
_A: Final = 6_378_245.0  # Krasovsky 1940, which GCJ-02 is built on
_EE: Final = 0.00669342162296594323
_PI = math.pi

LonLat = tuple[float, float]
Box = tuple[float, float, float, float]


class PlaceError(ValueError):
    """A coordinate that cannot be; str(error) is a sentence for the person who gave it (Chinese)."""


@dataclass(frozen=True, slots=True)
class Point:
    """WGS-84 degrees. Checked when made: numbers, in range, and not the 0,0 that broken phones send."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lon) and math.isfinite(self.lat)):
            raise PlaceError("坐标应为数字")
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            raise PlaceError("坐标超出范围：经度应在-180到180之间，纬度应在-90到90之间")
        if self.lon == 0 and self.lat == 0:
            raise PlaceError("没有取得定位，请在地图上点选位置")

    @classmethod
    def parse(cls, lon: object, lat: object) -> "Point":
        """From what a form or call gives: numbers or text; rounded to 7 decimals (1 cm)."""
        try:
            return cls(round(float(str(lon)), 7), round(float(str(lat)), 7))
        except ValueError as error:
            if isinstance(error, PlaceError):
                raise
            raise PlaceError("坐标应为数字") from None


def distance_m(a: LonLat, b: LonLat) -> float:
    """Metres along the great circle between two (lon, lat); within 0.5% of the ellipsoid."""
    lon1, lat1, lon2, lat2 = map(math.radians, (*a, *b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(min(1.0, h)))


def bbox(points: Iterable[LonLat]) -> Box:
    """(west, south, east, north) of (lon, lat) pairs; ValueError when there are none."""
    lons, lats = zip(*points, strict=True)
    return min(lons), min(lats), max(lons), max(lats)


def bbox_around(lon: float, lat: float, metres: float) -> Box:
    """A box that holds the circle of that radius: the coarse filter before distance_m."""
    dlat = math.degrees(metres / EARTH_M)
    dlon = dlat / max(0.01, math.cos(math.radians(min(89.0, abs(lat) + dlat))))
    return lon - dlon, lat - dlat, lon + dlon, lat + dlat


def in_china(lon: float, lat: float) -> bool:
    """The rough rectangle inside which GCJ-02 is shifted."""
    return 73.66 < lon < 135.05 and 3.86 < lat < 53.55


def wgs84_to_gcj02(lon: float, lat: float) -> LonLat:
    """To the coordinates of Chinese commercial maps; unchanged outside China."""
    if not in_china(lon, lat):
        return lon, lat
    return _shift(lon, lat)


def gcj02_to_wgs84(lon: float, lat: float) -> LonLat:
    """Back from the coordinates of Chinese commercial maps, by iteration (to below a millimetre)."""
    if not in_china(lon, lat):
        return lon, lat
    guess_lon, guess_lat = lon, lat
    for _ in range(6):
        there_lon, there_lat = _shift(guess_lon, guess_lat)
        off_lon, off_lat = there_lon - lon, there_lat - lat
        guess_lon, guess_lat = guess_lon - off_lon, guess_lat - off_lat
        if abs(off_lon) < 1e-9 and abs(off_lat) < 1e-9:
            break
    return guess_lon, guess_lat


def _shift(lon: float, lat: float) -> LonLat:
    x, y = lon - 105.0, lat - 35.0
    ripple = (20 * math.sin(6 * x * _PI) + 20 * math.sin(2 * x * _PI)) * 2 / 3
    north = (
        -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
        + ripple
        + (20 * math.sin(y * _PI) + 40 * math.sin(y / 3 * _PI)) * 2 / 3
        + (160 * math.sin(y / 12 * _PI) + 320 * math.sin(y * _PI / 30)) * 2 / 3
    )  # fmt: skip
    east = (
        300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
        + ripple
        + (20 * math.sin(x * _PI) + 40 * math.sin(x / 3 * _PI)) * 2 / 3
        + (150 * math.sin(x / 12 * _PI) + 300 * math.sin(x / 30 * _PI)) * 2 / 3
    )  # fmt: skip
    radians = math.radians(lat)
    magic = 1 - _EE * math.sin(radians) ** 2
    root = math.sqrt(magic)
    dlat = math.degrees(north / ((_A * (1 - _EE)) / (magic * root)))
    dlon = math.degrees(east / (_A / root * math.cos(radians)))
    return lon + dlon, lat + dlat
