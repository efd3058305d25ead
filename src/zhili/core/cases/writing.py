"""Many rows into many tables in one round trip.

A report touches about ten rows in nine tables. Sent one by one they cost nine round trips and nine parses; here they
travel as one JSON document to one prepared statement, which is one transaction. The statement is made from the
models, so a new column needs no change here. This is the hot spot of the platform; see bench/intake.py.
"""

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection, models, transaction

Row = Mapping[str, Any]
Rows = dict[type[models.Model], Sequence[Row]]


def write(rows: Rows, *, update: Rows | None = None, merge: Rows | None = None) -> None:
    """Insert ``rows``; ``update`` rows by primary key; ``merge`` rows by their unique constraint (insert or replace).

    Every row of a table must give the same columns, by attribute name (``office_id``). One query, atomic.
    Raises django.db.IntegrityError as any insert would.
    """
    parts: list[tuple[str, type[models.Model], tuple[str, ...]]] = []
    document: dict[str, Any] = {}
    for how, tables in (("insert", rows), ("merge", merge or {}), ("update", update or {})):
        for model, given in tables.items():
            if given:
                parts.append((how, model, tuple(given[0])))
                document[model._meta.db_table] = given
    _execute(_statement(tuple(parts)), json.dumps(document, default=_plain, ensure_ascii=False))


def _execute(statement: str, document: str) -> None:
    connection.ensure_connection()
    started = time.monotonic()
    guard = transaction.atomic() if connection.in_atomic_block else nullcontext()
    # a plain psycopg cursor: Django's binds parameters on the client and so cannot prepare
    with guard, connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, (document,), prepare=True)
    if connection.queries_logged:
        connection.queries_log.append({"sql": statement, "time": f"{time.monotonic() - started:.3f}"})


@cache
def _statement(parts: tuple[tuple[str, type[models.Model], tuple[str, ...]], ...]) -> str:
    steps = [f"{_name(i)} AS ({_one(how, model, columns)})" for i, (how, model, columns) in enumerate(parts)]
    return "WITH given AS (SELECT %s::jsonb AS all_rows),\n" + ",\n".join(steps) + "\nSELECT 1"


def _name(i: int) -> str:
    return f"part{i}"


def _one(how: str, model: type[models.Model], names: tuple[str, ...]) -> str:
    table = model._meta.db_table
    fields = {name: _field(model, name) for name in names}
    columns = [f.column for f in fields.values()]
    typed = ", ".join(f'"{name}" {f.db_type(connection)}' for name, f in fields.items())
    source = f"given, jsonb_to_recordset(given.all_rows -> '{table}') AS r({typed})"
    listed = ", ".join(f'"{c}"' for c in columns)
    values = ", ".join(f'r."{name}"' for name in fields)
    if how == "update":
        changes = ", ".join(f'"{f.column}" = r."{name}"' for name, f in fields.items() if not f.primary_key)
        key = model._meta.pk
        # names come from the models, values travel in the document
        return f'UPDATE "{table}" AS t SET {changes} FROM {source} WHERE t."{key.column}" = r."{key.attname}"'  # noqa: S608
    insert = f'INSERT INTO "{table}" ({listed}) SELECT {values} FROM {source}'  # noqa: S608
    if how == "merge":
        unique = [_field(model, n).column for n in _unique(model)]
        rest = [c for c in columns if c not in unique]
        target = ", ".join(f'"{c}"' for c in unique)
        changes = ", ".join(f'"{c}" = EXCLUDED."{c}"' for c in rest)
        doing = f"UPDATE SET {changes}" if changes else "NOTHING"
        return f"{insert} ON CONFLICT ({target}) DO {doing}"
    return insert


def _unique(model: type[models.Model]) -> Sequence[str]:
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.condition is None:
            return constraint.fields
    raise ValueError(f"{model.__name__} has no unique constraint to merge by")


def _field(model: type[models.Model], name: str) -> models.Field:
    for field in model._meta.concrete_fields:
        if name in (field.attname, field.name):
            return field
    raise ValueError(f"{model.__name__} has no column {name}")


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return "\\x" + bytes(value).hex()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not a column value")
