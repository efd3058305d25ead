"""Opening a file: CSV in the encodings cities use, or Parquet; rows that cannot be read, and a file that was cut."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from zhili.base.sheets.errors import ImportRefused, MappingRefused
from zhili.base.sheets.harmless import meant

ROW: Final = "\x00row"
"""The column with the number of the record, counted from 1 below the header; no file has one of this name."""
LONGEST: Final = 1 << 20
"""Characters of one field; more is a quotation mark that was never closed."""
_ESCAPED = re.compile("[\udc80-\udcff]")
_PARQUET: Final = b"PAR1"
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class Bad:
    """A row set aside: where, and why in words."""

    row: int
    column: str
    reason: str


@dataclass
class Table:
    """The file as read. ``frame`` holds every whole record with its number in ROW; ``broken`` the rest, as it stood."""

    frame: pl.DataFrame
    columns: list[str]
    bad: list[Bad] = field(default_factory=list)
    broken: dict[int, list[str]] = field(default_factory=dict)
    encoding: str = ""
    whole: bool = True
    rows: int = 0
    """Records that are certainly complete."""
    head: int = 1
    """In which row of the sheet the column names stand: a record's own row is this and its number."""


def digest(path: Path, prefixes: tuple[int, ...] = ()) -> tuple[str, dict[int, str]]:
    """SHA-256 of a file in hex, and that of its first so many bytes for each length asked for."""
    running, at, found = hashlib.sha256(), 0, {}
    stops = sorted({length for length in prefixes if length <= path.stat().st_size})
    with path.open("rb") as file:
        for stop in (*stops, None):
            while part := file.read(1 << 20 if stop is None else min(1 << 20, stop - at)):
                running.update(part)
                at += len(part)
            if stop is not None:
                found[stop] = running.copy().hexdigest()
    return running.hexdigest(), found


def read(path: Path, encoding: str = "", delimiter: str = ",") -> Table:
    """The file's rows. Raises ImportRefused where nothing of it can be read."""
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise ImportRefused(f"文件 {path} 打不开：{error.strerror}。 The file cannot be opened.") from None
    if head == _PARQUET or path.suffix.lower() == ".parquet":
        return _parquet(path)
    if head[:2] == b"PK":
        raise ImportRefused(
            f"{path.name} 是 Excel 文件；请另存为“CSV UTF-8”后再导入。 Save the workbook as CSV (UTF-8) first."
        )
    return read_csv(path.read_bytes(), path.name, encoding, delimiter)


def read_csv(raw: bytes, name: str, encoding: str = "", delimiter: str = ",") -> Table:
    """The rows of a CSV file in memory. Raises ImportRefused where nothing of it can be read."""
    text, found = decode(raw, encoding, name)
    return _csv(text, found, delimiter, name)


def _parquet(path: Path) -> Table:
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        with path.open("rb") as file:
            head = file.read(4)
            tail = file.seek(max(0, path.stat().st_size - 4)) and file.read()
        cut = head == _PARQUET and tail != _PARQUET
        words = (
            "文件不完整，末尾的目录没有了，一行也读不出；请取得完整文件后用同一命令再导入。 The file was cut: a "
            "Parquet file keeps its index at the end. Fetch the whole file and run the same command again."
            if cut
            else f"不是可读的 Parquet 文件（{error}）。 Not a readable Parquet file."
        )
        raise ImportRefused(
            f"{path.name}：{words} 本文件没有导入任何内容。 Nothing of it was imported."
        ) from None
    columns = frame.columns
    return Table(frame.with_row_index(ROW, offset=1), columns, encoding="parquet", rows=frame.height)


def decode(raw: bytes, declared: str, name: str) -> tuple[str, str]:
    """The text of a file and its encoding, declared or detected. Bytes that fit nowhere come as lone surrogates."""
    for bom, encoding in _BOMS:
        if raw.startswith(bom):
            return raw.decode(encoding, "surrogateescape" if encoding == "utf-8-sig" else "replace"), encoding
    if declared:
        return _declared(raw, declared, name), declared
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        as_utf8 = raw.decode("utf-8", "surrogateescape")
    # GB18030 gives nearly any bytes a reading: UTF-8 with a few broken bytes still has far more good characters
    wide = sum(map(len, re.findall("[^\x00-\x7f\udc80-\udcff]+", as_utf8)))
    broken = sum(map(len, re.findall("[\udc80-\udcff]+", as_utf8)))
    if wide > broken:
        return as_utf8, "utf-8"
    return raw.decode("gb18030", "surrogateescape"), "gb18030"


