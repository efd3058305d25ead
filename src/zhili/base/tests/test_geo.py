"""Places on the ground and on shifted commercial maps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhili.base import geo
from zhili.base.geo import PlaceError, Point

# Inside the shifted rectangle with a kilometre to spare, so that a shifted point is inside too.
in_china = st.tuples(st.floats(73.7, 135.0), st.floats(3.9, 53.5))


@given(in_china)
def test_to_a_commercial_map_and_back_is_the_same_spot(point: tuple[float, float]) -> None:
    assert geo.distance_m(geo.gcj02_to_wgs84(*geo.wgs84_to_gcj02(*point)), point) < 0.001


@given(in_china)
def test_commercial_maps_are_off_by_at_most_two_kilometres_and_never_right(
    point: tuple[float, float],
) -> None:
    assert 5 < geo.distance_m(geo.wgs84_to_gcj02(*point), point) < 2000


def test_a_known_shift() -> None:
    # Tian'anmen: the well-known pair of the published algorithm's tests.
    lon, lat = geo.wgs84_to_gcj02(116.404, 39.915)
    assert (round(lon, 9), round(lat, 9)) == (116.410244499, 39.916404282)


def test_outside_china_nothing_is_shifted() -> None:
    assert geo.wgs84_to_gcj02(2.35, 48.86) == (2.35, 48.86) == geo.gcj02_to_wgs84(2.35, 48.86)


def test_distance_from_jiaxing_to_hangzhou() -> None:
    assert geo.distance_m((120.755, 30.746), (120.155, 30.274)) == pytest.approx(77_700, rel=0.01)


@given(in_china, st.floats(1, 5000), st.floats(-1, 1), st.floats(-1, 1))
def test_the_box_around_a_place_holds_all_that_is_near(
    point: tuple[float, float], metres: float, x: float, y: float
) -> None:
    other = (point[0] + x * 0.06, point[1] + y * 0.06)
    west, south, east, north = geo.bbox_around(*point, metres)
    if geo.distance_m(point, other) <= metres:
        assert west <= other[0] <= east
        assert south <= other[1] <= north


def test_the_box_of_points() -> None:
    assert geo.bbox([(120.1, 30.2), (120.0, 30.9), (121.0, 30.5)]) == (120.0, 30.2, 121.0, 30.9)
    with pytest.raises(ValueError, match="values to unpack"):
        geo.bbox([])


def test_a_point_is_read_from_numbers_or_text() -> None:
    assert Point.parse("120.75512345678", 30.7) == Point(120.7551235, 30.7)


@pytest.mark.parametrize(
    ("lon", "lat", "words"),
    [
        ("x", 1, "数字"),
        (None, 1, "数字"),
        ("nan", 1, "数字"),
        ("inf", 1, "数字"),
        (181, 0, "超出范围"),
        (30.7, 120.7, "超出范围"),
        (0, 0, "定位"),
    ],
)
def test_a_point_that_cannot_be_is_explained(lon: object, lat: object, words: str) -> None:
    with pytest.raises(PlaceError, match=words):
        Point.parse(lon, lat)
