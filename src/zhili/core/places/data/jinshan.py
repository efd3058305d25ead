"""Jinshan's ground for the demo of two cities. Its names and codes are real; its shape is drawn by hand (NOTICE.md).

No boundary and no position of Jinshan is among our sources. What is real is the line it shares with Jiaxing: that
is the outer edge of Jiaxing's own counties. The other sides, and where each town lies, were set down from general
knowledge to a few kilometres, so that the demo has ground on both sides of the border.
"""

import csv
import json
from pathlib import Path
from typing import Final

import shapely
from shapely import Polygon
from shapely.geometry import mapping, shape

from zhili.core.places.data.packing import SCALE

HERE = Path(__file__).parent
DIVISIONS = HERE / "jinshan_divisions.csv"
COUNTIES = HERE / "jinshan_counties.geojson"
CELLS = HERE / "jinshan_cells.bin.gz"
CITY, COUNTY = ("310100000000", "上海市"), ("310116000000", "金山区")
SEAT = (121.335, 30.74)

# Drawn: the far sides; towards Jiaxing well over the border, where Jiaxing's own ground is taken off.
OUTLINE: Final = (
    (120.995, 30.92), (121.05, 30.925), (121.10, 30.91), (121.16, 30.925), (121.22, 30.92), (121.29, 30.925),
    (121.345, 30.91), (121.365, 30.87), (121.40, 30.85), (121.435, 30.83), (121.445, 30.79), (121.405, 30.755),
    (121.37, 30.72), (121.335, 30.695), (121.30, 30.69), (121.262, 30.70), (121.20, 30.70), (121.05, 30.76),
    (120.97, 30.82), (120.97, 30.90),
)  # fmt: skip
# Drawn: about the middle of each town.
TOWNS: Final = {
    "310116001": (121.335, 30.712), "310116101": (121.17, 30.895), "310116102": (121.06, 30.893),
    "310116103": (121.275, 30.805), "310116104": (121.30, 30.885), "310116105": (121.185, 30.85),
    "310116107": (121.17, 30.805), "310116109": (121.30, 30.745), "310116112": (121.405, 30.81),
    "310116113": (121.365, 30.75), "310116503": (121.33, 30.83),
}  # fmt: skip


def facts(source: Path, jiaxing: Path) -> None:
    """Write the packaged files: divisions from the source folder, the ground beside `jiaxing` (its counties)."""
    rows = [CITY, COUNTY]
    for name, width in (("streets", 9), ("villages", 12)):
        with open(source / f"310116_jinshan_{name}.csv", encoding="utf-8", newline="") as file:
            rows += [
                (row["code"].ljust(12, "0"), row["name"])
                for row in csv.DictReader(file)
                if len(row["code"]) == width
            ]
    with open(DIVISIONS, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["code", "name"])
        writer.writerows(sorted(rows))
    properties = {"code": COUNTY[0], "name": COUNTY[1], "seat": list(SEAT)}
    feature = {"type": "Feature", "properties": properties, "geometry": mapping(_ground(jiaxing))}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False)
    COUNTIES.write_text(text + "\n", encoding="utf-8")


def _ground(jiaxing: Path) -> Polygon:
    """What is drawn, without Jiaxing's ground; its largest piece, on the working grid."""
    counties = json.loads(jiaxing.read_text("utf-8"))["features"]
    theirs = shapely.coverage_union_all([shape(one["geometry"]) for one in counties])
    grid = shapely.transform(theirs, lambda points: (points * SCALE).round())
    drawn = shapely.transform(Polygon(OUTLINE), lambda points: (points * SCALE).round())
    left = shapely.difference(drawn, grid, grid_size=1.0)
    largest = max(shapely.get_parts(left), key=lambda part: part.area)
    ground: Polygon = shapely.transform(Polygon(largest.exterior), lambda points: points / SCALE)
    return ground
