"""A private PostgreSQL on a unix socket, started and stopped by ourselves.

When root, the wheel's own `get_server` adds users and opens every parent folder of its data to everyone, so only
its programs are used. The server is our direct child: it dies with us, and stops fast (never smart) when asked.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from zhili.conf.accounts import OsUser
from zhili.conf.pgfiles import Programs, socket_folder

SUPERUSER = "postgres"
OWNER = "zhili_owner"
RUNTIME = "zhili"
DATABASE = "zhili"

# For a small machine; a larger town brings its own server through DATABASE_URL.
SYSTEM_SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_duration_statement": "2s",
    # A repeated request ends in a refused insert: its statement is long, and may hold what people wrote.
    "log_min_error_statement": "fatal",
    "log_line_prefix": "%m [%p] %u@%d ",
    "dynamic_shared_memory_type": "mmap",  # containers often have a tiny /dev/shm
}
# Tests may lose everything at a power cut, so nothing waits for the disk.
TEST_SETTINGS = {
    **SYSTEM_SETTINGS,
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "10s",
}


class PostgresError(RuntimeError):
    """The private database could not be started; the message is for people."""


def die_with_parent(sign: int) -> Callable[[], None]:
    """A `preexec_fn` by which the child gets `sign` when its parent dies, even by kill -9 (Linux only).

    Call Popen from a thread that lives as long as the process: Linux ties the signal to the parent *thread*.
    """
    parent = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def arrange() -> None:
        if libc is not None:
            libc.prctl(1, sign, 0, 0, 0)  # PR_SET_PDEATHSIG
            if os.getppid() != parent:  # died between fork and prctl
                os._exit(1)

    return arrange


class Cluster:
    """One private cluster: `folder/data`, a socket folder and a log."""

    def __init__(
        self,
        folder: Path,
        programs: Programs,
        user: OsUser | None = None,
        settings: Mapping[str, str] = SYSTEM_SETTINGS,
        log: Path | None = None,
    ) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.sockets = socket_folder(folder)
        self.programs = programs
        self.user = user
        self.settings = dict(settings)
        self.log = log or folder / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, role: str, database: str = DATABASE) -> str:
        """A DATABASE_URL for `role`. No password is needed: only this site's user can enter the socket folder."""
        return f"postgresql://{role}@/{database}?host={self.sockets}"

    # ---- making

    def _own(self, path: Path, mode: int = 0o700) -> None:
        path.chmod(mode)
        if self.user:
            os.chown(path, self.user.uid, self.user.gid)

    def _prepare_folders(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._own(self.folder)
        made = not self.sockets.exists()
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        expected = self.user.uid if self.user else os.geteuid()
        if not made and self.sockets.stat().st_uid not in (expected, os.geteuid()):
            raise PostgresError(
                f"{self.sockets} 属于别的用户，请先移走。 It belongs to someone else; move it away."
            )
        self._own(self.sockets)

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            command,
            **self._as_user(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise PostgresError(f"{Path(command[0]).name}: {(done.stderr or done.stdout).strip()[-1500:]}")

    def _as_user(self) -> dict:
        keep = ("PATH", "LD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT")
        env = {name: os.environ[name] for name in keep if name in os.environ} | {"LC_ALL": "C"}
        # The working folder may be closed to the database user; its own folder is not.
        arguments: dict = {"cwd": str(self.folder), "env": env}
        if self.user:
            arguments |= {"user": self.user.uid, "group": self.user.gid, "extra_groups": []}
        return arguments

    def initialise(self) -> bool:
        """Make the cluster unless it exists; True when it was made. A half-made one is thrown away."""
        self._prepare_folders()
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            return False
        draft = self.folder / "data.new"
        if draft.exists():
            shutil.rmtree(draft)
        if self.programs.major >= 17:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        else:
            locale = ["--locale=C.UTF-8" if sys.platform == "linux" else "--locale=C"]
        self._run(
            self.programs.path("initdb"),
            "-D",
            str(draft),
            "-U",
            SUPERUSER,
            "--encoding=UTF8",
            "--auth=trust",
            "--no-sync",
            "--no-instructions",
            *locale,
        )
        (draft / "pg_hba.conf").write_text(
            "# Only the unix socket, in a folder nobody else can enter.\n"
            "local all all trust\nlocal replication all trust\n"  # the latter for pg_basebackup
        )
        self._own(draft / "pg_hba.conf", 0o600)
        draft.rename(self.data)
        os.sync() if self.settings.get("fsync") != "off" else None
        return True

    def _check_version(self) -> None:
        have = int((self.data / "PG_VERSION").read_text().split(".")[0])
        if have != self.programs.major:
            raise PostgresError(
                f"数据属于 PostgreSQL {have}，而程序是 {self.programs.major}，见 docs/operate.md“升级”。 "
                f"The data are of PostgreSQL {have} but the programs are {self.programs.major}; see docs/operate.md."
            )

    # ---- running

    def start(self, tell: Callable[[str], None] = lambda line: None) -> None:
        """Start the server and wait until it answers; after a crash that includes its recovery."""
        stop_stray(self.data)
        self.settings["unix_socket_directories"] = str(self.sockets)
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs.path("postgres"), "-D", str(self.data), "-c", "listen_addresses=", *options],
                **self._as_user(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT),
            )
        self._wait(tell)

    def _wait(self, tell: Callable[[str], None], patience: float = 600.0) -> None:
        started = told = time.monotonic()
        while True:
            if self.process is None or self.process.poll() is not None:
                raise PostgresError(
                    f"数据库没有启动，见 {self.log}。 PostgreSQL did not start, see {self.log}:\n{self._log_end()}"
                )
            try:
                psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError as error:
                now = time.monotonic()
                if now - started > patience:
                    raise PostgresError(
                        f"数据库 {patience:.0f} 秒内没有应答。 No answer in {patience:.0f} s: {error}"
                    ) from error
                if now - told > 5:
                    told = now
                    tell("数据库正在恢复… PostgreSQL is recovering…")
                time.sleep(0.05)

    def _log_end(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:]) if self.log.exists() else ""

    def stop(self, patience: float = 30.0) -> None:
        """Fast shutdown: open transactions are rolled back, everything committed is on disk."""
        process, self.process = self.process, None
        if process is None or process.poll() is not None:
            return
        for sign, wait in ((signal.SIGINT, patience), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            process.send_signal(sign)
            try:
                process.wait(wait)
                return
            except subprocess.TimeoutExpired:
                continue

    # ---- contents

    def ensure_roles(self, *, testing: bool = False) -> None:
        """The two roles: the owner makes and alters tables, the runtime role only uses them."""
        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role in (OWNER, RUNTIME):
                if role not in known:
                    connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            if testing:  # makes test databases, and empties tables that only ever grow
                connection.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(OWNER)))
                connection.execute(
                    sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}").format(
                        sql.Identifier(OWNER)
                    )
                )
            # A writer that falls asleep holds back every reader of the outbox (see core/streams), and a statement
            # that never ends holds a thread of the web process.
            for setting in ("idle_in_transaction_session_timeout", "statement_timeout"):
                connection.execute(
                    sql.SQL("ALTER ROLE {} SET {} = '60s'").format(
                        sql.Identifier(RUNTIME), sql.Identifier(setting)
                    )
                )

    def ensure_database(self) -> bool:
        """The database of the site, owned by the owner role; True when it was made."""
        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                return False
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER)
                )
            )
            connection.execute(
                sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(DATABASE))
            )
            connection.execute(
                sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(RUNTIME)
                )
            )
            return True


