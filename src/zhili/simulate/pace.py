"""Simulated time: who goes on when. Everything waits in one queue and is let go in the order of the plan.

At ``speed`` 60 an hour takes a minute; at 0 there is no waiting at all, only the order. No more than ``most`` lives are
in a request at once, so a slow site makes the played city late, never wrong: the order of what is decided stays the
plan's.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Coroutine, Iterator
from itertools import count
from typing import Any


class Stopped(Exception):
    """The city is to go no further."""


class Pace:
    """A clock of simulated hours and the queue before it.

    ``begin``: hour of the start; up to ``caught_up`` nobody waits, since that was played before. ``until``: nothing
    after this hour is let go, None for no end.
    """

    def __init__(
        self, speed: float, most: int, begin: float, *, caught_up: float = 0, until: float | None = None
    ) -> None:
        self.speed = speed
        self.most = most
        self.until = until
        self.at = begin
        self.running = 0
        self.lag = 0.0
        """Hours of simulated time by which the last one let go was late."""
        self._caught_up = max(begin, caught_up)
        self._zero: float | None = None
        self._queue: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def wait(self, at: float) -> None:
        """Until it is ``at``; called by a life between two steps. Raises Stopped."""
        if self._stopping or (self.until is not None and at > self.until):
            raise Stopped
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._queue, (at, next(self._order), ready))
        self.running -= 1
        self._changed.set()
        try:
            await ready
        finally:
            self.running += 1

    def hour(self) -> float:
        """The hour it is now, for showing: between two steps time goes on."""
        if self._zero is None or self.speed <= 0:
            return self.at
        return max(self.at, self._caught_up + (time.monotonic() - self._zero) * self.speed / 3600)

    def stop(self) -> None:
        """Nobody begins another step; steps begun are ended."""
        self._stopping = True
        self._changed.set()

    async def play(self, lives: Iterator[tuple[float, Coroutine[Any, Any, None]]]) -> None:
        """Let each life begin at its hour and go on in its turn, until all have ended or ``stop`` is called."""
        ahead = next(lives, None)
        while not self._stopping:
            at = min(self._queue[0][0] if self._queue else float("inf"), ahead[0] if ahead else float("inf"))
            if at == float("inf") or (self.until is not None and at > self.until):
                if not self.running:
                    break
                await self._change(None)
            elif self.running >= self.most:
                await self._change(None)
            elif (seconds := self._seconds_to(at)) > 0:
                await self._change(seconds)
            elif ahead is not None and ahead[0] <= at:
                self._begin(ahead[1])
                ahead = next(lives, None)
            else:
                heapq.heappop(self._queue)[2].set_result(None)
                await asyncio.sleep(0)  # it is running before the next is looked at
        if ahead is not None:
            ahead[1].close()
        await self._end()

    def _begin(self, life: Coroutine[Any, Any, None]) -> None:
        self.running += 1
        task = asyncio.create_task(life)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.running -= 1
        self._tasks.discard(task)
        self._changed.set()
        if not task.cancelled() and (fault := task.exception()) and not isinstance(fault, Stopped):
            self._fault = fault
            self.stop()

    _fault: BaseException | None = None

    async def _end(self) -> None:
        """Those that wait stop waiting; those in a request end it."""
        self._stopping = True
        for _, _, ready in self._queue:
            if not ready.done():
                ready.set_exception(Stopped())
        self._queue.clear()
        while self._tasks:
            await asyncio.wait(list(self._tasks))
        if self._fault is not None:
            raise self._fault

    def _seconds_to(self, at: float) -> float:
        """Seconds of real time until that hour; the hour reached is kept in ``at``."""
        if self.speed <= 0 or at <= self._caught_up:
            self.at = max(self.at, at)
            return 0.0
        if self._zero is None:
            self._zero = time.monotonic()
        now = self._caught_up + (time.monotonic() - self._zero) * self.speed / 3600
        self.at = max(self.at, min(now, at))
        self.lag = max(0.0, now - at)
        return (at - now) * 3600 / self.speed

    async def _change(self, seconds: float | None) -> None:
        self._changed.clear()
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return
