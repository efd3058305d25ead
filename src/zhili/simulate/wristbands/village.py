"""The whole village at a pace: every wristband reports each few minutes, some call for help, each at its own moment."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiomqtt

from zhili.simulate.wristbands.bands import FALL, SOS, Band, Body, Line, Mqtt, Tcp, timed

EVERY = 300.0
"""Simulated seconds between two reports of a wristband."""
VERSION = 1


class NoVillage(RuntimeError):
    """Nothing was prepared; the message is for people."""


@dataclass(frozen=True)
class Where:
    """Where the site listens for devices."""

    host: str = "127.0.0.1"
    watch: int = 5093
    mqtt: int = 1883


@dataclass(frozen=True)
class Call:
    """One call for help of the script: when (simulated seconds), whose, and which key."""

    at: float
    band: int
    kind: str


@dataclass
class Tally:
    """What came of it. ``receipts``: seconds to being told, of calls for help."""

    reports: int = 0
    unanswered: int = 0
    unreachable: int = 0
    receipts: list[float] = field(default_factory=list)


Tell = Callable[[str], None]


def read(file: Path) -> list[Band]:
    """The wristbands ``prepare`` wrote down. Raises NoVillage."""
    try:
        told = json.loads(file.read_text())
        if told["version"] != VERSION:
            raise NoVillage(f"{file}：版本不符，请重新准备。 Another version; prepare again.")
        return [Band(**one) for one in told["bands"]]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise NoVillage(f"{file}：还没有准备手环。 No wristbands prepared.") from fault


def script(bands: int, seconds: float, sos: int, falls: int, chance: random.Random) -> list[Call]:
    """Calls for help spread over the time, never two of one wristband when there are enough, in order."""
    order = chance.sample(range(bands), bands)
    kinds = [SOS] * sos + [FALL] * falls
    chance.shuffle(kinds)
    share = seconds / max(1, len(kinds))
    found = [
        Call(share * n + chance.uniform(0.2, 0.8) * share, order[n % bands], kind)
        for n, kind in enumerate(kinds)
    ]
    return sorted(found, key=lambda one: one.at)


class Village:
    """Plays until the time is over or it is stopped. ``speed``: simulated seconds in one real second."""

    def __init__(self, bands: list[Band], where: Where, speed: float, seconds: float, tell: Tell) -> None:
        self.bands, self.where, self.speed, self.seconds, self.tell = bands, where, speed, seconds, tell
        self.tally = Tally()
        self.stopping = asyncio.Event()

    async def play(self, calls: list[Call], seed: str) -> Tally:
        """Every wristband by itself; calls of the script by the one they are of."""
        own = [[call for call in calls if call.band == n] for n in range(len(self.bands))]
        async with asyncio.TaskGroup() as group:
            for n, band in enumerate(self.bands):
                group.create_task(self._live(band, own[n], random.Random(f"{seed}/{band.number}")))  # noqa: S311
        return self.tally

    async def _live(self, band: Band, calls: list[Call], chance: random.Random) -> None:
        line = self._line(band)
        try:
            await line.open()
        except (OSError, aiomqtt.MqttError) as fault:
            self.tally.unreachable += 1
            self.tell(f"{band.number} 连不上 cannot connect ({band.protocol}): {fault}")
            return
        body = Body(
            chance.randint(62, 84), chance.randint(0, 900), chance.randint(35, 99), band.lon, band.lat
        )
        moments = sorted(
            [(chance.uniform(0, EVERY) + n * EVERY, "") for n in range(int(self.seconds / EVERY) + 1)]
            + [(call.at, call.kind) for call in calls]
        )
        try:
            await self._say_all(band, line, body, moments, chance)
        except (OSError, aiomqtt.MqttError) as fault:
            self.tell(f"{band.number} 断开 cut off: {fault}")
        finally:
            await line.close()

    async def _say_all(
        self, band: Band, line: Line, body: Body, moments: list[tuple[float, str]], chance: random.Random
    ) -> None:
        began = asyncio.get_running_loop().time()
        for at, alarm in moments:
            if at > self.seconds or not await self._until(began + at / self.speed):
                return
            _wander(body, band, chance)
            took = await timed(line, body, alarm)
            self.tally.reports += 1
            self.tally.unanswered += took is None
            if alarm and took is None:
                self.tell(f"{alarm.upper()} {band.number} 没有回执 no receipt")
            elif alarm and took is not None:
                self.tally.receipts.append(took)
                self.tell(
                    f"{alarm.upper()} {band.number} ({band.protocol}) 回执 receipt {took * 1000:.0f} ms"
                )

    async def _until(self, moment: float) -> bool:
        """Wait for a moment of the loop's clock; False when stopped before."""
        wait = moment - asyncio.get_running_loop().time()
        try:
            await asyncio.wait_for(self.stopping.wait(), max(0.0, wait))
        except TimeoutError:
            return True
        return False

    def _line(self, band: Band) -> Line:
        if band.protocol == "mqtt":
            return Mqtt(band, self.where.host, self.where.mqtt)
        return Tcp(band, self.where.host, self.where.watch)


def _wander(body: Body, band: Band, chance: random.Random) -> None:
    """A few steps around home; the battery sinks slowly."""
    body.heart = min(110, max(55, body.heart + chance.randint(-4, 4)))
    body.steps += chance.randint(0, 60)
    body.battery = max(20, body.battery - (chance.random() < 0.05))
    body.lon = band.lon + chance.uniform(-0.0006, 0.0006)
    body.lat = band.lat + chance.uniform(-0.0006, 0.0006)
