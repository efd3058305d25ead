"""Append-only tables: triggers that refuse every change, for whoever connects, and a migration operation for them."""

from django.db import connection, migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION zhili_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: its rows are evidence and only ever added to', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
PROTECT = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION zhili_append_only();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION zhili_append_only();
COMMENT ON TABLE {table} IS 'append-only';
"""
UNPROTECT = """
DROP TRIGGER IF EXISTS {table}_append_only ON {table};
DROP TRIGGER IF EXISTS {table}_no_truncate ON {table};
COMMENT ON TABLE {table} IS NULL;
"""


class Protect(migrations.RunSQL):
    """Migration operation: make a table append-only. The runtime role loses its right to change it too (roles.py)."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(FUNCTION + PROTECT.format(table=table), UNPROTECT.format(table=table))

    def deconstruct(self) -> tuple[str, list, dict]:
        return "Protect", [self.table], {}

    def describe(self) -> str:
        return f"Make {self.table} append-only"


def protected_tables() -> list[str]:
    """The append-only tables of this database, by the comment the operation left on them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
            " AND obj_description(oid, 'pg_class') = 'append-only' ORDER BY relname"
        )
        return [name for (name,) in cursor.fetchall()]
