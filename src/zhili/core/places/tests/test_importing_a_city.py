"""A real city replaces the demo: what an import shows, what it changes, and that history stays."""

import json
from datetime import date, timedelta

import pytest
import shapely
from django.utils import timezone

from zhili.core.places import edition, exporting, importing, locate, tree
from zhili.core.places.demo import cell_name
from zhili.core.places.geojson import geometry
from zhili.core.places.models import Boundary, Cell, Division, DivisionClosure, FormerName, FormerShape

START = date(2020, 1, 1)
CITY, COUNTY, EAST, WEST = "330400000000", "330402000000", "330402100000", "330402101000"
V1, V2, V3 = "330402100201", "330402100202", "330402101201"
NAMES = {CITY: "嘉兴市", COUNTY: "南湖区", EAST: "凤桥镇", WEST: "余新镇", V1: "甲村", V2: "乙村", V3: "丙村"}


def box(west, south, east, north):
    """On the ground near Jiaxing, in hundredths of a degree."""
    return shapely.box(120.5 + west / 100, 30.5 + south / 100, 120.5 + east / 100, 30.5 + north / 100)


SHAPES = {
    CITY: box(0, 0, 4, 2), COUNTY: box(0, 0, 4, 2), EAST: box(0, 0, 2, 2), WEST: box(2, 0, 4, 2),
    V1: box(0, 0, 1, 2), V2: box(1, 0, 2, 2), V3: box(2, 0, 4, 2),
}  # fmt: skip
CELLS = {
    V1 + "01": box(0, 0, 1, 1), V1 + "02": box(0, 1, 1, 2),
    V2 + "01": box(1, 0, 2, 2), V3 + "01": box(2, 0, 4, 2),
}  # fmt: skip


class Files:
    """The three files of an import, in a folder of their own."""

    def __init__(self, folder):
        self.folder = folder

    def divisions(self, names, columns="code,name", extra=()):
        rows = [columns, *(f"{code},{name}" for code, name in names.items()), *extra]
        (self.folder / "divisions.csv").write_text("\n".join(rows), encoding="utf-8")
        return self.folder / "divisions.csv"

    def shapes(self, shapes, file="boundaries.geojson", names=None):
        features = [
            {"type": "Feature", "properties": {"code": code, "name": (names or {}).get(code, "")},
             "geometry": geometry(ground, None)}
            for code, ground in shapes.items()
        ]  # fmt: skip
        (self.folder / file).write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        return self.folder / file

    def cells(self, cells, names=None):
        return self.shapes(cells, "cells.geojson", names)


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)


@pytest.fixture
def small_city(db, files):
    """One county, two towns, three villages, four cells, imported as of 2020."""
    plan = importing.plan(files.divisions(NAMES), files.shapes(SHAPES), files.cells(CELLS), on=START)
    assert plan.problems == plan.warnings == []
    importing.apply(plan)


def test_a_first_import_brings_everything(small_city):
    assert {d.code: d.name for d in Division.objects.all()} == NAMES
    assert Division.objects.get(code=V1).parent.code == EAST
    assert Boundary.objects.count() == len(SHAPES)
    assert set(Cell.objects.values_list("code", "name", "village__code", "valid_from")) == {
        (code, cell_name(int(code[12:])), code[:12], START) for code in CELLS
    }
    assert DivisionClosure.objects.count() == 1 + 2 + 3 + 3 + 3 * 4
    found = locate.locate(120.505, 30.505)
    assert found.cell_id == Cell.objects.get(code=V1 + "01").id


def test_a_preview_changes_nothing(db, files):
    plan = importing.plan(files.divisions(NAMES), files.shapes(SHAPES), files.cells(CELLS))
    assert (len(plan.added), len(plan.shapes), len(plan.cells_added)) == (7, 7, 4)
    assert not Division.objects.exists()


def test_the_same_files_again_change_nothing(small_city, files):
    again = importing.plan(files.divisions(NAMES), files.shapes(SHAPES), files.cells(CELLS))
    assert again.empty
    assert not again.problems


