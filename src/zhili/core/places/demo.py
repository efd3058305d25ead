"""The demo city in the database: real names and codes on made-up ground (data/NOTICE.md).

Jiaxing, unless ZHILI_DEMO_CITY names one of the two sides of a border: `pinghu` (that county of Jiaxing alone) or
`jinshan` (that district of Shanghai).
"""

import csv
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

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


@dataclass(frozen=True)
class Packaged:
    """A city that comes with the program: its files, its code, and which part of it is loaded."""

    files: str
    city: str
    county: str = ""
    """The only county to load, as 6 digits; all when empty."""
    village: str = ""
    """Where the demo's people sit, 12 digits; the first when empty."""


PACKAGED: Final = {
    "jiaxing": Packaged("jiaxing", CITY),
    # the two villages of one name on either side of the border
    "pinghu": Packaged("jiaxing", CITY, "330482", "330482106209"),
    "jinshan": Packaged("jinshan", "310100000000", "310116", "310116107211"),
}


def chosen() -> Packaged:
    """The city that ZHILI_DEMO_CITY asks for, Jiaxing when it says nothing. Raises LookupError for another."""
    name = os.environ.get("ZHILI_DEMO_CITY") or "jiaxing"
    if name not in PACKAGED:
        raise LookupError(f"ZHILI_DEMO_CITY：没有示范城市 {name}，只有 {'、'.join(PACKAGED)}")
    return PACKAGED[name]


def load() -> bool:
    """Load the demo city unless it is there; whether it was loaded. One transaction, about 2 s.

    Raises LookupError when ZHILI_DEMO_CITY names none that comes with the program.
    """
    one = chosen()
    if Division.objects.filter(code=one.city).exists():
        return False
    names = {row["code"]: row["name"] for row in _csv(one)}
    cells = list(_cells([code for code in names if level(code) == "village"], one))
    shapes = _shapes(cells, one.city)
    with transaction.atomic():
        ids = _divisions(one, names, shapes)
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


def _csv(one: Packaged = PACKAGED["jiaxing"]) -> Iterator[dict[str, str]]:
    with open(DATA / f"{one.files}_divisions.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["code"].startswith(one.county) or row["code"] == one.city:
                yield row


def _cells(villages: list[str], one: Packaged = PACKAGED["jiaxing"]) -> Iterator[tuple[str, BaseGeometry]]:
    """(code, shape) of the cells of these villages. The file counts those of all villages of its list."""
    counts, shapes = unpack((DATA / f"{one.files}_cells.bin.gz").read_bytes())
    ground = iter(shapes)
    listed = (row["code"] for row in _csv(Packaged(one.files, one.city)))
    wanted = set(villages)
    for village, count in zip(sorted(c for c in listed if level(c) == "village"), counts, strict=True):
        for number in range(1, count + 1):
            shape_of = next(ground)
            if village in wanted:
                yield cell_code(village, number), shape_of


def _shapes(cells: list[tuple[str, BaseGeometry]], city: str = CITY) -> dict[str, BaseGeometry]:
    """The shape of every division: the union of what is under it, so that borders agree at every level."""
    below: dict[str, list[BaseGeometry]] = defaultdict(list)
    for code, ground in cells:
        below[code[:12]].append(ground)
    result: dict[str, BaseGeometry] = {}
    while below:
        above: dict[str, list[BaseGeometry]] = defaultdict(list)
        for code, grounds in below.items():
            result[code] = shapely.coverage_union_all(grounds)
            if code != city and (up := parent(code)):
                above[up].append(result[code])
        below = above
    return result


def _divisions(one: Packaged, names: dict[str, str], shapes: dict[str, BaseGeometry]) -> dict[str, int]:
    ids = dict(zip(names, reserve_ids(Division, len(names)), strict=True))
    points = {code: inner(shapes[code]) for code in names}
    points |= {code: at for code, at in _seats(one) if code in names}
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


def _seats(one: Packaged) -> Iterator[tuple[str, tuple[float, float]]]:
    """County seats, where they lie inside their county (the one real point we have of each)."""
    for feature in json.loads((DATA / f"{one.files}_counties.geojson").read_text("utf-8"))["features"]:
        lon, lat = feature["properties"]["seat"]
        if shape(feature["geometry"]).contains(shapely.Point(lon, lat)):
            yield feature["properties"]["code"], (lon, lat)
