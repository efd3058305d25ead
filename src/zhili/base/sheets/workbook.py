"""The first sheet of an Excel workbook as a table of texts, and a workbook written row by row."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, Final
from zipfile import ZipFile

import polars as pl
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from python_calamine import CalamineWorkbook

from zhili.base.sheets.errors import ImportRefused
from zhili.base.sheets.reading import ROW, Bad, Table

UNPACKED: Final = 400 << 20
"""Bytes a workbook may unpack to; more is a bomb."""
CELLS: Final = 10_000_000
"""Rows times columns a sheet may span: one cell in the last corner of a sheet would ask for all the memory there is."""
_PLACE: Final = re.compile(rb"""\br=["']([A-Z]{0,3})([0-9]{1,7})["']""")
_OVERLAP: Final = 32


def read(raw: bytes, name: str) -> Table:
    """The table under the first row that has words in it. Raises ImportRefused. 40,000 rows of 10 columns: 1 s.

    Read by calamine (Rust), for openpyxl takes 8 s; dates come as dates, formulas as what they last gave.
    """
    try:
        _refuse_a_bomb(raw, name)
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        return _gather(book.get_sheet_by_index(0).iter_rows(), name)
    except ImportRefused:
        raise
    except BaseException as error:
        # what calamine does not expect in a file is a panic of Rust, which is no Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise ImportRefused(
            f"{name} 不是能读的 Excel 文件（.xlsx）；旧的 .xls 请另存为 .xlsx 或 CSV。"
            " Not a readable workbook: save it as .xlsx or CSV."
        ) from None


def _refuse_a_bomb(raw: bytes, name: str) -> None:
    """Raises ImportRefused for what is small packed and has no place in memory unpacked."""
    with ZipFile(io.BytesIO(raw)) as packed:
        sheets = [one for one in packed.infolist() if "worksheets/" in one.filename.lower()]
        if not any(one.filename.lower().endswith(".xml") for one in sheets):
            raise ValueError(name)
        if sum(one.file_size for one in packed.infolist()) <= UNPACKED and all(
            _span(packed, one.filename) <= CELLS for one in sheets
        ):
            return
    raise ImportRefused(f"{name} 解开后过大，请分成几个文件。 Too large once unpacked: split it.")


def _span(packed: ZipFile, sheet: str) -> int:
    """The last row times the last column that any cell of a sheet names."""
    rows, letters, before = 0, {b""}, b""
    with packed.open(sheet) as file:
        while part := file.read(1 << 20):
            found = set(_PLACE.findall(before + part))
            letters |= {column for column, _row in found}
            rows = max(rows, max((int(row) for _column, row in found), default=0))
            before = part[-_OVERLAP:]
    widest = max(letters, key=lambda one: (len(one), one))
    columns = 0
    for letter in widest:
        columns = 26 * columns + letter - 64
    return rows * max(columns, 1)


def _gather(rows: Iterator[list[Any]], name: str) -> Table:
    header: list[str] = []
    at = 0
    for at, row in enumerate(rows, start=1):  # noqa: B007
        header = [_text(cell) for cell in row]
        while header and not header[-1]:
            header.pop()
        if header:
            break
    if not header:
        raise ImportRefused(f"{name} 是空的。 The file is empty.")
    if len(set(header)) != len(header) or not all(header):
        raise ImportRefused(
            f"{name} 第{at}行：列名有空的或重复的：{'、'.join(header)}。"
            f" Row {at}: empty or repeated column names."
        )
    table = Table(pl.DataFrame(), header, encoding="xlsx", head=at)
    wide, numbers, values = len(header), [], []
    for number, row in enumerate(rows, start=1):
        cells = [_text(cell) for cell in row]
        if not any(cells):
            continue
        table.rows = number
        if any(cells[wide:]):
            table.bad.append(Bad(number, "", "表头以外的列里有内容 cells beyond the header"))
            table.broken[number] = cells
            continue
        numbers.append(number)
        values.append(cells[:wide] + [""] * (wide - len(cells)))
    columns = list(zip(*values, strict=True)) if values else [()] * wide
    data = {title: pl.Series(title, cells, pl.String) for title, cells in zip(header, columns, strict=True)}
    table.frame = pl.DataFrame({ROW: pl.Series(ROW, numbers, pl.UInt32), **data})
    return table


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def written(rows: Iterable[Sequence[str]]) -> bytes:
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
