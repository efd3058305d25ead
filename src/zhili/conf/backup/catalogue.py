"""What a city's schema holds, asked of the database itself: every table, whoever made it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from psycopg import sql

OMITTED: Final = ("django_session", "runtime_heartbeat", "files_resumable")
"""Kept as empty tables: a session is a key to somebody's account, a sign of life is over at once, and of half-received
files there are no bytes."""
MIGRATIONS: Final = "django_migrations"
"""Written by the migrations themselves; the manifest names them."""

# A transaction's number means nothing in another server, so it is left out and made anew; but for the outbox, whose
# order it is until `streams.rebase` has renumbered it. Unlogged tables are caches. A partitioned table is one table;
# what its parts are is told apart (`partitions`).
TABLES = """
SELECT c.relname,
       array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.attgenerated = ''
         AND (a.atttypid <> 'xid8'::regtype OR c.relname IN ('streams_event', 'streams_position'))),
       (SELECT array_agg(ka.attname::text ORDER BY k.n) FROM pg_index i
        CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, n)
        JOIN pg_attribute ka ON ka.attrelid = i.indrelid AND ka.attnum = k.attnum
        WHERE i.indrelid = c.oid AND i.indisprimary),
       pg_table_size(c.oid)
         + (SELECT coalesce(sum(pg_table_size(part.relid)), 0)::bigint
            FROM pg_partition_tree(c.oid) part WHERE c.relkind = 'p')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND c.relpersistence = 'p'
GROUP BY c.oid, c.relname ORDER BY c.relname"""
TEXTUAL = """
SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND t.typcollation <> 0 AND a.attnum > 0"""
SEQUENCES = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'S' ORDER BY 1"""
UNUSUAL = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind NOT IN ('r', 'p', 'i', 'I', 'S', 'v', 'c', 't')
ORDER BY 1"""
PARTITIONS = """
SELECT o.relname, c.relname, pg_get_expr(c.relpartbound, c.oid)
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class o ON o.oid = i.inhparent
WHERE o.relnamespace = current_schema()::regnamespace AND o.relkind = 'p' AND c.relkind = 'r' ORDER BY 1, 2"""
BOUND: Final = re.compile(r"FOR VALUES FROM \([\w' :.,+-]+\) TO \([\w' :.,+-]+\)")
# One spelling of every value, whatever the server's own settings are. Large values stay exact in every version.
SPELLING = (
    "SET LOCAL timezone = 'UTC'", "SET LOCAL datestyle = 'ISO, YMD'", "SET LOCAL intervalstyle = 'postgres'",
    "SET LOCAL bytea_output = 'hex'", "SET LOCAL extra_float_digits = 1", "SET LOCAL client_encoding = 'UTF8'",
)  # fmt: skip


class Cursor(Protocol):
    """A psycopg cursor, or Django's wrapper of one."""

    def execute(self, query: Any, params: Any = None) -> Any: ...
    def fetchall(self) -> Sequence[tuple]: ...
    def fetchone(self) -> tuple | None: ...


@dataclass(frozen=True)
class Shape:
    """A table as the catalogue has it: columns that can be written, in their order, and how to order its rows."""

    name: str
    columns: list[str]
    order: list[sql.Composable]
    size: int
    """Bytes on the disk, without indexes."""

    def copy_out(self) -> sql.Composed:
        """COPY of all rows, in an order that depends on nothing but the rows."""
        return sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
            sql.SQL(", ").join(map(sql.Identifier, self.columns)),
            sql.Identifier(self.name),
            sql.SQL(", ").join(self.order),
        )

    def copy_in(self, columns: list[str]) -> sql.Composed:
        return sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(self.name), sql.SQL(", ").join(map(sql.Identifier, columns))
        )


def shapes(cursor: Cursor) -> list[Shape]:
    """Every table of the present schema, by name."""
    cursor.execute(TEXTUAL)
    textual = set(cursor.fetchall())
    cursor.execute(TABLES)
    return [
        Shape(name, columns, [_sorted(name, one, textual) for one in key or columns], size)
        for name, columns, key, size in cursor.fetchall()
    ]


def _sorted(table: str, column: str, textual: set[tuple]) -> sql.Composable:
    """Text by its bytes: servers collate differently. Only small tables have keys of text."""
    found = sql.Identifier(column)
    return sql.SQL('{} COLLATE "C"').format(found) if (table, column) in textual else found


def partitions(cursor: Cursor) -> dict[str, dict[str, str]]:
    """Of each partitioned table, its parts and what they hold ("FOR VALUES FROM … TO …"), spelt as `spell` has it."""
    cursor.execute(PARTITIONS)
    found: dict[str, dict[str, str]] = {}
    for parent, name, bound in cursor.fetchall():
        found.setdefault(parent, {})[name] = bound
    return found


def part_of(parent: str, name: str, bound: str) -> sql.Composed:
    """What makes such a part. Raises ValueError for a bound that is none: it comes out of a file."""
    if not BOUND.fullmatch(bound):
        raise ValueError(f"not the bound of a partition: {bound}")
    return sql.SQL("CREATE TABLE {} PARTITION OF {} {}").format(
        sql.Identifier(name),
        sql.Identifier(parent),
        sql.SQL(bound),  # type: ignore[arg-type]  # checked above
    )


def sequences(cursor: Cursor) -> dict[str, tuple[int, bool]]:
    """Name → (last value, whether it was given out), as they stand now."""
    cursor.execute(SEQUENCES)
    found = {}
    for (name,) in cursor.fetchall():
        cursor.execute(sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(name)))
        row = cursor.fetchone()
        assert row is not None
        found[name] = (row[0], row[1])
    return found


def spell(cursor: Cursor) -> None:
    """Within this transaction, values are written one way only."""
    for statement in SPELLING:
        cursor.execute(statement)
