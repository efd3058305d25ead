"""Cities without their web pages: a database and a home each, asked by the real commands."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from zhili.conf.accounts import server_user
from zhili.conf.pgfiles import programs
from zhili.conf.postgres import OWNER, RUNTIME, SUPERUSER, TEST_SETTINGS, Cluster

ROOT = Path(__file__).resolve().parents[1]
DEBIAN_15 = "/usr/lib/postgresql/15/bin"


class City:
    """One database of a server, and a home."""

    def __init__(self, cluster: Cluster, name: str, folder: Path, made: bool = False) -> None:
        self.cluster, self.name, self.home = cluster, name, folder / f"home_{name}"
        self.env = {
            key: value for key, value in os.environ.items() if not key.startswith(("ZHILI_", "PYTEST"))
        } | {
            "ZHILI_HOME": str(self.home),
            "DATABASE_URL": cluster.url(RUNTIME, name),
            "ZHILI_OWNER_URL": cluster.url(OWNER, name),
            "ZHILI_TESTING": "1",  # static files are not packed for browsers
            "ZHILI_RATE_LIMIT": "0",
            "COLUMNS": "400",
        }
        if not made:
            self.make()

    def make(self) -> None:
        with self._server() as server:
            server.execute(f"CREATE DATABASE {self.name} OWNER {OWNER} TEMPLATE template0")

    def destroy(self) -> None:
        """Database, uploads, keys: all gone."""
        with self._server() as server:
            server.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        shutil.rmtree(self.home, ignore_errors=True)

    def _server(self) -> psycopg.Connection:
        return psycopg.connect(self.cluster.url(SUPERUSER, "postgres"), autocommit=True)

    def run(self, *command: str, code: int = 0, **more: str) -> str:
        """A command with this city's settings, to its end; what it printed."""
        done = subprocess.run(
            [sys.executable, *command], env=self.env | more, cwd=ROOT, capture_output=True, text=True,
            check=False, timeout=600,
        )  # fmt: skip
        assert done.returncode == code, f"{command} → {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout if not code else done.stdout + done.stderr

    def zhili(self, *arguments: str, code: int = 0, **more: str) -> str:
        return self.run("-m", "zhili", *arguments, code=code, **more)

    def inside(self, module: str, *arguments: str) -> Any:
        """A module of the tests run with this city's settings; what it says, from JSON."""
        return json.loads(
            self.run("-m", f"tests.{module}", *arguments, DATABASE_URL=self.env["ZHILI_OWNER_URL"])
        )

    def ask(self, sql: str, *values: Any) -> Any:
        """The first value of a query, as the owner."""
        with psycopg.connect(self.cluster.url(OWNER, self.name), autocommit=True) as connection:
            row = connection.execute(sql, values or None).fetchone()
        return row[0] if row else None

    def is_bare(self) -> bool:
        """No table and no upload."""
        tables = self.ask("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        return tables == 0 and not any(path.is_file() for path in (self.home / "files").rglob("*"))


@contextmanager
def server(bin_folder: str | None = None, **settings: str) -> Iterator[tuple[Cluster, Path]]:
    """A PostgreSQL of its own and a folder, thrown away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="zc-", dir="/tmp"))
    folder.chmod(0o711)
    user = server_user()
    cluster = Cluster(folder / "pg", programs(user, bin_folder), user, {**TEST_SETTINGS, **settings})
    try:
        cluster.initialise()
        cluster.start()
        cluster.ensure_roles(testing=True)
        yield cluster, folder
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
