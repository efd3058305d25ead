"""Show a plan, or a place, on the terminal."""

from collections.abc import Iterable, Sequence

import shapely
from django.utils.translation import gettext as _
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from zhili.base import codes
from zhili.core.places import topology, tree
from zhili.core.places.models import Cell, Division
from zhili.core.places.plans import Closed, Plan
from zhili.core.places.reading import Problem

ROWS = 20


def show_plan(console: Console, plan: Plan, *, rows: int = ROWS) -> None:
    """What is wrong first; then what would change, `rows` of each kind."""
    _show_problems(console, _("错误"), plan.problems, "red", rows * 3)
    _show_problems(console, _("提醒"), plan.warnings, "yellow", rows)
    if plan.problems:
        return
    if plan.empty:
        console.print(_("文件与系统里的区划一致，没有要改的。"))
        return
    console.print(_("自 %s 起将作这些改动：") % plan.on)
    _show_totals(console, plan)
    _table(console, _("新增区划"), [_("代码"), _("名称"), _("上级")],
           ((a.line.code, a.line.name, a.parent or "—") for a in plan.added), rows)  # fmt: skip
    _table(
        console,
        _("更名"),
        [_("代码"), _("原名"), _("新名")],
        ((r.code, r.old, r.new) for r in plan.renamed),
        rows,
    )
    _table(console, _("停用"), [_("代码"), _("名称"), _("继任区划")],
           ((c.code, c.name, _heirs(c)) for c in plan.closed), rows)  # fmt: skip
    _table(console, _("边界"), [_("代码"), _("面积 km²"), _("变动 km²")],
           ((s.code, _km2(topology.area_m2(s.ground)), _("首次") if s.moved is None else _km2(s.moved))
            for s in plan.shapes), rows)  # fmt: skip
    changed = [(c.code, _("新增"), c.name) for c in plan.cells_added]
    changed += [
        (
            c.code,
            _("更名") if c.moved is None else _("改界"),
            f"{c.old} → {c.new}" if c.old != c.new else c.new,
        )
        for c in plan.cells_changed
    ]
    changed += [(c.code, _("停用"), c.name) for c in plan.cells_closed]
    _table(console, _("网格"), [_("代码"), _("改动"), _("名称")], changed, rows)


def _show_totals(console: Console, plan: Plan) -> None:
    table = Table(box=None, show_header=False, padding=(0, 2))
    moved = sum(1 for shaped in plan.shapes if shaped.moved is not None)
    for name, count in (
        (_("新增区划"), len(plan.added)),
        (_("更名"), len(plan.renamed)),
        (_("停用"), len(plan.closed)),
        (_("首次划定边界"), len(plan.shapes) - moved),
        (_("边界变动"), moved),
        (_("标注位置变动"), len(plan.points)),
        (_("新增网格"), len(plan.cells_added)),
        (_("网格变动"), len(plan.cells_changed)),
        (_("停用网格"), len(plan.cells_closed)),
    ):
        if count:
            table.add_row(name, f"[bold]{count:,}")
    console.print(table)


def _heirs(closed: Closed) -> str:
    how = {
        "file": _("文件指定"), "same code": _("同码重设"), "ground": _("按面积推定"),
        "parent": _("归上级"), "none": _("无"),
    }[closed.how]  # fmt: skip
    return f"{'、'.join(closed.successors)}（{how}）" if closed.successors else how


def _show_problems(console: Console, title: str, found: Sequence[Problem], colour: str, rows: int) -> None:
    if not found:
        return
    console.print(f"[bold {colour}]{title} {len(found):,}[/]")
    for problem in found[:rows]:
        console.print(f"  [{colour}]•[/] {escape(str(problem))}", highlight=False)
    if len(found) > rows:
        console.print("  " + _("……还有 %s 处") % f"{len(found) - rows:,}")


def _table(
    console: Console, title: str, header: Iterable[str], body: Iterable[Iterable[str]], rows: int
) -> None:
    lines = [[escape(cell) for cell in line] for line in body]
    if not lines:
        return
    table = Table(*header, title=f"{title} {len(lines):,}", title_justify="left", title_style="bold")
    for line in lines[:rows]:
        table.add_row(*line)
    console.print(table)
    if len(lines) > rows:
        console.print("  " + _("……还有 %s 处") % f"{len(lines) - rows:,}")


def _km2(area: float) -> str:
    return f"{area / 1e6:,.3f}"


def show_division(console: Console, code: str) -> bool:
    """All that is known of the division or cell with this code, former ones too; False when there is none."""
    if len(code) == 14:
        cells = list(Cell.objects.filter(code=code).select_related("village").order_by("valid_from"))
        for cell in cells:
            _card(console, f"{cell.name} {cell.code}", _cell_rows(cell))
        return bool(cells)
    found = Division.objects.filter(code=codes.normalise_division(code)).order_by("valid_from")
    for division in found:
        _card(console, f"{division.name} {division.code}", _division_rows(division))
    return bool(found)


def _card(console: Console, title: str, rows: Iterable[tuple[str, str]]) -> None:
    table = Table(title=title, show_header=False, title_justify="left", title_style="bold")
    for name, value in rows:
        if value:
            table.add_row(name, escape(value))
    console.print(table)


def _cell_rows(cell: Cell) -> list[tuple[str, str]]:
    return [
        (_("所属"), tree.full_name(cell.village_id)),
        (_("起止"), f"{cell.valid_from} – {cell.valid_to or ''}"),
        (_("位置"), f"{cell.lon},{cell.lat}"),
        (_("曾用名"), "、".join(cell.former_names.values_list("name", flat=True))),
        (_("改界次数"), str(cell.former_shapes.count() or "")),
    ]


def _division_rows(division: Division) -> list[tuple[str, str]]:
    boundary = getattr(division, "boundary", None)
    children = division.children.filter(valid_to=None).count()
    cells = Cell.objects.filter(village_id__in=tree.subtree(division.id), valid_to=None).count()
    return [
        (_("全称"), tree.full_name(division.id)),
        (_("层级"), str(division.get_level_display())),
        (_("起止"), f"{division.valid_from} – {division.valid_to or ''}"),
        (_("位置"), f"{division.lon},{division.lat}"),
        (_("面积 km²"), _area(bytes(boundary.wkb)) if boundary else ""),
        (_("下级"), str(children or "")),
        (_("网格"), f"{cells:,}" if cells else ""),
        (_("曾用名"), "、".join(division.former_names.values_list("name", flat=True))),
        (_("改界次数"), str(division.former_shapes.count() or "")),
        (_("继任区划"), "、".join(f"{d.name} {d.code}" for d in division.successors.all())),
        (_("前身"), "、".join(f"{d.name} {d.code}" for d in division.predecessors.all())),
    ]


def _area(wkb: bytes) -> str:
    return _km2(topology.area_m2(shapely.from_wkb(wkb)))
