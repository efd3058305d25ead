"""Small tables of every kind, for what must hold of all of them, and the plain way of asking one: row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import product
from typing import Any

from hypothesis import strategies as st

from zhili.base.decisions import ANY, Anything, Column, Condition, Interval, Is, OneOf, Row, Table
from zhili.base.decisions.conditions import misfit

WHOLE = Column("people", "人数", "number", unit="人", least=0, most=3, whole=True)
REAL = Column("times", "倍数", "number", unit="倍", least=0, most=2)
OPEN = Column("degrees", "温度", "number")
GRADE = Column("grade", "情节", "choice", ("轻微", "一般", "严重"))
AGAIN = Column("again", "再犯", "boolean")
OUT = (Column("fine", "罚款", "money"), Column("say", "说明", "text"))
HALVES = [Decimal(n) / 2 for n in range(5)]


def _condition(column: Column) -> st.SearchStrategy[Condition]:
    if column.kind == "boolean":
        return st.one_of(st.just(ANY), st.booleans().map(Is))
    if column.kind == "choice":
        return st.one_of(
            st.just(ANY), st.sets(st.sampled_from(column.choices), min_size=1).map(lambda s: OneOf(*s))
        )
    ends = st.one_of(st.none(), st.sampled_from(range(4)) if column.whole else st.sampled_from(HALVES))
    made = st.builds(_interval, ends, ends, st.booleans(), st.booleans())
    return st.one_of(st.just(ANY), made.filter(lambda one: misfit(one, column) is None))


def _interval(low: Any, high: Any, low_closed: bool, high_closed: bool) -> Condition:
    if low is None and high is None:
        return ANY
    return Interval(low, high, low_closed or low is None, high_closed and high is not None)


def asked(draw: st.DrawFn, columns: list[Column]) -> list[tuple[str, Condition]]:
    return [(column.name, draw(_condition(column))) for column in columns]


@st.composite
def tables(draw: st.DrawFn, hit: str = "unique") -> Table:
    columns = draw(st.lists(st.sampled_from((WHOLE, REAL, OPEN, GRADE, AGAIN)), unique=True, max_size=3))
    rows = [
        Row(
            number,
            {name: one for name, one in asked(draw, columns) if one != ANY},
            {"fine": number * 150, "say": f"第{number}行"},
            "试行办法第一条",
        )
        for number in range(1, draw(st.integers(1, 5)) + 1)
    ]
    return Table("small", "小表", tuple(columns), OUT, hit, tuple(rows))  # type: ignore[arg-type]


def all_facts(table: Table) -> Iterator[dict[str, Any]]:
    """Facts in every corner of a small table: each end, and between and beyond them."""
    values: dict[str, list[Any]] = {
        "people": list(range(4)),
        "times": [Decimal(n) / 4 for n in range(9)],
        "degrees": [Decimal(n) / 4 for n in range(-1, 10)],
        "grade": list(GRADE.choices),
        "again": [False, True],
    }
    names = [column.name for column in table.inputs]
    for chosen in product(*(values[name] for name in names)):
        yield dict(zip(names, chosen, strict=True))


def holds(condition: Condition, value: Any) -> bool:
    if isinstance(condition, Anything):
        return True
    if isinstance(condition, OneOf):
        return value in condition.choices
    if isinstance(condition, Is):
        return value is condition.value
    low, high = condition.low, condition.high
    above = low is None or (value >= low if condition.low_closed else value > low)
    return above and (high is None or (value <= high if condition.high_closed else value < high))


def rows_for(table: Table, facts: Mapping[str, Any]) -> list[int]:
    return [
        row.number for row in table.rows if all(holds(one, facts[name]) for name, one in row.when.items())
    ]