def test_a_new_name_keeps_the_division_and_its_old_name(small_city, files):
    before = Division.objects.get(code=WEST).id
    importing.apply(importing.plan(files.divisions(NAMES | {WEST: "余新街道"})))
    assert Division.objects.get(code=WEST).id == before
    assert Division.objects.get(code=WEST).name == "余新街道"
    former = FormerName.objects.get()
    assert (former.division_id, former.name, former.valid_to) == (before, "余新镇", timezone.localdate())


def test_a_moved_boundary_keeps_the_old_shape(small_city, files):
    moved = {V1: box(0, 0, 1.5, 2), V2: box(1.5, 0, 2, 2)}
    cells = {V1 + "01": box(0, 0, 1.5, 1), V1 + "02": box(0, 1, 1.5, 2), V2 + "01": box(1.5, 0, 2, 2)}
    plan = importing.plan(None, files.shapes(moved), files.cells(cells))
    assert plan.problems == []
    assert [shaped.code for shaped in plan.shapes] == [V1, V2]
    assert plan.shapes[0].moved == pytest.approx(0.005 * 0.02 * 111320**2 * 0.8614, rel=0.01)
    cell = Cell.objects.get(code=V2 + "01")
    importing.apply(plan)
    assert FormerShape.objects.filter(division__code=V1, valid_from=START).count() == 1
    assert FormerShape.objects.filter(cell=cell).count() == 1
    assert locate.locate(120.512, 30.505).cell_id == Cell.objects.get(code=V1 + "01").id
    assert Cell.objects.get(code=V2 + "01").id == cell.id


def test_a_dissolved_town_goes_to_the_successor_the_file_names(small_city, files):
    west, cell = Division.objects.get(code=WEST), Cell.objects.get(code=V3 + "01")
    names = {code: name for code, name in NAMES.items() if code not in (WEST, V3)}
    lines = [f"{code},{name}," for code, name in names.items() if code != EAST]
    file = files.divisions(
        {}, "code,name,replaces", [*lines, f"{EAST},凤桥镇,{WEST}", f"330402100203,丙村,{V3}"]
    )
    shapes = {EAST: box(0, 0, 4, 2), "330402100203": box(2, 0, 4, 2)}
    plan = importing.plan(file, files.shapes(shapes), files.cells({"33040210020301": box(2, 0, 4, 2)}))
    assert plan.problems == []
    assert {(c.code, c.successors, c.how) for c in plan.closed} == {
        (WEST, (EAST,), "file"), (V3, ("330402100203",), "file"),
    }  # fmt: skip
    importing.apply(plan)
    west.refresh_from_db()
    cell.refresh_from_db()
    assert west.valid_to == cell.valid_to == timezone.localdate()
    east = tree.by_code(EAST)
    assert list(west.successors.all()) == [east]
    assert west.id in tree.subtree(east.id)
    assert locate.locate(120.53, 30.51).town_id == east.id
    again = importing.plan(file, files.shapes(shapes))
    assert again.empty
    assert not again.problems


def test_without_a_word_in_the_file_the_successor_is_who_holds_the_ground(small_city, files):
    names = {code: name for code, name in NAMES.items() if code != V2}
    shapes = {V1: box(0, 0, 2, 2)}
    cells = {V1 + "01": box(0, 0, 2, 1), V1 + "02": box(0, 1, 2, 2)}
    plan = importing.plan(files.divisions(names), files.shapes(shapes), files.cells(cells))
    assert plan.problems == []
    assert [(c.code, c.successors, c.how) for c in plan.closed] == [(V2, (V1,), "ground")]
    assert [c.code for c in plan.cells_closed] == [V2 + "01"]


def test_a_division_without_shape_goes_to_its_parent(db, files):
    importing.apply(importing.plan(files.divisions(NAMES), on=START))
    plan = importing.plan(files.divisions({c: n for c, n in NAMES.items() if c != V2}))
    assert [(c.code, c.successors, c.how) for c in plan.closed] == [(V2, (EAST,), "parent")]
    importing.apply(plan)
    assert not plan.problems


