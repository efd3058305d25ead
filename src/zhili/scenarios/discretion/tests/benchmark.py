"""A benchmark for fumes without a filter, as an office would write it, in force."""

from __future__ import annotations

from datetime import date

from zhili.base.decisions import Column, Interval, Is, OneOf, Row, Table
from zhili.core.people.actors import Actor
from zhili.core.tables import keeping
from zhili.core.tables.models import TableVersion

NAME = "discretion.fume.14"
CITED = "嘉兴市餐饮业油烟管理办法第十四条；裁量基准（示例）"
ROWS = ((5_000, 15_000), (15_000, 30_000), (30_000, 60_000))
"""The last goes beyond the clause, which a benchmark may not: it is cut to 50,000 yuan."""


def table(rows: tuple[tuple[int, int], ...] = ROWS) -> Table:
    stoves = Column("stoves", "基准灶头数", "number", unit="个", least=1, whole=True)
    harm = Column("harm", "危害后果", "choice", ("轻微", "一般", "严重"))
    again = Column("again", "经催告仍不改正", "boolean")
    out = (Column("low", "罚款下限", "money"), Column("high", "罚款上限", "money"))
    when = (
        {"harm": OneOf("轻微")},
        {"stoves": Interval(None, 6), "harm": OneOf("一般", "严重"), "again": Is(False)},
    )
    then = [{"low": low * 100, "high": high * 100} for low, high in rows]
    return Table(
        NAME,
        "未经油烟净化设施排放（示例基准）",
        (stoves, harm, again),
        out,
        "first",
        (Row(1, when[0], then[0], CITED), Row(2, when[1], then[1], CITED), Row(3, {}, then[2], CITED)),
    )


def in_force(
    drafter: Actor, confirmer: Actor, first: date = date(2026, 1, 1), made: Table | None = None
) -> TableVersion:
    drafted = keeping.draft(made or table(), "示例局裁量基准〔2026〕1号", drafter)
    return keeping.confirm(drafted.pk, first, confirmer, None, backdated=True)
