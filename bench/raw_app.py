"""The peer of the intake: the same rows into the same tables by plain SQL, and nothing else.

A WSGI application for Granian. It takes the same requests, reads no word of them, and writes what a real
intake of this site wrote, under new keys: one transaction of ordinary parameterised INSERTs, prepared, pipelined
into one round trip, on pooled connections. No form, place, routing, clock arithmetic, encryption, hash or log.
DATABASE_URL names the site's database.
"""

import itertools
import os
import threading
import uuid
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool

TABLES = {
    "cases_case": "id",
    "citizen_reports_report": "case_id",
    "people_secret": None,
    "cases_casesecret": "case_id",
    "people_grant": "case_id",
    "cases_step": "case_id",
    "trail_leaf": "subject",
    "streams_event": "subject",
    "cases_clock": "case_id",
    "cases_participation": "case_id",
}
"""Every table an intake writes, in order, and which of its columns says the case."""
MADE_BY_DATABASE = {"id", "xid"}
Insert = tuple[str, list[str], list[Any]]

_serial = itertools.count()
_lock = threading.Lock()


def templates(connection: psycopg.Connection, number: int) -> list[list[Insert]]:
    """The rows of so many real intakes, newest first: statement, column names, values."""
    newest = connection.execute(
        "SELECT case_id FROM cases_step WHERE seq = 1 AND key IS NOT NULL ORDER BY id DESC LIMIT %s", [number]
    )
    return [_rows(connection, row[0]) for row in newest.fetchall()]


def _rows(connection: psycopg.Connection, case: int) -> list[Insert]:
    found: list[Insert] = []
    for table, by in TABLES.items():
        where = (
            sql.SQL("{} = %s").format(sql.Identifier(by))
            if by
            else sql.SQL("id IN (SELECT secret_id FROM cases_casesecret WHERE case_id = %s)")
        )
        query = sql.SQL("SELECT * FROM {} WHERE {} ORDER BY 1").format(sql.Identifier(table), where)
        cursor = connection.execute(query, [case])
        names = [column.name for column in cursor.description or ()]
        kinds = [column.type_code for column in cursor.description or ()]
        for row in cursor.fetchall():
            kept = [
                (name, Jsonb(value) if kind == 3802 else value)
                for name, value, kind in zip(names, row, kinds, strict=True)
                if name not in MADE_BY_DATABASE or table in ("cases_case", "people_secret")
            ]
            found.append(_insert(connection, table, kept))
    return found


def _insert(connection: psycopg.Connection, table: str, kept: list[tuple[str, Any]]) -> Insert:
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(sql.Identifier(name) for name, _ in kept),
        sql.SQL(", ").join([sql.Placeholder()] * len(kept)),
    )
    return statement.as_string(connection), [name for name, _ in kept], [value for _, value in kept]


def renewed(rows: list[Insert], case: int) -> list[tuple[str, list[Any]]]:
    """The same rows under new keys."""
    secrets: dict[Any, uuid.UUID] = {}
    found = []
    for statement, names, values in rows:
        table = statement.split('"')[1]
        new = list(values)
        for i, name in enumerate(names):
            if (table == "cases_case" and name == "id") or name in ("case_id", "subject"):
                new[i] = case
            elif name == "number":
                new[i] = f"R{case}"
            elif name in ("key", "sha256"):
                new[i] = uuid.uuid4().hex + uuid.uuid4().hex
            elif name == "secret_id" or (table == "people_secret" and name == "id"):
                new[i] = secrets.setdefault(new[i], uuid.uuid4())
        found.append((statement, new))
    return found


class Peer:
    """The application. Takes ids far above the site's own."""

    def __init__(self) -> None:
        url = os.environ["DATABASE_URL"]
        with psycopg.connect(url, autocommit=True) as connection:
            self._templates = templates(connection, 300)
            row = connection.execute("SELECT nextval('cases_serial')").fetchone()
        self._first = (row[0] if row else 0) * 1_000_000  # apart from the other process's
        self._pool = ConnectionPool(
            url, min_size=1, max_size=20, open=True, kwargs={"prepare_threshold": 0, "autocommit": True}
        )

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["wsgi.input"].read()
        with _lock:
            serial = next(_serial)
        rows = self._templates[serial % len(self._templates)]
        case = self._first + serial
        with self._pool.connection() as connection, connection.pipeline(), connection.transaction():
            for statement, values in renewed(rows, case):
                connection.execute(statement, values)
        body = b'{"number": "%d"}' % case
        start_response(
            "201 Created", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        )
        return [body]


application = Peer()
