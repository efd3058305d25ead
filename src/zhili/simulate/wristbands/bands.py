"""One wristband: what it says when, in the watch protocol or as JSON, and the line it says it on."""

from __future__ import annotations

import asyncio
import json
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiomqtt

SOS, FALL = "sos", "fall"
BITS = {SOS: 16, FALL: 21}
"""Of the status word of the watch protocol (appendix I)."""
ANSWER = 15.0
"""Seconds a wristband waits to be told that something was stored."""


@dataclass
class Band:
    """As ``prepare`` wrote it down. ``lon``, ``lat``: where it is about, WGS-84."""

    number: str
    protocol: str
    lon: float
    lat: float
    key: str = field(default="", repr=False)


@dataclass
class Body:
    """How the wearer of the moment is: made up, and nobody's."""

    heart: int
    steps: int
    battery: int
    lon: float
    lat: float


def position(kind: str, band: Band, body: Body, alarm: str = "", now: datetime | None = None) -> bytes:
    """A position report (UD) or an alarm (AL) of the watch protocol."""
    at = now or datetime.now(UTC)
    status = 1 << BITS[alarm] if alarm else 0
    fields = (
        kind, at.strftime("%d%m%y"), at.strftime("%H%M%S"), "A", f"{body.lat:.6f}", "N", f"{body.lon:.6f}", "E",
        "0.00", "0.0", "0.0", "9", "90", str(body.battery), str(body.steps), "0", f"{status:08X}",
    )  # fmt: skip
    return frame(band, ",".join(fields))


def frame(band: Band, content: str) -> bytes:
    """``[3G*NUMBER*LENGTH*CONTENT]``, the length in four hexadecimal digits."""
    body = content.encode()
    return b"[3G*%s*%04X*%s]" % (band.number.encode(), len(body), body)


def report(body: Body, alarm: str = "", now: datetime | None = None) -> bytes:
    """The same as JSON for a broker."""
    at = now or datetime.now(UTC)
    told: dict[str, Any] = {
        "at": at.isoformat(),
        "heart_rate": body.heart,
        "steps": body.steps,
        "battery": body.battery / 100,
        "position": {"lon": body.lon, "lat": body.lat, "accuracy": 10},
    }
    return json.dumps(told | ({alarm: True} if alarm else {})).encode()


class Line(ABC):
    """How a wristband is connected. ``say`` returns after the site said that it is stored; False: it did not."""

    @abstractmethod
    async def open(self) -> None: ...

    @abstractmethod
    async def say(self, body: Body, alarm: str = "") -> bool: ...

    @abstractmethod
    async def close(self) -> None: ...


class Tcp(Line):
    """The watch protocol. A reply comes once what it acknowledges is stored."""

    def __init__(self, band: Band, host: str, port: int) -> None:
        self.band, self.host, self.port = band, host, port

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self.host, self.port)

    async def say(self, body: Body, alarm: str = "") -> bool:
        if alarm:
            return await self._told(position("AL", self.band, body, alarm), b"*AL")
        heart = frame(self.band, f"heart,{body.heart}")
        self._writer.write(position("UD", self.band, body) + heart)
        return await self._told(frame(self.band, f"LK,{body.steps},0,{body.battery}"), b"*LK")

    async def _told(self, said: bytes, wanted: bytes) -> bool:
        """Send, and read until the answer that was wanted; others are of what was said before."""
        self._writer.write(said)
        await self._writer.drain()
        try:
            async with asyncio.timeout(ANSWER):
                while wanted not in (found := await self._reader.readuntil(b"]")):
                    if not found:
                        return False
        except (TimeoutError, asyncio.IncompleteReadError):
            return False
        return True

    async def close(self) -> None:
        self._writer.close()


class Mqtt(Line):
    """JSON over MQTT, QoS 1: the broker's receipt. What the site stored of it shows on the site."""

    def __init__(self, band: Band, host: str, port: int) -> None:
        self.topic = f"zhili/{band.number}/up"
        self._client = aiomqtt.Client(host, port, username=band.number, password=band.key, timeout=ANSWER)

    async def open(self) -> None:
        await self._client.__aenter__()

    async def say(self, body: Body, alarm: str = "") -> bool:
        try:
            await self._client.publish(self.topic, report(body, alarm), qos=1)
        except aiomqtt.MqttError:
            return False
        return True

    async def close(self) -> None:
        await self._client.__aexit__(None, None, None)


async def timed(line: Line, body: Body, alarm: str) -> float | None:
    """Seconds from saying it to being told that it arrived; None when nobody told."""
    began = time.monotonic()
    return time.monotonic() - began if await line.say(body, alarm) else None
