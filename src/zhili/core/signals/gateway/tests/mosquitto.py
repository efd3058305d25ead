"""Debian's mosquitto, as a city would run it: devices with passwords, each its own topic, everything kept."""

import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

PROGRAM = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/opt/homebrew/sbin")
SETTINGS = """
listener {port} 127.0.0.1
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/topics
persistence true
persistence_location {folder}/
max_inflight_messages 1000
max_queued_messages 0
log_type all
"""
TOPICS = """
pattern write zhili/%u/up

user gateway
topic read zhili/+/up
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(what, patience: float = 15.0, told: str = "it") -> None:
    end = time.monotonic() + patience
    while not what():
        assert time.monotonic() < end, f"{told} did not happen in {patience:g} s"
        time.sleep(0.01)


class Mosquitto:
    """Started and stopped at will on one port; what it keeps lies in a folder of its own."""

    def __init__(self, users: dict[str, str]) -> None:
        if PROGRAM is None:
            pytest.skip("no mosquitto on this machine: install the package mosquitto")
        self.folder = Path(tempfile.mkdtemp(prefix="zm-", dir="/tmp"))
        self.folder.chmod(0o777)  # as root mosquitto becomes an unprivileged user
        self.port = free_port()
        lines = "".join(f"{user}:{password}\n" for user, password in users.items())
        passwords = self.folder / "passwords"
        passwords.write_text(lines)
        subprocess.run([shutil.which("mosquitto_passwd") or "mosquitto_passwd", "-U", passwords], check=True)
        passwords.chmod(0o644)
        (self.folder / "topics").write_text(TOPICS)
        (self.folder / "conf").write_text(SETTINGS.format(port=self.port, folder=self.folder))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([PROGRAM, "-c", self.folder / "conf"], stdout=log, stderr=log)
        until(self._listens, told="mosquitto")

    def _listens(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def end(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def url(self) -> str:
        return f"mqtt://gateway:secret@127.0.0.1:{self.port}"
