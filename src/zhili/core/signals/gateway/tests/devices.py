"""A device as an outsider makes it: with paho, which is not what the gateway listens with."""

import json
from typing import Any

import paho.mqtt.client as paho


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
        self.publish(json.dumps({"seq": self.sequence, **measures}).encode(), topic)

    def send(self, report: dict[str, Any]) -> None:
        self.publish(json.dumps(report).encode())

    def publish(self, raw: bytes, topic: str | None = None) -> None:
        self._sent.add(self._client.publish(topic or f"zhili/{self.number}/up", raw, qos=1).mid)

    def acknowledged(self) -> bool:
        """By the broker."""
        return self._sent <= self._known

    def end(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
