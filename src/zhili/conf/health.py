"""/healthz: this process answers. /readyz: it can do its work."""

from datetime import UTC, datetime, timedelta

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpResponse, JsonResponse

HEARTBEAT_LIMIT = timedelta(seconds=60)
_migrated = False


def healthz() -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def readyz() -> JsonResponse:
    """200 when all is well, else 503; each part says what is wrong."""
    report = status()
    ready = all(value == "ok" for value in report.values())
    return JsonResponse({"ready": ready, **report}, status=200 if ready else 503)


PAGES = {"/healthz": healthz, "/readyz": readyz}


def status() -> dict[str, str]:
    """Database, migrations and worker: "ok" or what is wrong."""
    try:
        heartbeat = _last_heartbeat()
    except psycopg.errors.UndefinedTable:
        return {"database": "ok", "migrations": "not applied", "worker": "unknown"}
    except psycopg.Error as error:
        return {
            "database": f"unreachable: {type(error).__name__}",
            "migrations": "unknown",
            "worker": "unknown",
        }
    return {"database": "ok", "migrations": _migrations(), "worker": _worker(heartbeat)}


def _last_heartbeat() -> datetime | None:
    """On a connection of its own with a short patience: the pool would wait ten seconds for a dead server."""
    database = settings.DATABASES[DEFAULT_DB_ALIAS]
    options = {name: value for name, value in database["OPTIONS"].items() if name != "pool"}
    with psycopg.connect(
        host=database["HOST"] or None,
        port=database["PORT"] or None,
        dbname=database["NAME"],
        user=database["USER"] or None,
        password=database["PASSWORD"] or None,
        **{**options, "connect_timeout": 2},
    ) as connection:
        row = connection.execute("SELECT max(at) FROM runtime_heartbeat").fetchone()
    return row[0] if row else None


def _migrations() -> str:
    """Once applied they stay applied for this process: its code does not change."""
    global _migrated
    if not _migrated:
        from django.db.migrations.executor import MigrationExecutor

        connection = connections[DEFAULT_DB_ALIAS]
        try:
            executor = MigrationExecutor(connection)
            _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        finally:
            connection.close()
    return "ok" if _migrated else "not applied: run `zhili migrate`"


def _worker(heartbeat: datetime | None) -> str:
    if heartbeat is None:
        return "none has started"
    age = datetime.now(UTC) - heartbeat
    return "ok" if age <= HEARTBEAT_LIMIT else f"last heard of {int(age.total_seconds())} s ago"
