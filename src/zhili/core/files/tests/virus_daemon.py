"""ClamAV's own daemon for a test, with a database of one signature, and nothing fetched from anywhere."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from zhili.core.files.clamd import Clamd, NotScanned

# The harmless text that every scanner knows as its test (eicar.org), in pieces so that none finds it in our sources.
PIECES = ("X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD", "-ANTIVIRUS-TEST-FILE!", "$H+H*")
STREAM_MOST = 5 * 1024 * 1024


def harmless_virus() -> bytes:
    return "".join(PIECES).encode()


def program() -> str:
    """Where clamd is. Without it the test is skipped on a user's machine; under CI=true a skip is a failure."""
    found = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
    if found:
        return found
    pytest.skip("clamd is not installed: apt-get install clamav-daemon")


@contextmanager
def running(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """(its address, the process). Ended by its process id."""
    clamd = program()
    base, socket = folder / "db", folder / "s"
    base.mkdir()
    (base / "test.ndb").write_text(f"Test.Eicar:0:*:{harmless_virus().hex()}\n")
    settings = folder / "clamd.conf"
    settings.write_text(
        f"LocalSocket {socket}\nDatabaseDirectory {base}\nTemporaryDirectory {folder}\nForeground yes\n"
        f"StreamMaxLength {STREAM_MOST}\nMaxThreads 2\nConcurrentDatabaseReload no\nBytecode no\nLogFile {folder}/log\n"
    )
    process = subprocess.Popen(
        [clamd, "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_it_answers(f"unix:{socket}", process, folder)
        yield f"unix:{socket}", process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_it_answers(address: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            Clamd(address).version()
        except NotScanned:
            if process.poll() is not None or time.monotonic() > until:
                log = folder / "log"
                pytest.fail(f"clamd did not start: {log.read_text() if log.exists() else process.returncode}")
            time.sleep(0.05)
        else:
            return
