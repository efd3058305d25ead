"""Filling the tables of a schema just made, quickly: without indexes and foreign keys, which come back afterwards.

All of it is part of the caller's transaction, the lifted protection of append-only tables too: nobody else ever sees
them open, and whatever fails leaves nothing behind.
"""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection
from psycopg import sql

from zhili.conf.backup import catalogue
from zhili.conf.backup.container import altered
from zhili.conf.backup.manifest import Manifest, Table
from zhili.conf.site import Refused

FOREIGN_KEYS = """
SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace AND k.conparentid = 0 ORDER BY 1, 2"""
INDEXES = """
SELECT i.relname, pg_get_indexdef(i.oid) FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND NOT c.relispartition
AND NOT x.indisunique
AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.oid) ORDER BY 1"""
TRIGGERS = """
SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal ORDER BY 1"""
OPEN = """
SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = current_schema()::regnamespace AND t.tgenabled <> 'O'"""
Chunks = Callable[[Table], Iterable[bytes]]
Tell = Callable[[str, int], None]


def load(manifest: Manifest, chunks: Chunks, tell: Tell) -> None:
    """Put every row of the manifest into its table. Within a transaction, as the owner of the tables."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        catalogue.spell(cursor)
        shapes = {shape.name: shape for shape in catalogue.shapes(cursor)}
        _same_tables(manifest, shapes)
        _partitions(manifest, cursor)
        guarded = _names(cursor, TRIGGERS)
        for name in guarded:
            cursor.execute(_alter("ALTER TABLE {} DISABLE TRIGGER USER", name))
        cursor.execute(FOREIGN_KEYS)
        foreign_keys = cursor.fetchall()
        for table, name, _ in foreign_keys:
            cursor.execute(_alter("ALTER TABLE {} DROP CONSTRAINT {}", table, name))
        cursor.execute(INDEXES)
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(_alter("DROP INDEX {}", name))
        for name in shapes:  # what migrations put in themselves
            if name != catalogue.MIGRATIONS:
                cursor.execute(_alter("TRUNCATE {}", name))
        for table in manifest.tables:
            _copy(cursor, shapes[table.name], table, chunks(table), tell)
        for name, definition in indexes:
            tell(name, 0)
            cursor.execute(definition)
        for table_name, name, definition in foreign_keys:
            tell(name, 0)
            cursor.execute(
                sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                    sql.Identifier(table_name), sql.Identifier(name), sql.SQL(definition)
                )
            )
        for name in guarded:
            cursor.execute(_alter("ALTER TABLE {} ENABLE TRIGGER USER", name))
        cursor.execute(OPEN)
        if left := cursor.fetchall():
            raise RuntimeError(f"triggers left disabled: {left}")


def _alter(text: str, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*map(sql.Identifier, names))  # type: ignore[arg-type]


def _names(cursor: Any, query: str) -> list[str]:
    cursor.execute(query)
    return [row[0] for row in cursor.fetchall()]


def _same_tables(manifest: Manifest, shapes: dict[str, catalogue.Shape]) -> None:
    """The tables made by the migrations that the file names are the tables the file holds."""
    wanted = {table.name: sorted(table.columns) for table in manifest.tables}
    there = {
        name: sorted(shape.columns)
        for name, shape in shapes.items()
        if name != catalogue.MIGRATIONS and name not in manifest.omitted
    }
    if wanted != there:
        odd = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
        raise Refused(
            f"备份的表与其升级记录不符：{', '.join(odd)}。 "
            f"The tables in the file are not those its migrations make: {', '.join(odd)}."
        )


def _partitions(manifest: Manifest, cursor: Any) -> None:
    """The parts of partitioned tables, as they were when the backup was made."""
    there = catalogue.partitions(cursor)
    for parent, parts in manifest.partitions.items():
        for name, bound in parts.items():
            if name in there.get(parent, ()):
                continue
            try:
                cursor.execute(catalogue.part_of(parent, name, bound))
            except ValueError:
                raise altered(f"{parent}: {name}") from None


def _copy(cursor: Any, shape: catalogue.Shape, table: Table, chunks: Iterable[bytes], tell: Tell) -> None:
    """Load one table, hashing again what goes in: the file might change under our hands."""
    digest = hashlib.sha256()
    with cursor.copy(shape.copy_in(table.columns)) as copy:
        for data in chunks:
            digest.update(data)
            copy.write(data)
            tell(table.name, len(data))
    if digest.hexdigest() != table.sha256:
        raise altered(table.entry)


def compare(manifest: Manifest, tell: Tell) -> None:
    """Read every table back and hold it against the manifest: rows and digest."""
    with connection.cursor() as cursor:
        catalogue.spell(cursor)
        cursor.execute("SET LOCAL enable_sort = off")
        shapes = {shape.name: shape for shape in catalogue.shapes(cursor)}
        for table in manifest.tables:
            digest, rows = hashlib.sha256(), 0
            shape = shapes[table.name]
            ordered = catalogue.Shape(shape.name, table.columns, shape.order, 0)
            with cursor.copy(ordered.copy_out()) as copy:
                for row in copy:
                    digest.update(row)
                    rows += 1
            tell(table.name, table.bytes)
            if (rows, digest.hexdigest()) != (table.rows, table.sha256):
                raise Refused(
                    f"恢复后的 {table.name} 与备份不符，已全部撤回。 "
                    f"{table.name} as restored differs from the backup; all was undone."
                )


def set_sequences(manifest: Manifest) -> None:
    """Every sequence goes on where it stood."""
    with connection.cursor() as cursor:
        there = catalogue.sequences(cursor)
        if set(there) != set(manifest.sequences):
            odd = sorted(set(there) ^ set(manifest.sequences))
            raise Refused(f"备份的序列与其升级记录不符：{odd}。 Sequences differ: {odd}.")
        for name, (last, called) in manifest.sequences.items():
            cursor.execute("SELECT setval(quote_ident(%s)::regclass, %s, %s)", [name, last, called])
