"""Many small messages into few transactions.

What arrives waits some milliseconds for company, is stored in one call in a thread, in the order in which it came,
and only then is each sender told. Nothing is told while the database is away: the batch is kept and tried again.
There is room for so many messages and no more; a listener that finds it full stops reading, so that the pressure
goes back to the broker or the device.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import DataError, IntegrityError, close_old_connections, connection

from zhili.core.signals.gateway.counting import Counts
from zhili.core.signals.gateway.decoding import Undecodable, decode
from zhili.core.signals.store.checking import Channel
from zhili.core.signals.store.storing import Message, Verdict, accept, undecoded

log = logging.getLogger("zhili.gateway")
FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0
QUIET = 0.003  # seconds without another message after which nobody is waited for
OF_THE_DATA = (DataError, IntegrityError, ValueError, TypeError, LookupError, ArithmeticError)
"""Errors that lie in a message itself; whatever else goes wrong is the site's, and is tried again for ever."""


@dataclass(slots=True, eq=False)
class Arrived:
    """A message as it came. ``told`` is called in the event loop, once, with a verdict for each thing it said."""

    channel: Channel
    raw: bytes
    told: Callable[[Sequence[Verdict]], None]
    number: str = ""
    key: str | None = None
    form: str = "plain"  # of the bytes: "plain" or "traccar"
    vouched: bool = False  # the server that hands it on has proved itself
    fault: str = ""  # why the listener itself found it undecodable
    messages: list[Message] | None = None  # where the listener had to decode it itself
    received_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    since: float = field(default_factory=time.monotonic)
    dropped: bool = False  # the sender has gone: not stored unless it is under way already


class Gatherer:
    """Use in one event loop: `start`, `put`, `stop`."""

    def __init__(self, counts: Counts, batch: int = 2_000, pause: float = 0.03, room: int = 20_000) -> None:
        self._counts, self._batch, self._pause, self._room = counts, batch, pause, room
        self._waiting: deque[Arrived] = deque()
        self._come = asyncio.Event()
        self._emptier = asyncio.Event()
        self._emptier.set()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="storing")
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(), name="gatherer")

    async def stop(self, patience: float = 10.0) -> None:
        """Store what waits, as far as that is possible; the rest was never acknowledged and comes again."""
        self._stopping = True
        self._come.set()
        if self._task is not None:
            with suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(self._task, patience)
        self._thread.shutdown(wait=False, cancel_futures=True)

    def put(self, arrived: Arrived) -> None:
        """Take it in. Look at `full` afterwards, and read no more while it is."""
        self._waiting.append(arrived)
        self._counts.received[arrived.channel] += 1
        self._counts.waiting += 1
        if self._counts.waiting >= self._room:
            self._emptier.clear()
        self._come.set()

    @property
    def full(self) -> bool:
        return not self._emptier.is_set()

    async def has_room(self) -> None:
        """Until there is room again: half of it, so that reading does not stop and go with every message."""
        await self._emptier.wait()

    async def _run(self) -> None:
        while not (self._stopping and not self._waiting):
            await self._come.wait()
            self._come.clear()
            await self._company()
            while self._waiting:
                count = min(self._batch, len(self._waiting))
                batch = [self._waiting.popleft() for _ in range(count)]
                await self._store([one for one in batch if not one.dropped])
                self._gone(count)

    async def _company(self) -> None:
        """Wait for more, at most `pause`, and not at all once nothing more comes (a broker may send few at a time)."""
        end = time.monotonic() + self._pause
        seen = 0
        while seen < len(self._waiting) < self._batch and time.monotonic() < end and not self._stopping:
            seen = len(self._waiting)
            await asyncio.sleep(QUIET)

    async def _store(self, batch: list[Arrived]) -> None:
        loop, wait = asyncio.get_running_loop(), FIRST_WAIT
        while batch:
            try:
                verdicts = await loop.run_in_executor(self._thread, _stored, batch)
            except Exception as error:
                if self._counts.away_since is None:
                    self._counts.away_since = time.monotonic()
                log.warning("nothing stored: %s: %s; again in %.1f s",
                            type(error).__name__, str(error).strip().splitlines()[:1], wait)  # fmt: skip
                if self._stopping:
                    return
                await asyncio.sleep(wait)
                wait = min(LONGEST_WAIT, wait * 2)
            else:
                self._counts.away_since = None
                self._tell(batch, verdicts)
                return

    def _tell(self, batch: list[Arrived], verdicts: list[list[Verdict]]) -> None:
        counts = self._counts
        counts.batches += 1
        counts.lag = time.monotonic() - batch[0].since
        for arrived, said in zip(batch, verdicts, strict=True):
            for verdict in said:
                if verdict.accepted:
                    counts.accepted[arrived.channel] += 1
                elif verdict.why == UNDECODED:
                    counts.undecoded[arrived.channel] += 1
                else:
                    counts.refused[arrived.channel, verdict.why] += 1
            try:
                arrived.told(said)
            except Exception:
                log.exception("a listener could not answer")

    def _gone(self, count: int) -> None:
        self._counts.waiting -= count
        if self._counts.waiting <= self._room // 2:
            self._emptier.set()


UNDECODED = "undecoded"


def _stored(batch: list[Arrived]) -> list[list[Verdict]]:
    """In the thread: verdicts for each, in order. Raises when nothing can be stored now."""
    try:
        return _store_all(batch)
    finally:
        close_old_connections()


def _store_all(batch: list[Arrived]) -> list[list[Verdict]]:
    verdicts: list[list[Verdict]] = []
    messages: list[Message] = []
    for arrived in batch:
        try:
            found = arrived.messages if arrived.messages is not None else decode(arrived)
        except Undecodable as fault:
            undecoded(arrived.channel, arrived.raw, str(fault))
            verdicts.append([Verdict(False, UNDECODED, str(fault))])
        else:
            messages.extend(found)
            verdicts.append([None] * len(found))  # type: ignore[list-item]
    answers = iter(_accepted(messages))
    return [[next(answers) if one is None else one for one in said] for said in verdicts]


def _accepted(messages: list[Message]) -> list[Verdict]:
    """One transaction; where a message breaks it that one is found by halves, kept raw and passed over."""
    if not messages:
        return []
    try:
        return accept(messages)
    except OF_THE_DATA as error:
        connection.close()
        if len(messages) == 1:
            log.exception("a message that cannot be stored")
            undecoded(messages[0].channel, messages[0].raw, f"{type(error).__name__}: {error}"[:200])
            return [Verdict(False, UNDECODED)]
        half = len(messages) // 2
        return _accepted(messages[:half]) + _accepted(messages[half:])
    except Exception:
        connection.close()  # whatever state it is in, the next try begins afresh
        raise
