"""Good rows from bad, column by column over the whole file at once; every bad one with its column and its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl
from django.utils import timezone

from zhili.base.sheets.errors import MappingRefused
from zhili.base.sheets.reading import ROW, Bad, Table
from zhili.core.cases.importing.mapping import PLACEHOLDER, Mapping

TIMES: Final = ("opened", "answered", "closed")
WORDS: Final = ("title", "text", "answer", "address")
LOOKED_UP: Final = ("category", "division", "office", "outcome")
FIRST_YEAR: Final = 1900
LONGEST_ID, LONGEST_TEXT = 100, 20_000
SHOWN: Final = 60
"""Characters of a value that are shown in a reason."""
EDGES: Final = " \t:：,，;；-–/|"
_HOURS: Final = ("%H", "%I", "%T", "%R", "%s", "%c", "%+", "%X", "%r")


@dataclass
class Checked:
    """``good``: rows by field, with ROW; raw values of LOOKED_UP are texts still. ``bad``: the rest of the file."""

    good: pl.DataFrame
    bad: list[Bad]

    def drop(self, found: Iterable[Bad]) -> None:
        """Set more rows aside."""
        found = list(found)
        if found:
            self.bad += found
            self.good = self.good.filter(~pl.col(ROW).is_in([one.row for one in found]))


def check(table: Table, mapping: Mapping, now: datetime | None = None) -> Checked:
    """Every row's fields read and tried. Raises MappingRefused when a column is missing or mostly unreadable."""
    mapping.fit(table.columns)
    zone = mapping.zone or timezone.get_default_timezone()
    columns = [
        pl.col(ROW),
        *(_words(mapping, name) for name in WORDS),
        *(_raw(mapping, n) for n in LOOKED_UP),
    ]
    columns += [_text(mapping.columns["id"]).alias("id")]
    columns += [_number(table, mapping, name) for name in ("lon", "lat")]
    columns += [_time(table.frame, mapping, name, zone) for name in TIMES]
    read = table.frame.select(columns)
    original = table.frame
    checked = Checked(read, list(table.bad))
    checked.drop(_unreadable(read, original, mapping))
    checked.drop(_outside(checked.good, original, mapping, zone, now or timezone.now()))
    checked.drop(_disordered(checked.good, mapping))
    checked.drop(_lengths(checked.good, mapping))
    checked.drop(_repeated(checked.good, mapping))
    refuse_if_most(checked.bad, table, mapping)
    return checked


def refuse_if_most(bad: list[Bad], table: Table, mapping: Mapping) -> None:
    """More than half of the rows bad in one column: then it is the mapping that is wrong. Raises MappingRefused."""
    seen = Counter(one.column for one in bad)
    for column, times in seen.items():
        if 2 * times > max(table.rows, 1):
            first = min((one for one in bad if one.column == column), key=lambda one: one.row)
            field = next((name for name in mapping.columns if column in mapping.used(name)), "")
            where = f"映射 {mapping.name} 第 {mapping.line('columns', field)} 行 {field}：" if field else ""
            shown = f"列“{column}”" if column else "多数行"
            raise MappingRefused(
                f"{where}{shown}有 {times} 行（共 {table.rows} 行）不能用，看来映射与文件不符。"
                f"第 {first.row} 行：{first.reason}。"
                f" The mapping does not fit: column {column!r}, row {first.row}. 没有导入任何内容。"
                " Nothing was imported."
            )


# --- reading the fields ---------------------------------------------------------------------------


def _text(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String).str.strip_chars().fill_null("")


def _words(mapping: Mapping, name: str) -> pl.Expr:
    """A text field: a column, several put together, or a fixed text."""
    given = mapping.columns.get(name, "")
    if not given:
        return pl.lit(mapping.fixed.get(name, "")).alias(name)
    if len(used := mapping.used(name)) == 1 and given == used[0]:
        return _text(given).alias(name)
    pieces = PLACEHOLDER.split(given)  # text, column, text, column …
    parts = [_text(piece) if n % 2 else pl.lit(piece) for n, piece in enumerate(pieces)]
    return pl.concat_str(parts).str.strip_chars(EDGES).alias(name)


def _raw(mapping: Mapping, name: str) -> pl.Expr:
    given = mapping.columns.get(name)
    return (_text(given) if given else pl.lit(mapping.fixed.get(name, ""))).alias(name)


def _number(table: Table, mapping: Mapping, name: str) -> pl.Expr:
    given = mapping.columns.get(name)
    if given is None:
        return pl.lit(None, pl.Float64).alias(name)
    column = pl.col(given)
    if table.frame.schema[given] == pl.String:
        column = column.str.strip_chars()
    return column.cast(pl.Float64, strict=False).alias(name)


def _time(frame: pl.DataFrame, mapping: Mapping, name: str, zone: ZoneInfo) -> pl.Expr:
    """A moment in UTC; null where there is none, or none that can be read."""
    given = mapping.columns.get(name)
    if given is None:
        return pl.lit(None, pl.Datetime("us", "UTC")).alias(name)
    kind = frame.schema[given]
    if isinstance(kind, pl.Datetime) and kind.time_zone:
        moment = pl.col(given).dt.cast_time_unit("us").dt.convert_time_zone("UTC")
    elif isinstance(kind, pl.Datetime) or kind == pl.Date:
        moment = _local(pl.col(given).cast(pl.Datetime("us")), zone)
    else:
        text = pl.col(given).cast(pl.String).str.strip_chars()
        moment = pl.coalesce([_parsed(text, one, zone) for one in mapping.formats])
    return moment.alias(name)


