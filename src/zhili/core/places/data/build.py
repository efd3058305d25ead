"""Make the packaged demo cities anew: python -m zhili.core.places.data.build [--facts FOLDER].

With --facts, read divisions and county boundaries from their sources (see NOTICE.md) first: keep Jiaxing,
take the boundaries from GCJ-02 to WGS-84 and mend them into a coverage; lay Jinshan's ground beside it (jinshan.py).
Then generate the grid cells inside the county boundaries. Town and village shapes are the union of their cells.
Takes about half a minute.
"""

import argparse
import csv
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from zhili.base.geo import gcj02_to_wgs84
from zhili.core.places.data import coverage, jinshan
from zhili.core.places.data.packing import SCALE, pack
from zhili.core.places.data.partition import split

HERE = Path(__file__).parent
CITY = "3304"
CITY_NAME = "嘉兴市"
DIVISIONS = HERE / "jiaxing_divisions.csv"
COUNTIES = HERE / "jiaxing_counties.geojson"
CELLS = HERE / "jiaxing_cells.bin.gz"
# Ground per committee: residents' (001–199) are small and dense, villagers' (200–399) wide.
TOWN_GROUND, VILLAGE_GROUND = 0.3, 1.0


def facts(source: Path) -> None:
    """Write the packaged facts from the source folder."""
    rows = [(f"{CITY}00000000", CITY_NAME)]
    for name, width in (("areas", 6), ("streets", 9), ("villages", 12)):
        with open(source / f"33_zhejiang_{name}.csv", encoding="utf-8", newline="") as file:
            rows += [
                (row["code"].ljust(12, "0"), row["name"])
                for row in csv.DictReader(file)
                if row["cityCode"] == CITY and len(row["code"]) == width
            ]
    with open(DIVISIONS, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["code", "name"])
        writer.writerows(sorted(rows))
    document = json.loads((source / "jiaxing_counties.geojson").read_text(encoding="utf-8"))
    features = sorted(document["features"], key=lambda feature: str(feature["id"]))
    shapes = _mend([shape(feature["geometry"]) for feature in features])
    written = []
    for feature, mended in zip(features, shapes, strict=True):
        lon, lat = gcj02_to_wgs84(*feature["properties"]["cp"])
        properties = {
            "code": str(feature["id"]).ljust(12, "0"),
            "name": feature["properties"]["name"],
            "seat": [round(lon, 5), round(lat, 5)],
        }
        degrees = shapely.transform(mended, lambda points: points / SCALE)
        written.append({"type": "Feature", "properties": properties, "geometry": mapping(degrees)})
    text = json.dumps({"type": "FeatureCollection", "features": written}, ensure_ascii=False)
    COUNTIES.write_text(text.replace('{"type": "Feature",', '\n{"type": "Feature",') + "\n", encoding="utf-8")


def _mend(raw: list[BaseGeometry]) -> list[BaseGeometry]:
    """Source shapes (GCJ-02, self-crossing in places) to a coverage in WGS-84 on the working grid."""
    sound = [shapely.make_valid(g, method="structure", keep_collapsed=False) for g in raw]
    moved = [shapely.transform(g, _to_grid) for g in sound]
    pieces = coverage.faces([g.boundary for g in moved])
    moved = [shapely.make_valid(g, method="structure", keep_collapsed=False) for g in moved]
    owners = coverage.owners_of(pieces, moved)
    kept = coverage.settle(pieces, owners)
    return coverage.merge(pieces, kept, len(raw))


def _to_grid(points: np.ndarray) -> np.ndarray:
    return np.round(np.array([gcj02_to_wgs84(lon, lat) for lon, lat in points.tolist()]) * SCALE)


