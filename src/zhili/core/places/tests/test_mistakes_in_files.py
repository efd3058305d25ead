"""Each mistake in a file is named, with its row, and nothing of the file is taken."""

import json
from math import cos, radians

import pytest
import shapely

from zhili.core.places import importing
from zhili.core.places.models import Division
from zhili.core.places.tests.test_importing_a_city import (
    CELLS,
    CITY,
    COUNTY,
    EAST,
    NAMES,
    SHAPES,
    V1,
    V2,
    V3,
    WEST,
    box,
    files,
    small_city,
)

__all__ = ["files", "small_city"]


def said(plan):
    return "\n".join(map(str, plan.problems))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("330402,", "名称应为"),
        ("33040,南湖", "2、4、6、9或12位"),
        ("990402,某区", "不是省级代码"),
        ("330402000201,某村", "没有乡镇"),
        ("3304,又一个嘉兴", "在第 2 行已经出现"),
        ("330402," + "长" * 101, "1 到 100 个字"),
        ("330599001,某街道", "上级 330599000000 不在文件中"),
    ],
)
def test_a_wrong_row_is_named_by_its_number(db, tmp_path, row, words):
    file = tmp_path / "区划.csv"
    file.write_text(f"code,name\n3304,嘉兴市\n\n{row}\n", encoding="utf-8")
    plan = importing.plan(file)
    assert words in said(plan)
    assert "区划.csv 第 4 行" in said(plan)


@pytest.mark.parametrize(
    ("columns", "row", "words"),
    [
        ("code,name,parent", "330402,南湖区,3305", "上级 330500000000 不在文件中"),
        ("code,name,parent", "330402100,凤桥镇,330402101", "不在文件中"),
        ("code,name,replaces", "330402,南湖区,330401", "取代的 330401000000 系统里没有"),
        ("code,name,replaces", "330402,南湖区,3304", "取代的 330400000000 还在文件中"),
        ("code,name,lon,lat", "330402,南湖区,东,北", "经度、纬度应为数字"),
        ("code,name,lon,lat", "330402,南湖区,30.7,120.7", "不在中国范围内"),
    ],
)
def test_optional_columns_are_checked_too(db, tmp_path, columns, row, words):
    file = tmp_path / "d.csv"
    file.write_text(f"{columns}\n3304,嘉兴市\n{row}\n", encoding="utf-8")
    assert words in said(importing.plan(file))


def test_a_parent_must_stand_higher(db, tmp_path):
    file = tmp_path / "d.csv"
    file.write_text(
        "code,name,parent\n3304,嘉兴市\n330402,南湖区,3304\n330411,秀洲区,330402\n", encoding="utf-8"
    )
    assert "并不比它高一层" in said(importing.plan(file))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04\x00\x00sheet", "不是 CSV"),
        (b"name,size\na,1\n", "缺少列：code/代码"),
        (b"", "缺少列"),
        (b"code,name\n", "没有区划"),
        ("code,name\n3304,嘉兴".encode() + b"\xff\xff\xff", "不是 CSV"),
    ],
)
def test_a_file_that_is_no_list_of_divisions(db, tmp_path, content, words):
    file = tmp_path / "d.csv"
    file.write_bytes(content)
    assert words in said(importing.plan(file))


def test_a_file_that_is_not_there(db, tmp_path):
    assert "读不出来" in said(importing.plan(tmp_path / "none.csv", tmp_path / "none.geojson"))


