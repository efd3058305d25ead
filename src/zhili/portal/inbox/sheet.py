"""A list as a file: CSV for programs, Office Open XML for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from zhili.base.sheets import workbook
from zhili.base.sheets.harmless import harmless

Rows = Iterable[Sequence[str]]


def as_csv(rows: Rows) -> bytes:
    """With a mark of UTF-8, which Excel needs; a cell that a spreadsheet would take for a formula is made text."""
    out = io.StringIO()
    csv.writer(out).writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Rows) -> bytes:
    """One sheet; every cell is text, so nothing in it is ever reckoned."""
    return workbook.written(rows)
