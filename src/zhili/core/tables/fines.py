"""What statutes allow, read from a list of clauses, as drafts: one table an article, one row a clause, nothing decided.

The list is CSV with the columns law, article, fine_min, fine_max (yuan) and clause, taken from the texts by a machine.
Each draft says what a person must confirm; nobody's name stands on it until somebody has looked through it.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from zhili.base.decisions import Column, OneOf, Row, Table, Words
from zhili.base.decisions.document import to_document
from zhili.core.people.actors import Actor
from zhili.core.tables import keeping, naming, telling
from zhili.core.tables.amounts import ranges_in
from zhili.core.tables.models import State, TableVersion

COLUMNS: Final = ("law", "article", "fine_min", "fine_max", "clause")
IMPORTER: Final = Actor(kind="rule", label="条款导入")
LARGEST: Final = 100_000_000_000
"""Yuan; a fine beyond it is a slip of the pen."""
_DATED: Final = re.compile(r"(.*?)\s*[（(](\d{4}-\d{2}-\d{2})[)）]")
_SHARES: Final = re.compile(r"倍|百分之|%")
CLAUSE: Final = (naming.CLAUSE, "违法情形")
OUT: Final = (Column("low", "罚款下限", "money"), Column("high", "罚款上限", "money"))


class NotFines(ValueError):
    """A file without the columns of such a list; str() says which."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One line of the list. ``line`` as the file counts them; amounts in yuan."""

    line: int
    law: str
    dated: str
    article: str
    low: int
    high: int
    text: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a line was not taken; ``given`` as it stood there."""

    line: int
    words: Words
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Read:
    clauses: list[Clause] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Draft:
    """A table to be, with what a person must confirm by row (0: the whole)."""

    table: Table
    source: str
    flags: tuple[tuple[int, Words], ...]


@dataclass
class Done:
    """How many drafts were made, how many stood already, how many flags they carry."""

    made: int = 0
    same: int = 0
    flags: int = 0


def read(text: str) -> Read:
    """The clauses of a list, and every line that cannot be one. Raises NotFines."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    if lacking := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
        raise NotFines(f"缺少列：{'、'.join(lacking)}。 Missing columns.")
    found = Read()
    for row in rows:
        clean = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if not any(clean.values()):
            continue
        line = rows.line_num
        if words := _unfit(clean):
            found.refused.append(Refusal(line, words, clean))
            continue
        law, dated = _law(clean["law"])
        low, high = int(clean["fine_min"]), int(clean["fine_max"])
        found.clauses.append(Clause(line, law, dated, clean["article"], low, high, clean["clause"]))
    return found


def drafts(clauses: Iterable[Clause]) -> Iterator[Draft]:
    """One draft for each article of each edition of a law, older editions first."""
    articles: dict[tuple[str, str, str], list[Clause]] = {}
    for one in clauses:
        articles.setdefault((one.law, one.article, one.dated), []).append(one)
    for _key, found in sorted(articles.items(), key=lambda item: (item[0][0], item[0][2], item[1][0].line)):
        yield _draft(found)


def keep(found: Iterable[Draft]) -> Done:
    """Keep drafts that are not there yet; running it again adds nothing."""
    done = Done()
    for one in found:
        digest = telling.digest(to_document(one.table))
        there = TableVersion.objects.filter(name=one.table.name, sha256=digest)
        if there.exclude(state=State.WITHDRAWN, confirmed_at=None).exists():
            done.same += 1
            continue
        keeping.draft(one.table, one.source, IMPORTER, flags=one.flags, looked_through=False)
        done.made += 1
        done.flags += len(one.flags)
    return done


def _unfit(row: dict[str, str]) -> Words | None:
    for name in ("law", "article", "clause"):
        if not row[name]:
            return Words("没有写“%(name)s”：没有条款的罚款不能导入", name=name)
    for name in ("fine_min", "fine_max"):
        if not (row[name].isascii() and row[name].isdigit()) or int(row[name]) > LARGEST:
            return Words("“%(name)s”要写以元计的整数，写的是“%(text)s”", name=name, text=row[name][:30])
    if int(row["fine_min"]) > int(row["fine_max"]) or int(row["fine_max"]) == 0:
        low, high = row["fine_min"], row["fine_max"]
        return Words("下限 %(low)s 元、上限 %(high)s 元，不是一个幅度", low=low, high=high)
    return None


def _law(text: str) -> tuple[str, str]:
    match = _DATED.fullmatch(text)
    return (match[1], match[2]) if match else (text, "")


def _draft(found: list[Clause]) -> Draft:
    first = found[0]
    kept = list({(one.text, one.low, one.high): one for one in found}.values())
    texts = Counter(one.text for one in kept)
    labels = [_label(one, texts[one.text] > 1) for one in kept]
    column = Column(*CLAUSE, "choice", tuple(labels))
    source = f"{first.law}（{first.dated}）{first.article}" if first.dated else f"{first.law}{first.article}"
    rows = tuple(
        Row(n, {CLAUSE[0]: OneOf(label)}, {"low": one.low * 100, "high": one.high * 100}, source)
        for n, (one, label) in enumerate(zip(kept, labels, strict=True), start=1)
    )
    name = naming.of_article(first.law, first.article)
    title = f"{first.law}{first.article}法定罚款幅度"
    flags: list[tuple[int, Words]] = [(0, Words("只有法定幅度，没有裁量档次：请补上情节、档次和各档的依据"))]
    if first.dated:
        flags.append((0, Words("条文取自 %(dated)s 的文本，请核对是否现行", dated=first.dated)))
    else:
        flags.append((0, Words("来源没有写条文的公布日期，请核对是否现行")))
    for n, one in enumerate(kept, start=1):
        flags += [(n, words) for words in _doubts(one, texts[one.text] > 1)]
    return Draft(Table(name, title, (column,), OUT, "unique", rows), source, tuple(flags))


def _label(one: Clause, several: bool) -> str:
    text = one.text.removeprefix(one.article).strip().replace("|", "／")
    return f"{text}（{one.low}—{one.high}元）" if several or not text else text


def _doubts(one: Clause, several: bool) -> Iterator[Words]:
    """What about a line a machine cannot answer for."""
    told = ranges_in(one.text)
    if (one.low, one.high) not in told:
        yield Words("数额和条文对不上：导入的是 %(low)s—%(high)s 元，请对照原文", low=one.low, high=one.high)
    elif one.low == 0:
        yield Words("原文只有上限，下限按 0 元导入")
    if several or len(told) > 1:
        yield Words("这一段条文有几个幅度，请核对这一行是哪一种情形、对谁")
    if _SHARES.search(one.text):
        yield Words("条文另有按倍数或比例计的罚款，这张表只有固定数额")
