"""A table as a sheet a clerk fills in, and back: the same lines in a CSV file and in a workbook.

Three blocks on one sheet. First what the table is (编码, 名称, 命中), then one line for each column (条件 or 结果:
code, title, kind, choices, unit, least, most), then the rows under a line that begins with 行号 and names the columns
by title, with 依据 last. Every fault names the line of the sheet, the column and the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from zhili.base.decisions.conditions import faulty, shown
from zhili.base.decisions.reading import CellRefused, amount, clean, read_condition, read_value
from zhili.base.decisions.saying import written
from zhili.base.decisions.table import ANY, Column, Condition, Hit, Kind, Row, Table, Value
from zhili.base.decisions.words import Words

HITS: Final[dict[str, Hit]] = {"唯一": "unique", "首条": "first", "汇总": "collect"}
KINDS: Final[dict[str, Kind]] = {
    "数": "number",
    "整数": "number",
    "金额": "money",
    "选项": "choice",
    "是否": "boolean",
    "文字": "text",
}
COLUMN_LINE: Final = ("列", "编码", "标题", "类型", "可选值", "单位", "最小", "最大")
NAME, TITLE, HIT, INPUT, OUTPUT, NUMBER, CITATION = "编码", "名称", "命中", "条件", "结果", "行号", "依据"
LONGEST: Final = 20_000
"""Lines of one sheet."""


@dataclass(frozen=True, slots=True)
class CellError:
    """Why a line cannot be taken: ``line`` as the sheet counts them (0: the whole), ``column`` by title, ``words``."""

    line: int
    column: str
    words: Words


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read: the table when every line could be taken, else None; ``lines``: of each row number, its line."""

    table: Table | None
    errors: tuple[CellError, ...] = ()
    lines: dict[int, int] = field(default_factory=dict)


def to_lines(table: Table) -> Iterator[list[str]]:
    """The sheet of a table, line by line."""
    yield [NAME, table.name]
    yield [TITLE, table.title]
    yield [HIT, _key(HITS, table.hit)]
    yield []
    yield list(COLUMN_LINE)
    for word, columns in ((INPUT, table.inputs), (OUTPUT, table.outputs)):
        for column in columns:
            yield _column_line(word, column)
    yield []
    yield [NUMBER, *(one.title for one in (*table.inputs, *table.outputs)), CITATION]
    for row in table.rows:
        when = [written(row.when[one.name], one) if one.name in row.when else "" for one in table.inputs]
        then = [shown(row.then[one.name], one) if one.name in row.then else "" for one in table.outputs]
        yield [str(row.number), *when, *then, row.citation]


def from_lines(lines: Iterable[Sequence[Any]]) -> Sheet:
    """The table of a sheet, or every reason why not. What is wrong with the table itself is for ``faults`` to say."""
    reader = _Reader()
    for number, cells in enumerate(lines, 1):
        if number > LONGEST:
            return Sheet(None, (CellError(number, "", Words("超过 %(most)s 行，请拆开", most=LONGEST)),))
        reader.take(number, list(cells))
    return reader.done()


