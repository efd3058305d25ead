"""What is found is what trying every case finds: no gap or overlap too few, none too many."""

from hypothesis import given, settings

from zhili.base.decisions import ANY, Column, Interval, OneOf, Row, Table, faults
from zhili.base.decisions.axes import axis
from zhili.base.decisions.boxes import Cover, joined
from zhili.base.decisions.conditions import of
from zhili.base.decisions.evaluating import Compiled
from zhili.base.decisions.tests.small_tables import AGAIN, GRADE, OUT, all_facts, holds, rows_for, tables


@settings(max_examples=100, deadline=None)
@given(tables())
def test_a_table_of_which_one_row_holds(table: Table) -> None:
    found = faults(table, most=1000)
    tried = [rows_for(table, facts) for facts in all_facts(table)]
    assert any(one.kind == "gap" for one in found) == any(not rows for rows in tried)
    pairs = {one.rows for one in found if one.kind == "overlap"}
    assert pairs == {(a, b) for rows in tried for a in rows for b in rows if a < b}
    for one in (one for one in found if one.kind != "never"):
        fired = rows_for(table, one.example)
        assert fired == [] if one.kind == "gap" else set(one.rows) <= set(fired)
    if not found:
        assert all(len(rows) == 1 for rows in tried)


@settings(max_examples=50, deadline=None)
@given(tables())
def test_what_is_open_is_told_once_and_whole(table: Table) -> None:
    axes = [axis(column, [of(row, column) for row in table.rows]) for column in table.inputs]
    boxes = joined(list(Cover(axes, (1 << len(table.rows)) - 1).boxes()))
    locate = dict(Compiled(table)._ask)
    for facts in all_facts(table):
        inside = sum(
            all(
                one.column.name not in locate or locate[one.column.name](facts[one.column.name]) in parts
                for one, parts in zip(axes, box, strict=True)
            )
            for box in boxes
        )
        assert inside == (0 if rows_for(table, facts) else 1)


@settings(max_examples=100, deadline=None)
@given(tables("first"))
def test_a_table_whose_first_row_wins(table: Table) -> None:
    found = faults(table, most=1000)
    tried = [rows_for(table, facts) for facts in all_facts(table)]
    assert {one.kind for one in found} <= {"gap", "never"}
    assert any(one.kind == "gap" for one in found) == any(not rows for rows in tried)
    assert all(not rows_for(table, one.example) for one in found if one.kind == "gap")
    winners = {rows[0] for rows in tried if rows}
    assert {one.rows[0] for one in found if one.kind == "never"} == {r.number for r in table.rows} - winners


@settings(max_examples=50, deadline=None)
@given(tables("collect"))
def test_a_table_that_collects_has_neither(table: Table) -> None:
    assert not {"gap", "overlap"} & {one.kind for one in faults(table)}


def test_the_gap_a_clerk_leaves_between_up_to_and_above() -> None:
    money = Column("value", "货值金额", "money")
    rows = (
        Row(1, {"value": Interval(None, 1_000_000)}, {"fine": 1, "say": ""}, "法第一条"),
        Row(2, {"value": Interval(1_000_000, None, False)}, {"fine": 2, "say": ""}, "法第二条"),
    )
    (gap,) = faults(Table("t", "表", (money,), OUT, "unique", rows))
    assert gap.kind == "gap"
    assert dict(gap.example) == {"value": 1_000_000}
    assert str(gap.words) == "没有一行管到：货值金额 =10000 元"
    wide = (Row(1, {"value": Interval(0, 1_000_000, True, True)}, rows[0].then, "法第一条"), rows[1])
    assert faults(Table("t", "表", (money,), OUT, "unique", wide)) == []
    twice = (wide[0], Row(2, {"value": Interval(1_000_000, None)}, rows[1].then, "法第二条"))
    (overlap,) = faults(Table("t", "表", (money,), OUT, "unique", twice))
    assert (overlap.kind, overlap.rows, dict(overlap.example)) == ("overlap", (1, 2), {"value": 1_000_000})


def test_whole_numbers_leave_nothing_between_two_and_three() -> None:
    for whole, kinds in ((True, []), (False, ["gap"])):
        people = Column("people", "人数", "number", least=0, whole=whole)
        rows = (
            Row(1, {"people": Interval(None, 2, True, True)}, {"fine": 1, "say": ""}, "法第一条"),
            Row(2, {"people": Interval(3, None)}, {"fine": 2, "say": ""}, "法第二条"),
        )
        assert [one.kind for one in faults(Table("t", "表", (people,), OUT, "unique", rows))] == kinds


def test_every_wrong_cell_is_named_with_its_row_and_column() -> None:
    rows = (
        Row(1, {"grade": OneOf("特重")}, {"fine": -5, "say": ""}, "法第一条"),
        Row(2, {"colour": ANY, "again": Interval(1, 2)}, {"fine": 1}, " "),
        Row(2, {"grade": OneOf()}, {"fine": True, "say": "x", "more": 1}, "法第二条"),
    )
    found = [
        (one.kind, one.rows, one.column)
        for one in faults(Table("t", "表", (GRADE, AGAIN), OUT, "unique", rows))
    ]
    assert found == [
        ("bad value", (2,), ""),
        ("bad value", (1,), "grade"),
        ("bad value", (1,), "fine"),
        ("unknown column", (2,), "colour"),
        ("bad value", (2,), "again"),
        ("bad value", (2,), "say"),
        ("no citation", (2,), ""),
        ("unknown column", (2,), "more"),
        ("bad value", (2,), "grade"),
        ("bad value", (2,), "fine"),
    ]


def test_a_table_too_tangled_to_prove_says_so() -> None:
    columns = tuple(Column(f"c{i}", f"列{i}", "number", least=0, most=100) for i in range(9))
    rows = tuple(
        Row(
            n,
            {c.name: Interval((n * (i + 3)) % 50, (n * (i + 3)) % 50 + 60) for i, c in enumerate(columns)},
            {"fine": 1, "say": ""},
            "法",
        )
        for n in range(1, 120)
    ) + tuple(
        Row(200 + i, {c.name: Interval(25, None)}, {"fine": 1, "say": ""}, "法") for i, c in enumerate(columns)
    ) + tuple(
        Row(300 + i, {c.name: Interval(None, 75)}, {"fine": 1, "say": ""}, "法") for i, c in enumerate(columns)
    )  # fmt: skip
    found = faults(Table("t", "表", columns, OUT, "first", rows))
    assert {one.kind for one in found} <= {"never", "gap", "too large"}
    assert holds(rows[0].when["c0"], 3) == (0 <= 3 - 3 < 60)
