"""What a file of statutes left for a person: each point with law, article, row and why, to list and take away."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font

from zhili.base.decisions import OneOf, Words
from zhili.core.tables import naming, reading
from zhili.core.tables.fines import Draft, Read
from zhili.core.tables.models import State, TableVersion
from zhili.core.tables.telling import said

HEADS: Final = ("行", "法律法规", "条", "表内行号", "下限（元）", "上限（元）", "条文", "为什么")
WIDTHS: Final = (8, 30, 12, 10, 12, 12, 70, 50)


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to look at. ``line``: of the file, where it is known; ``row``: of the table, 0 the whole; yuan."""

    law: str
    article: str
    why: str
    line: int | None = None
    row: int = 0
    low: str = ""
    high: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a draft beside the article's words: amounts in fen, and what must be looked at."""

    number: int
    clause: str
    low: int
    high: int
    flags: tuple[str, ...]

    @property
    def amounts(self) -> str:
        """In yuan: 5,000–50,000."""
        return f"{self.low // 100:,}–{self.high // 100:,}"


def waiting(law: str = "", flag: str = "", text: str = "") -> QuerySet[TableVersion]:
    """Drafts nobody has looked through, of a law, with a flag (its Chinese source text), holding a text."""
    found = TableVersion.objects.filter(state=State.DRAFT, drafted_by=None)
    if law:
        found = found.filter(name__startswith=naming.of_article(law, ""))
    if flag:
        found = found.filter(flags__contains=[{"text": flag}])
    if text:
        found = found.filter(Q(title__icontains=text) | Q(source__icontains=text) | Q(name__icontains=text))
    return found.order_by("name", "number")


def laws() -> list[tuple[str, int]]:
    """Laws with drafts that wait, and how many."""
    names = TableVersion.objects.filter(state=State.DRAFT, drafted_by=None).values_list("name", flat=True)
    return sorted(Counter(law_of(name) for name in names).items())


def flags() -> list[tuple[str, str, int]]:
    """(source text, in words, how many drafts) of every flag that drafts carry, the rarest first.

    A flag with figures in it is told by its text without them."""
    found: Counter[str] = Counter()
    for told in TableVersion.objects.filter(state=State.DRAFT, drafted_by=None).values_list(
        "flags", flat=True
    ):
        found.update({one["text"] for one in told})
    return [
        (text, in_general(text), n) for text, n in sorted(found.items(), key=lambda item: (item[1], item[0]))
    ]


def in_general(text: str) -> str:
    """A flag without its figures."""
    return said(Words(text, **dict.fromkeys(("low", "high", "dated", "name", "text"), "…")))


def law_of(name: str) -> str:
    """``discretion.<law>.<article>``: the law."""
    return name.removeprefix(naming.PREFIX).rpartition(".")[0]


def rows_of(version: TableVersion) -> list[Row]:
    """The rows of a draft, those with a flag first."""
    table = reading.table_of(version)
    noted: dict[int, list[str]] = {}
    for one in version.flags:
        noted.setdefault(one["row"], []).append(said(Words(one["text"], **one["told"])))
    found = []
    for row in table.rows:
        condition = row.when.get(naming.CLAUSE)
        clause = "、".join(sorted(condition.choices)) if isinstance(condition, OneOf) else ""
        low, high = row.then.get("low", 0), row.then.get("high", 0)
        found.append(Row(row.number, clause, _whole(low), _whole(high), tuple(noted.get(row.number, ()))))
    return sorted(found, key=lambda one: (not one.flags, one.number))


def _whole(value: Any) -> int:
    return value if type(value) is int else 0


def of_import(found: Read, drafts: Iterable[Draft]) -> Iterator[Point]:
    """Lines that were not taken, then every flag of the drafts."""
    for one in found.refused:
        told = one.given
        yield Point(
            told.get("law", ""), told.get("article", ""), said(one.words), one.line, 0,
            told.get("fine_min", ""), told.get("fine_max", ""), told.get("clause", ""),
        )  # fmt: skip
    lines = {(one.law, one.article, one.low, one.high): one.line for one in found.clauses}
    for draft in drafts:
        law, _dot, article = draft.table.name.removeprefix(naming.PREFIX).rpartition(".")
        for number, words in draft.flags:
            yield _point(law, article, number, said(words), draft.table.row(number), lines)


def of_versions(versions: Iterable[TableVersion]) -> Iterator[Point]:
    """Every flag of drafts that wait."""
    for version in versions:
        law, _dot, article = version.name.removeprefix(naming.PREFIX).rpartition(".")
        table = reading.table_of(version)
        for one in version.flags:
            words = said(Words(one["text"], **one["told"]))
            yield _point(law, article, one["row"], words, table.row(one["row"]), {})


def _point(law: str, article: str, number: int, why: str, row: Any, lines: dict[Any, int]) -> Point:
    if row is None:
        return Point(law, article, why)
    condition = row.when.get(naming.CLAUSE)
    clause = "、".join(sorted(condition.choices)) if isinstance(condition, OneOf) else ""
    low, high = _whole(row.then.get("low")) // 100, _whole(row.then.get("high")) // 100
    line = lines.get((law, article, low, high))
    return Point(law, article, why, line, number, str(low), str(high), clause)


def workbook(points: Iterable[Point]) -> bytes:
    """An Excel workbook, one point a line. Texts stay texts: nothing that begins like a formula becomes one."""
    made = Workbook()
    sheet = made.active
    sheet.title = "flags"
    sheet.append(list(HEADS))
    for column, width in zip("ABCDEFGH", WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
        sheet[f"{column}1"].font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for number, one in enumerate(points, start=2):
        told = (one.line, one.law, one.article, one.row or None, one.low, one.high, one.clause, one.why)
        for place, value in enumerate(told, start=1):
            if isinstance(value, str):
                cell = sheet.cell(number, place, ILLEGAL_CHARACTERS_RE.sub("", value))
                cell.data_type = "s"
            else:
                cell = sheet.cell(number, place, value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()
