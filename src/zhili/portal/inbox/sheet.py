"""A list as a file: CSV for programs, Office Open XML for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Rows = Iterable[Sequence[str]]


def as_csv(rows: Rows) -> bytes:
    """With a mark of UTF-8, which Excel needs; a cell that a spreadsheet would take for a formula is made text."""
    out = io.StringIO()
    csv.writer(out).writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Rows) -> bytes:
    """One sheet; every cell is text, so nothing in it is ever reckoned."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("1")
    for row in rows:
        cells = [WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text)) for text in row]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