def _parsed(text: pl.Expr, form: str, zone: ZoneInfo) -> pl.Expr:
    if "%z" in form or "%:z" in form:
        return text.str.to_datetime(form, strict=False, time_unit="us").dt.convert_time_zone("UTC")
    if not any(mark in form for mark in _HOURS):
        return _local(text.str.to_date(form, strict=False).cast(pl.Datetime("us")), zone)
    return _local(text.str.to_datetime(form, strict=False, time_unit="us"), zone)


def _local(moment: pl.Expr, zone: ZoneInfo) -> pl.Expr:
    """A wall clock's time; an hour that a change of clocks left out is none."""
    return moment.dt.replace_time_zone(
        zone.key, ambiguous="earliest", non_existent="null"
    ).dt.convert_time_zone("UTC")


# --- what is wrong ---------------------------------------------------------------------------------


def _unreadable(read: pl.DataFrame, original: pl.DataFrame, mapping: Mapping) -> Iterable[Bad]:
    for name in (*TIMES, "lon", "lat"):
        column = mapping.columns.get(name)
        if column is None:
            continue
        given = original[column].cast(pl.String).str.strip_chars().fill_null("")
        words = "时间读不出 unreadable time" if name in TIMES else "不是数 not a number"
        yield from _each(read[ROW], read[name].is_null() & (given != ""), given, column, words)
    column = mapping.columns["opened"]
    empty = original[column].cast(pl.String).str.strip_chars().fill_null("") == ""
    yield from (Bad(r, column, "没有时间 no time of opening") for r in read[ROW].filter(empty))
    yield from (Bad(r, mapping.columns["id"], "没有编号 no id") for r in read[ROW].filter(read["id"] == ""))


def _outside(
    good: pl.DataFrame, original: pl.DataFrame, mapping: Mapping, zone: ZoneInfo, now: datetime
) -> Iterable[Bad]:
    first = datetime(FIRST_YEAR, 1, 1, tzinfo=zone).astimezone(UTC)
    last = now + timedelta(days=1)
    for name in TIMES:
        if (column := mapping.columns.get(name)) is None:
            continue
        shown = good[name].dt.convert_time_zone(zone.key).dt.strftime("%Y-%m-%d %H:%M:%S")
        yield from _each(
            good[ROW], (good[name] < first).fill_null(False), shown, column, "早于1900年 before 1900"
        )
        yield from _each(
            good[ROW], (good[name] > last).fill_null(False), shown, column, "晚于明天 after tomorrow"
        )
    for name, most in (("lon", 180), ("lat", 90)):
        if column := mapping.columns.get(name):
            wild = ~good[name].abs().le(most).fill_null(True) | good[name].is_nan().fill_null(False)
            yield from _each(
                good[ROW], wild, good[name].cast(pl.String), column, "不在地球上 not on the globe"
            )


def _disordered(good: pl.DataFrame, mapping: Mapping) -> Iterable[Bad]:
    for late, early, words in (
        ("answered", "opened", "答复早于上报 answered before it was opened"),
        ("closed", "opened", "办结早于上报 closed before it was opened"),
        ("closed", "answered", "办结早于答复 closed before it was answered"),
    ):
        if column := mapping.columns.get(late):
            wrong = (good[late] < good[early]).fill_null(False)
            yield from (Bad(row, column, words) for row in good[ROW].filter(wrong))
    if column := mapping.columns.get("answer"):
        alone = (good["answer"] != "") & good["answered"].is_null()
        yield from (
            Bad(r, column, "有答复而没有答复时间 an answer without its time") for r in good[ROW].filter(alone)
        )
    if (column := mapping.columns.get("lon")) and mapping.columns.get("lat"):
        half = good["lon"].is_null() != good["lat"].is_null()
        yield from (Bad(r, column, "经纬度缺一个 half a point") for r in good[ROW].filter(half))


def _lengths(good: pl.DataFrame, mapping: Mapping) -> Iterable[Bad]:
    for name, most in (("id", LONGEST_ID), *((name, LONGEST_TEXT) for name in WORDS)):
        if column := mapping.columns.get(name):
            long = good[name].str.len_chars() > most
            words = f"超过 {most} 个字 longer than {most} characters"
            yield from (Bad(row, column, words) for row in good[ROW].filter(long))


def _repeated(good: pl.DataFrame, mapping: Mapping) -> Iterable[Bad]:
    again = good.filter(~pl.col("id").is_first_distinct())
    if again.height:
        firsts = dict(good.unique("id", keep="first", maintain_order=True).select("id", ROW).iter_rows())
        column = mapping.columns["id"]
        for row, key in again.select(ROW, "id").iter_rows():
            yield Bad(row, column, f"编号与第 {firsts[key]} 行重复 same id as row {firsts[key]}")


def _each(rows: pl.Series, wrong: pl.Series, values: pl.Series, column: str, words: str) -> Iterable[Bad]:
    for row, value in zip(rows.filter(wrong), values.filter(wrong), strict=True):
        shown = value if len(value) <= SHOWN else value[:SHOWN] + "…"
        yield Bad(row, column, f"{words}：“{shown}”")
