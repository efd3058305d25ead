"""Children of `zhili run`: started, watched, restarted with back-off, stopped in order.

Everything happens in the main thread: Linux ties a child's death signal to the thread that started it.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Protocol

from zhili.conf.postgres import Cluster, PostgresError, die_with_parent

FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0
LONG_ENOUGH = 60.0  # a child that lived this long starts again without delay
LOG_LIMIT = 50_000_000  # bytes


class Stopping(BaseException):
    """Raised in the main thread by SIGINT, SIGTERM or SIGHUP, so that any wait ends at once."""


class Child(Protocol):
    """What the supervisor needs to know of a child."""

    name: str

    def start(self) -> None: ...
    def poll(self) -> int | None:
        """The exit code once it has ended, None while it runs."""
        ...

    def stop(self) -> None: ...
    @property
    def pid(self) -> int | None: ...


class ProcessChild:
    """A Python process of ours; SIGTERM asks it to finish."""

    def __init__(
        self, name: str, command: list[str], env: Mapping[str, str], log: Path, patience: float = 20.0
    ) -> None:
        self.name = name
        self.command = command
        self.env = dict(env)
        self.log = log
        self.patience = patience
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._process is not None:
            self._end_session(self._process.pid)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C at the terminal reaches only the supervisor
                preexec_fn=die_with_parent(signal.SIGTERM),
            )

    def poll(self) -> int | None:
        return self._process.poll() if self._process else 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def stop(self) -> None:
        """SIGTERM, then SIGKILL to its whole session (Granian has workers of its own)."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(self.patience)
        self._end_session(process.pid)
        process.wait(5)

    @staticmethod
    def _end_session(leader: int) -> None:
        """Nothing of a child's session may stay behind: an old worker of Granian would go on serving the port."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)


class DatabaseChild:
    """The private PostgreSQL."""

    name = "database"

    def __init__(self, cluster: Cluster, tell: Callable[[str], None]) -> None:
        self.cluster = cluster
        self._tell = tell

    def start(self) -> None:
        self.cluster.start(self._tell)

    def poll(self) -> int | None:
        return self.cluster.process.poll() if self.cluster.process else 0

    @property
    def pid(self) -> int | None:
        return self.cluster.process.pid if self.cluster.process else None

    def stop(self) -> None:
        self.cluster.stop()


class Supervisor:
    """Starts children in order, restarts those that die, stops them in the opposite order."""

    def __init__(self, tell: Callable[[str], None], changed: Callable[[dict[str, int]], None]) -> None:
        """`tell` prints a line for people; `changed` is given name -> process id when a child was started."""
        self._tell = tell
        self._changed = changed
        self._children: list[Child] = []
        self._started: dict[str, float] = {}
        self._delay: dict[str, float] = {}
        self._due: dict[str, float] = {}

    def add(self, child: Child) -> None:
        """Start a child and keep it running. The first start may fail: the error goes to the caller."""
        self._children.append(child)
        child.start()
        self._note(child)

    def _note(self, child: Child) -> None:
        self._started[child.name] = time.monotonic()
        try:
            self._changed({other.name: other.pid for other in self._children if other.pid is not None})
        except OSError as error:  # a full disk is no reason to stop what runs
            self._tell(f"run.json: {error}")

    def watch(self, pause: float = 0.25) -> None:
        """Look after the children until Stopping is raised."""
        looked_at_logs = 0.0
        while True:
            self.check()
            if time.monotonic() - looked_at_logs > 60:
                looked_at_logs = time.monotonic()
                self._turn_logs()
            time.sleep(pause)

    def check(self) -> None:
        """Start again whoever has ended and whose delay is over."""
        for child in self._children:
            if child.poll() is not None:
                self._revive(child)

    def _revive(self, child: Child) -> None:
        now = time.monotonic()
        name = child.name
        if name not in self._due:
            if now - self._started.get(name, now) > LONG_ENOUGH:
                self._delay.pop(name, None)
            delay = self._delay[name] = min(LONGEST_DELAY, self._delay.get(name, FIRST_DELAY / 2) * 2)
            self._due[name] = now + delay
            self._tell(
                f"{name} 已退出（{child.poll()}），{delay:g} 秒后重新启动。 "
                f"{name} has ended ({child.poll()}); starting it again in {delay:g} s."
            )
        elif now >= self._due[name]:
            del self._due[name]
            try:
                child.start()
            except (PostgresError, OSError) as error:
                self._tell(f"{name}: {error}")
            self._note(child)

    def _turn_logs(self) -> None:
        """Keep logs from filling the disk. Children append, so a file may be emptied under them.

        When the disk is full already the old part is given up: its room is needed, and the site must go on.
        """
        for child in self._children:
            log = (
                child.log
                if isinstance(child, ProcessChild)
                else getattr(getattr(child, "cluster", None), "log", None)
            )
            if log is not None and log.exists() and log.stat().st_size > LOG_LIMIT:
                former = log.with_name(f"{log.name}.1")
                try:
                    shutil.copyfile(log, former)
                except OSError as error:
                    self._tell(f"{former.name}: {error}")
                    former.unlink(missing_ok=True)
                os.truncate(log, 0)

    def stop(self) -> None:
        """Web first, so that nothing new is taken in; the database last."""
        for child in reversed(self._children):
            child.stop()
        self._children.clear()


def on_signals() -> None:
    """From now on SIGINT, SIGTERM and SIGHUP raise Stopping, once."""

    def handle(sign: int, frame: FrameType | None) -> None:
        ignore_signals()
        raise Stopping

    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, handle)


def ignore_signals() -> None:
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)
