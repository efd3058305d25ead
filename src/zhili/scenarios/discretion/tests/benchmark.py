"""A benchmark for fumes without a filter, as an office would write it, in force."""

from __future__ import annotations

from datetime import date

from zhili.base.decisions import Column, Interval, Is, OneOf, Row, Table
from zhili.core.people.actors import Actor
from zhili.core.tables import keeping
from zhili.core.tables.models import TableVersion

NAME = "discretion.嘉兴市餐饮业油烟管理办法.第十四条"
CITED = "嘉兴市餐饮业油烟管理办法第十四条；裁量基准（示例）"
ROWS = ((5_000, 15_000), (15_000, 30_000), (30_000, 50_000))


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


def dogs(drafter: Actor, confirmer: Actor, first: date = date(2026, 1, 1)) -> TableVersion:
    """For a dog where none may be: up to 100 yuan, more only for who would not leave."""
    stayed = Column("stayed", "经劝阻仍不离开", "boolean")
    cited = "嘉兴市养犬管理条例第二十五条；裁量基准（示例）"
    rows = (
        Row(1, {"stayed": Is(False)}, {"low": 0, "high": 100_00}, cited),
        Row(2, {"stayed": Is(True)}, {"low": 100_00, "high": 200_00}, cited),
    )
    out = (Column("low", "罚款下限", "money"), Column("high", "罚款上限", "money"))
    name = "discretion.嘉兴市养犬管理条例.第二十五条"
    made = Table(name, "携犬进入禁入区域（示例基准）", (stayed,), out, "unique", rows)
    return in_force(drafter, confirmer, first, made)
