"""Adding a tally to the figures: rolled up over place, time and category by the database itself."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from zhili.core.indicators import grains
from zhili.core.indicators.measures import MEASURES, Tally

SUMS = ", ".join(MEASURES)
ADDED = ", ".join(f"sum(l.{m})" for m in MEASURES)
# `up` says for each deepest division which sums of which divisions it adds to; see grains.py.
# Rows are written in the order of the key, so that two writers never wait for each other in a circle.
FROM = """FROM {leaves} JOIN {up} ON up.division = l.division"""
PERIOD = "CASE WHEN up.grain IN ('m', 'mc') THEN date_trunc('month', l.day)::date ELSE l.day END"
CATEGORY = "CASE WHEN up.grain IN ('d', 'm') THEN '' ELSE l.category END"
ADD_FACTS = f"""
INSERT INTO indicators_fact AS f (generation, division_id, grain, period, scenario, category, {SUMS})
SELECT {{generation}}, up.above, up.grain, {PERIOD}, l.scenario, {CATEGORY}, {ADDED}
{FROM}
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
ON CONFLICT (generation, division_id, grain, period, scenario, category)
DO UPDATE SET {", ".join(f"{m} = f.{m} + EXCLUDED.{m}" for m in MEASURES)}"""
ADD_DURATIONS = f"""
INSERT INTO indicators_duration AS f (generation, division_id, grain, period, scenario, measure, days, count)
SELECT {{generation}}, up.above, up.grain, {PERIOD}, l.scenario, l.measure, l.days, sum(l.count)
{FROM}
GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
ON CONFLICT (generation, division_id, grain, period, scenario, measure, days)
DO UPDATE SET count = f.count + EXCLUDED.count"""
ADD_COHORTS = """
INSERT INTO indicators_cohort AS f
  (generation, division_id, period, scenario, category, measure, days, count)
SELECT {generation}, up.above, l.month, l.scenario, l.category, l.measure, l.days, sum(l.count)
FROM {leaves} JOIN {up} ON up.division = l.division
GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
ON CONFLICT (generation, division_id, period, scenario, category, measure, days)
DO UPDATE SET count = f.count + EXCLUDED.count"""

LEAF = {"division": "bigint", "day": "date", "scenario": "varchar", "category": "varchar"} | dict.fromkeys(
    MEASURES, "integer"
)
SPAN = {
    "division": "bigint",
    "day": "date",
    "scenario": "varchar",
    "measure": "varchar",
    "days": "integer",
    "count": "integer",
}
MONTH = {
    "division": "bigint",
    "month": "date",
    "scenario": "varchar",
    "category": "varchar",
    "measure": "varchar",
    "days": "integer",
    "count": "integer",
}
UP = {"division": "bigint", "above": "bigint", "grain": "varchar"}
Row = tuple[Any, ...]
Targets = Callable[[int], Iterable[tuple[int, str]]]
# Above this many rows they travel by COPY to a temporary table, below it as arrays.
MANY = 5_000
CURRENT = "coalesce((SELECT generation FROM indicators_edition), 0)"


def add(tally: Tally, generation: int | None = None, db: BaseDatabaseWrapper | None = None) -> None:
    """Add the tally to the figures in the running transaction: one statement for each kind, more with COPY.

    To those shown, or to another generation being built; `db` is a connection other than the default.
    """
    which = CURRENT if generation is None else f"{int(generation)}::smallint"
    facts = [(*key, *sums) for key, sums in tally.facts.items()]
    spans = [(*key, count) for key, count in tally.durations.items()]
    hours = [(*key, count) for key, count in tally.hours.items()]
    cohorts = [(*key, count) for key, count in tally.cohorts.items() if count]
    parts: list[tuple[str, Mapping[str, str], Sequence[Row], Targets]] = [
        (ADD_FACTS, LEAF, facts, lambda place: grains.targets(place, grains.of_facts)),
        (ADD_DURATIONS, SPAN, spans, lambda place: grains.targets(place, grains.of_durations)),
        (ADD_DURATIONS, SPAN, hours, grains.hour_targets),
        (ADD_COHORTS, MONTH, cohorts, lambda place: ((up, "mc") for up in grains.cohort_targets(place))),
    ]
    for sql, columns, rows, targets in parts:
        if rows:
            ups: list[Row] = [(d, *target) for d in {row[0] for row in rows} for target in targets(d)]
            _upsert(db or connection, sql, which, columns, rows, ups)


def _upsert(
    db: BaseDatabaseWrapper,
    sql: str,
    generation: str,
    columns: Mapping[str, str],
    rows: Sequence[Row],
    ups: Sequence[Row],
) -> None:
    with db.cursor() as cursor:
        if len(rows) <= MANY:
            names = {"leaves": _unnest("l", columns), "up": _unnest("up", UP)}
            cursor.execute(sql.format(generation=generation, **names), [*_arrays(rows), *_arrays(ups)])
            return
        _copy(cursor, "indicators_leaves", columns, rows)
        _copy(cursor, "indicators_up", UP, ups)
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(sql.format(generation=generation, leaves="indicators_leaves l", up="indicators_up up"))
        cursor.execute("DROP TABLE indicators_leaves, indicators_up")


def _arrays(rows: Sequence[Row]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _unnest(alias: str, columns: Mapping[str, str]) -> str:
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    return f"unnest({arrays}) {alias} ({', '.join(columns)})"


def _copy(cursor: Any, table: str, columns: Mapping[str, str], rows: Iterable[Row]) -> None:
    cursor.execute(
        f"CREATE TEMP TABLE {table} ({', '.join(f'{n} {k}' for n, k in columns.items())}) ON COMMIT DROP"
    )
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(f"ANALYZE {table}")
