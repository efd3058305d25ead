"""What the gateway is told by its command and the environment; see docs/devices.md."""

import os
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Broker:
    """An MQTT broker to listen at, from ``mqtt[s]://user:password@host:port/?client=…&ca=/file.pem``."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    client: str = "zhili-gateway"
    tls: bool = False
    ca: str | None = None

    @property
    def name(self) -> str:
        """For people and logs: without the password."""
        return f"mqtt {self.host}:{self.port}"


def broker(url: str) -> Broker:
    """Raises ValueError in words."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        raise ValueError("ZHILI_MQTT: mqtt://user:password@host:1883, or mqtts://…")
    tls = parts.scheme == "mqtts"
    query = dict(parse_qsl(parts.query))
    return Broker(
        host=parts.hostname,
        port=parts.port or (8883 if tls else 1883),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        client=query.get("client", "zhili-gateway"),
        tls=tls,
        ca=query.get("ca"),
    )


@dataclass(frozen=True)
class Options:
    """Ports of 0 mean that this listener is not wanted."""

    host: str = "127.0.0.1"
    http_port: int = 8010
    watch_port: int = 5093
    brokers: tuple[Broker, ...] = ()
    embedded_port: int = 0
    embedded_password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    traccar_key: str = field(default="", repr=False)
    batch: int = 2_000  # messages in one transaction at the most
    pause: float = 0.03  # seconds a message waits for company at the most
    room: int = 20_000  # messages taken in and not yet durable at the most
    message_bytes: int = 65_536
    connections: int = 5_000
    per_address: int = 500
    idle: float = 900.0  # seconds a connection of a watch may be silent

    def from_embedded(self) -> Broker:
        """Our own way into the broker inside the process."""
        return Broker("127.0.0.1", self.embedded_port, EMBEDDED_USER, self.embedded_password)


EMBEDDED_USER = "zhili-gateway"


def from_environment(urls: list[str] | None = None, embedded: bool = False) -> Options:
    """ZHILI_MQTT (several by space), ZHILI_GATEWAY_BIND, ZHILI_GATEWAY_HTTP, ZHILI_GATEWAY_WATCH, ZHILI_BROKER_PORT,
    ZHILI_TRACCAR_KEY."""
    given = urls or os.environ.get("ZHILI_MQTT", "").split()
    return Options(
        host=os.environ.get("ZHILI_GATEWAY_BIND") or "127.0.0.1",
        http_port=_port("ZHILI_GATEWAY_HTTP", 8010),
        watch_port=_port("ZHILI_GATEWAY_WATCH", 5093),
        brokers=tuple(broker(url) for url in given),
        embedded_port=_port("ZHILI_BROKER_PORT", 1883) if embedded else 0,
        traccar_key=os.environ.get("ZHILI_TRACCAR_KEY", "").strip(),
    )


def _port(name: str, usual: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return usual
    if not value.isdigit() or int(value) > 65_535:
        raise ValueError(f"{name}: a port, or 0 for none; not {value!r}")
    return int(value)
