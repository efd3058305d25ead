"""A site started as people start it: `zhili run` in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

SOURCE = Path(__file__).resolve().parent.parent / "src"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], object], patience: float = 60.0, what: str = "it") -> None:
    """Wait for a condition, and fail when it does not come true."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, f"waited {patience} s for {what}"
        time.sleep(0.05)


class Site:
    """One home and port, which may be started, stopped and started again."""

    def __init__(
        self,
        home: Path,
        python: str = sys.executable,
        user: int | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        self.home = home
        self.port = free_port()
        self.python = python
        self.user = user
        self.output = home.parent / f"{home.name}.out"
        dropped = (
            "DATABASE_URL",
            "ZHILI_OWNER_URL",
            "ZHILI_SECRET_KEY",
            "ZHILI_TESTING",
            "DJANGO_SETTINGS_MODULE",
        )
        self.env = {
            name: value
            for name, value in os.environ.items()
            if name not in dropped and not name.startswith(("PYTEST", "ZHILI_TEST_DB"))
        }
        self.env |= {
            "ZHILI_HOME": str(home),
            "PORT": str(self.port),
            "ZHILI_DEMO": "0",
            "ZHILI_GATEWAY": "0",
        } | (extra or {})
        self.process: subprocess.Popen[bytes] | None = None

    def command(
        self, *arguments: str, port: int | None = None, text: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Another `zhili` command on this home, to its end."""
        env = self.env | ({"PORT": str(port)} if port else {})
        return subprocess.run(
            [self.python, "-m", "zhili", *arguments],
            env=env,
            capture_output=True,
            text=True,
            input=text,
            timeout=120,
            check=False,
            cwd="/",
            **self._as_user(),
        )

    def _as_user(self) -> dict:
        return {} if self.user is None else {"user": self.user, "group": self.user, "extra_groups": []}

    def start(self, patience: float = 180) -> float:
        """Start and wait until /readyz says so. Returns seconds."""
        began = time.monotonic()
        self.begin()
        self.wait_ready(patience)
        return time.monotonic() - began

    def begin(self) -> None:
        """Start it, without waiting."""
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [self.python, "-m", "zhili", "run"],
                env=self.env,
                stdout=output,
                stderr=output,
                cwd="/",
                start_new_session=True,
                **self._as_user(),
            )

    def wait_ready(self, patience: float = 180) -> None:
        """Until /readyz says so, or it has ended."""
        assert self.process is not None
        until(lambda: self.ready() or self.process.poll() is not None, patience, "the site to be ready")
        assert self.process.poll() is None, self.told()

    def stop(self, sign: int = signal.SIGTERM) -> int:
        """Ask it to stop and wait. Returns the exit code."""
        assert self.process is not None
        self.process.send_signal(sign)
        code = self.process.wait(60)
        self.process = None
        return code

    def halt(self) -> None:
        """Stop it if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.stop()

    def ready(self) -> bool:
        return self.get("/readyz")[0] == 200

    def get(self, path: str) -> tuple[int, str]:
        """Status and body; 0 when nobody answers."""
        try:
            with OPENER.open(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def told(self) -> str:
        return self.output.read_text(errors="replace")

    def family(self) -> list[psutil.Process]:
        """Every process below the supervisor, now."""
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, word: str) -> psutil.Process:
        """The direct child whose command line has this word."""
        assert self.process is not None
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if any(word in part for part in child.cmdline()))