def ring(*points):
    return {"type": "Polygon", "coordinates": [[*points, points[0]]]}


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        (
            ring([120.5, 30.5], [120.6, 30.6], [120.6, 30.5], [120.5, 30.6]),
            "边界自相交，在 120.55000,30.55000 附近",
        ),
        (ring([500000, 3400000], [501000, 3400000], [501000, 3401000]), "投影坐标"),
        (ring([30.5, 120.5], [30.6, 120.5], [30.6, 120.6]), "好像写反了"),
        (ring([0, 0], [1, 0], [1, 1]), "不在中国范围内"),
        (ring([120.5, 30.5], [120.6, 30.6], [120.5, 30.5]), "多边形"),
        (ring([120.5, float("nan")], [120.6, 30.6], [120.5, 30.5]), "读不出多边形"),
        (ring([120.5, 30.5], [120.6, float("inf")], [120.7, 30.5]), "不是数字"),
        ({"type": "Polygon", "coordinates": [[[120.5, 30.5], ["a", "b"]]]}, "读不出多边形"),
        ({"type": "Polygon", "coordinates": []}, "没有坐标"),
        ({"type": "Polygon"}, "读不出多边形"),
        ({"type": "Point", "coordinates": [120, 30]}, "应为 Polygon"),
        (None, "应为 Polygon"),
    ],
)
def test_a_wrong_shape_is_named_by_its_place_in_the_file(small_city, tmp_path, geometry, words):
    file = tmp_path / "b.geojson"
    good = {
        "type": "Feature",
        "properties": {"code": CITY},
        "geometry": json.loads(shapely.to_geojson(SHAPES[CITY])),
    }
    bad = {"type": "Feature", "properties": {"code": COUNTY}, "geometry": geometry}
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [good, bad]}))
    plan = importing.plan(None, file)
    assert words in said(plan)
    assert "b.geojson 第 2 行（项）" in said(plan)
    assert len(plan.problems) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"type": "FeatureCollection", "features": [', "不是完整的 GeoJSON"),
        ('{"type": "Feature"}', "FeatureCollection"),
        ("[1, 2]", "FeatureCollection"),
        ('{"features": [1]}', "FeatureCollection"),
        ('{"features": []}', "至少有一项"),
        ('{"crs": {"properties": {"name": "crs:EPSG::4528"}}, "features": [{}]}', "坐标系是 crs:EPSG::4528"),
        ('{"features": [{"properties": null}]}', "没有代码"),
        ('{"features": [{"properties": {"code": "12x"}}]}', "2、4、6、9或12位"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_geojson(db, tmp_path, text, words):
    file = tmp_path / "b.geojson"
    file.write_text(text)
    assert words in said(importing.plan(None, file))


def test_a_code_twice_in_a_file(small_city, files, tmp_path):
    document = json.loads(files.shapes({V1: SHAPES[V1]}).read_text())
    document["features"] *= 2
    (tmp_path / "b.geojson").write_text(json.dumps(document))
    assert "在第 1 项已经出现" in said(importing.plan(None, tmp_path / "b.geojson"))


def test_a_boundary_of_a_division_nobody_knows(small_city, files):
    assert "区划 330499000000 不在其中" in said(
        importing.plan(None, files.shapes({"330499000000": box(9, 9, 10, 10)}))
    )


def test_a_cell_of_a_village_nobody_knows(small_city, files):
    plan = importing.plan(None, None, files.cells({"33040210029901": box(0, 0, 1, 1)}))
    assert "所属的村（社区）330402100299 不在其中" in said(plan)


@pytest.mark.parametrize("code", ["330402100201", "3304021002011", "33040200000001", "3304021002０101"])
def test_a_cell_code_that_is_none(small_city, files, code):
    assert "网格" in said(importing.plan(None, None, files.cells({code: box(0, 0, 1, 1)})))


def test_an_overlap_is_named_with_its_size_and_place(small_city, files):
    plan = importing.plan(None, files.shapes({V1: box(0, 0, 1.5, 2)}))
    square_metres = 0.005 * 111_320 * 0.02 * 111_320 * cos(radians(30.51))
    assert "boundaries.geojson 第 1 行（项）：甲村（330402100201） 与 乙村（330402100202） 重叠" in said(plan)
    assert f"：{square_metres:,.0f} 平方米，在 120.5125,30.51 附近" in said(plan)


def test_a_gap_is_named(small_city, files):
    plan = importing.plan(
        None, files.shapes({V1: box(0, 0, 1, 1.5)}), files.cells({V1 + "01": box(0, 0, 1, 1.5)})
    )
    assert "凤桥镇（330402100000） 之内有空隙" in said(plan)


def test_a_village_that_reaches_out_of_its_town_is_named(small_city, files):
    plan = importing.plan(
        None, files.shapes({V1: box(-1, 0, 1, 2)}), files.cells({V1 + "01": box(-1, 0, 1, 2)})
    )
    assert "甲村（330402100201） 伸出 凤桥镇（330402100000） 之外" in said(plan)


def test_a_cell_that_reaches_out_of_its_village_is_named(small_city, files):
    plan = importing.plan(None, None, files.cells({V3 + "01": box(2, 0, 4.5, 2)}))
    assert f"网格（{V3}01） 伸出 丙村（{V3}） 之外" in said(plan)
    assert "cells.geojson 第 1 行（项）" in said(plan)


def test_cells_left_behind_by_a_moved_boundary_are_named(small_city, files):
    plan = importing.plan(None, files.shapes({V1: box(0, 0, 0.5, 2), V2: box(0.5, 0, 2, 2)}))
    assert f"网格（{V1}01） 伸出 甲村" in said(plan)


def test_cells_that_overlap_or_leave_a_gap_are_named(small_city, files):
    plan = importing.plan(None, None, files.cells({V1 + "01": box(0, 0, 1, 1.2), V1 + "02": box(0, 1, 1, 2)}))
    assert "重叠" in said(plan)
    plan = importing.plan(None, None, files.cells({V1 + "01": box(0, 0, 1, 1)}))
    assert "甲村（330402100201） 之内有空隙" in said(plan)


def test_a_hair_between_two_surveys_only_warns(small_city, files):
    hair = 0.3 / 1113.2  # 0.3 m in hundredths of a degree
    cells = {
        V1 + "01": box(0, 0, 1 - hair, 1), V1 + "02": box(0, 1, 1 - hair, 2),
        V2 + "01": box(1 + hair, 0, 2, 2),
    }  # fmt: skip
    shapes = {V1: box(0, 0, 1 - hair, 2), V2: box(1 + hair, 0, 2, 2)}
    plan = importing.plan(None, files.shapes(shapes), files.cells(cells))
    assert plan.problems == []
    assert any("窄于 1 米的空隙" in str(warning) for warning in plan.warnings)
    importing.apply(plan)


def test_files_with_mistakes_are_not_taken_in_part(db, files):
    names = NAMES | {"330402101x": "坏行"}
    plan = importing.plan(files.divisions(names), files.shapes(SHAPES), files.cells(CELLS))
    assert len(plan.problems) == 1
    with pytest.raises(importing.ImportRefused, match="没有导入任何内容"):
        importing.apply(plan)
    assert not Division.objects.exists()


def test_missing_boundaries_and_cells_are_told(db, files):
    shapes = {code: SHAPES[code] for code in (CITY, COUNTY, EAST, WEST)}
    plan = importing.plan(files.divisions(NAMES), files.shapes(shapes))
    assert plan.problems == []
    assert any("3 个区划没有边界" in str(warning) for warning in plan.warnings)


def test_two_of_the_same_name_are_told(db, files):
    plan = importing.plan(files.divisions(NAMES | {V2: "甲村"}))
    assert sum("重名" in str(warning) for warning in plan.warnings) == 2
