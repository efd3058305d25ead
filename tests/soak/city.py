"""A demo city of its own to hurt: started as people start it, looked into from beside it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg

from tests.running import Site
from zhili.conf.accounts import server_user
from zhili.conf.pgfiles import cluster_folder, socket_folder
from zhili.conf.postgres import OWNER, RUNTIME

ROOT = Path(__file__).resolve().parents[2]
SETTLED = """
SELECT count(*) >= 2 AND NOT bool_or(EXISTS (
    SELECT 1 FROM streams_event e WHERE (e.xid, e.id) > (p.xid, p.event_id))) FROM streams_position p"""

# Tables that only living traffic changes; everything in all others must be as it was.
LIVING = (
    "runtime_heartbeat",
    "streams_position",
    "django_session",
    "people_apitoken",
    "command_centre_alarm",
    "files_usage",  # counted by the worker from time to time
    "runtime_round",  # how far nightly rounds are
    "trail_treehead",  # how the tree stands is said once a minute, and signed
    "trail_signedhead",
    "signals_closed",  # up to when roll-ups are made
)
ROLLED_UP = (
    "signals_hour", "signals_day", "signals_measurement", "signals_batch", "signals_tally", "signals_source",
)  # fmt: skip
"""Tables, with their parts, that the worker writes by the clock, whoever watches: what building projects stand at is
measured every quarter of an hour and at each start, and rolled up when an hour is over."""
NUMBERED = "SELECT (SELECT count(*) FROM trail_sealed) = (SELECT count(*) FROM trail_leaf)"
TABLES = "SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public'"


class City(Site):
    """The demo city with nobody's requests counted (the load comes from one address)."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, extra={"ZHILI_DEMO": "1", "ZHILI_RATE_LIMIT": "0"})
        self.extra_worker: psutil.Popen | None = None

    def database(self, role: str) -> str:
        folder = socket_folder(cluster_folder(self.home, server_user()))
        return f"postgresql://{role}@/zhili?host={folder}"

    def ask(self, sql: str) -> Any:
        """The first value of a query, as the owner."""
        with psycopg.connect(self.database(OWNER)) as connection:
            row = connection.execute(sql).fetchone()
        return row[0] if row else None

    def settled(self) -> bool:
        """Whether every consumer has read the outbox to its end, and every leaf has its number."""
        with suppress(psycopg.Error):
            return bool(self.ask(SETTLED)) and bool(self.ask(NUMBERED))
        return False

    def inside(self, module: str, given: Any = None) -> Any:
        """Run a module with the site's own settings; JSON in, JSON out."""
        done = subprocess.run(
            [sys.executable, "-m", f"tests.soak.{module}"],
            env=self.env | {"DATABASE_URL": self.database(OWNER), "ZHILI_DB_POOL": "0"},
            input=json.dumps(given),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            cwd=ROOT,
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return json.loads(done.stdout)

    def start_extra_worker(self) -> None:
        """A second worker beside the supervisor's own: effects must still come once."""
        with (self.home / "logs" / "worker2.log").open("ab") as log:
            self.extra_worker = psutil.Popen(
                [sys.executable, "-m", "zhili", "worker"],
                env=self.env | {"DATABASE_URL": self.database(RUNTIME)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
            )

    def stop_extra_worker(self) -> None:
        process, self.extra_worker = self.extra_worker, None
        if process is not None:
            process.kill()
            process.wait(10)

    def web(self) -> psutil.Process:
        """The process that answers requests; under Granian the one that looks after its workers."""
        for word in ("zhili.conf.web", "granian"):
            with suppress(StopIteration):
                return self.child(word)
        raise StopIteration

    def belongings(self) -> list[str]:
        """Every process of this home, whoever its parent is: there must be none after a stop."""
        data = str((cluster_folder(self.home, server_user()) / "data").resolve())
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                    continue
                ours = process.environ().get("ZHILI_HOME") == str(self.home)
                if ours or (process.name() == "postgres" and process.cwd() == data):
                    found.append(f"{process.pid} {' '.join(process.cmdline())[:80]}")
        return found


@contextmanager
def made_city() -> Iterator[City]:
    """A home that is thrown away afterwards, whatever happened."""
    folder = Path(tempfile.mkdtemp(prefix="zk-", dir="/tmp"))
    folder.chmod(0o755)
    city = City(folder / "home")
    try:
        yield city
    finally:
        city.stop_extra_worker()
        city.halt()
        if kept := os.environ.get("ZHILI_SOAK_KEEP"):
            shutil.copytree(folder, kept, dirs_exist_ok=True, ignore=shutil.ignore_patterns("run", "*.lock"))
        shutil.rmtree(folder, ignore_errors=True)
