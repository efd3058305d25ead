"""Past decisions recomputed under another table, and gaps and overlaps looked for in large tables.

    python -m bench decisions [decisions]

Facts of four columns are drawn at random, asked of a benchmark of 360 rows that leaves nothing open, and each answer
is compared with what was kept; one core's time, no database. The peer reads the rows one by one and has to say the
same. Then a table of 1,000 rows in four columns and one of 5,000 in five: whole (to be proven whole), with one row
left out, and with one row too wide, where exactly that must be found.
"""

import os
import random
import sys
import time
from dataclasses import replace
from datetime import date

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhili.conf.settings")
os.environ.setdefault("ZHILI_SECRET_KEY", "bench")

from typing import Any

import django

django.setup()

from bench.lines import Line, at_least, at_most, report  # noqa: E402

from zhili.base.decisions import (  # noqa: E402
    Column,
    Compiled,
    Interval,
    Is,
    OneOf,
    Row,
    Table,
    faults,
)
from zhili.core.tables.recomputing import Decision, count, recompute  # noqa: E402

DECISIONS = 200_000
ROUNDS = 5
VALUE = Column("value", "货值金额", "money")
GRADE = Column("grade", "情节", "choice", ("轻微", "一般", "严重"))
AGAIN = Column("again", "再犯", "boolean")
TIMES = Column("times", "倍数", "number", least=0)
DAYS = Column("days", "逾期天数", "number", least=0, most=999, whole=True)
OUT = (Column("low", "罚款下限", "money"), Column("high", "罚款上限", "money"))
FIRST = date(2024, 1, 1)


def table(steps: int, grades: int = 3, bands: int = 3, days: int = 0) -> Table:
    """Complete and without overlap: every combination of its parts once."""
    rows: list[Row] = []
    columns = (VALUE, GRADE, AGAIN, TIMES) + ((DAYS,) if days else ())
    for step in range(steps):
        for grade in GRADE.choices[:grades]:
            for again in (False, True):
                for band in range(bands):
                    for part in range(max(1, days)):
                        number = len(rows) + 1
                        when: dict[str, Any] = {
                            "value": Interval(step * 1000, (step + 1) * 1000 if step < steps - 1 else None),
                            "grade": OneOf(grade),
                            "again": Is(again),
                            "times": Interval(band, band + 1 if band < bands - 1 else None),
                        }
                        if days:
                            width = 1000 // days
                            last = part == days - 1
                            when["days"] = Interval(part * width, None if last else (part + 1) * width)
                        rows.append(Row(number, when, {"low": number * 100, "high": number * 200}, "条"))
    return Table("bench", "基准", columns, OUT, "unique", tuple(rows))


def facts(rng: random.Random) -> dict[str, Any]:
    return {
        "value": rng.randrange(30_000),
        "grade": rng.choice(GRADE.choices),
        "again": rng.random() < 0.3,
        "times": rng.choice((0, 0.5, 1, 1.75, 2, 9)),
    }


def decisions(many: int, under: Table) -> list[Decision]:
    """With the values they came out with; every tenth was decided otherwise."""
    rng, compiled = random.Random(8), Compiled(under)
    found = []
    for n in range(many):
        asked = facts(rng)
        values = dict(compiled.evaluate(asked).values)
        if n % 10 == 0:
            values["high"] = 1
        found.append(Decision(n, FIRST, asked, values))
    return found


def by_hand(under: Table, asked: dict[str, Any]) -> int:
    """The row that holds, read one by one."""
    for row in under.rows:
        if all(_holds(condition, asked[name]) for name, condition in row.when.items()):
            return row.number
    return 0


def _holds(condition: Any, value: Any) -> bool:
    if isinstance(condition, OneOf):
        return value in condition.choices
    if isinstance(condition, Is):
        return value is condition.value
    low, high = condition.low, condition.high
    return (low is None or value >= low) and (high is None or value < high)


def recomputing(many: int) -> list[Line]:
    under = table(20)
    past = decisions(many, under)
    best = 0.0
    for _round in range(ROUNDS):
        began = time.process_time()
        told = count(recompute(past, under))
        best = max(best, many / (time.process_time() - began))
        assert (told.asked, told.changed, told.same) == (many, (many + 9) // 10, many - (many + 9) // 10), (
            told
        )
    some, compiled = past[:2_000], Compiled(under)
    began = time.process_time()
    read = [by_hand(under, dict(one.facts)) for one in some]
    peer = len(some) / (time.process_time() - began)
    assert read == [compiled.evaluate(one.facts).rows[0] for one in some], "another row when read one by one"
    note = f" ({best / peer:,.0f} times rows read one by one, {peer:,.0f}/s)"
    return [at_least(f"decisions recomputed, {len(under.rows)} rows", best, 5_000, "/s", note)]


def finding(name: str, whole: Table, limit: float) -> list[Line]:
    """A whole table, one with a row left out, one with a row too wide."""
    middle = len(whole.rows) // 2
    row = whole.rows[middle]
    open_ = replace(whole, rows=whole.rows[:middle] + whole.rows[middle + 1 :])
    wider = replace(row, when={k: v for k, v in row.when.items() if k != "again"})
    twice = replace(whole, rows=(*whole.rows[:middle], wider, *whole.rows[middle + 1 :]))
    worst = 0.0
    for one, kinds in ((whole, []), (open_, ["gap"]), (twice, ["overlap"])):
        began = time.process_time()
        found = faults(one)
        worst = max(worst, time.process_time() - began)
        assert [fault.kind for fault in found] == kinds, found[:3]
    return [at_most(f"gaps and overlaps of {name}", worst * 1000, limit * 1000, " ms")]


def main(argv: list[str]) -> int:
    many = int(argv[0]) if argv else DECISIONS
    lines = recomputing(many)
    small, large = table(56), table(28, bands=6, days=5)
    lines += finding(f"{len(small.rows):,} rows, {len(small.inputs)} columns", small, 1)
    lines += finding(f"{len(large.rows):,} rows, {len(large.inputs)} columns", large, 5)
    return report(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
