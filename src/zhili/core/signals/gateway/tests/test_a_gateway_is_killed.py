"""`kill -9` of the gateway while devices speak: whatever any of them was told is kept is there, once."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from django.db import connection

from zhili.core.signals.gateway.tests.devices import Device
from zhili.core.signals.gateway.tests.mosquitto import Mosquitto, free_port, until
from zhili.core.signals.models import Measurement, Source
from zhili.core.signals.sources import digest

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "a key"
MANY = 300


class Gateway:
    """The real command in a process of its own, on the tests' database."""

    def __init__(self, mosquitto: Mosquitto, folder: Path) -> None:
        given = connection.settings_dict
        self.http, self.watch, self._log = free_port(), free_port(), folder / "gateway.log"
        self._env = os.environ | {
            "DATABASE_URL": f"postgresql://{given['USER']}@/{given['NAME']}?host={given['HOST']}",
            "ZHILI_MQTT": mosquitto.url(),
            "ZHILI_GATEWAY_HTTP": str(self.http),
            "ZHILI_GATEWAY_WATCH": str(self.watch),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "zhili", "gateway", "--only", "collect"]
            self._process = subprocess.Popen(command, env=self._env, stdout=log, stderr=log)

    def kill(self) -> None:
        assert self._process is not None
        assert self._process.poll() is None, self._log.read_text()
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> int:
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(20)


def source(number: str, protocol: str) -> int:
    return Source.objects.create(
        number=number, protocol=protocol, kind="sensor", key_sha256=digest(KEY), per_minute=0
    ).pk


def kept(pk: int) -> list[float]:
    """Values of the battery, smallest first, each as often as it is there."""
    return sorted(Measurement.objects.filter(source_id=pk).values_list("value", flat=True))


@pytest.fixture
def mosquitto() -> Iterator[Mosquitto]:
    one = Mosquitto({"gateway": "secret", "timed": KEY, "counted": KEY})
    one.start()
    yield one
    one.end()


def by_http(port: int, told: list[int], stop: threading.Event) -> None:
    """Until it is stored; a device that was told nothing says the same again."""
    number, began = 0, datetime.now(UTC) - timedelta(hours=1)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client:
        while not stop.is_set():
            at = (began + timedelta(seconds=number)).isoformat()
            body = {"at": at, "battery": number / 1_000}
            try:
                answer = client.post("/devices/web", json=body, headers={"Authorization": f"Bearer {KEY}"})
            except httpx.TransportError:
                time.sleep(0.02)
                continue
            if answer.status_code == 200 or answer.json()["reasons"] == ["replayed"]:
                told.append(number)
                number += 1


def by_watch(port: int, told: list[int], stop: threading.Event) -> None:
    number = 0
    while not stop.is_set():
        body = b"LK,%d,1,50" % number
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
                line.sendall(b"[3G*8800000015*%04X*%s]" % (len(body), body))
                if line.recv(100).endswith(b"*LK]"):
                    told.append(number)
                    number += 1
        except OSError:
            time.sleep(0.02)


def test_what_was_acknowledged_is_stored_once(mosquitto: Mosquitto, tmp_path: Path) -> None:
    ids = {"timed": source("timed", "mqtt"), "counted": source("counted", "mqtt")}
    ids |= {"web": source("web", "http"), "8800000015": source("8800000015", "watch")}
    gateway = Gateway(mosquitto, tmp_path)
    gateway.start()
    timed, counted = Device("timed", KEY, mosquitto.port), Device("counted", KEY, mosquitto.port)
    stop, by_web, by_line = threading.Event(), [], []  # type: ignore[var-annotated]
    threads = [
        threading.Thread(target=by_http, args=(gateway.http, by_web, stop)),
        threading.Thread(target=by_watch, args=(gateway.watch, by_line, stop)),
    ]
    began = datetime.now(UTC) - timedelta(hours=1)
    try:
        until(lambda: "SUBSCRIBE from zhili-gateway" in mosquitto.log(), 60, "the gateway's listening")
        for thread in threads:
            thread.start()
        for number in range(MANY):
            timed.send({"at": (began + timedelta(seconds=number)).isoformat(), "battery": number / 1_000})
            counted.send({"seq": number, "battery": number / 1_000})
            if number == MANY // 2:
                until(lambda: len(by_web) > 2 and len(by_line) > 2 and kept(ids["timed"]), told="some stored")
                gateway.kill()  # in the middle of whatever it is at
                gateway.start()
        everything = [number / 1_000 for number in range(MANY)]
        told = len(by_web), len(by_line)
        until(lambda: kept(ids["timed"]) == kept(ids["counted"]) == everything, 60, "all stored once")
        until(lambda: len(by_web) > told[0] + 2 and len(by_line) > told[1] + 2, 30, "answers after it")
        assert timed.acknowledged()
    finally:
        stop.set()
        code = gateway.stop()
        for device in (timed, counted):
            device.end()
        for thread in threads:
            thread.join(30)
    assert code == 0
    assert kept(ids["timed"]) == kept(ids["counted"]) == everything
    stored = kept(ids["web"])
    assert {number / 1_000 for number in by_web} <= set(stored)
    assert len(stored) == len(set(stored)) <= len(by_web) + 1
    assert len(kept(ids["8800000015"])) >= len(by_line) > 4
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason, sum(count) FROM signals_refusal GROUP BY reason")
        assert {reason for reason, _ in cursor.fetchall()} <= {"replayed"}
