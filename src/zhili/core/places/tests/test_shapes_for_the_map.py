"""GeoJSON for the map: right, small enough, the same borders for neighbours, kept until places change."""

import gzip
import json

import shapely
from shapely.geometry import shape

from zhili.core.places import editing, geojson, tree


def read(body):
    document = json.loads(body)
    assert document["type"] == "FeatureCollection"
    return document["features"]


def test_counties_carry_their_code_name_and_label(city):
    features = read(geojson.boundaries("county"))
    assert [f["properties"]["name"] for f in features][:2] == ["南湖区", "秀洲区"]
    top = tree.by_code("330400000000")
    for feature in features:
        assert feature["properties"]["parent"] == top.id
        assert feature["id"] == feature["properties"]["id"]
        assert shape(feature["geometry"]).is_valid


def test_only_what_lies_under_the_parent(city):
    county = tree.by_code("330483000000")
    assert len(read(geojson.boundaries("town", county.id))) == 11
    assert len(read(geojson.boundaries("village", county.id))) == 221
    assert len(read(geojson.boundaries("village"))) == 1202


def test_simplified_neighbours_still_share_their_borders(city):
    full, small = geojson.boundaries("town"), geojson.boundaries("town", simplify=300)
    assert len(small) < len(full) / 2
    assert shapely.coverage_is_valid([shape(f["geometry"]) for f in read(small)])
    assert len(gzip.compress(geojson.boundaries("village", simplify=50))) < 500_000


def test_the_cells_of_a_village(city):
    village = tree.by_code("330483100201")
    features = read(geojson.cells(village.id))
    assert [f["properties"]["name"] for f in features][:2] == ["01网格", "02网格"]
    assert {f["properties"]["village"] for f in features} == {village.id}


def test_rings_run_as_the_standard_says(city):
    for feature in read(geojson.boundaries("county")):
        for part in shapely.get_parts(shape(feature["geometry"])):
            assert part.exterior.is_ccw


def test_the_second_asking_costs_no_query(city, django_assert_num_queries):
    village = tree.by_code("330483100201")
    first = geojson.boundaries("county"), geojson.cells(village.id), geojson.etag()
    with django_assert_num_queries(0):
        assert (geojson.boundaries("county"), geojson.cells(village.id), geojson.etag()) == first


def test_a_change_is_shown(city):
    before, tag = len(read(geojson.boundaries("county"))), geojson.etag()
    ground = shapely.box(119, 29, 119.1, 29.1)
    editing.add_division("330499000000", "新区", tree.by_code("330400000000"), ground=ground)
    assert len(read(geojson.boundaries("county"))) == before + 1
    assert geojson.etag() != tag
