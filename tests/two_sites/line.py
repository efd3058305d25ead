"""The line from one site to the other: a TCP proxy that cuts, delays, throttles, truncates and repeats.

It knows nothing of HTTP but who spoke last: bytes of the sender after bytes of the receiver begin a new exchange, and
for each exchange a fault is drawn. Every draw comes from one seeded source, so that a run can be done again.
"""

import asyncio
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

NONE = "none"
FAULTS = (
    "cut at once",  # before a byte arrives
    "cut in the request",  # half of it arrives
    "cut at work",  # all of it arrives, the sender hears nothing
    "answer lost",  # it is answered, the sender hears nothing
    "answer cut short",  # it is answered, the sender hears half
    "delay",
    "throttle",
    "repeat",  # later the same bytes come once more
    "half closed",  # the sender's half ends once all is said
)
CHUNK = 65_536
SLOW_CHUNK = 700  # bytes at a time when throttled


class Line:
    """Listens on ``port`` and carries to the receiver's port, in a thread of its own, until `close`."""

    def __init__(self, name: str, receiver: int, seed: int, rate: float = 0.0) -> None:
        """``rate``: part of the exchanges that something is done to, 0 to 1; may be changed while it runs."""
        self.name, self.receiver, self.rate = name, receiver, rate
        self.longest_delay = 1.0
        self.chance = random.Random(seed)
        self.faults: Sequence[str] = FAULTS
        self.done: Counter[str] = Counter()
        self.exchanges = 0
        self.port = 0
        self._cut = False
        self._open: set[asyncio.StreamWriter] = set()
        self._started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=f"line {name}", daemon=True)
        self._thread.start()
        assert self._started.wait(10)

    # ---- from the test's thread

    def cut(self) -> None:
        """Nobody gets through, and who was getting through is cut off."""
        self.done["cut for a while"] += 1
        self._cut = True
        self._loop.call_soon_threadsafe(self._cut_all)

    def mend(self) -> None:
        """It holds again."""
        self._cut = False

    def close(self) -> None:
        self._cut = True
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    # ---- in its own thread

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._carry, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        self._loop.run_forever()
        server.close()
        self._cut_all()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def _cut_all(self) -> None:
        for writer in list(self._open):
            _reset(writer)

    def _draw(self) -> str:
        self.exchanges += 1
        fault = self.chance.choice(self.faults) if self.chance.random() < self.rate else NONE
        if fault != NONE:
            self.done[fault] += 1
        return fault

    async def _carry(self, sender: asyncio.StreamReader, to_sender: asyncio.StreamWriter) -> None:
        try:
            if self._cut:
                raise ConnectionRefusedError
            receiver, to_receiver = await asyncio.open_connection("127.0.0.1", self.receiver)
        except OSError:  # it is down
            return _reset(to_sender)
        self._open |= {to_sender, to_receiver}
        both = Exchange(self, to_sender, to_receiver)
        pumps = [asyncio.create_task(both.forth(sender)), asyncio.create_task(both.back(receiver))]
        try:
            with suppress(asyncio.CancelledError):  # the line is taken down
                await asyncio.wait(pumps)
        finally:
            for pump in pumps:
                pump.cancel()
            for writer in (to_sender, to_receiver):
                self._open.discard(writer)
                with suppress(OSError, RuntimeError):
                    writer.close()

    async def repeat(self, said: bytes, after: float) -> None:
        """The same bytes once more, from nobody; whatever is answered is read and forgotten."""
        await asyncio.sleep(after)
        with suppress(OSError, asyncio.TimeoutError):
            receiver, to_receiver = await asyncio.open_connection("127.0.0.1", self.receiver)
            to_receiver.write(said)
            await asyncio.wait_for(receiver.read(CHUNK), 10)
            _reset(to_receiver)


class Exchange:
    """One connection: what is said, what is answered, and what is done to it now."""

    def __init__(
        self, line: Line, to_sender: asyncio.StreamWriter, to_receiver: asyncio.StreamWriter
    ) -> None:
        self.line, self.to_sender, self.to_receiver = line, to_sender, to_receiver
        self.fault = NONE
        self.answering = True  # as if the exchange before had been answered
        self.said = bytearray()
        self.over = False

    def cut(self) -> None:
        self.over = True
        for writer in (self.to_sender, self.to_receiver):
            _reset(writer)

    async def forth(self, sender: asyncio.StreamReader) -> None:
        """From the sender to the receiver."""
        with suppress(OSError):
            while (heard := await sender.read(CHUNK)) and not self.over:
                if self.answering:
                    self.fault, self.answering = self.line._draw(), False
                    self.said.clear()
                    if self.fault == "delay":
                        await asyncio.sleep(self.line.chance.uniform(0.05, self.line.longest_delay))
                    if self.fault == "cut at once":
                        return self.cut()
                self.said += heard
                await self._pass_on(heard)
                if self.fault == "cut in the request":
                    return self.cut()
            if not self.over and self.to_receiver.can_write_eof():
                self.to_receiver.write_eof()

    async def _pass_on(self, heard: bytes) -> None:
        if self.fault == "cut in the request":
            heard = heard[: len(heard) // 2]
        step = SLOW_CHUNK if self.fault == "throttle" else CHUNK
        for start in range(0, len(heard), step):
            self.to_receiver.write(heard[start : start + step])
            await self.to_receiver.drain()
            if self.fault == "throttle":
                await asyncio.sleep(0.02)
        if self.fault == "cut at work" and _whole(self.said):
            await asyncio.sleep(self.line.chance.uniform(0, 0.05))
            self.over = True
            _reset(
                self.to_sender
            )  # the receiver is not told: a reset would take from it what it has not read yet
        if self.fault == "half closed" and _whole(self.said):
            self.to_receiver.write_eof()

    async def back(self, receiver: asyncio.StreamReader) -> None:
        """From the receiver to the sender."""
        with suppress(OSError):
            while answer := await receiver.read(CHUNK):
                if self.over or self.fault == "cut at work":
                    return self.cut()
                if not self.answering:
                    self.answering = True
                    if self.fault == "repeat":
                        again = self.line.repeat(bytes(self.said), self.line.chance.uniform(0, 1))
                        self.line._loop.create_task(again)
                if self.fault in ("answer lost", "answer cut short"):
                    if self.fault == "answer cut short":
                        self.to_sender.write(answer[: len(answer) // 2])
                        await self.to_sender.drain()
                    return self.cut()
                self.to_sender.write(answer)
                await self.to_sender.drain()
            if not self.over:  # the receiver has no more to say: neither has the line
                self.to_sender.close()


def _whole(said: bytes | bytearray) -> bool:
    """Whether an HTTP request has been said to its end, as its Content-Length has it."""
    head, found, body = bytes(said).partition(b"\r\n\r\n")
    if not found:
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.split(b":")[1])
    return True


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection without a goodbye: the other end sees a reset."""
    with suppress(OSError, RuntimeError, AttributeError):
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
