"""The pytest plugin of this project: a private PostgreSQL for each process of tests, and honest skips.

- The cluster is started before Django reads its settings. Under xdist each worker has one of its own: a transaction
  held open by one worker's test would hold back the horizon of streams for all databases of a shared cluster.
  Django connects as the owner; `runtime_connection` is the service's role.
- ZHILI_TEST_PG_BIN=/usr/lib/postgresql/15/bin runs the same tests on another PostgreSQL.
- DATABASE_URL, when set, is used instead of a private cluster.
- A test that lacks a part of the machine is skipped with its reason; under CI=true such a skip is a failure,
  unless the reason begins with "not applicable".
"""

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from zhili.conf.accounts import server_user
from zhili.conf.pgfiles import programs
from zhili.conf.postgres import OWNER, RUNTIME, SUPERUSER, TEST_SETTINGS, Cluster

CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
NOT_APPLICABLE = "not applicable"
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "runtime_connection", "live_server"}
PRISTINE = "zhili_pristine"
"""The test database as it was made, which no test has written into: real sites of a test begin with it."""
MADE_BY_DJANGO = {"django_content_type", "auth_permission", "django_site"}
_cluster: Cluster | None = None
_session_folder: Path | None = None


def _start(cluster_too: bool) -> None:
    """Start the cluster in a folder with a short name (socket paths are limited) that its user can enter."""
    global _cluster, _session_folder
    _session_folder = Path(tempfile.mkdtemp(prefix="zt-", dir="/tmp"))
    _session_folder.chmod(0o711)
    os.environ["ZHILI_HOME"] = str(_session_folder / "home")  # a test must never touch a real site
    (_session_folder / "home" / "static").mkdir(parents=True)
    os.environ["ZHILI_SECRET_KEY"] = "only for tests"  # noqa: S105
    os.environ["ZHILI_TESTING"] = "1"
    os.environ.pop("EMAIL_URL", None)
    if os.environ.get("DATABASE_URL") or not cluster_too:
        return
    os.environ["DATABASE_URL"] = f"postgresql://{OWNER}@/zhili?host={_session_folder}/pg/run"
    try:
        user = server_user()
        cluster = Cluster(
            _session_folder / "pg", programs(user, os.environ.get("ZHILI_TEST_PG_BIN")), user, TEST_SETTINGS
        )
        cluster.initialise()
        cluster.start()
        _cluster = cluster
        cluster.ensure_roles(testing=True)
        cluster.ensure_database()
    except Exception as error:  # the reason is shown with each test that needs it
        os.environ["ZHILI_TEST_PG_ERROR"] = f"{type(error).__name__}: {error}"


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    looking = {"--help", "-h", "--version", "-V", "--fixtures", "--markers"} & set(args)
    if not looking:
        os.environ.pop("ZHILI_TEST_PG_ERROR", None)
        worker = "PYTEST_XDIST_WORKER" in os.environ
        shared_out = bool(getattr(early_config.known_args_namespace, "numprocesses", None))
        _start(cluster_too=worker or not shared_out)
        # Objects without cycles are freed at once all the same. The search for the others looked through a whole
        # city's modules, every page's template among them, thousands of times: a fifth of all processor time.
        gc.set_threshold(200_000, 50, 1_000)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported and collected stays: no search for cycles looks at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def pytest_configure(config: pytest.Config) -> None:
    """Clean up after transactional tests: append-only tables too, whose triggers refuse everybody, and quickly.

    The owner may set session_replication_role in this session's cluster only; see `Cluster.ensure_roles`. Under it no
    trigger fires and no foreign key is looked at, so that the few tables a test wrote into are emptied one by one.
    What Django itself writes for each model stays, instead of being written anew: that alone took a quarter of a
    second after each test.
    """
    from django.core.management.commands import flush
    from django.db import transaction
    from django.db.backends.postgresql.operations import DatabaseOperations

    def sql_flush(
        self: DatabaseOperations, style: object, tables: list[str], *args: object, **options: object
    ) -> list[str]:
        quoted = [self.quote_name(table) for table in tables if table not in MADE_BY_DJANGO]
        if options.get("reset_sequences"):
            return [f"TRUNCATE {', '.join(quoted)} RESTART IDENTITY"] if quoted else []
        # one look at all of them: an empty table costs a few microseconds
        look = " UNION ALL ".join(
            f"SELECT {at} WHERE EXISTS (SELECT 1 FROM {table})"  # noqa: S608 (names of our own tables)
            for at, table in enumerate(quoted)
        )
        if not look:
            return []
        with self.connection.cursor() as cursor:
            cursor.execute(look)
            return [f"DELETE FROM {quoted[at]}" for (at,) in cursor.fetchall()]  # noqa: S608

    def execute_sql_flush(self: DatabaseOperations, statements: list[str]) -> None:
        database = self.connection
        whole = transaction.atomic(using=database.alias, savepoint=database.features.can_rollback_ddl)
        with whole, database.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for statement in statements:
                cursor.execute(statement)

    _keep_pristine()
    _list_static_files_once()
    flush.emit_post_migrate_signal = lambda *args, **options: None  # type: ignore[attr-defined]
    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign,assignment]
    DatabaseOperations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign,assignment]


