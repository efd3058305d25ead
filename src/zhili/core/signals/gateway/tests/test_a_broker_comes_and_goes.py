"""Devices speak to mosquitto by a client of their own; the gateway listens. Nothing acknowledged is lost."""

import json
from collections.abc import Iterator

import paho.mqtt.client as paho
import pytest

from zhili.core.signals.gateway import gathering, mqtt
from zhili.core.signals.gateway.options import Options, broker
from zhili.core.signals.gateway.tests.doubles import Kept, gateway
from zhili.core.signals.gateway.tests.mosquitto import Mosquitto, until


class Device:
    """A device with paho in it: QoS 1, keeps what the broker has not acknowledged."""

    def __init__(self, number: str, password: str, port: int) -> None:
        self.number, self.sequence = number, 0
        self.refused = 0
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=number, clean_session=False)
        self._client.username_pw_set(number, password)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = self._connected
        self._client.on_publish = lambda client, data, mid, code, properties: self._known.add(mid)
        self._sent: set[int] = set()
        self._known: set[int] = set()
        self._client.connect_async("127.0.0.1", port)
        self._client.loop_start()

    def _connected(self, client, data, flags, code, properties) -> None:
        self.refused += code.is_failure

    def say(self, topic: str | None = None, **measures: float) -> None:
        self.sequence += 1
        body = json.dumps({"seq": self.sequence, **measures})
        self._sent.add(self._client.publish(topic or f"zhili/{self.number}/up", body, qos=1).mid)

    def acknowledged(self) -> bool:
        """By the broker."""
        return self._sent <= self._known

    def end(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def mosquitto(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mosquitto]:
    for module in (gathering, mqtt):
        monkeypatch.setattr(module, "FIRST_WAIT", 0.05)
        monkeypatch.setattr(module, "LONGEST_WAIT", 0.2)
    one = Mosquitto({"gateway": "secret", "A1": "key of A1"})
    one.start()
    yield one
    one.end()


def test_a_broker_outage_and_a_database_outage_delay_and_lose_nothing(
    mosquitto: Mosquitto, kept: Kept
) -> None:
    device = Device("A1", "key of A1", mosquitto.port)
    options = Options(http_port=0, watch_port=0, brokers=(broker(mosquitto.url()),))
    try:
        with gateway(options) as around:
            until(lambda: "ok" in around.counts.state.values(), told="listening")
            device.say(heart_rate=70)
            device.say(topic="zhili/B9/up", heart_rate=70)  # another's topic: mosquitto drops it
            until(lambda: len(kept.messages) == 1)
            assert (kept.messages[0].number, kept.messages[0].channel) == ("A1", "mqtt")

            kept.away = True  # the database
            device.say(heart_rate=71)
            until(lambda: kept.tries >= 3)
            mosquitto.stop()  # and the broker, with a message on its way that nobody has stored
            until(lambda: "away" in str(around.counts.state))
            device.say(heart_rate=72)
            kept.away = False
            mosquitto.start()
            until(lambda: "ok" in around.counts.state.values(), told="listening again")
            until(lambda: kept.sequences() == [1, 3, 4] and device.acknowledged())

        device.say(heart_rate=73)  # the gateway is not there: the broker keeps it
        until(device.acknowledged)
        with gateway(options) as around:
            until(lambda: kept.sequences() == [1, 3, 4, 5])
            until(lambda: around.counts.waiting == 0)
            device.say(heart_rate=74)
            until(
                lambda: kept.sequences() == [1, 3, 4, 5, 6]
            )  # acknowledged means that it does not come again
            assert around.counts.refused.total() <= 2
    finally:
        device.end()


def test_a_device_that_writes_nonsense_is_counted_and_the_others_go_on(
    mosquitto: Mosquitto, kept: Kept
) -> None:
    device = Device("A1", "key of A1", mosquitto.port)
    stranger = Device("A2", "no such key", mosquitto.port)
    options = Options(http_port=0, watch_port=0, message_bytes=1_000, brokers=(broker(mosquitto.url()),))
    try:
        with gateway(options) as around:
            until(lambda: "ok" in around.counts.state.values())
            for raw in (b"", b"\xff\xfe", b"[]", b"{" * 900, b'{"heart_rate": "x"}', b"9" * 5_000):
                device._client.publish("zhili/A1/up", raw, qos=1)
            device.say(heart_rate=70)
            until(lambda: len(kept.messages) == 1 and len(kept.odd) == 6)
            assert around.counts.undecoded["mqtt"] == 6
            assert len(max(kept.odd, key=lambda one: len(one[1]))[1]) <= 1_024
            until(lambda: stranger.refused > 0, told="the broker's refusal")
    finally:
        device.end()
        stranger.end()
