"""The side file: every row set aside, with the column, the reason and what stood in the file.

It has the file's own columns, so that it can be mended and imported under the same mapping; what a spreadsheet would
reckon has an apostrophe before it, which reading takes away again.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from zhili.base.sheets.harmless import harmless
from zhili.base.sheets.reading import ROW, Bad, Table

HEAD = ("__row", "__column", "__reason")


def write(path: Path, table: Table, bad: list[Bad]) -> None:
    """Replace the side file whole; without bad rows there is none. UTF-8 with a mark, so that Excel reads it."""
    if not bad:
        path.unlink(missing_ok=True)
        return
    part = path.with_name(path.name + ".part")
    # personal values stand in it as they stood in the file: for its owner's eyes
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "w", encoding="utf-8-sig", newline="", errors="backslashreplace") as file:
        out = csv.writer(file)
        out.writerow([*HEAD, *table.columns])
        out.writerows([harmless(cell) for cell in row] for row in rows(table, bad))
    part.replace(path)


def rows(table: Table, bad: list[Bad]) -> Iterator[list[str]]:
    """Number, columns and reasons of each row set aside, and its cells as they stood in the file."""
    by_row: dict[int, list[Bad]] = {}
    for one in bad:
        by_row.setdefault(one.row, []).append(one)
    values = _values(table, by_row)
    for row in sorted(by_row):
        found = by_row[row]
        columns = "；".join(dict.fromkeys(one.column for one in found if one.column))
        reasons = "；".join(dict.fromkeys(one.reason for one in found))
        yield [str(row), columns, reasons, *values.get(row, [])]


def _values(table: Table, rows: dict[int, list[Bad]]) -> dict[int, list[str]]:
    wanted = table.frame.filter(pl.col(ROW).is_in(list(rows)))
    shown = wanted.select(ROW, pl.col(table.columns).cast(pl.String).fill_null(""))
    found = {row: list(values) for row, *values in shown.iter_rows()}
    return found | {row: list(record) for row, record in table.broken.items()}
