"""Take a city's own divisions, boundaries and cells: check them, show what would change, then change it.

- Divisions: a CSV, code and name; optional columns parent, replaces (codes, ";" between), lon, lat. It is the
  whole list from the divisions it starts with downwards: what it leaves out is dissolved.
- Boundaries: GeoJSON, each feature with its division's code. Divisions it leaves out keep their shape.
- Cells: GeoJSON, 14-digit codes. It is the whole list for each village it mentions.

History stays: names, shapes and divisions that end are closed with a date, never deleted.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from zhili.base import codes
from zhili.core.places import reading, topology
from zhili.core.places.applying import ImportRefused, apply
from zhili.core.places.comparing import LEVELS, Comparison
from zhili.core.places.naming import cell_name
from zhili.core.places.plans import CellAdded, CellChanged, CellClosed, Plan, Shaped
from zhili.core.places.present import Present
from zhili.core.places.reading import Feature, Problem

__all__ = ["ImportRefused", "apply", "plan"]


def plan(
    divisions: Path | None = None,
    boundaries: Path | None = None,
    cells: Path | None = None,
    *,
    on: date | None = None,
    gcj02: bool = False,
    sliver: float = 1.0,
) -> Plan:
    """What the files would change on the day `on` (today), and what is wrong with them. Writes nothing.

    gcj02: the GeoJSON files are in GCJ-02. sliver: gaps and overlaps narrower than so many metres only warn.
    """
    today = timezone.localdate()
    present = Present()
    result = Plan(on or today, present.edition)
    if result.on > today:
        result.problems.append(Problem("--on", None, _("生效日期不能晚于今天")))
    lines, wrong = reading.divisions(divisions) if divisions else ([], [])
    result.problems += wrong
    shapes, wrong = reading.shapes(boundaries, gcj02=gcj02) if boundaries else ([], [])
    result.problems += wrong
    grounds, wrong = reading.shapes(cells, cells=True, gcj02=gcj02) if cells else ([], [])
    result.problems += wrong
    if result.problems:  # comparing half a file would only bury them
        return result
    compared = Comparison(result, present, lines, divisions.name if divisions else "")
    work = _Shapes(result, present, compared, sliver)
    if boundaries:
        work.take_boundaries(shapes, boundaries.name)
    compared.close(work.shapes, result.on)
    work.close_cells()
    if cells:
        work.take_cells(grounds, cells.name)
    work.check()
    return result


class _Shapes:
    """Boundaries and cells as they would be."""

    def __init__(self, result: Plan, present: Present, compared: Comparison, sliver: float) -> None:
        self.plan, self.present, self.after, self.sliver = result, present, compared.after, sliver
        self.gone = compared.gone
        self.shapes = {code: ground for code, ground in present.shapes.items() if code in self.after}
        self.cells = {c.code: c.ground for c in present.cells.values() if c.village in self.after}
        self.touched = {parent for code in compared.gone if (parent := present.divisions[code].parent)}
        self.where: dict[str, tuple[str, int]] = {}
        self.slivers: dict[str, int] = defaultdict(int)

    def take_boundaries(self, features: Iterable[Feature], file: str) -> None:
        for feature in features:
            code, ground = feature.code, feature.ground
            if code not in self.after:
                self.plan.problems.append(Problem(file, feature.row, _("区划 %s 不在其中") % code))
                continue
            old = self.present.shapes.get(code)
            self.where[code] = (file, feature.row)
            if old is None or not _same(old, ground):
                self.plan.shapes.append(Shaped(code, ground, None if old is None else _moved(old, ground)))
                self.shapes[code] = ground
                self.touched |= {code, self.after[code][1] or code}

    def close_cells(self) -> None:
        for cell in self.present.cells.values():
            if cell.village in self.gone:
                self._close_cell(cell.code)

    def take_cells(self, features: list[Feature], file: str) -> None:
        villages = {feature.code[:12] for feature in features}
        for feature in features:
            self.where[feature.code] = (file, feature.row)
            if feature.code[:12] not in self.after:
                message = _("网格 %(cell)s 所属的村（社区）%(village)s 不在其中")
                parts = {"cell": feature.code, "village": feature.code[:12]}
                self.plan.problems.append(Problem(file, feature.row, message % parts))
                continue
            self._compare_cell(feature)
        given = {feature.code for feature in features}
        for cell in self.present.cells.values():
            if cell.village in villages and cell.village in self.after and cell.code not in given:
                self._close_cell(cell.code)
                self.touched.add(cell.village)

    def _compare_cell(self, feature: Feature) -> None:
        known = self.present.cells.get(feature.code)
        if known is None:
            name = feature.name or cell_name(int(feature.code[12:]))
            self.plan.cells_added.append(CellAdded(feature.code, name, feature.ground))
        else:
            name = feature.name or known.name
            same = _same(known.ground, feature.ground)
            if same and name == known.name:
                return
            moved = None if same else _moved(known.ground, feature.ground)
            ground = None if same else feature.ground
            self.plan.cells_changed.append(CellChanged(known.id, known.code, known.name, name, ground, moved))
            if same:
                return
        self.cells[feature.code] = feature.ground
        self.touched.add(feature.code[:12])

    def _close_cell(self, code: str) -> None:
        cell = self.present.cells[code]
        if cell.valid_from >= self.plan.on:
            message = _("网格 %(code)s %(date)s 才启用，停用日期须在其后")
            parts = {"code": code, "date": cell.valid_from}
            self.plan.problems.append(Problem(_("网格"), None, message % parts))
        self.plan.cells_closed.append(CellClosed(cell.id, code, cell.name))
        self.cells.pop(code, None)

    def check(self) -> None:
        """Topology of what is touched: each level for overlaps, each parent for gaps and what reaches out."""
        levels = {codes.level(code) for code in self.touched} | {
            codes.level(code) for code in self.shapes if self.after[code][1] in self.touched
        }
        for level in LEVELS:
            if level in levels:
                self._check_overlaps({c: g for c, g in self.shapes.items() if codes.level(c) == level})
        below: dict[str, list[str]] = defaultdict(list)
        for code, (_name, parent) in self.after.items():
            if parent:
                below[parent].append(code)
        cells_of: dict[str, list[str]] = defaultdict(list)
        for code in self.cells:
            cells_of[code[:12]].append(code)
        for holder in sorted(self.touched & self.after.keys()):
            self._check_holder(
                holder, {c: self.shapes[c] for c in below[holder] if c in self.shapes}, below[holder]
            )
            self._check_holder(holder, {c: self.cells[c] for c in cells_of[holder]}, cells_of[holder])
        if any(cells_of[code] for code in self.touched):
            self._check_overlaps(self.cells)
        self._say_slivers()
        self._say_missing()

    def _check_overlaps(self, shapes: dict[str, BaseGeometry]) -> None:
        order = sorted(shapes)
        for found in topology.overlaps([shapes[code] for code in order], self.sliver):
            one, other = order[found.first], order[found.second or 0]
            if one in self.where or other in self.where or found.sliver:
                self._say(
                    found, other if other in self.where else one, _("%(a)s 与 %(b)s 重叠"), a=one, b=other
                )

    def _check_holder(self, holder: str, shapes: dict[str, BaseGeometry], wanted: list[str]) -> None:
        ground = self.shapes.get(holder)
        if ground is None or not shapes:
            return
        order = sorted(shapes)
        for found in topology.outside([shapes[code] for code in order], ground, self.sliver):
            one = order[found.first]
            self._say(found, one, _("%(a)s 伸出 %(b)s 之外"), a=one, b=holder)
        if len(shapes) == len(wanted):
            for found in topology.gaps([shapes[code] for code in order], ground, self.sliver):
                self._say(found, holder, _("%(a)s 之内有空隙，不属于任何下级"), a=holder)

    def _say(self, found: topology.Misfit, code: str, text: str, **parts: str) -> None:
        if found.sliver:
            self.slivers[found.kind] += 1
            return
        file, row = self.where.get(code, (_("边界"), None))
        names = {key: f"{self._name(value)}（{value}）" for key, value in parts.items()}
        where = _("：%(area)s 平方米，在 %(lon)s,%(lat)s 附近") % {
            "area": f"{found.area:,.0f}", "lon": found.lon, "lat": found.lat,
        }  # fmt: skip
        self.plan.problems.append(Problem(file, row, text % names + where))

    def _name(self, code: str) -> str:
        return self.after[code][0] if code in self.after else _("网格")

    def _say_slivers(self) -> None:
        words = {"overlap": _("重叠"), "outside": _("伸出"), "gap": _("空隙")}
        for kind, count in sorted(self.slivers.items()):
            message = _(
                "有 %(count)s 处窄于 %(width)s 米的%(kind)s，照收（边上的点归代码小者，空隙里的点归上级）"
            )
            parts = {"count": count, "width": f"{self.sliver:g}", "kind": words[kind]}
            self.plan.warnings.append(Problem(_("边界"), None, message % parts))

    def _say_missing(self) -> None:
        for text, count in self._missing():
            if count:
                self.plan.warnings.append(Problem(_("边界"), None, text % count))

    def _missing(self) -> Iterator[tuple[str, int]]:
        yield _("%s 个区划没有边界，其中的点归到上级"), len(self.after.keys() - self.shapes.keys())
        villages = {code for code in self.after if codes.level(code) == "village"}
        if self.cells:
            yield _("%s 个村（社区）没有网格"), len(villages - {code[:12] for code in self.cells})


def _same(one: BaseGeometry, other: BaseGeometry) -> bool:
    """The same points in any order of rings: drawn again, not moved."""
    return bool(one.normalize().equals_exact(other.normalize(), 1e-9))


def _moved(one: BaseGeometry, other: BaseGeometry) -> float:
    return topology.area_m2(one.symmetric_difference(other))
