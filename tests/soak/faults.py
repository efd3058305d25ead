"""Somebody who pulls plugs: kill -9 of one process of the site after another."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress

import psutil

from tests.running import until
from tests.soak.city import City

COMES_BACK = 120.0  # seconds at most until /readyz says so again; the supervisor's own delay grows to 30


class Faults:
    """Kills in turn what it is told to, and waits (mostly) until the site is well again."""

    def __init__(self, city: City, seed: int = 11) -> None:
        self.city = city
        self.chance = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.slowest: tuple[float, str] = (0.0, "")
        self.failure: BaseException | None = None
        self._kinds: dict[str, Callable[[], None]] = {
            "web": lambda: self._kill(self.city.web()),
            "web worker": self._web_worker,
            "worker": lambda: self._kill(self.city.child("worker")),
            "extra worker": self._extra_worker,
            "database": lambda: self._kill(self.city.child("bin/postgres")),
            "backend": self._backend,
            "supervisor": self._supervisor,
        }

    def until(self, end: float, kinds: Iterable[str], pause: tuple[float, float] = (1.0, 6.0)) -> None:
        """Go through the kinds in a new order each time, until `end` (time.monotonic)."""
        while time.monotonic() < end:
            order = list(kinds)
            self.chance.shuffle(order)
            for kind in order:
                if time.monotonic() >= end:
                    break
                self.one(kind, wait=self.chance.random() < 0.7)
                time.sleep(self.chance.uniform(*pause))
        self._well("the last")

    def beside(self, end: float, kinds: Iterable[str]) -> threading.Thread:
        """The same in a thread; a failure is kept in `failure`."""

        def run() -> None:
            try:
                self.until(end, kinds)
            except BaseException as error:
                self.failure = error

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def one(self, kind: str, wait: bool = True) -> None:
        with suppress(psutil.NoSuchProcess, StopIteration):  # still down from the fault before
            self._kinds[kind]()
            self.done[kind] += 1
        if wait or kind == "supervisor":
            self._well(kind)

    def _well(self, after: str) -> None:
        began = time.monotonic()
        until(self.city.ready, COMES_BACK, f"the site to come back after {after}")
        self.slowest = max(self.slowest, (time.monotonic() - began, after))

    @staticmethod
    def _kill(process: psutil.Process) -> None:
        process.kill()

    def _web_worker(self) -> None:
        """Under Granian one of the processes that answer; else the web process itself."""
        below = self.city.web().children()
        self._kill(self.chance.choice(below) if below else self.city.web())

    def _extra_worker(self) -> None:
        self.city.stop_extra_worker()
        self.city.start_extra_worker()

    def _backend(self) -> None:
        """A session's server process in the midst of its work: PostgreSQL then drops every session."""
        sessions = [
            one
            for one in self.city.child("bin/postgres").children()
            if any("zhili zhili" in part for part in one.cmdline())
        ]
        if sessions:
            self._kill(self.chance.choice(sessions))

    def _supervisor(self) -> None:
        """kill -9 of `zhili run`, and at once `zhili run` again, on the other web server."""
        process = self.city.process
        assert process is not None
        process.kill()
        process.wait(10)
        other = {"uvicorn": "granian", "granian": "uvicorn"}
        self.city.env["ZHILI_SERVER"] = other[self.city.env.get("ZHILI_SERVER", "uvicorn")]
        self.city.start()
