"""A compiled table answers as one read row by row; facts that are missing or impossible are refused by name."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhili.base.decisions import BadFacts, Column, Compiled, Interval, Is, OneOf, Row, Table, evaluate
from zhili.base.decisions.tests.small_tables import AGAIN, GRADE, OUT, all_facts, rows_for, tables

MONEY = Column("value", "货值金额", "money")
TABLE = Table(
    "fire",
    "消防",
    (MONEY, GRADE, AGAIN),
    OUT,
    "unique",
    (
        Row(1, {"value": Interval(None, 100)}, {"fine": 0, "say": "不罚"}, "法第一条"),
        Row(
            2,
            {"value": Interval(100, None), "grade": OneOf("轻微", "一般")},
            {"fine": 5, "say": ""},
            "法第二条",
        ),
        Row(
            3,
            {"value": Interval(100, None), "grade": OneOf("严重"), "again": Is(False)},
            {"fine": 50, "say": ""},
            "法第二条",
        ),
    ),
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(("unique", "first", "collect")).flatmap(tables))
def test_the_rows_that_hold_are_those_read_one_by_one(table: Table) -> None:
    compiled = Compiled(table)
    for facts in all_facts(table):
        holding = rows_for(table, facts)
        found = compiled.evaluate(facts)
        assert list(found.rows) == (holding[:1] if table.hit == "first" else holding)
        if table.hit == "collect":
            assert found.values["fine"] == tuple(150 * row for row in holding)
        else:
            assert found.ambiguous == (len(found.rows) > 1)
            assert found.values.get("fine") == (150 * found.rows[0] if len(found.rows) == 1 else None)


def test_the_row_that_fired_and_what_it_says() -> None:
    found = evaluate(TABLE, {"value": 250, "grade": "一般", "again": True, "colour": "red"})
    assert (found.rows, dict(found.values)) == ((2,), {"fine": 5, "say": ""})
    assert evaluate(TABLE, {"value": 250, "grade": "严重", "again": True}).rows == ()


def test_a_fact_nobody_needs_may_be_missing_one_that_decides_may_not() -> None:
    assert evaluate(TABLE, {"value": 99}).rows == (1,)
    assert evaluate(TABLE, {"value": 100, "grade": "轻微", "again": None}).rows == (2,)
    with pytest.raises(BadFacts, match="缺少“情节”“再犯”，定不下来") as told:
        evaluate(TABLE, {"value": 100})
    assert told.value.columns == ("grade", "again")
    first = Table("t", "表", (MONEY, AGAIN), OUT, "first", (
        Row(1, {"again": Is(True)}, {"fine": 9, "say": ""}, "法"),
        Row(2, {}, {"fine": 1, "say": ""}, "法"),
    ))  # fmt: skip
    with pytest.raises(BadFacts, match="再犯"):
        evaluate(first, {})
    assert evaluate(first, {"again": False}).rows == (2,)


@pytest.mark.parametrize(
    "facts",
    [
        {"value": -1, "grade": "一般"},
        {"value": 1.5, "grade": "一般"},
        {"value": float("nan"), "grade": "一般"},
        {"value": Decimal("NaN"), "grade": "一般"},
        {"value": True, "grade": "一般"},
        {"value": "250", "grade": "一般"},
        {"value": Fraction(1, 2), "grade": "一般"},
        {"value": 250, "grade": "特重"},
        {"value": 250, "grade": ["一般"]},
        {"value": 250, "grade": "严重", "again": 1},
    ],
)
def test_facts_no_matter_can_have_are_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(BadFacts):
        evaluate(TABLE, facts)


def test_many_are_asked_at_once_and_a_bad_one_does_not_stop_the_rest() -> None:
    asked = [{"value": 1}, {"value": None}, {"value": 100, "grade": "一般"}]
    found = list(Compiled(TABLE).many(asked))
    assert [getattr(one, "rows", None) for one in found] == [(1,), None, (2,)]
    assert isinstance(found[1], BadFacts)
