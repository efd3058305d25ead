"""Least privilege for the role the service runs as: it reads and writes rows, and cannot touch evidence or tables."""

from typing import Any

from django.db import connection
from psycopg import sql

from zhili.core.trail.protect import protected_tables


def grant_runtime(role: str) -> None:
    """Give ``role`` what the service needs in the present schema, and take the rest. Run as the owner, migrated."""
    name = sql.Identifier(role)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), current_user")
        schema_name, owner = cursor.fetchone()
        schema = sql.Identifier(schema_name)
        statements = [
            sql.SQL("REVOKE CREATE ON SCHEMA {} FROM PUBLIC").format(schema),
            sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, name),
            sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {}").format(_tables(cursor), name),
            sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {} TO {}").format(schema, name),
            sql.SQL("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}").format(name),
        ]
        if role == owner:  # one role for everything: the triggers still refuse, `zhili doctor` warns
            statements = []
        for table in protected_tables():
            statements.append(
                sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), name)
            )
        for statement in statements:
            cursor.execute(statement)


def _tables(cursor: Any) -> sql.Composed:
    """Every table of the schema but the parts of one: who may write a whole table has no business with its parts."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
        " AND relkind IN ('r', 'p', 'v', 'm') AND NOT relispartition ORDER BY relname"
    )
    return sql.SQL(", ").join(sql.Identifier(table) for (table,) in cursor.fetchall())
