"""Listening at an MQTT broker: `zhili/<number>/up`, QoS 1, acknowledged when stored.

The session is kept by the broker (not clean), so what devices say while the gateway or the network is away waits
there, and what was not acknowledged comes again. Acknowledgements belong to the connection on which a message came:
after a reconnection the broker may give its number to another message, so late ones are dropped, and the message sent
again is found to be stored already.
"""

import asyncio
import logging
import ssl
from collections.abc import Coroutine, Sequence
from typing import Any

from zhili.base.devices import mqttwire as wire
from zhili.core.signals.gateway.gathering import Arrived
from zhili.core.signals.gateway.listening import Listener, Surroundings, register
from zhili.core.signals.gateway.options import Broker
from zhili.core.signals.store.storing import Verdict

log = logging.getLogger("zhili.gateway")
TOPIC = "zhili/+/up"
ALIVE = 30  # seconds: the broker gives us up after 1.5 times that, and we it after the same silence
FIRST_WAIT, LONGEST_WAIT = 0.2, 10.0


class Mqtt:
    """One broker. Connects again for ever, with growing pauses."""

    def __init__(self, broker: Broker, around: Surroundings) -> None:
        self.name = broker.name
        self._broker, self._around = broker, around

    async def run(self) -> None:
        wait = FIRST_WAIT
        counts = self._around.counts
        while True:
            link = Link(self._broker, self._around)
            try:
                await self._connect(link)
                wait = FIRST_WAIT
                counts.state[self.name] = "ok"
                log.info("%s: listening", self.name)
                said = await self._stay(link)
            except (OSError, TimeoutError, wire.Malformed, ssl.SSLError) as error:
                said = str(error) or type(error).__name__
            finally:
                link.close()
            counts.state[self.name] = f"away: {said}"
            log.warning("%s is away (%s); again in %.1f s", self.name, said, wait)
            await asyncio.sleep(wait)
            wait = min(LONGEST_WAIT, wait * 2)

    async def _connect(self, link: "Link") -> None:
        context = ssl.create_default_context(cafile=self._broker.ca) if self._broker.tls else None
        loop = asyncio.get_running_loop()
        where = (self._broker.host, self._broker.port)
        async with asyncio.timeout(10):
            await loop.create_connection(lambda: link, *where, ssl=context)
            await link.ready

    async def _stay(self, link: "Link") -> str:
        """Until the connection ends; pings, and reads no further while the gatherer is full."""
        gatherer = self._around.gatherer
        while not link.lost.done():
            if gatherer.full:
                link.pause()
                await _either(gatherer.has_room(), link.lost)
                if not gatherer.full:
                    link.resume()
            else:
                link.busy.clear()
                await _either(link.busy.wait(), link.lost)
            link.ping()
        return link.lost.result()


async def _either(what: Coroutine[Any, Any, Any], lost: asyncio.Future[Any]) -> None:
    """Until one of the two, or it is time to ping."""
    task: asyncio.Future[Any] = asyncio.ensure_future(what)
    await asyncio.wait({task, lost}, timeout=ALIVE / 3, return_when=asyncio.FIRST_COMPLETED)
    task.cancel()


class Link(asyncio.Protocol):
    """One connection. ``ready`` when subscribed, ``lost`` (why) when it is over."""

    def __init__(self, broker: Broker, around: Surroundings) -> None:
        loop = asyncio.get_running_loop()
        self._loop, self._broker, self._around = loop, broker, around
        self.ready: asyncio.Future[None] = loop.create_future()
        self.lost: asyncio.Future[str] = loop.create_future()
        self.busy = asyncio.Event()  # the gatherer has become full
        self._reader = wire.Reader(around.options.message_bytes + 512)
        self._transport: asyncio.Transport | None = None
        self._acks: list[int] = []
        self._heard = self._pinged = loop.time()
        self._paused = False

    # ---- the connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        broker = self._broker
        transport.write(wire.connect(broker.client, broker.user, broker.password, ALIVE))

    def connection_lost(self, error: Exception | None) -> None:
        self._end(str(error) if error else "closed by the broker")

    def data_received(self, data: bytes) -> None:
        self._heard = self._loop.time()
        try:
            for packet in self._reader.feed(data):
                if type(packet) is wire.Published:
                    self._published(packet)
                elif isinstance(packet, wire.Other):
                    self._other(packet)
        except wire.Malformed as fault:
            self._end(f"no MQTT: {fault}")
        if self._around.gatherer.full:
            self.pause()
            self.busy.set()

    def _other(self, packet: wire.Other) -> None:
        kind = packet.kind & 0xF0
        if kind == wire.CONNACK:
            code = packet.body[1] if len(packet.body) > 1 else 3
            if code:
                self._end(f"refused: {wire.REFUSALS.get(code, code)}")
            else:
                self._write(wire.subscribe(1, TOPIC))
        elif kind == wire.SUBACK:
            if packet.body[-1:] == b"\x80":
                self._end(f"the broker does not let us read {TOPIC}")
            elif not self.ready.done():
                self.ready.set_result(None)

    def ping(self) -> None:
        now = self._loop.time()
        if now - self._pinged >= ALIVE / 3:
            self._pinged = now
            self._write(wire.PINGREQ)
        if now - self._heard > ALIVE * 1.5 and not self._paused:
            self._end("silent")

    def pause(self) -> None:
        if self._transport is not None and not self._paused and not self.lost.done():
            self._paused = True
            self._transport.pause_reading()

    def resume(self) -> None:
        if self._transport is not None and self._paused and not self.lost.done():
            self._paused = False
            self._heard = self._loop.time()
            self._transport.resume_reading()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()  # no DISCONNECT: what is not acknowledged comes again either way

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _end(self, why: str) -> None:
        if not self.lost.done():
            self.lost.set_result(why)
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(why))
        self.close()

    # ---- messages

    def _published(self, said: wire.Published) -> None:
        mid = said.mid

        def told(verdicts: Sequence[Verdict]) -> None:
            """Refused ones too: the refusal is counted, and sent again they would be no better."""
            if mid is not None:
                if not self._acks:
                    self._loop.call_soon(self._acknowledge)
                self._acks.append(mid)

        parts = said.topic.split("/")
        number = parts[1] if len(parts) == 3 else said.topic
        arrived = Arrived("mqtt", said.payload, told, number)
        if not said.whole:
            arrived.raw, arrived.fault = said.payload[:1024], "large"
        self._around.gatherer.put(arrived)

    def _acknowledge(self) -> None:
        """All of a batch in one write. Only on this connection: see above."""
        acks, self._acks = self._acks, []
        self._write(wire.pubacks(acks))


def _make(around: Surroundings) -> list[Listener]:
    brokers = list(around.options.brokers)
    if around.options.embedded_port:
        brokers.append(around.options.from_embedded())
    return [Mqtt(broker, around) for broker in brokers]


register("mqtt", _make)
