"""The processes of `python -m bench.signals`: who sends, who collects, who judges, and the bare loop beside them.

python -m bench.signalling say|collect|judge|bare …        started by bench/signals.py
"""

import asyncio
import json
import os
import random
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from zhili.base.devices import mqttwire as wire

WINDOW = 4_000
"""Messages a sender has on its way to the broker at the most."""
NORMAL, HIGH = (30, 70), 99.0


# ---- who sends: a thousand devices on one line, so that the sender costs little


def packets(subjects: int, messages: int, each: int, high_every: int, first: int) -> list[bytes]:
    """Messages of ``each`` measurements, the devices in turn in an order of chance; times are all different."""
    chance = random.Random(5)
    order = chance.sample(range(1, subjects + 1), min(subjects, messages))
    begin = int(time.time() * 1_000)
    found = []
    for turn in range(messages):
        at = begin + turn // 20 * each
        high = high_every and turn % high_every == high_every - 1
        reports = [
            {"at": at + one, "bench_level": HIGH if high and one == each - 1 else chance.randint(*NORMAL)}
            for one in range(each)
        ]
        body = json.dumps(reports if each > 1 else reports[0]).encode()
        number = order[(first + turn) % len(order)]
        found.append(wire.publish(f"zhili/d{number}/up", body, turn % 65_000 + 1))
    return found


