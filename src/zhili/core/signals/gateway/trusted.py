"""What only this machine may ask: how the gateway is, and whether a broker shall let a device in.

`/broker/user` and `/broker/acl` are made for mosquitto-go-auth's HTTP backend (form or JSON: username, password, topic,
acc): 200 yes, 403 no. So an outside broker checks each device against its key here, and nobody copies keys about.
"""

import asyncio
import hmac
import json
import socket
from typing import Any
from urllib.parse import parse_qs

from zhili.core.signals.gateway.options import EMBEDDED_USER, Options
from zhili.core.signals.store.storing import admits

NEAR = ("127.0.0.1", "::1", "::ffff:127.0.0.1")
READ, WRITE, SUBSCRIBE = 1, 2, 4
"""`acc` of mosquitto: what is asked of a topic; 3 is read and write."""


def bound(host: str, port: int) -> socket.socket:
    """A listening socket. Raises OSError with the address in it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise OSError(error.errno, f"{host}:{port}: {error.strerror}") from None
    sock.setblocking(False)
    return sock


def near(scope: Any) -> bool:
    """Asked by this machine itself, and not handed on by a proxy."""
    client = scope.get("client") or ("", 0)
    names = {name for name, _ in scope["headers"]}
    return client[0] in NEAR and not names & {b"x-forwarded-for", b"forwarded", b"x-real-ip"}


async def broker_asks(
    scope: Any, path: str, body: bytes, options: Options
) -> tuple[int, dict[str, Any] | str]:
    if not near(scope):
        return 404, {"error": "no such address"}
    said = _fields(scope, body)
    if said is None:
        return 400, {"error": "form or JSON"}
    user = str(said.get("username", ""))
    if path == "/broker/user":
        allowed = await may_sign_in(user, str(said.get("password", "")), options)
    else:
        acc = str(said.get("acc", ""))
        allowed = may_use(user, str(said.get("topic", "")), int(acc) if acc.isdigit() else 0, options)
    return (200, "ok\n") if allowed else (403, "no\n")


async def may_sign_in(user: str, password: str, options: Options) -> bool:
    """A device with its key, or the gateway itself."""
    if _ours(user, options):
        return any(hmac.compare_digest(password.encode(), own.encode()) for own in _passwords(user, options))
    if not user or not password or len(user) > 200 or len(password) > 200:
        return False
    return await asyncio.to_thread(_admits, user, password)


def may_use(user: str, topic: str, access: int, options: Options) -> bool:
    """A device writes its own topic and reads nothing; the gateway reads all and writes nothing."""
    if _ours(user, options):
        return access in (READ, SUBSCRIBE) and (topic == "zhili/+/up" or _up(topic))
    return access == WRITE and topic == f"zhili/{user}/up" and _up(topic)


def _up(topic: str) -> bool:
    parts = topic.split("/")
    return len(parts) == 3 and parts[0] == "zhili" and parts[2] == "up" and not {"+", "#", ""} & {parts[1]}


def _ours(user: str, options: Options) -> bool:
    return user == EMBEDDED_USER or any(user == broker.user for broker in options.brokers)


def _passwords(user: str, options: Options) -> list[str]:
    own = [broker.password for broker in options.brokers if broker.user == user and broker.password]
    return own + ([options.embedded_password] if options.embedded_port and user == EMBEDDED_USER else [])


def _admits(number: str, key: str) -> bool:
    from django.db import close_old_connections

    try:
        return admits(number, key)
    finally:
        close_old_connections()


def _fields(scope: Any, body: bytes) -> dict[str, Any] | None:
    try:
        if any(name == b"content-type" and b"json" in value for name, value in scope["headers"]):
            said = json.loads(body)
            return said if isinstance(said, dict) else None
        return {name: values[0] for name, values in parse_qs(body.decode()).items()}
    except ValueError:
        return None
