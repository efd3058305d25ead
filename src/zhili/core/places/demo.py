"""The demo city in the database: Jiaxing by its real names and codes, on made-up ground (data/NOTICE.md)."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import shapely
from django.db import transaction
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from zhili.base.codes import cell_code, level, parent
from zhili.core.places import edition, tree
from zhili.core.places.bulk import copy_rows, reserve_ids
from zhili.core.places.data.packing import unpack
from zhili.core.places.models import Boundary, Cell, Division
from zhili.core.places.naming import cell_name, inner

DATA = Path(__file__).parent / "data"
SINCE = date(2023, 6, 30)  # cut-off of the statistics bureau's list
CITY = "330400000000"


def load() -> bool:
    """Load the demo city unless it is there; whether it was loaded. One transaction, about 2 s."""
    if Division.objects.filter(code=CITY).exists():
        return False
    names = {row["code"]: row["name"] for row in _csv()}
    cells = list(_cells([code for code in names if level(code) == "village"]))
    shapes = _shapes(cells)
    with transaction.atomic():
        ids = _divisions(names, shapes)
        new = reserve_ids(Cell, len(cells))
        copy_rows(
            Cell,
            ["id", "code", "number", "name", "village_id", "wkb", "lon", "lat", "valid_from"],
            (
                (
                    id_,
                    code,
                    int(code[12:]),
                    cell_name(int(code[12:])),
                    ids[code[:12]],
                    ground.wkb,
                    *inner(ground),
                    SINCE,
                )
                for id_, (code, ground) in zip(new, cells, strict=True)
            ),
        )
        tree.rebuild_closure()
        edition.changed()
    return True


def _csv() -> Iterator[dict[str, str]]:
    with open(DATA / "jiaxing_divisions.csv", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _cells(villages: list[str]) -> Iterator[tuple[str, BaseGeometry]]:
    counts, shapes = unpack((DATA / "jiaxing_cells.bin.gz").read_bytes())
    ground = iter(shapes)
    for village, count in zip(sorted(villages), counts, strict=True):
        for number in range(1, count + 1):
            yield cell_code(village, number), next(ground)


def _shapes(cells: list[tuple[str, BaseGeometry]]) -> dict[str, BaseGeometry]:
    """The shape of every division: the union of what is under it, so that borders agree at every level."""
    below: dict[str, list[BaseGeometry]] = defaultdict(list)
    for code, ground in cells:
        below[code[:12]].append(ground)
    result: dict[str, BaseGeometry] = {}
    while below:
        above: dict[str, list[BaseGeometry]] = defaultdict(list)
        for code, grounds in below.items():
            result[code] = shapely.coverage_union_all(grounds)
            if code != CITY and (up := parent(code)):
                above[up].append(result[code])
        below = above
    return result


def _divisions(names: dict[str, str], shapes: dict[str, BaseGeometry]) -> dict[str, int]:
    ids = dict(zip(names, reserve_ids(Division, len(names)), strict=True))
    points = {code: inner(shapes[code]) for code in names} | dict(_seats())
    copy_rows(
        Division,
        ["id", "code", "name", "level", "parent_id", "valid_from", "lon", "lat"],
        (
            (ids[code], code, names[code], level(code), ids.get(parent(code) or ""), SINCE, *points[code])
            for code in names
        ),
    )
    copy_rows(
        Boundary,
        ["division_id", "wkb", "valid_from"],
        ((ids[code], shapes[code].wkb, SINCE) for code in names),
    )
    return ids


def _seats() -> Iterator[tuple[str, tuple[float, float]]]:
    """County seats, where they lie inside their county (the one real point we have of each)."""
    for feature in json.loads((DATA / "jiaxing_counties.geojson").read_text("utf-8"))["features"]:
        lon, lat = feature["properties"]["seat"]
        if shape(feature["geometry"]).contains(shapely.Point(lon, lat)):
            yield feature["properties"]["code"], (lon, lat)