class _Reader:
    def __init__(self) -> None:
        self.head: dict[str, str] = {}
        self.inputs: list[Column] = []
        self.outputs: list[Column] = []
        self.places: dict[int, Column] | None = None
        """Of the lines of rows: which column of the table stands in which column of the sheet."""
        self.citation = -1
        self.rows: list[Row] = []
        self.lines: dict[int, int] = {}
        self.errors: list[CellError] = []

    def take(self, line: int, cells: list[Any]) -> None:
        texts = [clean(cell) for cell in cells]
        if not any(texts):
            return
        try:
            if self.places is not None:
                self._row(line, cells, texts)
            elif texts[0] == NUMBER:
                self._header(line, texts)
            elif texts[0] in (INPUT, OUTPUT):
                self._column(texts, [_raw(cell) for cell in cells])
            elif texts[0] in (NAME, TITLE, HIT):
                self.head[texts[0]] = _raw(cells[1]) if len(cells) > 1 else ""
            elif texts[0] != COLUMN_LINE[0]:
                self._refuse(line, "", Words("看不懂这一行：开头是“%(text)s”", text=texts[0][:30]))
        except CellRefused as error:
            self._refuse(line, "", error.words)

    def done(self) -> Sheet:
        for key in (NAME, TITLE):
            if not self.head.get(key):
                self._refuse(0, key, Words("没有写“%(key)s”", key=key))
        hit = HITS.get(self.head.get(HIT, ""))
        if hit is None:
            words = Words("“%(key)s”要写：%(choices)s", key=HIT, choices="、".join(HITS))
            self._refuse(0, HIT, words)
        if self.places is None:
            self._refuse(0, "", Words("没有找到以“行号”开头的表头"))
        if self.errors or hit is None:
            return Sheet(None, tuple(self.errors), self.lines)
        made = Table(
            self.head[NAME], self.head[TITLE], tuple(self.inputs), tuple(self.outputs), hit, tuple(self.rows)
        )
        return Sheet(made, (), self.lines)

    def _refuse(self, line: int, column: str, words: Words) -> None:
        self.errors.append(CellError(line, column, words))

    def _column(self, texts: list[str], raw: list[str]) -> None:
        word, name, _title, kind, _choices, _unit, least, most = (*texts, *[""] * 8)[:8]
        title, choices, unit = ((*raw, *[""] * 8)[place] for place in (2, 4, 5))
        if kind not in KINDS:
            told = {"kind": kind, "choices": "、".join(KINDS)}
            raise CellRefused(Words("类型“%(kind)s”不认识，可写：%(choices)s", **told))
        whole = kind == "整数"
        bare = Column(name, title, KINDS[kind], unit=unit, whole=whole)
        column = Column(
            name,
            title,
            KINDS[kind],
            tuple(one.strip() for one in choices.split("|") if one.strip()),
            unit,
            amount(least, bare) if least else None,
            amount(most, bare) if most else None,
            whole,
        )
        known = {one.title for one in (*self.inputs, *self.outputs)} | {NUMBER, CITATION}
        if title in known:
            raise CellRefused(Words("标题“%(title)s”用了不止一次", title=title))
        if words := faulty(column, output=word == OUTPUT):
            raise CellRefused(words)
        (self.inputs if word == INPUT else self.outputs).append(column)

    def _header(self, line: int, texts: list[str]) -> None:
        titles = {clean(one.title): one for one in (*self.inputs, *self.outputs)}
        places: dict[int, Column] = {}
        seen: set[str] = set()
        for place, text in enumerate(texts[1:], 1):
            if text and text in seen:
                self._refuse(line, text, Words("表头里“%(title)s”用了不止一次", title=text))
            elif text == CITATION:
                self.citation = place
            elif text in titles:
                places[place] = titles[text]
            elif text:
                self._refuse(line, text, Words("表头里的“%(title)s”前面没有说明是什么列", title=text))
            seen.add(text)
        for title in titles:
            if title not in seen:
                self._refuse(line, title, Words("表头里没有“%(title)s”", title=title))
        if self.citation < 0:
            self._refuse(line, CITATION, Words("表头里没有“%(title)s”", title=CITATION))
        self.places = places

    def _row(self, line: int, cells: list[Any], texts: list[str]) -> None:
        number = texts[0]
        if not (number.isascii() and number.isdigit() and 0 < len(number) < 7) or int(number) == 0:
            return self._refuse(line, NUMBER, Words("行号要写从 1 起的整数，写的是“%(text)s”", text=number))
        if int(number) in self.lines:
            told = {"row": int(number), "line": self.lines[int(number)]}
            return self._refuse(line, NUMBER, Words("行号 %(row)s 在第 %(line)s 行已经用过", **told))
        self.lines[int(number)] = line
        when: dict[str, Condition] = {}
        then: dict[str, Value] = {}
        inputs = {one.name for one in self.inputs}
        for place, column in (self.places or {}).items():
            cell = cells[place] if place < len(cells) else None
            try:
                if column.name in inputs:
                    condition = read_condition(cell, column)
                    if condition != ANY:
                        when[column.name] = condition
                else:
                    then[column.name] = read_value(cell, column)
            except CellRefused as error:
                self._refuse(line, column.title, error.words)
        citation = cells[self.citation] if 0 <= self.citation < len(cells) else None
        said = _raw(citation)
        if not said:
            self._refuse(line, CITATION, Words("没有写依据的条款或文件"))
        self.rows.append(Row(int(number), when, then, said))
        return None


def _raw(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _column_line(word: str, column: Column) -> list[str]:
    kind = "整数" if column.kind == "number" and column.whole else _key(KINDS, column.kind)
    ends = [shown(end, column) if end is not None else "" for end in (column.least, column.most)]
    return [word, column.name, column.title, kind, "|".join(column.choices), column.unit, *ends]


def _key(words: dict[str, Any], value: str) -> str:
    return next(word for word, one in words.items() if one == value)
