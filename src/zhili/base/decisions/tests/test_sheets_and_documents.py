"""A table goes into a sheet or a document and comes back the same; every fault of a sheet has its line and reason."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhili.base.decisions import ANY, Column, Interval, OneOf, Row, Table
from zhili.base.decisions.document import NoTable, from_document, to_document
from zhili.base.decisions.reading import CellRefused, read_condition, read_value
from zhili.base.decisions.sheet import from_lines, to_lines
from zhili.base.decisions.tests.small_tables import tables

MONEY = Column("value", "货值金额", "money")
GRADE = Column("grade", "情节", "choice", ("轻微", "一般", "严重", "（四）非法"))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(("unique", "first", "collect")).flatmap(tables))
def test_there_and_back_is_the_same_table(table: Table) -> None:
    assert from_document(json.loads(json.dumps(to_document(table)))) == table
    read = from_lines(
        [[*line, "", None] for line in to_lines(table)]
    )  # a workbook's lines end in empty cells
    assert read.errors == ()
    assert read.table == table


@pytest.mark.parametrize(
    ("cell", "condition"),
    [
        ("100以上不足500", Interval(10_000, 50_000)),
        ("[100，500)", Interval(10_000, 50_000)),
        ("≥１００ 且 <500元", Interval(10_000, 50_000)),
        ("100～500", Interval(10_000, 50_000, True, True)),
        ("1万元以上", Interval(1_000_000, None)),
        ("超过1,000元", Interval(100_000, None, False)),
        ("不足10.5元", Interval(None, 1_050)),
        ("1,000以上2,000以下", Interval(100_000, 200_000, True, True)),
        (3.0, Interval(300, 300, True, True)),
        ("不限", ANY),
        (None, ANY),
    ],
)
def test_numbers_as_people_write_them(cell: object, condition: object) -> None:
    assert read_condition(cell, MONEY) == condition


def test_choices_as_people_write_them() -> None:
    assert read_condition("轻微、一般", GRADE) == OneOf("轻微", "一般")
    assert read_condition("非轻微", GRADE) == OneOf("一般", "严重", "（四）非法")
    assert read_condition("(四)非法", GRADE) == OneOf("（四）非法")
    assert read_value("(四)非法", GRADE) == "（四）非法"


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("很多", "“很多”不是数"),
        ("500以上100以下", "区间里一个数也没有"),
        ("≥1, >2", "“≥1, >2”里同一头写了两次"),
        ("0.001", "“0.001”比分还小"),
        ("9" * 40, "“" + "9" * 40 + "”位数太多"),
        ("5以上7", "“5以上7”看不懂"),
    ],
)
def test_what_cannot_be_a_range_says_why(cell: str, why: str) -> None:
    with pytest.raises(CellRefused) as told:
        read_condition(cell, MONEY)
    assert str(told.value.words) == why


def test_every_faulty_line_of_a_sheet_is_named() -> None:
    rows = tuple(
        Row(n, {"value": Interval(n * 100, n * 100 + 100)}, {"fine": n}, "法第一条") for n in range(1, 5)
    )
    out = (Column("fine", "罚款", "money"),)
    lines = [list(one) for one in to_lines(Table("t", "表", (MONEY, GRADE), out, "unique", rows))]
    lines[-4][2] = "特重"
    lines[-3][1], lines[-3][4] = "1至", ""
    lines[-2][0] = "1"
    lines[-1] = ["x", "", "", "1"]
    read = from_lines(lines)
    assert read.table is None
    first = len(lines) - 3
    assert [(one.line, one.column, str(one.words)) for one in read.errors] == [
        (first, "情节", "选项里没有“特重”，可写：轻微、一般、严重、（四）非法"),
        (first + 1, "货值金额", "“1至”不是数"),
        (first + 1, "依据", "没有写依据的条款或文件"),
        (first + 2, "行号", f"行号 1 在第 {first} 行已经用过"),
        (first + 3, "行号", "行号要写从 1 起的整数，写的是“x”"),
    ]


def test_a_sheet_that_is_something_else() -> None:
    told = from_lines([["姓名", "电话"], ["编码", ""], ["条件", "a", "数量", "颜色"]])
    assert told.table is None
    assert [(one.line, str(one.words)) for one in told.errors][:2] == [
        (1, "看不懂这一行：开头是“姓名”"),
        (3, "类型“颜色”不认识，可写：数、整数、金额、选项、是否、文字"),
    ]
    for document in ({}, {"format": "zhili-table/1"}, {"format": "other"}):
        with pytest.raises(NoTable):
            from_document(document)