def test_a_village_that_changes_its_town_starts_anew_and_keeps_its_cells(small_city, files):
    old = Division.objects.get(code=V2)
    cell = Cell.objects.get(code=V2 + "01")
    rows = [f"{code},{name},{WEST if code == V2 else ''}" for code, name in NAMES.items()]
    shapes = {EAST: box(0, 0, 1, 2), WEST: box(1, 0, 4, 2)}
    plan = importing.plan(files.divisions({}, "code,name,parent", rows), files.shapes(shapes))
    assert plan.problems == []
    importing.apply(plan)
    new = tree.by_code(V2)
    assert new.id != old.id
    assert new.parent.code == WEST
    assert list(old.successors.all()) == [new]
    cell.refresh_from_db()
    assert (cell.village_id, cell.valid_to) == (new.id, None)
    assert bytes(new.boundary.wkb) == SHAPES[V2].wkb
    assert {old.id, new.id} <= set(tree.subtree(tree.by_code(WEST).id))
    assert locate.locate(120.515, 30.51).town_id == tree.by_code(WEST).id


def test_a_file_of_one_town_leaves_the_others_alone(small_city, files):
    plan = importing.plan(files.divisions({EAST: "凤桥镇", V1: "甲村"}))
    assert [c.code for c in plan.closed] == [V2]


def test_another_city_replaces_the_demo(city, files):
    names = {"330100000000": "杭州市", "330102000000": "上城区", "330102001000": "清波街道"}
    plan = importing.plan(files.divisions(names))
    assert plan.problems == []
    assert (len(plan.added), len(plan.closed), len(plan.cells_closed)) == (3, 1282, 5997)
    importing.apply(plan)
    assert set(Division.objects.filter(valid_to=None).values_list("code", flat=True)) == set(names)
    assert Division.objects.count() == 1285
    assert not Cell.objects.filter(valid_to=None).exists()
    assert locate.locate(120.75, 30.75).outside


def test_what_is_exported_imports_as_no_change(city, tmp_path):
    divisions, boundaries, cells = exporting.export(tmp_path)
    plan = importing.plan(divisions, boundaries, cells)
    assert plan.problems == []
    assert plan.empty


def test_gcj02_files_are_turned_to_wgs84(db, files):
    plan = importing.plan(files.divisions(NAMES), files.shapes({CITY: SHAPES[CITY]}), gcj02=True)
    off = plan.shapes[0].ground.centroid.distance(SHAPES[CITY].centroid) * 111_000
    assert 300 < off < 700


def test_a_plan_made_before_another_change_is_refused(small_city, files):
    plan = importing.plan(files.divisions(NAMES | {WEST: "余新街道"}))
    edition.changed()
    with pytest.raises(importing.ImportRefused, match="请重新预览"):
        importing.apply(plan)
    assert not FormerName.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_import_that_fails_half_way_leaves_nothing(files, monkeypatch):
    def fail(*_args):
        raise RuntimeError("the power went")

    plan = importing.plan(files.divisions(NAMES), files.shapes(SHAPES), files.cells(CELLS))
    monkeypatch.setattr("zhili.core.places.applying._succeed", fail)
    with pytest.raises(RuntimeError):
        importing.apply(plan)
    assert not Division.objects.exists()
    assert not Cell.objects.exists()
    assert edition.current() == 0


def test_a_day_to_come_is_refused(db, files):
    plan = importing.plan(files.divisions(NAMES), on=timezone.localdate() + timedelta(days=1))
    assert "生效日期不能晚于今天" in str(plan.problems[0])
    with pytest.raises(importing.ImportRefused):
        importing.apply(plan)


def test_what_began_today_cannot_end_today(db, files):
    importing.apply(importing.plan(files.divisions(NAMES)))
    plan = importing.plan(files.divisions({c: n for c, n in NAMES.items() if c != V2}))
    assert "停用日期须在其后" in str(plan.problems[0])


def test_a_spreadsheet_in_gb18030_is_read(db, tmp_path):
    file = tmp_path / "区划.csv"
    file.write_bytes("区划代码,名称\r\n3304,嘉兴市\r\n330402,南湖区\r\n".encode("gb18030"))
    plan = importing.plan(file)
    assert [(a.line.code, a.line.name, a.parent) for a in plan.added] == [
        (CITY, "嘉兴市", None), (COUNTY, "南湖区", CITY),
    ]  # fmt: skip
