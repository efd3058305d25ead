"""Write the places in force as the very files an import reads."""

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import shapely

from zhili.core.places.geojson import geometry
from zhili.core.places.models import Boundary, Cell, Division


def export(folder: Path) -> list[Path]:
    """divisions.csv, boundaries.geojson, cells.geojson in the folder; WGS-84, nothing rounded."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / name for name in ("divisions.csv", "boundaries.geojson", "cells.geojson")]
    with open(files[0], "w", encoding="utf-8-sig", newline="") as out:  # the mark makes Excel read UTF-8
        writer = csv.writer(out)
        writer.writerow(["code", "name", "parent", "lon", "lat"])
        writer.writerows(
            Division.objects.filter(valid_to=None)
            .order_by("code")
            .values_list("code", "name", "parent__code", "lon", "lat")
        )
    boundaries = Boundary.objects.filter(division__valid_to=None).order_by("division__code")
    _write(files[1], boundaries.values_list("division__code", "division__name", "wkb"))
    _write(files[2], Cell.objects.filter(valid_to=None).order_by("code").values_list("code", "name", "wkb"))
    return files


def _write(file: Path, rows: Iterable[tuple[str, str, Any]]) -> None:
    with open(file, "w", encoding="utf-8") as out:
        out.write('{"type": "FeatureCollection", "features": [\n')
        out.write(",\n".join(_features(rows)))
        out.write("\n]}\n")


def _features(rows: Iterable[tuple[str, str, Any]]) -> Iterator[str]:
    for code, name, wkb in rows:
        ground = geometry(shapely.from_wkb(bytes(wkb)), decimals=None)
        properties = {"code": code, "name": name}
        feature = {"type": "Feature", "properties": properties, "geometry": ground}
        yield json.dumps(feature, ensure_ascii=False, separators=(",", ":"))
