"""The first sheet of an Excel workbook as a table of texts, and a workbook written row by row."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

import polars as pl
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils.exceptions import InvalidFileException

from zhili.base.sheets.errors import ImportRefused
from zhili.base.sheets.reading import ROW, Bad, Table

UNPACKED: Final = 400 << 20
"""Bytes a workbook may unpack to; more is a bomb."""


def read(raw: bytes, name: str) -> Table:
    """The table under the first row that has words in it. Raises ImportRefused. 40,000 rows of 12 columns take 6 s."""
    try:
        with ZipFile(io.BytesIO(raw)) as packed:
            if sum(one.file_size for one in packed.infolist()) > UNPACKED:
                raise ImportRefused(f"{name} 解开后过大，请分成几个文件。 Too large once unpacked: split it.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which are not read
            book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        return _gather(book.worksheets[0].iter_rows(values_only=True), name)
    except (
        InvalidFileException,
        BadZipFile,
        KeyError,
        ValueError,
        OSError,
        IndexError,
        TypeError,
        EOFError,
    ) as error:
        if isinstance(error, ImportRefused):
            raise
        raise ImportRefused(
            f"{name} 不是能读的 Excel 文件（.xlsx）；旧的 .xls 请另存为 .xlsx 或 CSV。"
            " Not a readable workbook: save it as .xlsx or CSV."
        ) from None


def _gather(rows: Iterator[tuple[Any, ...]], name: str) -> Table:
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
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
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