def stop_stray(data: Path, patience: float = 30.0) -> None:
    """End a server left over on `data` by a supervisor that was killed, and clear a stale postmaster.pid.

    Only for the holder of the home's lock. PostgreSQL itself refuses to start when the stale file's process id is
    by now someone else's, so the file goes when that process is not a server on this folder. The file also names
    the shared memory by which a new server would notice old ones: so none may be left when it goes.
    """
    file = data / "postmaster.pid"
    try:
        process = psutil.Process(int(file.read_text().split("\n", 1)[0]))
        ours = "postgres" in process.name() and str(data) in process.cmdline()
    except FileNotFoundError:
        return
    except (ValueError, psutil.NoSuchProcess, psutil.ZombieProcess):
        ours = False
    if not ours:
        _end_orphans(data, min(patience, 5.0))
        file.unlink(missing_ok=True)
        return
    for sign, wait in ((signal.SIGINT, patience), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
        try:
            process.send_signal(sign)
            process.wait(wait)
        except psutil.NoSuchProcess:
            return
        except psutil.TimeoutExpired:
            continue
        return


def _end_orphans(data: Path, patience: float) -> None:
    """See the server processes off whose first was killed: they mostly end by themselves, in a moment.

    One that is busy does not notice, and writing beside a new server it would destroy the data.
    """
    orphans = [process for process in psutil.process_iter(["name"]) if _works_in(process, data)]
    _, alive = psutil.wait_procs(orphans, timeout=patience)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    _, alive = psutil.wait_procs(alive, timeout=10)
    if alive:
        raise PostgresError(
            f"旧的数据库进程还没有结束。 Old server processes have not ended: {[p.pid for p in alive]}"
        )


def _works_in(process: psutil.Process, data: Path) -> bool:
    """Whether this is a server process on `data`: each has made it its working folder."""
    if process.info["name"] != "postgres":
        return False
    try:
        return bool(process.cwd() == str(data.resolve()))
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
