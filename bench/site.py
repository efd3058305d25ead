"""A real site in processes of its own, as `zhili run` starts it: durable database, worker on, demo city loaded.

Its home is kept between runs within one benchmark only, and removed afterwards.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

BASE = "http://127.0.0.1"


@contextmanager
def home() -> Iterator[Path]:
    """A folder for a site's data; the database user can reach it."""
    folder = Path(tempfile.mkdtemp(prefix="zb-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        real = (folder / "pg").resolve()
        shutil.rmtree(real, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


class Site:
    """`zhili run` with some arguments. ``url`` ends without a slash; ``pid`` is the supervisor's."""

    def __init__(self, folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port = int((environment or {}).get("PORT") or free_port())
        self.url = f"{BASE}:{self.port}"
        given = os.environ | {
            "ZHILI_HOME": str(folder),
            "PORT": str(self.port),
            "ZHILI_RATE_LIMIT": "0",  # all the load comes from one address
            "ZHILI_DEMO": "1",
            "ZHILI_GATEWAY": "0",
            **(environment or {}),
        }
        given.pop("DATABASE_URL", None)
        self._output = (folder / "run.out").open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "zhili", "run", *arguments],
            env=given,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.pid = self._process.pid
        try:
            wait_for(f"{self.url}/readyz", 300, self._process)
        except RuntimeError as error:
            self.stop()
            raise RuntimeError(f"{error}\n{(folder / 'run.out').read_text()[-2000:]}") from None

    def database_url(self, role: str = "") -> str:
        """To look from outside: as the role the service has, or as another."""
        from zhili.conf.accounts import server_user
        from zhili.conf.pgfiles import cluster_folder, socket_folder
        from zhili.conf.postgres import DATABASE, RUNTIME

        host = socket_folder(cluster_folder(self.folder.resolve(), server_user()))
        return f"postgresql://{role or RUNTIME}@/{DATABASE}?host={host}"

    def children(self) -> dict[str, int]:
        state = json.loads((self.folder / "run.json").read_text())
        return {child["name"]: child["pid"] for child in state["children"]}

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(60)
        for one in psutil.Process().children(recursive=True):
            if one.pid == self.pid:
                one.kill()
        self._output.close()


def wait_for(
    url: str, patience: float, process: subprocess.Popen[bytes], answers: tuple[int, ...] = (200,)
) -> None:
    """Until the address answers as it should. Raises RuntimeError when the process ends or patience does."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + patience
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), opener.open(url, timeout=5) as answer:
            if answer.status in answers:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{url} did not become ready (process: {process.poll()})")


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[Site]:
    site = Site(folder, *arguments)
    try:
        yield site
    finally:
        site.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
