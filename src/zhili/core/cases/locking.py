"""Taking hold of a case to change it: its parent first, then itself, always in this order and by one query.

Nobody may lock a child and then its parent: two who hold one each and want the other's would wait for ever.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.postgresql.psycopg_any import register_tzloader

from zhili.core.cases import writing
from zhili.core.cases.changing import Change
from zhili.core.cases.models import Case, Participation

Carry = Callable[[Change], None]
"""``carrying.carry``, handed down to where a step brings about another one."""


def rows(*, skip: bool = False, pk: int | None = None, number: str = "") -> list[Case]:
    """The case after its parent, locked. ``has_children``: whether it referred anything. One prepared statement.

    ``skip``: what somebody else holds is passed over.
    """
    by = "id" if pk is not None else "number"
    connection.ensure_connection()
    statement, names = _statement(by, skip), _names()
    started = time.monotonic()
    # a plain psycopg cursor: Django's binds parameters on the client and so cannot prepare
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        register_tzloader(connection.timezone, cursor)
        cursor.execute(statement, {"which": pk if pk is not None else number}, prepare=True)
        found = cursor.fetchall()
    if connection.queries_logged:
        connection.queries_log.append({"sql": statement, "time": f"{time.monotonic() - started:.3f}"})
    return [_row(names, values) for values in found]


def _row(names: tuple[str, ...], values: tuple[Any, ...]) -> Case:
    case = Case.from_db(connection.alias, names, values[:-1])
    case.has_children = values[-1]
    return case


@cache
def _names() -> tuple[str, ...]:
    return tuple(f.attname for f in Case._meta.concrete_fields)


@cache
def _statement(by: str, skip: bool) -> str:
    """Written out because every step of every case begins with it: composing it took longer than answering it."""
    columns = ", ".join(f'c."{f.column}"' for f in Case._meta.concrete_fields)
    # names come from the model, the value travels apart
    return (
        f"SELECT {columns}, EXISTS (SELECT 1 FROM cases_case k WHERE k.parent_id = c.id) FROM cases_case c"  # noqa: S608
        f" WHERE c.{by} = %(which)s OR c.id = (SELECT p.parent_id FROM cases_case p WHERE p.{by} = %(which)s)"
        f" ORDER BY c.{by} = %(which)s FOR UPDATE OF c" + (" SKIP LOCKED" if skip else "")
    )


def case_and_parent(
    *, skip: bool = False, pk: int | None = None, number: str = ""
) -> tuple[Case | None, Case | None]:
    """Both, locked; the parent is None where there is none, or with ``skip`` when somebody holds it. One query."""
    found = rows(skip=skip, pk=pk, number=number)
    case = next((row for row in found if (row.pk == pk if pk is not None else row.number == number)), None)
    parent = next((row for row in found if case is not None and row.pk == case.parent_id), None)
    if case is not None and parent is not None:
        case.parent = parent
    return case, parent


def child_of(parent: Case, pk: int) -> Case | None:
    """A child of a case that is locked already, locked too and tied to that very row."""
    found = next((row for row in rows(pk=pk) if row.pk == pk), None)
    if found is not None:
        found.parent = parent
    return found


def let_see(case_id: int, role: str, *office_ids: int | None) -> None:
    """Let offices see a case from now on, without a step."""
    parties = _parties(case_id, role, office_ids)
    if parties:
        writing.write({}, merge={Participation: parties})


def _parties(case_id: int, role: str, office_ids: Iterable[int | None]) -> list[dict[str, int | str | None]]:
    return [
        {"case_id": case_id, "role": role, "office_id": one, "account_id": None}
        for one in office_ids
        if one is not None
    ]
