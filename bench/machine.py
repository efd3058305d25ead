"""What this machine is, and which processes use its processors: so that a figure can be read rightly."""

import os
import platform
from collections.abc import Iterable

import psutil


def line() -> str:
    """One line for the head of a table."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{platform.machine()}, {psutil.cpu_count()} cores, {memory:.0f} GB, {platform.system()} "
        f"{platform.release().split('-')[0]}, Python {platform.python_version()}"
    )


def load() -> float:
    """Runnable processes, mean of the last minute, ours included: above the number of cores others disturb us."""
    return os.getloadavg()[0]


class Spent:
    """Processor seconds by part of a site since this was made; children that end meanwhile are missed."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._before = self._times()

    def seconds(self) -> dict[str, float]:
        now = self._times()
        found: dict[str, float] = {}
        for key, (part, used) in now.items():
            found[part] = found.get(part, 0.0) + used - self._before.get(key, (part, 0.0))[1]
        return found

    def _times(self) -> dict[int, tuple[str, float]]:
        found = {}
        for process in _family(self._root):
            try:
                used = process.cpu_times()
                found[process.pid] = (_part(process.cmdline()), used.user + used.system)
            except psutil.Error:
                continue
        return found


def _family(root: int) -> Iterable[psutil.Process]:
    top = psutil.Process(root)
    return [top, *top.children(recursive=True)]


def _part(command: list[str]) -> str:
    words = " ".join(command)
    if "postgres" in words:
        return "database"
    if "worker" in command[-1:]:
        return "worker"
    return "web" if "zhili.conf" in words or "granian" in words else "supervisor"
