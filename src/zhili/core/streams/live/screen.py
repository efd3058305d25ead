"""One open screen: what is waiting to be sent to it, and why it ends."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from zhili.core.streams.live.telling import Listener

WAITING = 200
WAITING_BYTES = 512_000
"""A screen that lets more than this wait is let go; it comes back and is told what it missed."""


def ending(event: str, why: str) -> bytes:
    """The last word of a stream: `end` (do not come back by yourself) or `reload`."""
    return f"event: {event}\ndata: {json.dumps({'why': why})}\n\n".encode()


@dataclass(eq=False, slots=True)
class Screen:
    """Lives in the event loop; only `Hub` pushes, only its own task takes."""

    listener: Listener
    pass_: Any
    """Whatever let it in; looked at again by whoever did."""
    pending: deque[bytes] = field(default_factory=deque)
    size: int = 0
    ended: bool = False
    slow: bool = False
    since: float = field(default_factory=time.monotonic)
    task: asyncio.Task[Any] | None = None
    _wake: asyncio.Future[None] | None = None

    def push(self, frame: bytes) -> None:
        if self.ended:
            return
        self.pending.append(frame)
        self.size += len(frame)
        if len(self.pending) > WAITING or self.size > WAITING_BYTES:
            self.slow = True
            self.end()
            if self.task is not None:
                self.task.cancel()  # it hangs in a send that nobody reads
        else:
            self.wake()

    def end(self, last: bytes = b"") -> None:
        """Nothing more will come but this."""
        if not self.ended and last:
            self.pending.append(last)
        self.ended = True
        self.wake()

    def wake(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def take(self) -> bytes:
        """All that waits, as one piece, as soon as there is something; empty when it is over."""
        while not self.pending and not self.ended:
            self._wake = asyncio.get_running_loop().create_future()
            try:
                await self._wake
            finally:
                self._wake = None
        piece = b"".join(self.pending)
        self.pending.clear()
        self.size = 0
        return piece