def _list_static_files_once() -> None:
    """Not anew for the handler of each client of a test: that took as long as answering some pages."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    look = WhiteNoiseMiddleware.add_files_from_finders
    found: dict[str, Any] = {}

    def add_files_from_finders(self: WhiteNoiseMiddleware) -> None:
        if not found:
            look(self)
            found.update(self.files)
        self.files.update(found)

    WhiteNoiseMiddleware.add_files_from_finders = add_files_from_finders


def _keep_pristine() -> None:
    """Copy the test database once it is made (a third of a second): to make one anew takes twenty."""
    from django.db.backends.postgresql.creation import DatabaseCreation

    make = DatabaseCreation.create_test_db

    def create_test_db(self: DatabaseCreation, *args: Any, **options: Any) -> str:
        name = str(make(self, *args, **options))
        if _cluster is not None:
            self.connection.close()
            self.connection.close_pool()
            with psycopg.connect(_cluster.url(SUPERUSER, "postgres"), autocommit=True) as server:
                server.execute(f"CREATE DATABASE {PRISTINE} OWNER {OWNER} TEMPLATE {name} STRATEGY FILE_COPY")
        return name

    DatabaseCreation.create_test_db = create_test_db  # type: ignore[method-assign,assignment]


def pristine() -> Cluster | None:
    """This process's server, which holds the database PRISTINE once the fixture `django_db_setup` is done; None: a
    server of somebody else is used."""
    return _cluster


def pytest_unconfigure(config: pytest.Config) -> None:
    global _cluster, _session_folder
    if _cluster is not None:
        _cluster.stop()
        _cluster = None
    if _session_folder is not None:
        shutil.rmtree(_session_folder, ignore_errors=True)
        _session_folder = None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with tests in a browser, or marked `slow`, come first: what is short fills the workers to the end."""
    long = {
        item.path for item in items if item.get_closest_marker("browser") or item.get_closest_marker("slow")
    }
    items.sort(key=lambda item: item.path not in long)
    error = os.environ.get("ZHILI_TEST_PG_ERROR")
    for item in items:
        uses = DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())) or item.get_closest_marker(
            "django_db"
        )
        if error and uses:
            item.add_marker(pytest.mark.skip(reason=f"no private PostgreSQL: {error}"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """Under CI a skip for want of a part is a failure: green must mean that everything ran."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if NOT_APPLICABLE not in reason.lower():
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} was skipped under CI=true: {reason}"


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and chromium() is None:
        pytest.skip("no Chromium on this machine: install the package chromium, or set ZHILI_CHROMIUM")


def chromium() -> str | None:
    """The Chromium to drive, as a path: ZHILI_CHROMIUM, else the system's."""
    names = (os.environ.get("ZHILI_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium for playwright's `executable_path`; skips when the machine has none."""
    found = chromium()
    if found is None:
        pytest.skip("no Chromium on this machine: install the package chromium, or set ZHILI_CHROMIUM")
    return found


@pytest.fixture(scope="session")
def runtime_granted(django_db_setup: None, django_db_blocker: object) -> None:
    """Give the runtime role what `zhili migrate` gives it."""
    try:
        from zhili.core.trail.roles import grant_runtime
    except ImportError:
        return
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        grant_runtime(RUNTIME)


@pytest.fixture
def runtime_connection(runtime_granted: None) -> Iterator[psycopg.Connection]:
    """A psycopg connection to the test database as the role the service runs as (autocommit).

    It sees committed rows only: pair it with `transactional_db` when the test writes first.
    """
    from django.conf import settings

    database = settings.DATABASES["default"]
    with psycopg.connect(
        host=database["HOST"],
        port=database["PORT"] or None,
        dbname=database["NAME"],
        user=RUNTIME,
        autocommit=True,
    ) as connection:
        yield connection


if sys.platform == "win32":  # pragma: no cover
    raise RuntimeError("The tests need a POSIX system")
