"""Where a backup may go: an empty city, which nobody is using."""

import os
from datetime import UTC, datetime

import psutil
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState

from zhili.conf.backup import catalogue
from zhili.conf.backup.manifest import Manifest
from zhili.conf.database import role_of
from zhili.conf.site import Refused, read_state

FILLED = {
    "people_account": ("账号", "accounts"),
    "people_office": ("单位", "offices"),
    "places_division": ("区划", "divisions"),
    "cases_case": ("事项", "cases"),
    "files_file": ("文件", "files"),
}
"""What only people put into a city. Parameters, versions of procedures, the trail's key and what the public register
declares are written by any first start, with their leaves."""
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND usename = %s AND usename <> current_user AND pid <> pg_backend_pid()"""


def refuse_unless_empty() -> None:
    """Refused when there is a city already, or a service is running on it."""
    state = read_state()
    if state.get("pid") and psutil.pid_exists(state["pid"]):
        raise Refused(
            "这个数据目录的系统正在运行，请先停下再恢复。 This site is running: stop it, then restore."
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        if cursor.fetchone()[0] < 150_000:
            raise Refused("需要 PostgreSQL 15 以上。 PostgreSQL 15 or newer is needed.")
        cursor.execute(OTHERS, [role_of(os.environ.get("ZHILI_RUNTIME_URL", "postgresql:///"))])
        if cursor.fetchone()[0]:
            raise Refused(
                "有服务正连接着这个数据库，请先停下。 A service is connected to this database: stop it first."
            )
        names = {shape.name for shape in catalogue.shapes(cursor)}
        found = []
        for table, (zh, en) in FILLED.items():
            if table in names:
                cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
                if number := cursor.fetchone()[0]:
                    found.append((number, zh, en))
    if names and not names & set(FILLED):
        raise Refused(
            f"这个数据库里有别的程序的表（{min(names)} 等），不会动它。 "
            f"The database holds tables of something else ({min(names)} …); it was left alone."
        )
    if found:
        raise Refused(
            "这里已有一座城市（{zh}），只能恢复到空的数据库；什么也没有改动。 "
            "There is a city here ({en}); a backup goes into an empty database only. Nothing was changed.".format(
                zh="、".join(f"{zh} {number}" for number, zh, _ in found),
                en=", ".join(f"{number} {en}" for number, _, en in found),
            )
        )


def refuse_unknown_migrations(manifest: Manifest) -> None:
    """Refused when the file was made by newer code than this, or by a city with other parts."""
    known = set(MigrationExecutor(connection).loader.disk_migrations)
    unknown = sorted(f"{app}.{name}" for app, name in _applied(manifest) - known)
    if unknown:
        raise Refused(
            f"备份来自更新的程序（zhili {manifest.zhili}），本程序不认得：{'、'.join(unknown[:3])}。"
            f"请用同版或更新的程序恢复。 The file was made by a newer program (zhili {manifest.zhili}): "
            f"{', '.join(unknown[:3])} is unknown here. Use that version or a newer one."
        )


def _applied(manifest: Manifest) -> set[tuple[str, str]]:
    return {(app, name) for app, names in manifest.migrations.items() for name in names}


class _InOneTransaction(MigrationExecutor):
    """Migrations inside the caller's transaction: what they left to be checked later is checked in between."""

    def apply_migration(
        self, state: ProjectState, migration: Migration, fake: bool = False, fake_initial: bool = False
    ) -> ProjectState:
        state = super().apply_migration(state, migration, fake, fake_initial)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        return state


def make_schema(manifest: Manifest) -> None:
    """In place of whatever empty tables there are, those of exactly the file's migrations. Within a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        if catalogue.shapes(cursor):
            cursor.execute("SELECT current_schema()")
            schema = connection.ops.quote_name(cursor.fetchone()[0])
            cursor.execute(f"DROP SCHEMA {schema} CASCADE")
            cursor.execute(f"CREATE SCHEMA {schema}")
    executor = _InOneTransaction(connection)
    wanted = _applied(manifest)
    everything = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    plan = [(one, False) for one, _ in everything if (one.app_label, one.name) in wanted]
    executor.migrate(sorted(wanted), plan=plan)


def made_at(manifest: Manifest) -> datetime:
    return datetime.fromisoformat(manifest.made).astimezone(UTC)
