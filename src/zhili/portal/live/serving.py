"""The ASGI application of `/live`.

Plain ASGI, beside Django's handler: that one keeps a thread for each request to its end, and a stream does not end.
Letting somebody in is done in a few threads, which give their database connection back before the stream begins.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from zhili.core.streams.live import Hub, Screen, ending
from zhili.core.streams.live.hub import Away
from zhili.portal.live.admitting import Admitted, Refusal, admit, ended

log = logging.getLogger("zhili.live")
EACH_SESSION = 8
ALTOGETHER = 5_000
LOOK_AGAIN = 5.0
"""Seconds from one look at all sessions to the next."""
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class Live:
    """One for the process: its screens, and who was let in."""

    def __init__(self) -> None:
        self.hub = Hub()
        self._admitting = ThreadPoolExecutor(4, "live-admit")
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI 3 entry point for a request of `/live`."""
        loop = asyncio.get_running_loop()
        if self._closed or len(self.hub.screens) >= ALTOGETHER:
            await _refuse(send, Refusal(503, "full"))
            return
        try:
            found = await loop.run_in_executor(self._admitting, admit, scope)
        except Exception:  # the database is away: whoever asks comes back by itself
            log.warning("a screen could not be let in", exc_info=True)
            found = Refusal(503, "away")
        if isinstance(found, Refusal):
            await _refuse(send, found)
            return
        try:
            screen = await self.hub.join(found.listener, found.pass_, found.since)
        except Away:
            await _refuse(send, Refusal(503, "away"))
            return
        self._room_for(found)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_again())
        try:
            await _stream(screen, receive, send)
        finally:
            self.hub.leave(screen)

    def close(self) -> None:
        """The server is about to stop: let every screen go. From any thread."""
        self._closed = True
        self.hub.close()

    def _room_for(self, found: Admitted) -> None:
        """One session may have so many streams; the oldest gives way."""
        same = [s for s in self.hub.screens if s.pass_.session == found.pass_.session and not s.ended]
        same.sort(key=lambda screen: screen.since)
        for screen in same[: max(0, len(same) - EACH_SESSION)]:
            screen.end(ending("end", "too_many_streams"))

    async def _look_again(self) -> None:
        """Whoever signed out, whose session ran out, or who holds another post now, is shown no more."""
        loop = asyncio.get_running_loop()
        while not self._closed and self.hub.screens:
            await asyncio.sleep(LOOK_AGAIN)
            passes: set[Any] = {screen.pass_ for screen in self.hub.screens}
            try:
                gone = await loop.run_in_executor(self._admitting, ended, passes)
            except Exception as error:
                log.warning("sessions could not be looked at; again in a moment: %s", error)
                continue
            for screen in self.hub.screens:
                if why := gone.get(screen.pass_):
                    screen.end(ending("end", why))


async def _stream(screen: Screen, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    # not all at once after a restart
    first = f"retry: {random.randint(600, 2400)}\n\n".encode()  # noqa: S311
    leaving = asyncio.create_task(_left(screen, receive))
    try:
        await send({"type": "http.response.body", "body": first, "more_body": True})
        while piece := await screen.take():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    except asyncio.CancelledError:
        if not screen.slow:
            raise
        log.info("a screen that reads too slowly was let go; it comes back by itself")
    finally:
        screen.end()
        leaving.cancel()
        with suppress(asyncio.CancelledError):
            await leaving


async def _left(screen: Screen, receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    screen.end()


async def _refuse(send: Any, refusal: Refusal) -> None:
    body = json.dumps({"why": refusal.why}).encode()
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    if refusal.status == 503:
        headers.append((b"retry-after", b"3"))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


live = Live()
"""That of this process."""
