"""The duty list as a workbook: written out whole, read back line by line with every fault named.

Codes decide; names stand beside them for the reader and are not read.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from zipfile import BadZipFile

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException

from zhili.core.cases import duties
from zhili.core.cases.duties import Line
from zhili.core.cases.models import Category, Duty
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree as offices
from zhili.core.places import tree as places

HEADS: Final = ("场景", "类别代码", "类别", "区划代码", "区划", "单位代码", "单位", "直达", "依据")
WIDTHS: Final = (18, 12, 20, 16, 24, 20, 28, 8, 40)
MOST: Final = 2000
LARGEST: Final = 2_000_000
YES: Final = frozenset({"是", "1", "y", "yes", "true", "直达"})


class SheetRefused(ValueError):
    """A file that cannot be read as a duty list; str() says why."""


@dataclass
class Read:
    """What a file says: lines to add, to change, unchanged ones, and rows at fault with their reasons."""

    added: list[Line] = field(default_factory=list)
    changed: list[Line] = field(default_factory=list)
    same: int = 0
    faults: list[tuple[int, list[str], str]] = field(default_factory=list)


def write(lines: Iterable[Duty]) -> bytes:
    """The workbook of these lines."""
    names = {(one.scenario, one.code): one.name for one in Category.objects.all()}
    rows = []
    for duty in lines:
        node, ground = offices().nodes.get(duty.office_id), places.nodes().get(duty.division_id)
        rows.append(
            [
                duty.scenario,
                duty.category,
                names.get((duty.scenario, duty.category), "") if duty.category else "全部类别",
                ground.code if ground else "",
                places.full_name(duty.division_id) if ground else "",
                node.code if node else "",
                node.name if node else "",
                "是" if duty.direct else "",
                duty.source,
            ]
        )
    return book(HEADS, rows, WIDTHS)


def faults(found: Iterable[tuple[int, list[str], str]]) -> bytes:
    """The rows that were not taken, each with its number in the file and the reason, ready to be mended and sent."""
    rows = ([*cells, why, number] for number, cells, why in found)
    return book((*HEADS, "原因", "原行号"), rows, (*WIDTHS, 40, 8))


def book(heads: Iterable[str], rows: Iterable[Iterable[Any]], widths: Iterable[int]) -> bytes:
    """A workbook of one sheet. Texts stay texts: nothing that begins like a formula becomes one."""
    made = Workbook()
    sheet = made.active
    sheet.append(list(heads))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
    for index, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + index)].width = width
    sheet.freeze_panes = "A2"
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def read(file: Any, actor: Actor) -> Read:
    """What a workbook would change. Raises SheetRefused when it is none, or too long."""
    found, seen = Read(), set()
    standing = {duties.line_of(one).key: duties.line_of(one) for one in duties.standing()}
    known = {(one.scenario, one.code) for one in Category.objects.filter(active=True)}
    scenarios = {scenario for scenario, _code in known}
    grounds = {one.code: one.id for one in places.nodes().values() if one.valid_to is None}
    for number, cells in _rows(file):
        try:
            line = _line(cells, known, scenarios, grounds)
            if line.key in seen:
                raise SheetRefused(_("同一类别、同一区划在文件里出现了两次"))
            former = standing.get(line.key)
            if not duties.may_change(actor, line) or (former and not duties.may_change(actor, former)):
                raise SheetRefused(_("这一行不归您修改"))
        except SheetRefused as error:
            found.faults.append((number, cells, str(error)))
            continue
        seen.add(line.key)
        if former is None:
            found.added.append(line)
        elif former == line:
            found.same += 1
        else:
            found.changed.append(line)
    return found


def _rows(file: Any) -> Iterator[tuple[int, list[str]]]:
    if getattr(file, "size", 0) > LARGEST:
        raise SheetRefused(_("文件超过 2 MB，请分成几个文件。"))
    try:
        sheet = load_workbook(file, read_only=True, data_only=True).worksheets[0]
        rows = sheet.iter_rows(values_only=True, max_col=len(HEADS), max_row=MOST + 2)
        heads = [str(cell or "").strip() for cell in next(rows, ())]
        taken = [
            (number, ["" if cell is None else str(cell).strip()[:200] for cell in row])
            for number, row in enumerate(rows, start=2)
        ]
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError, IndexError, TypeError) as error:
        raise SheetRefused(_("这不是能读的 Excel 文件（.xlsx），请用“导出”得到的表格修改。")) from error
    if heads[: len(HEADS)] != list(HEADS):
        raise SheetRefused(_("第一行应为：%(heads)s。") % {"heads": "、".join(HEADS)})
    if len(taken) > MOST:
        raise SheetRefused(_("一次最多导入 %(most)d 行，请分成几个文件。") % {"most": MOST})
    yield from ((number, cells) for number, cells in taken if any(cells))


def _line(
    cells: list[str], known: set[tuple[str, str]], scenarios: set[str], grounds: dict[str, int]
) -> Line:
    cells = [*cells, *[""] * (len(HEADS) - len(cells))]
    scenario, category, _c, division, _d, office, _o, direct, source = cells
    if scenario not in scenarios:
        raise SheetRefused(_("没有“%(code)s”这个场景") % {"code": scenario})
    if category and (scenario, category) not in known:
        raise SheetRefused(_("没有“%(code)s”这个类别代码") % {"code": category})
    if division not in grounds:
        raise SheetRefused(_("没有“%(code)s”这个区划代码，或它已撤销") % {"code": division})
    node = offices().by_code.get(office)
    if node is None or not node.in_force:
        raise SheetRefused(_("没有“%(code)s”这个单位代码，或它已停用") % {"code": office})
    return Line(scenario, category, grounds[division], node.id, direct.lower() in YES, source[:120])
