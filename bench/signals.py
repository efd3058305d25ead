"""Devices to warnings: what a site takes in through the gateway by MQTT, stores and judges.

    python -m bench.signals [quick]

Mosquitto, the gateway, the judge with ten rules for each measurement, a sender and a durable private PostgreSQL, all on
this machine. Every message is QoS 1 and acknowledged when it is on disk. Measured from the first message sent until
the last measurement is judged, with one and with ten measurements a message. Beside it in the same run: a bare loop
that copies the same messages into a plain table, as one writes it with aiomqtt (the share that is asked for), and
with the wire read by hand as the gateway does (told beside it). Then p99 from receipt to a warning that others can see,
at half the required rate; and processor time of a measurement with 1,000 to a million devices.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator

import psutil
from bench import machine
from bench.database import private_database
from bench.lines import Line, at_least, at_most, report
from bench.site import free_port

TARGET, SHARE, LATE, FLAT = 5_000, 0.5, 1.0, 1.5
SUBJECTS = (1_000, 10_000, 100_000, 1_000_000)
MANY = 60_000  # measurements of a run
LATENCY_SECONDS = 20
CONF = """
listener {port} 127.0.0.1
allow_anonymous true
max_inflight_messages 2000
max_queued_messages 0
persistence false
"""


@contextlib.contextmanager
def mosquitto() -> Iterator[tuple[int, psutil.Process]]:
    program = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        raise SystemExit("no mosquitto on this machine: install the package mosquitto")
    port = free_port()
    with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as conf:
        conf.write(CONF.format(port=port))
    os.chmod(conf.name, 0o644)
    process = subprocess.Popen([program, "-c", conf.name], stderr=subprocess.DEVNULL)
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    try:
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()
        os.unlink(conf.name)


@contextlib.contextmanager
def role(name: str, *given: object) -> Iterator[psutil.Process]:
    command = [sys.executable, "-W", "ignore", "-m", "bench.signalling", name, *map(str, given)]
    process = subprocess.Popen(command)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def sent(
    port: int, subjects: int, messages: int, each: int, rate: float = 0, high: int = 0, first: int = 0
) -> float:
    """Send them all; when the first went out. The broker has every one when this returns."""
    given = [port, subjects, messages, each, rate, high, first]
    command = [sys.executable, "-m", "bench.signalling", "say", *map(str, given)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return float(json.loads(lines[0])["began"])


class Site:
    """A running gateway and judge, and how much processor time each part has used."""

    def __init__(
        self, port: int, broker: psutil.Process, gateway: psutil.Process, judge: psutil.Process
    ) -> None:
        self.port, self.parts = port, {"mosquitto": broker, "gateway": gateway, "judge": judge}

    def used(self) -> dict[str, float]:
        found = {name: sum(part.cpu_times()[:2]) for name, part in self.parts.items()}
        found["database"] = database_seconds()
        return found

    def run(
        self, subjects: int, measurements: int, each: int, first: int = 0
    ) -> tuple[float, dict[str, float]]:
        """Measurements a second from first sent to last judged; µs of processor time of each, by part."""
        before, used = count("signals_measurement"), self.used()
        began = sent(self.port, subjects, measurements // each, each, first=first)
        wanted = before + measurements
        wait(lambda: count("signals_measurement") >= wanted and not count("signals_batch"), 300)
        taken = time.time() - began
        now = self.used()
        return measurements / taken, {name: 1e6 * (now[name] - used[name]) / measurements for name in now}


def listening(http_port: int) -> bool:
    with (
        contextlib.suppress(OSError),
        urllib.request.urlopen(f"http://127.0.0.1:{http_port}/healthz") as answer,
    ):
        return answer.status == 200
    return False


def database_seconds() -> float:
    """Of every process of the private PostgreSQL; those that ended meanwhile are missed."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "postgres" in process.name():
                total += sum(process.cpu_times()[:2])
    return total


def count(table: str) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def wait(what, patience: float) -> None:
    end = time.monotonic() + patience
    while not what():
        if time.monotonic() > end:
            raise SystemExit("it did not get done")
        time.sleep(0.1)


