"""A table as a file: an Excel workbook or CSV in, a workbook out. What the lines mean stands in ``decisions.sheet``."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from zhili.base.decisions import Table
from zhili.base.decisions.sheet import LONGEST, Sheet, from_lines, to_lines

LARGEST: Final = 2_000_000
UNPACKED: Final = 60_000_000
WIDEST: Final = 60
CELL: Final = 2_000
"""Bytes of a file, bytes it unpacks to, columns, characters of a cell."""


class FileRefused(ValueError):
    """A file that is no sheet; str() says why."""


def read(content: bytes) -> Sheet:
    """The table of a workbook or a CSV file. Raises FileRefused when it is neither."""
    if len(content) > LARGEST:
        raise FileRefused(_("文件超过 2 MB，请拆成几张表。"))
    return from_lines(list(_workbook(content) if content[:2] == b"PK" else _csv(content)))


def write(table: Table) -> bytes:
    """The workbook of a table. Texts stay texts: nothing that begins like a formula becomes one."""
    made = Workbook()
    sheet = made.active
    sheet.title = "table"
    widths: dict[int, int] = {}
    for number, line in enumerate(to_lines(table), start=1):
        for place, text in enumerate(line, start=1):
            cell = sheet.cell(number, place, ILLEGAL_CHARACTERS_RE.sub("", text))
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if line[0] in ("列", "行号"):
                cell.font = Font(bold=True)
            widths[place] = max(widths.get(place, 8), min(44, 2 + 2 * len(text)))
    for place, width in widths.items():
        sheet.column_dimensions[get_column_letter(place)].width = width
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def _workbook(content: bytes) -> Iterator[Sequence[Any]]:
    try:
        with ZipFile(io.BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) > UNPACKED:
                raise FileRefused(_("文件解开后太大，请拆成几张表。"))
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        rows = sheet.iter_rows(values_only=True, max_col=WIDEST, max_row=LONGEST + 1)
        return iter([[_cell(cell) for cell in row] for row in rows])
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError, IndexError, TypeError) as error:
        if isinstance(error, FileRefused):
            raise
        raise FileRefused(_("这不是能读的 Excel 文件（.xlsx）。")) from error


def _csv(content: bytes) -> Iterator[Sequence[Any]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise FileRefused(_("文件的文字认不出来；请存成 Excel 或“CSV UTF-8”。"))
    if "\x00" in text:
        raise FileRefused(_("这不是表格文件；请用 Excel（.xlsx）或 CSV。"))
    try:
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        return iter([[_cell(cell) for cell in row[:WIDEST]] for row in islice(rows, LONGEST + 1)])
    except csv.Error as error:
        raise FileRefused(_("CSV 的引号或分隔有误，读不下去；请检查或存成 Excel。")) from error


def _cell(value: Any) -> Any:
    return value[:CELL] if isinstance(value, str) else value