def _declared(raw: bytes, encoding: str, name: str) -> str:
    try:
        text = raw.decode(encoding, "surrogateescape")
    except LookupError:
        raise MappingRefused(f"映射里的编码 {encoding!r} 不存在。 No such encoding.") from None
    if encoding.lower().replace("-", "").replace("_", "") not in ("utf8", "utf8sig") and not raw.isascii():
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            return text
        raise MappingRefused(
            f"映射说 {name} 的编码是 {encoding}，但它其实是 UTF-8；请改正或去掉 encoding。 The file is UTF-8."
        )
    return text


def _csv(text: str, encoding: str, delimiter: str, name: str) -> Table:
    csv.field_size_limit(LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header = next(reader, None)
    if not header:
        raise ImportRefused(f"{name} 是空的。 The file is empty.")
    header = [column.strip() for column in header]
    if any(_ESCAPED.search(column) for column in header):
        raise MappingRefused(
            f"{name} 第1行按 {encoding} 解码不了；请在映射里写明 encoding，如 gb18030。"
            f" Line 1 is not {encoding}: name the encoding in the mapping."
        )
    if len(set(header)) != len(header) or not all(header):
        raise ImportRefused(
            f"{name} 第1行：列名有空的或重复的：{'、'.join(header)}。 Line 1: empty or repeated column names."
        )
    ended = text.endswith(("\n", "\r"))
    return _gather(reader, header, ended, bool(_ESCAPED.search(text)), encoding)


def _gather(
    reader: Iterator[list[str]], header: list[str], ended: bool, damaged: bool, encoding: str
) -> Table:
    """Sort whole records from broken ones; ``ended``: the file's last line has its line end."""
    numbers: list[int] = []
    values: list[list[str]] = []
    table = Table(pl.DataFrame(), header, encoding=encoding)
    row = 0
    while True:
        before = reader.line_num  # type: ignore[attr-defined]
        try:
            record = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            row += 1
            _broken(table, row, before + 1, error)
            continue
        if not record:
            continue
        row += 1
        if len(record) != len(header):
            words = f"第 {before + 1} 行有 {len(record)} 列，表头有 {len(header)} 列"
            table.bad.append(
                Bad(row, "", f"{words} line {before + 1}: {len(record)} fields, {len(header)} in the header")
            )
            table.broken[row] = record
        elif damaged and (found := _undecodable(record, header)):
            table.bad.append(Bad(row, found, "有无法解码的字节，编码不符或文件损坏 undecodable bytes"))
            table.broken[row] = record
        else:
            numbers.append(row)
            values.append([meant(cell) if cell[:1] == "'" else cell for cell in record])
    table.rows = row
    if not ended and table.whole:
        _last_is_doubtful(table, row, numbers, values)
    if not table.whole:
        table.rows = row - 1
    columns = list(zip(*values, strict=True)) if values else [()] * len(header)
    data = {name: pl.Series(name, column, pl.String) for name, column in zip(header, columns, strict=True)}
    table.frame = pl.DataFrame({ROW: pl.Series(ROW, numbers, pl.UInt32), **data})
    return table


def _broken(table: Table, row: int, line: int, error: csv.Error) -> None:
    words = str(error)
    if "unexpected end of data" in words:
        table.whole = False
        reason = (
            f"从第 {line} 行起引号没有闭合，文件在此被截断 cut: a quotation of line {line} is never closed"
        )
    else:
        reason = f"第 {line} 行引号或长度有误 line {line}: {words}"
    table.bad.append(Bad(row, "", reason))
    table.broken[row] = []


def _last_is_doubtful(table: Table, row: int, numbers: list[int], values: list[list[str]]) -> None:
    """Without its line end nobody can tell whether the last record is complete: a date may have lost its last digit."""
    table.whole = False
    reason = (
        "文件末尾没有换行，最后一行可能被截断；确认完整后在末尾加一个换行再导入"
        " the last line has no line end and may be cut; if it is whole, end it and import again"
    )
    if numbers and numbers[-1] == row:
        numbers.pop()
        table.broken[row] = values.pop()
        table.bad.append(Bad(row, "", reason))


def _undecodable(record: list[str], header: list[str]) -> str:
    return next((name for name, value in zip(header, record, strict=True) if _ESCAPED.search(value)), "")