def sources(number: int) -> None:
    """Have that many devices, without their leaves: registering is not what is measured."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO signals_source (number, protocol, kind, title, key_sha256, subject_kind, active, per_minute)"
            " SELECT 'd' || g, 'mqtt', 'sensor', '', '', 'device', true, 0 FROM generate_series(1, %s) g"
            " ON CONFLICT DO NOTHING",
            [number],
        )
        cursor.execute("VACUUM (ANALYZE) signals_source")


def states(number: int) -> None:
    """Every device has been judged before: the state of one that was, for each that was not."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO signals_subjectstate (kind, subject_id, body, wake_at)"
            " SELECT 'device', s.id, m.body, m.wake_at"
            " FROM signals_source s, (SELECT body, wake_at FROM signals_subjectstate ORDER BY subject_id LIMIT 1) m"
            " WHERE s.id <= (SELECT max(id) FROM signals_source) ON CONFLICT DO NOTHING"
        )
        cursor.execute("VACUUM (ANALYZE) signals_subjectstate")


def latency(site: Site, rate: int, seconds: int) -> list[float]:
    """Seconds from receipt until a warning can be seen by others, of one message in a hundred."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM signals_warning")
        last = cursor.fetchone()[0]
    given = [site.port, 100_000, rate * seconds, 1, rate, 100, 50_000]
    command = [sys.executable, "-m", "bench.signalling", "say", *map(str, given)]
    sender = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    found: list[float] = []
    end = time.monotonic() + seconds + 5
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, extract(epoch FROM clock_timestamp() - received_at)::float8 FROM signals_warning"
                " WHERE id > %s AND rule = 'bench.high' ORDER BY id",
                [last],
            )
            for pk, waited in cursor.fetchall():
                last = max(last, pk)
                found.append(waited)
        time.sleep(0.02)
    sender.wait()
    return sorted(found)


def bare(each: int, measurements: int, by_hand: bool = False) -> float:
    """Measurements a second of the bare loop, on a broker of its own."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare")
    with mosquitto() as (port, _), role("bare", port, int(by_hand)):
        wait(lambda: "bare" in connection.introspection.table_names(), 30)
        began = sent(port, 1_000, measurements // each, each)
        wait(lambda: count("bare") >= measurements, 120)
        return measurements / (time.time() - began)


def rates(site: Site, each: int) -> Line:
    best, parts = site.run(1_000, MANY, each)
    beside, best_beside = bare(each, MANY), bare(each, MANY, by_hand=True)
    shown = ", ".join(f"{name} {used:.0f}" for name, used in parts.items())
    print(f"  {each} a message: {best:,.0f}/s stored and judged by ten rules")
    print(f"    bare loop with aiomqtt: {beside:,.0f}/s, our share {best / beside:.0%};"
          f" by hand: {best_beside:,.0f}/s, our share {best / best_beside:.0%}")  # fmt: skip
    print(f"    µs of processor time a measurement: {shown}")
    said = f"signals, {each} a message"
    line = at_least(said, best, TARGET, "/s", f" ({best / beside:.0%} of bare)")
    return Line(
        line.work,
        f"{line.target}, ≥ {SHARE:.0%} of bare",
        line.measured,
        line.ratio,
        line.met and best / beside >= SHARE,
    )


def flatness(site: Site) -> Line:
    costs = {}
    for number in SUBJECTS:
        sources(number)
        states(number)
        _, parts = site.run(number, MANY // 2, 1, first=number // 2)
        costs[number] = sum(parts.values())
        shown = ", ".join(f"{name} {used:.0f}" for name, used in parts.items())
        print(f"  {number:>9,} devices: {costs[number]:.0f} µs of processor time a measurement ({shown})")
    ratio = max(costs.values()) / costs[SUBJECTS[0]]
    return at_most("signals, cost at a million devices", ratio, FLAT, " of a thousand's")


def main() -> int:
    quick = "quick" in sys.argv[1:]
    with private_database() as version:
        print(f"  PostgreSQL {version}; {machine.line()}; load {machine.load():.1f}")
        sources(1_000 if quick else 100_000)
        http_port = free_port()
        with (
            mosquitto() as (port, broker),
            role("collect", port, http_port) as gateway,
            role("judge") as judge,
        ):
            wait(lambda: listening(http_port), 60)
            site = Site(port, broker, gateway, judge)
            site.run(1_000, 4_000, 1)  # partitions, plans and caches are there
            lines = [rates(site, 1), rates(site, 10)]
            if not quick:
                found = latency(site, TARGET // 2, LATENCY_SECONDS)
                p99 = found[int(len(found) * 0.99)]
                half = found[len(found) // 2]
                print(
                    f"  {len(found)} warnings at {TARGET // 2:,}/s: half in {half:.2f} s, 99% in {p99:.2f} s"
                )
                lines.append(
                    at_most(f"signals, receipt to warning at {TARGET // 2:,}/s, p99", p99, LATE, " s")
                )
                lines.append(flatness(site))
        print(f"  load {machine.load():.1f}")
        return report(lines)


if __name__ == "__main__":
    raise SystemExit(main())
