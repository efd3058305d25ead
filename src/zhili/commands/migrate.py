"""`zhili migrate`: bring the database and static files to this version of the code. Harmless to repeat."""

import hashlib
import logging
import os
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate as migrate_command
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from zhili import __version__
from zhili.conf.database import role_of
from zhili.conf.site import Refused

log = logging.getLogger("zhili.migrate")
LOCK = 7_091_201_949  # any constant: two machines that start together upgrade one after the other


class WholeExecutor(MigrationExecutor):
    """Applies a migration and notes it as applied in one transaction.

    Django itself commits the one before the other when indexes are made: killed in between, the site would try to
    make the same tables at each start, for ever.
    """

    def apply_migration(
        self, state: ProjectState, migration: Migration, fake: bool = False, fake_initial: bool = False
    ) -> ProjectState:
        with transaction.atomic(using=self.connection.alias) if migration.atomic else nullcontext():
            return super().apply_migration(state, migration, fake, fake_initial)


def migrate(quiet: bool = False) -> None:
    """Migrations, declared parameters, versions of procedures, grants of the runtime role, static files.

    Django must already be connected as the owner (see cli.py).
    """
    with _alone():
        migrate_command.MigrationExecutor = WholeExecutor  # type: ignore[attr-defined]
        call_command("migrate", interactive=False, verbosity=0 if quiet else 1)
        _prove()
        _sync("zhili.core.params", "sync")
        _sync("zhili.core.cases.registry", "sync")
        _sync("zhili.core.cases.upgrading", "move_open_cases")
        _sync("zhili.core.cases.categories", "begin")
        _sync("zhili.core.transparency.editions", "keep")
        _bring_figures_up()
        _sync("zhili.core.trail.roles", "grant_runtime", role_of(os.environ["ZHILI_RUNTIME_URL"]))
    _collect_static(quiet)


def _prove() -> None:
    """No site starts on procedures that lead nowhere, or that forget open cases."""
    from zhili.commands.check import procedures

    if faults := procedures(database=True):
        raise Refused("\n".join(["流程有问题，不能启动。 The procedures do not hold:", *faults]))


def _alone() -> psycopg.Connection:
    """A session of its own that holds the upgrade's lock until it is closed."""
    parameters = connections[DEFAULT_DB_ALIAS].get_connection_params()
    wanted = {
        name: parameters[name]
        for name in ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert")
        if parameters.get(name)
    }
    connection: psycopg.Connection = psycopg.connect(**wanted, autocommit=True)
    connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    return connection


def _bring_figures_up() -> None:
    """A version with new measures: history is counted again before the site opens."""
    from zhili.core.cases import history
    from zhili.core.indicators.rebuilding import bring_up

    if steps := bring_up(history.payloads):
        log.info("figures made anew from %d steps: this version counts more than the last", steps)


def _sync(module: str, function: str, *arguments: object) -> None:
    found = getattr(import_module(module), function, None)
    if found:
        found(*arguments)


def _collect_static(quiet: bool) -> None:
    """Copy static files with hashed names, unless that was done for exactly these files."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(__version__.encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            file = Path(storage.path(name))
            info = file.stat()
            digest.update(f"{name} {info.st_size} {info.st_mtime_ns}\n".encode())
    root = Path(settings.STATIC_ROOT)
    mark = root / ".collected"
    if mark.exists() and mark.read_text() == digest.hexdigest():
        return
    root.mkdir(parents=True, exist_ok=True)
    mark.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0 if quiet else 1)
    mark.write_text(digest.hexdigest())
