"""Listening for watches and wristbands on TCP: `[3G*id*len*…]`.

The protocol has no key: whoever knows a number can speak for it. So a number is accepted here only when it was
registered for this protocol, a connection speaks for one number, and the port belongs behind the operator's private
network (APN).
Replies are sent only after what they acknowledge is stored, in the order of the frames.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence

from zhili.base.devices import Undecodable
from zhili.base.devices.watch import decode
from zhili.base.devices.watch_frames import Frame, Splitter
from zhili.core.signals.gateway import trusted
from zhili.core.signals.gateway.decoding import of_watch
from zhili.core.signals.gateway.gathering import Arrived
from zhili.core.signals.gateway.listening import Listener, Surroundings, register
from zhili.core.signals.store.storing import Verdict

log = logging.getLogger("zhili.gateway")
CHUNK = 16_384
STRANGERS = ("unknown", "retired", "wrong_key")
NOISE = 5  # faults after which a connection is closed: it is no watch


class Watch:
    """The TCP server and its connections."""

    name = "watch"

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._from: Counter[str] = Counter()  # open connections by address
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        options = self._around.options
        sock = trusted.bound(options.host, options.watch_port)  # raises OSError: the port is taken
        server = await asyncio.start_server(self._come, sock=sock, limit=CHUNK, backlog=1024)
        self._around.counts.state[self.name] = "ok"
        try:
            async with server:
                await server.serve_forever()
        finally:
            for task in self._tasks:
                task.cancel()

    async def _come(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        peer = writer.get_extra_info("peername")
        address = peer[0] if peer else ""
        options, counts = self._around.options, self._around.counts
        if len(self._tasks) >= options.connections or self._from[address] >= options.per_address:
            counts.turned_away["too many connections"] += 1
            writer.close()
            return
        self._tasks.add(task)
        self._from[address] += 1
        try:
            await _Conversation(reader, writer, self._around).run()
        except (OSError, TimeoutError, asyncio.CancelledError):
            pass
        except Exception:
            log.exception("a connection of a watch")
        finally:
            self._tasks.discard(task)
            self._from[address] -= 1
            self._from += Counter()  # forget addresses at nought
            writer.close()


class _Conversation:
    """One connection, from the first byte to the last."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, around: Surroundings
    ) -> None:
        self._reader, self._writer, self._around = reader, writer, around
        self._number = ""
        self._faults = 0

    async def run(self) -> None:
        splitter = Splitter(self._around.options.message_bytes)
        while True:
            await self._around.gatherer.has_room()
            try:
                async with asyncio.timeout(self._around.options.idle):
                    data = await self._reader.read(CHUNK)
            except TimeoutError:
                data = b""  # quiet for too long is as good as closed
            found = splitter.push(data) if data else splitter.flush()
            if not await self._take(found) or not data:
                return

    async def _take(self, found: Sequence[Frame | Undecodable]) -> bool:
        """Store what a chunk held and reply in order; whether to go on listening."""
        pending: list[tuple[asyncio.Future[Sequence[Verdict]], bytes | None]] = []
        for one in found:
            if isinstance(one, Undecodable):
                self._fault(one.raw, one)
                continue
            try:
                decoded = decode(one.raw)
            except Undecodable as fault:
                self._fault(one.raw, fault)
                continue
            if self._number and decoded.number != self._number:
                self._around.counts.turned_away["another number"] += 1
                return False
            self._number = decoded.number
            arrived, told = self._arrived(one.raw)
            arrived.messages = [of_watch(decoded, one.raw, arrived.received_at)]
            self._around.gatherer.put(arrived)
            pending.append((told, decoded.reply))
        for told, reply in pending:
            if not await self._reply(await told, reply):
                return False
        return self._faults <= NOISE

    async def _reply(self, verdicts: Sequence[Verdict], reply: bytes | None) -> bool:
        whys = {verdict.why for verdict in verdicts}
        if whys & set(STRANGERS):
            self._around.counts.turned_away["stranger"] += 1
            return False
        if reply and "too_fast" not in whys:
            self._writer.write(reply)
            async with asyncio.timeout(30):
                await self._writer.drain()
        return True

    def _arrived(self, raw: bytes) -> tuple[Arrived, asyncio.Future[Sequence[Verdict]]]:
        told: asyncio.Future[Sequence[Verdict]] = asyncio.get_running_loop().create_future()

        def tell(verdicts: Sequence[Verdict]) -> None:
            if not told.done():
                told.set_result(verdicts)

        return Arrived("watch", raw, tell, self._number), told

    def _fault(self, raw: bytes, fault: Undecodable) -> None:
        """Counted and kept raw with the next batch; nobody waits for it."""
        self._faults += 1
        if self._faults <= NOISE + 1:
            arrived, _ = self._arrived(raw)
            arrived.fault = str(fault)
            self._around.gatherer.put(arrived)


def _make(around: Surroundings) -> list[Listener]:
    return [Watch(around)] if around.options.watch_port else []


register("watch", _make)
