"""Read the files of an import and say, row by row, what is wrong with them. The database is not touched."""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from zhili.base.codes import CodeError, level, normalise_division
from zhili.base.geo import gcj02_to_wgs84, in_china

COLUMNS = {
    "code": ("code", "代码", "区划代码", "行政区划代码"),
    "name": ("name", "名称", "区划名称"),
    "parent": ("parent", "上级", "上级代码"),
    "replaces": ("replaces", "取代", "原代码"),
    "lon": ("lon", "经度"),
    "lat": ("lat", "纬度"),
}
Points = NDArray[np.float64]
CODE_PROPERTIES = ("code", "代码", "区划代码", "网格代码", "adcode", "id")
# WGS-84 and CGCS2000 by the names GeoJSON writers give them
DEGREES = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG::4490", "EPSG:4490")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in words, and where: the line of a CSV, the feature's position (from 1) in a GeoJSON."""

    file: str
    row: int | None
    message: str

    def __str__(self) -> str:
        if self.row is None:
            return f"{self.file}：{self.message}"
        return _("%(file)s 第 %(row)s 行（项）：%(message)s") % {
            "file": self.file, "row": self.row, "message": self.message,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A division as the file has it; `parent` and `replaces` as codes, the point in WGS-84."""

    row: int
    code: str
    name: str
    parent: str | None = None
    replaces: tuple[str, ...] = ()
    point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Feature:
    """A shape as the file has it, turned to WGS-84."""

    row: int
    code: str
    name: str
    ground: BaseGeometry


def divisions(path: Path) -> tuple[list[Line], list[Problem]]:
    """The divisions of a CSV (UTF-8, or GB 18030 as spreadsheets save it)."""
    problems: list[Problem] = []
    rows = _rows(path, problems)
    lines: dict[str, Line] = {}
    for number, row in rows:
        try:
            line = _line(number, row)
            if line.code in lines:
                raise CodeError(
                    _("代码 %(code)s 在第 %(row)s 行已经出现")
                    % {"code": line.code, "row": lines[line.code].row}
                )
        except CodeError as error:
            problems.append(Problem(path.name, number, str(error)))
        else:
            lines[line.code] = line
    if not lines and not problems:
        problems.append(Problem(path.name, None, _("文件里没有区划")))
    return list(lines.values()), problems


def _rows(path: Path, problems: list[Problem]) -> list[tuple[int, dict[str, str]]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        problems.append(Problem(path.name, None, _("文件读不出来：%s") % error.strerror))
        return []
    text = _text(data)
    if text is None or "\0" in text:
        problems.append(Problem(path.name, None, _("不是 CSV 文本（表格请另存为 CSV UTF-8）")))
        return []
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [cell.strip() for cell in next(reader, [])]
    where = {
        field: header.index(name) for field, names in COLUMNS.items() for name in names if name in header
    }
    missing = [
        COLUMNS[field][0] + "/" + COLUMNS[field][1] for field in ("code", "name") if field not in where
    ]
    if missing:
        problems.append(Problem(path.name, 1, _("表头缺少列：%s") % "、".join(missing)))
        return []
    found = []
    for cells in reader:
        if any(cell.strip() for cell in cells):
            row = {f: cells[n].strip() if n < len(cells) else "" for f, n in where.items()}
            found.append((reader.line_num, row))
    return found


def _text(data: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _line(number: int, row: dict[str, str]) -> Line:
    name = row["name"]
    if not name or len(name) > 100:
        raise CodeError(_("名称应为 1 到 100 个字"))
    return Line(
        row=number,
        code=normalise_division(row["code"]),
        name=name,
        parent=normalise_division(row["parent"]) if row.get("parent") else None,
        replaces=_codes(row.get("replaces", "")),
        point=_point(row.get("lon", ""), row.get("lat", "")),
    )


def _codes(text: str) -> tuple[str, ...]:
    return tuple(normalise_division(code) for code in text.replace("；", ";").split(";") if code.strip())


def _point(lon: str, lat: str) -> tuple[float, float] | None:
    if not lon and not lat:
        return None
    try:
        point = float(lon), float(lat)
    except ValueError:
        raise CodeError(_("经度、纬度应为数字")) from None
    if not in_china(*point):
        raise CodeError(_("经度、纬度不在中国范围内：%s") % f"{lon},{lat}")
    return point


def shapes(path: Path, *, cells: bool = False, gcj02: bool = False) -> tuple[list[Feature], list[Problem]]:
    """The polygons of a GeoJSON file, each with the code of its division, or of its cell (14 digits)."""
    problems: list[Problem] = []
    found: dict[str, Feature] = {}
    for number, raw in enumerate(_features(path, problems), 1):
        try:
            code, name = _code(raw, cells)
            if code in found:
                raise CodeError(
                    _("代码 %(code)s 在第 %(row)s 项已经出现") % {"code": code, "row": found[code].row}
                )
            found[code] = Feature(number, code, name, _ground(raw.get("geometry"), gcj02))
        except CodeError as error:
            problems.append(Problem(path.name, number, str(error)))
    return list(found.values()), problems


def _features(path: Path, problems: list[Problem]) -> list[dict[str, Any]]:
    try:
        document = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        problems.append(Problem(path.name, None, _("文件读不出来：%s") % error.strerror))
        return []
    except json.JSONDecodeError as error:
        problems.append(Problem(path.name, error.lineno, _("不是完整的 GeoJSON：%s") % error.msg))
        return []
    except (UnicodeDecodeError, RecursionError):
        problems.append(Problem(path.name, None, _("不是 UTF-8 的 GeoJSON 文本")))
        return []
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not features or not all(isinstance(f, dict) for f in features):
        problems.append(Problem(path.name, None, _("应为 GeoJSON 的 FeatureCollection，并至少有一项")))
        return []
    crs = document.get("crs")
    crs_name = str(crs.get("properties", {}).get("name", "")) if isinstance(crs, dict) else ""
    if crs and not crs_name.endswith(DEGREES):
        problems.append(
            Problem(
                path.name, None, _("坐标系是 %s；请先转换为 WGS-84（或 CGCS2000）经纬度") % (crs_name or crs)
            )
        )
        return []
    return features


def _code(raw: dict[str, Any], cells: bool) -> tuple[str, str]:
    properties = raw.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    code = next((str(properties[key]).strip() for key in CODE_PROPERTIES if properties.get(key)), "")
    code = code or str(raw.get("id") or "")
    if not code:
        raise CodeError(_("没有代码：请写在属性 code 里"))
    name = str(properties.get("name") or properties.get("名称") or "").strip()
    if len(name) > 100:
        raise CodeError(_("名称应为 1 到 100 个字"))
    if not cells:
        return normalise_division(code), name
    if len(code) != 14 or not (code.isascii() and code.isdigit()):
        raise CodeError(_("网格代码应为 14 位数字（12 位村级代码加 2 位序号）：%s") % code)
    if level(normalise_division(code[:12])) != "village":
        raise CodeError(_("网格应属于村（社区）：%s") % code)
    return code, name


def _ground(geometry: object, gcj02: bool) -> BaseGeometry:
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise CodeError(_("应为 Polygon 或 MultiPolygon"))
    try:
        ground = shapely.force_2d(shape(geometry))
    except (ShapelyError, ValueError, TypeError, IndexError, KeyError, AttributeError):
        raise CodeError(_("坐标写法不对，读不出多边形")) from None
    points = shapely.get_coordinates(ground)
    if ground.is_empty or not len(points):
        raise CodeError(_("没有坐标"))
    _in_china(points)
    if gcj02:
        ground = shapely.transform(ground, _to_wgs84)
    if not ground.is_valid:
        why = shapely.is_valid_reason(ground)
        raise CodeError(_("多边形不成立：%s") % _reason(why))
    if ground.area == 0:
        raise CodeError(_("多边形没有面积"))
    return ground


def _to_wgs84(points: Points) -> Points:
    return np.array([gcj02_to_wgs84(lon, lat) for lon, lat in points.tolist()])


def _in_china(points: Points) -> None:
    if not np.isfinite(points).all():
        raise CodeError(_("坐标里有不是数字的值"))
    bad = [
        point for point in (points.min(axis=0).tolist(), points.max(axis=0).tolist()) if not in_china(*point)
    ]
    if not bad:
        return
    lon, lat = bad[0]
    if abs(lon) > 180 or abs(lat) > 180:
        raise CodeError(
            _("坐标像是以米为单位的投影坐标（%s），请先转为 WGS-84 经纬度") % f"{lon:.0f},{lat:.0f}"
        )
    if in_china(lat, lon):
        raise CodeError(_("经度和纬度好像写反了：%s") % f"{lon:.4f},{lat:.4f}")
    raise CodeError(_("坐标不在中国范围内：%s") % f"{lon:.4f},{lat:.4f}")


def _reason(why: str) -> str:
    """GEOS's reason in words a person who draws maps knows; the place stays."""
    kind, _bracket, place = why.partition("[")
    words = {
        "Self-intersection": _("边界自相交"),
        "Ring Self-intersection": _("边界自己碰到自己"),
        "Hole lies outside shell": _("洞在外面"),
        "Nested shells": _("部分互相套叠"),
        "Nested holes": _("洞互相套叠"),
        "Duplicate Rings": _("有重复的环"),
        "Interior is disconnected": _("内部被割断"),
        "Too few points in geometry component": _("点太少"),
    }
    where = ",".join(f"{float(number):.5f}" for number in place.rstrip("]").split()[:2])
    at = _("，在 %s 附近") % where if place else ""
    return words.get(kind.strip(), kind.strip()) + at
