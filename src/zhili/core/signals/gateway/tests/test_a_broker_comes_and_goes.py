"""Devices speak to mosquitto by a client of their own; the gateway listens. Nothing acknowledged is lost."""

from collections.abc import Iterator

import pytest

from zhili.core.signals.gateway import gathering, mqtt
from zhili.core.signals.gateway.options import Options, broker
from zhili.core.signals.gateway.tests.devices import Device
from zhili.core.signals.gateway.tests.doubles import Kept, gateway
from zhili.core.signals.gateway.tests.mosquitto import Mosquitto, until


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
                device.publish(raw)
            device.say(heart_rate=70)
            until(lambda: len(kept.messages) == 1 and len(kept.odd) == 6)
            assert around.counts.undecoded["mqtt"] == 6
            assert len(max(kept.odd, key=lambda one: len(one[1]))[1]) <= 1_024
            until(lambda: stranger.refused > 0, told="the broker's refusal")
    finally:
        device.end()
        stranger.end()
