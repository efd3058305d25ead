"""The sheet to begin with: a small benchmark filled in as an example, to be written over."""

from __future__ import annotations

from zhili.base.decisions import Column, Interval, Is, OneOf, Row, Table

ONE = "（示例，请改成自己的依据）某条例第十条第一款"


def table() -> Table:
    """Complete and without overlap, with a column of each kind."""
    value = Column("value", "货值金额", "money")
    grade = Column("grade", "危害后果", "choice", ("轻微", "一般", "严重"))
    first = Column("first", "初次违法并及时改正", "boolean")
    outputs = (
        Column("result", "处理", "choice", ("不予处罚", "罚款")),
        Column("low", "罚款下限", "money"),
        Column("high", "罚款上限", "money"),
    )
    small, large = Interval(None, 1_000_000), Interval(1_000_000, None)

    def fined(low: int, high: int) -> dict[str, int | str]:
        return {"result": "罚款" if high else "不予处罚", "low": low, "high": high}

    rows = (
        Row(1, {"grade": OneOf("轻微"), "first": Is(True)}, fined(0, 0), "行政处罚法第三十三条第一款"),
        Row(2, {"grade": OneOf("轻微"), "first": Is(False)}, fined(100_000, 200_000), ONE),
        Row(3, {"value": small, "grade": OneOf("一般")}, fined(200_000, 500_000), ONE),
        Row(4, {"value": large, "grade": OneOf("一般")}, fined(500_000, 1_000_000), ONE),
        Row(5, {"grade": OneOf("严重")}, fined(1_000_000, 2_000_000), ONE),
    )
    return Table("discretion.示例", "示例裁量基准", (value, grade, first), outputs, "unique", rows)
