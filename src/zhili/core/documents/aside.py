"""Work done aside, in a process of its own that knows no database, no key and no settings of the site.

Printing and reading PDFs goes through C libraries and parsers: a document that hangs, eats memory or crashes them
ends its own process and nothing else.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import subprocess
import sys
from typing import Any

LACKING = 3
"""Exit code: a library this work needs is not on the machine."""
MEMORY = 2 << 30
KEPT = (
    "PATH",
    "PYTHONPATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TZ",
    "FONTCONFIG_PATH",
    "FONTCONFIG_FILE",
    "LD_LIBRARY_PATH",
)


class Lacking(RuntimeError):
    """A library is not installed; the message is the library's own."""


class Failed(RuntimeError):
    """The work could not be done: it took too long or too much, or stopped with a fault."""


def run(module: str, job: dict[str, Any], seconds: int) -> dict[str, Any]:
    """The result of ``python -m module`` for a job. Raises Lacking, Failed."""
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-m", module],
            input=json.dumps({"seconds": seconds, **job}).encode(),
            capture_output=True,
            timeout=seconds,
            env={**environment, "PYTHONUTF8": "1", "PYTHONHASHSEED": "0"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"超过 {seconds} 秒没有完成 not done within {seconds} s") from None
    if done.returncode == LACKING:
        raise Lacking(_last_line(done.stderr))
    if done.returncode != 0:
        raise Failed(_last_line(done.stderr) or f"以代码 {done.returncode} 结束 exit code {done.returncode}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1][:500] if lines else ""


def begin() -> dict[str, Any]:
    """In the process aside: read the job and bound what it may use."""
    job: dict[str, Any] = json.load(sys.stdin)
    with contextlib.suppress(ValueError, OSError):  # a stricter bound is in force already
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (int(job["seconds"]) + 1, int(job["seconds"]) + 1))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    return job


def lacking(error: Exception) -> int:
    """Say which library is not there."""
    said = str(error).strip().splitlines()
    print(said[0] if said else type(error).__name__, file=sys.stderr)  # noqa: T201
    return LACKING
