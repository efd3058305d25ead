"""A benchmark as an office would write it, and the same with a gap and an overlap."""

from __future__ import annotations

from zhili.base.decisions import Column, Interval, OneOf, Row, Table

NAME = "discretion.示例条例.第十条"
VALUE = Column("value", "货值金额", "money")
GRADE = Column("grade", "情节", "choice", ("一般", "严重"))
OUT = (Column("low", "罚款下限", "money"), Column("high", "罚款上限", "money"))
CITED = "示例条例第十条；裁量基准（示例）第三条"


def benchmark(high: int = 50_000, until: int = 1_000_000, begins: int = 1_000_000, name: str = NAME) -> Table:
    """Up to ``until`` fen, from ``begins`` fen on: not the same leaves a gap or makes an overlap."""
    rows = (
        Row(1, {"value": Interval(None, until)}, {"low": 10_000, "high": high}, CITED),
        Row(
            2,
            {"value": Interval(begins, None), "grade": OneOf("一般")},
            {"low": high, "high": 200_000},
            CITED,
        ),
        Row(
            3,
            {"value": Interval(begins, None), "grade": OneOf("严重")},
            {"low": 200_000, "high": 500_000},
            CITED,
        ),
    )
    return Table(name, "示例裁量基准", (VALUE, GRADE), OUT, "unique", rows)
