"""The demo city's ground: real names and codes, shapes without gaps or overlaps."""

import csv
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from zhili.base.codes import check_division, level, parent
from zhili.core.places import demo
from zhili.core.places.data import build, packing
from zhili.core.places.data.partition import split

DATA = Path(demo.__file__).parent / "data"
KM2 = 111.32**2 * np.cos(np.radians(30.65))


@pytest.fixture(scope="module")
def names():
    with open(DATA / "jiaxing_divisions.csv", encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def cells(names):
    return list(demo._cells([code for code in names if level(code) == "village"]))


@pytest.fixture(scope="module")
def shapes(cells):
    return demo._shapes(cells)


def test_it_has_seven_counties_72_towns_and_1202_villages(names):
    assert Counter(level(check_division(code)) for code in names) == {
        "city": 1, "county": 7, "town": 72, "village": 1202,
    }  # fmt: skip
    assert names["330402000000"] == "南湖区"
    assert names["330483100000"] == "乌镇镇"
    assert all(code == demo.CITY or parent(code) in names for code in names)


def test_every_village_has_four_to_six_cells_and_no_code_twice(names, cells):
    per_village = Counter(code[:12] for code, _ in cells)
    assert set(per_village) == {code for code in names if level(code) == "village"}
    assert set(per_village.values()) <= {4, 5, 6}
    assert len({code for code, _ in cells}) == len(cells) >= 5000


def test_cells_leave_no_gap_and_do_not_overlap(cells, shapes):
    grounds = np.array([ground for _, ground in cells], dtype=object)
    assert shapely.is_valid(grounds).all()
    assert shapely.coverage_is_valid(grounds)
    whole = shapes[demo.CITY]
    assert not any(part.interiors for part in shapely.get_parts(whole))
    assert shapely.area(grounds).sum() == pytest.approx(whole.area, rel=1e-9)


@pytest.mark.parametrize(("step", "count"), [("county", 7), ("town", 72), ("village", 1202)])
def test_each_level_is_a_coverage_of_its_own(shapes, step, count):
    grounds = [ground for code, ground in shapes.items() if level(code) == step]
    assert len(grounds) == count
    assert shapely.coverage_is_valid(grounds)
    assert all(shapely.is_valid(ground) for ground in grounds)


def test_only_islands_lie_apart_from_the_rest_of_their_division(shapes):
    for code, ground in shapes.items():
        main, *apart = sorted(shapely.get_parts(ground), key=lambda part: -part.area)
        assert sum(part.area for part in apart) < 0.1 * main.area, code


def test_counties_keep_their_real_boundaries(shapes):
    for feature in json.loads((DATA / "jiaxing_counties.geojson").read_text("utf-8"))["features"]:
        real = shape(feature["geometry"])
        off = real.symmetric_difference(shapes[feature["properties"]["code"]]).area
        assert off < 1e-4 * real.area


def test_towns_are_as_large_as_towns_are(shapes):
    areas = sorted(ground.area * KM2 for code, ground in shapes.items() if level(code) == "town")
    assert areas[0] > 5
    assert areas[-1] < 200
    assert 30 < areas[36] < 90


def test_jinshan_lies_beside_jiaxing_and_over_none_of_it(shapes):
    one = demo.PACKAGED["jinshan"]
    names = {row["code"]: row["name"] for row in demo._csv(one)}
    assert Counter(level(check_division(code)) for code in names) == {
        "city": 1, "county": 1, "town": 11, "village": 244,
    }  # fmt: skip
    theirs = list(demo._cells([code for code in names if level(code) == "village"], one))
    assert {code[:12] for code, _ in theirs} == {code for code in names if level(code) == "village"}
    assert shapely.coverage_is_valid([ground for _, ground in theirs])
    whole = demo._shapes(theirs, one.city)[one.city]
    assert 500 < whole.area * KM2 < 700
    pinghu = shapes["330482000000"]
    assert whole.intersection(shapes[demo.CITY]).area < 1e-4 * whole.area
    # the two villages of one name are in the towns that meet at the border
    assert {demo.PACKAGED[side].village[:9] for side in ("pinghu", "jinshan")} == {"330482106", "310116107"}
    assert whole.distance(pinghu) < 1e-4


def test_one_county_of_it_alone_has_the_cells_of_that_county(cells):
    one = demo.PACKAGED["pinghu"]
    names = {row["code"]: row["name"] for row in demo._csv(one)}
    assert set(names.values()) >= {"嘉兴市", "平湖市", "广陈镇", "山塘村村民委员会"}
    alone = dict(demo._cells([code for code in names if level(code) == "village"], one))
    assert {code: g.wkb for code, g in alone.items()} == {
        code: g.wkb for code, g in cells if code.startswith(one.county)
    }


def test_packing_gives_the_same_shapes_back(cells):
    scaled = [shapely.transform(g, lambda p: np.round(p * packing.SCALE)) for _, g in cells[:500]]
    counts, back = packing.unpack(packing.pack([500], scaled))
    assert counts == [500]
    assert all(a.equals_exact(b, 0) for a, b in zip(back, [g for _, g in cells[:500]], strict=True))


def test_a_shape_with_a_hole_and_an_island_survives_packing():
    holed = shapely.box(0, 0, 100, 100) - shapely.box(10, 10, 20, 20)
    both = shapely.MultiPolygon([holed, shapely.box(200, 0, 210, 10)])
    _, (back,) = packing.unpack(packing.pack([1], [both]))
    assert back.equals(shapely.transform(both, lambda points: points / packing.SCALE))


def test_cutting_the_same_ground_again_gives_the_same_parts():
    ground = shapely.Polygon([(0, 0), (5000, 300), (6000, 4000), (2500, 2600), (300, 5000)])
    once, again = (split(ground, [1, 2, 3, 4], seed=7, ragged=300) for _ in range(2))
    assert [part.wkb for part in once] == [part.wkb for part in again]
    assert sum(part.area for part in once) == pytest.approx(ground.area, rel=2e-3)
    assert [part.area / ground.area for part in once] == pytest.approx([0.1, 0.2, 0.3, 0.4], abs=0.1)


@pytest.mark.soak
def test_the_packaged_cells_are_what_the_script_makes(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "CELLS", tmp_path / "cells")
    build.cells()
    made = packing.unpack((tmp_path / "cells").read_bytes())
    packaged = packing.unpack((DATA / "jiaxing_cells.bin.gz").read_bytes())
    assert made[0] == packaged[0]
    assert [ground.wkb for ground in made[1]] == [ground.wkb for ground in packaged[1]]
