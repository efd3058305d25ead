"""One reader of the outbox for all screens of this process, and the handing round in memory."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from typing import Any

from django.db import Error, connection

from zhili.core.streams.live import reading
from zhili.core.streams.live.position import Position
from zhili.core.streams.live.screen import Screen, ending
from zhili.core.streams.live.telling import Listener, Told

__all__ = ["Away", "Hub", "Screen", "ending"]

log = logging.getLogger("zhili.live")
KEPT = 2_000
"""Events kept in memory, so that a thousand screens coming back after a cut ask the database nothing."""
HEARTBEAT = 15
PAUSE, LONGEST_PAUSE = 0.0003, 0.3
"""Seconds between two hand-outs, for each open screen, and at most: many screens are told a little more at a time.
Measured: a busy city's thousand screens cost the sending, and that by the piece, not by the event."""
IDLE = 60
"""Seconds without a screen after which the reader rests."""
PATIENCE = 8.0
"""Seconds a screen waits for the reader to begin."""


class Away(Exception):
    """The outbox cannot be read now."""


class Hub:
    """Everything but the reader's thread happens in one event loop: that of the first screen."""

    def __init__(self) -> None:
        self.groups: dict[Listener, set[Screen]] = {}
        self.count = 0
        self.kept: deque[Told] = deque()
        self.floor = self.place = Position(0, 0)
        self.reader: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready: asyncio.Event | None = None
        self._stop: threading.Event | None = None
        self._beating: asyncio.Task[None] | None = None
        self._late: list[deque[Told]] = []
        self._closed = False

    @property
    def screens(self) -> list[Screen]:
        return [screen for group in self.groups.values() for screen in group]

    async def join(self, listener: Listener, pass_: Any, since: Position | None) -> Screen:
        """A screen that is told everything after `since` (from now on when None). Raises Away."""
        self._start()
        assert self._ready is not None
        try:
            await asyncio.wait_for(self._ready.wait(), PATIENCE)
        except TimeoutError:
            raise Away from None
        screen = Screen(listener, pass_, task=asyncio.current_task())
        if since is None or self.floor <= since <= self.place:
            self._enter(screen, [] if since is None else [one for one in self.kept if one.row.place > since])
            return screen
        return await self._join_late(screen, since)

    async def _join_late(self, screen: Screen, since: Position) -> Screen:
        """One that missed more than memory holds, or read the database after us: asked of the outbox."""
        early: deque[Told] = deque()
        self._late.append(early)
        try:
            missed = await asyncio.to_thread(_missed, since)
        except Error:
            raise Away from None
        finally:
            self._late.remove(early)
        if missed is None:
            self._enter(screen, [])
            screen.push(ending("reload", "too_much"))
        else:
            known = {one.row.id for one in missed}
            self._enter(screen, [*missed, *(one for one in early if one.row.id not in known)])
        return screen

    def leave(self, screen: Screen) -> None:
        group = self.groups.get(screen.listener)
        if group is not None:
            self.count -= screen in group
            group.discard(screen)
            if not group:
                del self.groups[screen.listener]

    def close(self) -> None:
        """The server stops: every stream ends now, so that nobody waits for it. From any thread, more than once."""
        self._closed = True
        if self._stop is not None:
            self._stop.set()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end_all)

    def _end_all(self) -> None:
        if self._beating is not None:
            self._beating.cancel()
        for screen in self.screens:
            screen.end()

    def _enter(self, screen: Screen, missed: list[Told]) -> None:
        self.groups.setdefault(screen.listener, set()).add(screen)
        self.count += 1
        screen.push(_piece(screen.listener, missed, self.place) or _mark(self.place))
        if self._closed:
            screen.end()

    # --- the reader -----------------------------------------------------------------------------------

    def _start(self) -> None:
        if self._stop is not None and not self._stop.is_set():
            return
        if self._closed:
            raise Away
        self._loop = asyncio.get_running_loop()
        self._ready, self._stop = asyncio.Event(), threading.Event()
        self.reader = threading.Thread(
            target=self._follow, args=(self._stop,), name="live-reader", daemon=True
        )
        self.reader.start()
        if self._beating is None or self._beating.done():
            self._beating = asyncio.create_task(self._beat())

    def _follow(self, stop: threading.Event) -> None:
        """The reader's thread: follows the outbox until told to stop; a lost database is waited for."""
        reader: reading.Reader | None = None
        while not stop.is_set():
            try:
                reading.listen()
                if reader is None:
                    reader, last, floor = reading.begin(KEPT)
                    self._call(stop, self._begun, last, floor, reader.place)
                while not stop.is_set():
                    news, more = reader.read()
                    self._call(stop, self._take, news)
                    if news.told and not more:
                        stop.wait(min(LONGEST_PAUSE, self.count * PAUSE))
                    if not more:
                        reading.wait(stop)
            except Exception as error:
                log.warning("the outbox cannot be read for screens; again in a second: %s", error)
                connection.close()
                stop.wait(1.0)
        try:
            reading.hush()
        except Exception:
            connection.close()

    def _call(self, stop: threading.Event, what: Any, *given: Any) -> None:
        loop = self._loop
        if loop is not None and not stop.is_set() and not loop.is_closed():
            loop.call_soon_threadsafe(what, *given)

    def _begun(self, last: list[Told], floor: Position, place: Position) -> None:
        self.kept = deque(last)
        self.floor, self.place = floor, place
        if self._ready is not None:
            self._ready.set()

    def _take(self, news: reading.News) -> None:
        """Hand what came to every screen that may hear it."""
        self.place = max(self.place, news.place)
        if not news.told:
            return
        for listener, screens in self.groups.items():
            if piece := _piece(listener, news.told, self.place):
                for screen in screens:
                    screen.push(piece)
        for early in self._late:
            early.extend(news.told)
        self.kept.extend(news.told)
        while len(self.kept) > KEPT:
            self.floor = max(self.floor, self.kept.popleft().row.place)

    # --- signs of life --------------------------------------------------------------------------------

    async def _beat(self) -> None:
        """A fifteenth of the screens each second, so that no second has much to send."""
        turn = idle = 0
        while not self._closed:
            await asyncio.sleep(1)
            screens = self.screens
            idle = 0 if screens else idle + 1
            if idle > IDLE:
                if self._stop is not None:
                    self._stop.set()
                return
            turn = (turn + 1) % HEARTBEAT
            mark = b":\n" + _mark(self.place)
            for screen in screens[turn::HEARTBEAT]:
                screen.push(mark)


def _missed(since: Position) -> list[Told] | None:
    try:
        return reading.missed(since)
    finally:
        connection.close()


def _mark(place: Position) -> bytes:
    """How far the stream is; a browser keeps it though nothing is dispatched."""
    return f"id: {place}\n\n".encode()


def _piece(listener: Listener, told: list[Told], place: Position) -> bytes:
    """What of it this listener hears, ending at this position; empty for nothing.

    Only the last event carries it: a stream cut in between is told the whole piece again, and events have ids.
    """
    frames = [one.frames[listener.language] for one in told if listener.hears(one)]
    return b"\n".join(frames) + _mark(place) if frames else b""