def say(port: int, subjects: int, messages: int, each: int, rate: float, high_every: int, first: int) -> None:
    """Publish at QoS 1: ``rate`` messages a second, or (0) as fast as the broker acknowledges."""
    made = packets(subjects, messages, each, high_every, first)
    line = socket.create_connection(("127.0.0.1", port))
    line.sendall(wire.connect(f"sender-{os.getpid()}", None, None, 60, clean=True))
    line.recv(4)
    line.setblocking(False)
    print(json.dumps({"began": time.time()}), flush=True)
    sent = known = 0  # messages
    rest = b""
    began = time.perf_counter()
    while known < messages * 4:  # bytes of PUBACK
        allowed = messages if not rate else min(messages, int((time.perf_counter() - began) * rate))
        if not rest:
            room = min(allowed, known // 4 + WINDOW, sent + 200)
            rest, sent = b"".join(made[sent:room]), max(sent, room)
        readable, writable, _ = select.select([line], [line] if rest else [], [], 0.005)
        if writable:
            rest = rest[line.send(rest) :]
        if readable:
            known += len(line.recv(65_536))
    print(json.dumps({"ended": time.time()}), flush=True)


# ---- the peer: the same messages, read the same way, into a plain table


def bare(port: int, by_hand: int) -> None:
    """MQTT to COPY, 2,000 messages or 30 ms a transaction; no checks, no sources, nothing judged.

    As one writes it with aiomqtt, which acknowledges before anything is stored; or (``by_hand``) with the gateway's own
    reading of the wire, acknowledged when it is durable.
    """
    import psycopg

    connection = psycopg.connect(os.environ["DATABASE_URL"])

    def there() -> None:
        """The messages may come."""
        connection.execute("CREATE TABLE bare (number text, measure text, at timestamptz, value float8)")
        connection.commit()

    def store(batch: list[tuple[str, bytes]]) -> None:
        with connection.transaction(), connection.cursor().copy("COPY bare FROM STDIN") as copy:
            for topic, payload in batch:
                said = json.loads(payload)
                for report in said if isinstance(said, list) else [said]:
                    at = datetime.fromtimestamp(report.pop("at") / 1_000, UTC)
                    for measure, value in report.items():
                        copy.write_row((topic[6:-3], measure, at, value))

    if by_hand:
        _by_hand(port, there, store)
    else:
        asyncio.run(_by_aiomqtt(port, there, store))


def _by_hand(port: int, there: Callable[[], None], store: Callable[[list[tuple[str, bytes]]], None]) -> None:
    line = socket.create_connection(("127.0.0.1", port))
    line.sendall(wire.connect("bare", None, None, 600) + wire.subscribe(1, "zhili/+/up"))
    line.recv(4), line.recv(5)  # CONNACK, SUBACK
    reader = wire.Reader()
    there()
    while True:
        batch: list[wire.Published] = []
        end = time.monotonic() + 0.03
        while len(batch) < 2_000 and (not batch or time.monotonic() < end):
            if not select.select([line], [], [], 0.005)[0]:
                if batch:
                    break
                continue
            data = line.recv(1 << 18)
            if not data:
                return
            batch += [one for one in reader.feed(data) if isinstance(one, wire.Published)]
        store([(one.topic, one.payload) for one in batch])
        line.sendall(wire.pubacks(one.mid for one in batch if one.mid))


async def _by_aiomqtt(
    port: int, there: Callable[[], None], store: Callable[[list[tuple[str, bytes]]], None]
) -> None:
    import aiomqtt

    async with aiomqtt.Client("127.0.0.1", port, identifier="bare") as client:
        await client.subscribe("zhili/+/up", qos=1)
        there()
        come: list[tuple[str, bytes]] = []

        async def listen() -> None:
            async for one in client.messages:
                come.append((str(one.topic), one.payload))

        listening = asyncio.create_task(listen())
        while not listening.done():
            if len(come) < 2_000:
                await asyncio.sleep(0.03)
            if batch := come[:2_000]:
                del come[:2_000]
                await asyncio.to_thread(store, batch)


# ---- the site's own processes, with a measure and ten rules of the benchmark's


def declare() -> None:
    from zhili.base.rules import AutomatedRule
    from zhili.base.signals.conditions import Expression, Sequence, Step, Threshold, Tuned, Window
    from zhili.base.signals.measures import Measure
    from zhili.base.signals.rules import SignalRule
    from zhili.core.signals import registry

    def number(name: str, value: float) -> Tuned:
        return Tuned(name, value, name)

    level = "bench_level"
    minutes = number("over", 600)
    conditions = {
        "high": Threshold(level, above=number("limit", 90)),
        "low": Threshold(level, below=number("limit", 10)),
        "held": Threshold(level, above=number("limit", 75), hold=number("hold", 60)),
        "back": Threshold(level, above=number("limit", 80), back=number("back", 60)),
        "mean": Window(level, "mean", minutes, above=number("limit", 85), least=5),
        "most": Window(level, "max", minutes, above=number("limit", 98.5)),
        "count": Window(level, "count", number("over", 60), above=number("limit", 1e6)),
        "rise": Window(level, "change", minutes, above=number("limit", 95)),
        "twice": Sequence(
            (Step(level, above=number("first", 95)), Step(level, above=number("second", 95))), number("within", 30)
        ),
        "sum": Expression("bench_level * 2 + 1 > limit", (level,), (number("limit", 1_000),)),
    }  # fmt: skip
    registry.declare(
        Measure(level, "水位", low=0, high=1_000),
        *(
            SignalRule(
                AutomatedRule(f"bench.{name}", name, "试验", "device", "读数", "预警", "人定"),
                condition,
                reason="%(value)s",
                by="device",
                fuse=(1.0, 60),
            )
            for name, condition in conditions.items()
        ),
    )
    assert len(conditions) == 10


def site() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhili.conf.settings")
    import django

    django.setup()
    declare()


def collect(port: int, http_port: int) -> None:
    site()
    from zhili.core.signals.gateway.options import Options, broker
    from zhili.core.signals.gateway.running import run

    run(Options(http_port=http_port, watch_port=0, brokers=(broker(f"mqtt://127.0.0.1:{port}"),)))


def judge() -> None:
    site()
    from zhili.core.signals.judge import judging_run

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    judging_run.run(stop)


def profiled(role: str, *given: int) -> None:
    """With ZHILI_PROFILE=folder: where the time went, one file a role."""
    run = {"collect": collect, "judge": judge}[role]
    folder = os.environ.get("ZHILI_PROFILE")
    if not folder:
        return run(*given)
    import cProfile

    profile = cProfile.Profile()
    try:
        profile.runcall(run, *given)
    finally:
        profile.dump_stats(f"{folder}/{role}.prof")
    return None


if __name__ == "__main__":
    role, rest = sys.argv[1], sys.argv[2:]
    if role == "say":
        port, subjects, messages, each = map(int, rest[:4])
        say(port, subjects, messages, each, float(rest[4]), int(rest[5]), int(rest[6]))
    elif role == "bare":
        bare(int(rest[0]), int(rest[1]))
    else:
        profiled(role, *map(int, rest))
