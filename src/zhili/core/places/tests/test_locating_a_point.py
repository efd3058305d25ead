"""A point is in exactly one cell, the one that brute force finds."""

import numpy as np
import pytest
import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from zhili.core.places import demo, editing, locate, tree
from zhili.core.places.data.packing import unpack
from zhili.core.places.index import NONE, Index
from zhili.core.places.models import Cell, Division

CELLS = np.array(unpack((demo.DATA / "jiaxing_cells.bin.gz").read_bytes())[1], dtype=object)
INDEX = Index(CELLS)
TREE = shapely.STRtree(CELLS)
WEST, SOUTH, EAST, NORTH = shapely.total_bounds(CELLS).tolist()
CORNERS = shapely.get_coordinates(CELLS)


def brute(points):
    point, cell = TREE.query(shapely.points(points), predicate="intersects")
    found = np.full(len(points), len(CELLS))
    np.minimum.at(found, point, cell)
    return np.where(found == len(CELLS), NONE, found)


@settings(max_examples=300, deadline=None)
@given(st.floats(WEST - 0.1, EAST + 0.1), st.floats(SOUTH - 0.1, NORTH + 0.1))
def test_any_point_is_where_brute_force_finds_it(lon, lat):
    assert INDEX.find(lon, lat) == brute(np.array([[lon, lat]]))[0]


def test_many_points_at_once_are_where_each_is_alone():
    points = np.random.default_rng(3).uniform((WEST, SOUTH), (EAST, NORTH), (30_000, 2))
    found = INDEX.find_many(points)
    assert (found == brute(points)).all()
    assert found.tolist() == [INDEX.find(*point) for point in points.tolist()]


def test_a_point_on_a_corner_or_an_edge_belongs_to_the_lowest_code():
    middles = (CORNERS[1:] + CORNERS[:-1]) / 2
    for points in (CORNERS[::3], middles[::3]):
        assert (INDEX.find_many(points) == brute(points)).all()
    assert (INDEX.find_many(CORNERS) != NONE).all()


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(CORNERS) - 1), st.floats(-1e-9, 1e-9), st.floats(-1e-9, 1e-9))
def test_a_hair_from_a_corner_is_still_exact(corner, east, north):
    lon, lat = (CORNERS[corner] + (east, north)).tolist()
    assert INDEX.find(lon, lat) == brute(np.array([[lon, lat]]))[0]


@pytest.mark.parametrize("point", [(float("nan"), 30.7), (120.7, float("inf")), (0, 0), (1e300, -1e300)])
def test_what_is_no_place_is_nowhere(point):
    assert INDEX.find(*point) == NONE
    assert INDEX.find_many(np.array([point], float))[0] == NONE


def test_overlapping_shapes_give_the_first():
    index = Index([shapely.box(1, 1, 2, 2), shapely.box(0, 0, 10, 10), shapely.box(1.5, 1.5, 3, 3)])
    assert [index.find(1.5, 1.5), index.find(2.5, 2.5), index.find(9, 9), index.find(11, 9)] == [
        0,
        1,
        1,
        NONE,
    ]
    points = np.random.default_rng(1).uniform(-1, 11, (5000, 2))
    expected = [
        next((n for n, g in enumerate(index.shapes) if g.intersects(shapely.Point(p))), NONE) for p in points
    ]
    assert index.find_many(points).tolist() == expected


def test_no_shapes_at_all_hold_nothing():
    assert Index([]).find(120, 30) == NONE
    assert Index([]).find_many(np.array([[120.0, 30.0]])).tolist() == [NONE]


def test_a_report_in_the_city_knows_its_cell_and_all_above(city):
    cell = Cell.objects.select_related("village__parent__parent__parent").get(code="33048310020101")
    found = locate.locate(cell.lon, cell.lat)
    town = cell.village.parent
    assert (found.cell_id, found.village_id) == (cell.id, cell.village_id)
    assert (found.town_id, found.county_id, found.city_id) == (town.id, town.parent_id, town.parent.parent_id)
    assert town.name == "乌镇镇"
    assert not found.outside


def test_every_cell_is_found_at_its_own_point(city):
    rows = list(Cell.objects.values_list("id", "lon", "lat"))
    coords = np.array([row[1:] for row in rows])
    assert locate.locate_many(coords).tolist() == [row[0] for row in rows]


@pytest.mark.parametrize("point", [(121.47, 31.23), (120.15, 30.27), (-73.9, 40.7), (120.3, 31.0)])
def test_a_report_elsewhere_is_outside(city, point):
    assert locate.locate(*point) == locate.OUTSIDE
    assert locate.locate(*point).outside


def test_without_any_places_everything_is_outside(db):
    assert locate.locate(120.75, 30.75).outside


def test_asking_costs_no_query_once_warm(city):
    locate.warm()
    with CaptureQueriesContext(connection) as queries:
        for lon in np.linspace(WEST, EAST, 200).tolist():
            locate.locate(lon, 30.7)
        tree.ancestors(Division.objects.none().count() or tree.by_code(demo.CITY).id)
    assert len(queries) == 1  # by_code itself


def test_a_change_is_seen_at_once_by_who_made_it(city):
    far = shapely.box(119.0, 29.0, 119.1, 29.1)
    assert locate.locate(119.05, 29.05).outside
    village = Division.objects.get(code="330483100201")
    cell = editing.add_cell(village, 99, far)
    assert locate.locate(119.05, 29.05).cell_id == cell.id


def test_a_village_without_cells_is_still_found(db):
    city = editing.add_division("330400000000", "嘉兴市", ground=shapely.box(120, 30, 121, 31))
    county = editing.add_division("330402000000", "南湖区", city, ground=shapely.box(120, 30, 120.5, 31))
    town = editing.add_division("330402100000", "凤桥镇", county, ground=shapely.box(120, 30, 120.2, 31))
    village = editing.add_division("330402100200", "庄史村", town, ground=shapely.box(120, 30, 120.1, 30.1))
    cell = editing.add_cell(village, 1, shapely.box(120, 30, 120.05, 30.05))

    def deepest(lon, lat):
        return locate.locate(lon, lat).division_id

    assert locate.locate(120.01, 30.01).cell_id == cell.id
    assert locate.locate(120.08, 30.08) == locate.Location(None, village.id, town.id, county.id, city.id)
    assert [deepest(120.15, 30.5), deepest(120.4, 30.5), deepest(120.9, 30.5)] == [
        town.id,
        county.id,
        city.id,
    ]
    assert locate.locate(121.5, 30.5).outside
    assert locate.locate_many(np.array([[120.01, 30.01], [120.08, 30.08], [121.5, 30.5]])).tolist() == [
        cell.id, -1, -1,
    ]  # fmt: skip
