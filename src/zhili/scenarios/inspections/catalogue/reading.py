"""A catalogue in a table: CSV in UTF-8 or GB 18030, or Excel. Each bad row is named, with its column and why."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from zhili.core.cases.errors import Refused
from zhili.scenarios.inspections.catalogue.lines import Line, check

LARGEST: Final = 2_000_000
"""Bytes of a table."""
MOST: Final = 2000
"""Rows of a table."""
SEEDED: Final = Path(__file__).parent.parent / "data"
HEADS: Final = {
    "事项编号": "code", "事项名称": "title", "法律依据": "law", "条款": "article", "核对": "checked", "版本": "version",
    "原文": "quote", "检查主体": "body", "对象种类": "object_kind", "比例": "ratio", "频次": "frequency",
    "方式": "method", "时长": "minutes", "检查要点": "checklist",
}  # fmt: skip
TITLES: Final = {name: title for title, name in HEADS.items()}
NEEDED: Final = ("code", "title", "law", "article", "body", "object_kind", "ratio", "frequency", "method",
                 "minutes", "checklist")  # fmt: skip


@dataclass(frozen=True)
class Bad:
    """A cell that stops its row: ``row`` as the table program counts, the heading being row 1."""

    row: int
    column: str
    reason: str

    @property
    def title(self) -> str:
        return TITLES.get(self.column, self.column)


@dataclass
class Read:
    """What a table gave: whole lines with their row, and what is wrong with the rest."""

    lines: list[tuple[int, Line]] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)

    @property
    def bad_rows(self) -> int:
        return len({one.row for one in self.bad})


def seeded() -> list[Line]:
    """The platform's own starting catalogue. Every row of it is good, or the release is not."""
    read = of_file("items.csv", (SEEDED / "items.csv").read_bytes())
    if read.bad:
        raise ValueError(f"row {read.bad[0].row}, {read.bad[0].column}: {read.bad[0].reason}")
    return [line for _row, line in read.lines]


def of_file(name: str, body: bytes) -> Read:
    """The lines of a table. Raises Refused where it is none, is too large, or has not the columns it needs."""
    if len(body) > LARGEST:
        raise Refused("too_large", _("表格超过 2 MB，请分几次交"), 413)
    rows = _excel(body) if body[:2] == b"PK" else _csv(body)
    head = [HEADS.get(one.strip(), one.strip().lower()) for one in rows[0]] if rows else []
    if missing := [TITLES[one] for one in NEEDED if one not in head]:
        words = _("表格第一行缺少这些列：%(missing)s。可以下载现有目录，照它的样子填。")
        raise Refused("no_heads", words % {"missing": "、".join(missing)}, 422)
    return _gather(head, rows[1:])


def _gather(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Read:
    read, seen = Read(), dict[str, int]()
    for number, cells in enumerate(rows, 2):
        if not any(one.strip() for one in cells):
            continue
        told = {name: text for name, text in zip(head, cells, strict=False) if name}
        line, wrong = check(told)
        if line is not None and (first := seen.setdefault(line.code, number)) != number:
            line, wrong = None, {"code": _("编号与第 %d 行相同") % first}
        read.bad += [Bad(number, column, why) for column, why in wrong.items()]
        if line is not None:
            read.lines.append((number, line))
    return read


def _csv(body: bytes) -> list[list[str]]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("gb18030", "replace")
    try:
        return _few(list(csv.reader(io.StringIO(text.replace("\x00", "")), strict=True)))
    except csv.Error:
        raise Refused("not_read", _("这不是可读的表格，请交 CSV 或 Excel（.xlsx）"), 422) from None


def _excel(body: bytes) -> list[list[str]]:
    try:
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(values_only=True, max_row=MOST + 2, max_col=40)
        return _few([[_cell(one) for one in row] for row in rows])
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, IndexError):
        raise Refused("not_read", _("这不是可读的表格，请交 CSV 或 Excel（.xlsx）"), 422) from None


def _few(rows: list[list[str]]) -> list[list[str]]:
    if len(rows) > MOST + 1:
        raise Refused("too_many", _("一次最多 %d 行，请分几次交") % MOST, 413)
    return rows


def _cell(value: Any) -> str:
    """As it is read on the sheet: 20.0 is 20, and 0.2 under a percent format stays what it is and is refused."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