def cells(
    divisions: Path = DIVISIONS,
    counties: Path = COUNTIES,
    packed: Path | None = None,
    towns: Mapping[str, tuple[float, float]] | None = None,
) -> None:
    """Generate the cells from the packaged facts. `towns`: where each town (9 digits) lies, else it is drawn."""
    names = {row["code"]: row["name"] for row in csv.DictReader(divisions.read_text("utf-8").splitlines())}
    below: dict[str, list[str]] = defaultdict(list)
    for code in names:
        if code[9:] != "000":
            below[code[:9]].append(code)
        elif code[6:9] != "000":
            below[code[:6]].append(code)
    codes: list[str] = []
    shapes: list[BaseGeometry] = []
    islands: list[Polygon] = []
    for feature in json.loads(counties.read_text("utf-8"))["features"]:
        county = shapely.transform(shape(feature["geometry"]), lambda points: np.round(points * SCALE))
        main, *rest = sorted(shapely.get_parts(county), key=lambda part: -part.area)
        islands += rest
        lon, lat = feature["properties"]["seat"]
        seat = (lon * SCALE, lat * SCALE)
        for code, ground in _county(feature["properties"]["code"][:6], main, seat, below, towns or {}):
            codes.append(code)
            shapes.append(ground)
    pieces = coverage.faces([g.boundary for g in (*shapes, *islands)])
    owners = coverage.settle(pieces, coverage.owners_of(pieces, shapes))
    merged = coverage.merge(pieces, coverage.attach_islands(pieces, owners), len(shapes))
    _check(codes, merged)
    order = sorted(range(len(codes)), key=codes.__getitem__)
    per_village = Counter(code[:12] for code in sorted(codes))
    file = packed or CELLS
    file.write_bytes(pack(list(per_village.values()), [merged[n] for n in order]))
    sys.stdout.write(f"{len(codes)} cells, {file.stat().st_size / 1e6:.2f} MB\n")


def _county(
    county: str,
    ground: Polygon,
    seat: tuple[float, float],
    below: dict[str, list[str]],
    places: Mapping[str, tuple[float, float]],
) -> list[tuple[str, BaseGeometry]]:
    """(cell code, shape) of a county: streets round its seat, communities round the middle of their town."""
    towns = sorted(below[county], key=lambda code: (code[6] != "0", code))
    sizes = [sum(map(_ground, below[town[:9]])) * _vary(town, 0.15) for town in towns]
    known = (
        [(lon * SCALE, lat * SCALE) for lon, lat in (places[town[:9]] for town in towns)] if places else None
    )
    parts = split(ground, sizes, seed=int(county), centre=seat, at=known, ragged=350)
    found: list[tuple[str, BaseGeometry]] = []
    for town, part in zip(towns, parts, strict=True):
        villages = sorted(below[town[:9]], key=lambda code: (_ground(code), code))
        shares = [_ground(code) * _vary(code, 0.25) for code in villages]
        middle = (part.centroid.x, part.centroid.y)
        for village, land in zip(
            villages, split(part, shares, seed=int(town[:9]), centre=middle, ragged=350), strict=True
        ):
            count = 4 + int(_vary(village[::-1], 1) * 1e6) % 3
            pieces = split(land, [1.0] * count, seed=int(village))
            found += [(f"{village}{n:02d}", piece) for n, piece in enumerate(pieces, 1)]
    return found


def _ground(code: str) -> float:
    return TOWN_GROUND if code[9] in "01" else VILLAGE_GROUND


def _vary(code: str, spread: float) -> float:
    """A factor about 1, always the same for the same code."""
    return float(np.exp(np.random.default_rng(int(code)).normal(0, spread)))


def _check(codes: list[str], shapes: list[BaseGeometry]) -> None:
    lost = [code for code, ground in zip(codes, shapes, strict=True) if ground.area < 200]
    if lost or not shapely.coverage_is_valid(shapes) or not shapely.is_valid(shapes).all():
        raise RuntimeError(f"not a coverage; lost: {lost}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=Path, help="folder of the source files")
    given = parser.parse_args()
    if given.facts:
        facts(given.facts)
        jinshan.facts(given.facts, COUNTIES)
    cells()
    cells(jinshan.DIVISIONS, jinshan.COUNTIES, jinshan.CELLS, jinshan.TOWNS)
