"""Listening for HTTP: our own JSON, and what Traccar forwards. A small ASGI application under uvicorn.

POST /devices/<number>   `Authorization: Bearer <key>`, JSON (base/devices/plain.py)
POST /traccar            Traccar's position and event forward, its `forward.header` being `Authorization: Bearer …` with
                         ZHILI_TRACCAR_KEY: that server answers for its devices. With a device's own key: for it
GET  /healthz, /metrics  and POST /broker/user, /broker/acl: for this machine only (trusted.py)

Answers: 200 stored; 401 unknown or wrong key; 413 too large; 422 refused, with the reasons; 429 too fast; 503 not
stored, send it again. An answer other than 503 comes only after the transaction.
"""

import asyncio
import hmac
import json
from collections.abc import Sequence
from typing import Any

import uvicorn

from zhili.core.signals.gateway import trusted
from zhili.core.signals.gateway.counting import healthy, prometheus
from zhili.core.signals.gateway.gathering import UNDECODED, Arrived
from zhili.core.signals.gateway.listening import Listener, Surroundings, register
from zhili.core.signals.store.storing import Verdict

PATIENCE = 20.0  # seconds a sender waits for the store
ABOUT_MOST = 20  # parts at fault that are named
BODY_PATIENCE = 15.0  # seconds a sender may take to send
Answer = tuple[int, dict[str, Any] | str]


class Http:
    """The ASGI application and its server."""

    name = "http"

    def __init__(self, around: Surroundings) -> None:
        self._around = around

    async def run(self) -> None:
        options = self._around.options
        sock = trusted.bound(options.host, options.http_port)  # raises OSError: the port is taken
        config = uvicorn.Config(
            self.application, interface="asgi3", http="h11", ws="none", lifespan="off", proxy_headers=False,
            log_config=None, access_log=False, server_header=False, backlog=1024, timeout_keep_alive=30,
            limit_concurrency=options.connections, timeout_graceful_shutdown=5, h11_max_incomplete_event_size=16_384,
        )  # fmt: skip
        server = _Server(config)
        self._around.counts.state[self.name] = "ok"
        try:
            await server.serve(sockets=[sock])
        finally:
            sock.close()

    async def application(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI 3."""
        if scope["type"] != "http":
            return
        try:
            async with asyncio.timeout(BODY_PATIENCE + PATIENCE + 5):
                status, said = await self._answer(scope, receive)
        except TimeoutError:
            status, said = 408, {"error": "too slow"}
        body = (said if isinstance(said, str) else json.dumps(said)).encode()
        kind = b"text/plain; version=0.0.4" if isinstance(said, str) else b"application/json"
        headers = [
            (b"content-type", kind),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
        ]
        if status in (429, 503):
            headers.append((b"retry-after", b"5"))
        if status == 413:
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Any, receive: Any) -> Answer:
        path, method = scope["path"], scope["method"]
        if path in ("/healthz", "/metrics") and method == "GET":
            return self._status(path) if trusted.near(scope) else (404, {"error": "no such address"})
        sends = path == "/traccar" or (path.startswith("/devices/") and path.count("/") == 2)
        if not sends and path not in ("/broker/user", "/broker/acl"):
            return 404, {"error": "no such address"}
        if method != "POST":
            return 405, {"error": "POST"}
        body = await _body(receive, self._around.options.message_bytes)
        if body is None:
            return 413, {"error": f"more than {self._around.options.message_bytes} bytes"}
        if not sends:
            return await trusted.broker_asks(scope, path, body, self._around.options)
        return await self._store(path, body, _bearer(scope))

    def _status(self, path: str) -> Answer:
        if path == "/metrics":
            return 200, prometheus(self._around.counts)
        well, report = healthy(self._around.counts)
        return (200 if well else 503), {"ready": well, **report}

    async def _store(self, path: str, body: bytes, key: str | None) -> Answer:
        gatherer, counts = self._around.gatherer, self._around.counts
        if key is None:
            counts.turned_away["no key"] += 1
            return 401, {"error": "Authorization: Bearer <key of the device>"}
        if gatherer.full or counts.away() > 1:
            return 503, {"error": "not stored; send it again"}
        told: asyncio.Future[Sequence[Verdict]] = asyncio.get_running_loop().create_future()

        def tell(verdicts: Sequence[Verdict]) -> None:
            if not told.done():
                told.set_result(verdicts)

        arrived = Arrived(
            "http", body, tell,
            number=path.removeprefix("/devices/") if path != "/traccar" else "", key=key,
            form="traccar" if path == "/traccar" else "plain",
            vouched=path == "/traccar" and self._is_traccar(key),
        )  # fmt: skip
        gatherer.put(arrived)
        try:
            async with asyncio.timeout(PATIENCE):
                verdicts = await told
        except TimeoutError:
            arrived.dropped = True
            return 503, {"error": "not stored yet; send it again"}
        return _said(verdicts)

    def _is_traccar(self, key: str) -> bool:
        own = self._around.options.traccar_key
        return bool(own) and hmac.compare_digest(own.encode(), key.encode())


def _said(verdicts: Sequence[Verdict]) -> Answer:
    """Unknown and wrong key look alike: nobody learns here which numbers there are."""
    whys = [verdict.why for verdict in verdicts if not verdict.accepted]
    whys = ["unknown or wrong key" if why in ("unknown", "wrong_key", "retired") else why for why in whys]
    stored = len(verdicts) - len(whys)
    if not whys:
        return 200, {"stored": stored}
    status = 422
    if "unknown or wrong key" in whys:
        status = 401
    elif set(whys) == {"too_fast"}:
        status = 429
    reasons = ["malformed" if why == UNDECODED else why for why in whys]
    said: dict[str, Any] = {"stored": stored, "refused": len(whys), "reasons": sorted(set(reasons))}
    if status == 422 and (about := sorted({one.about for one in verdicts if one.about})):
        said["about"] = about[:ABOUT_MOST]
    return status, said


def _bearer(scope: Any) -> str | None:
    for name, value in scope["headers"]:
        if name == b"authorization":
            kind, _, key = value.decode("latin-1").partition(" ")
            return key.strip() or None if kind.lower() == "bearer" else None
    return None


async def _body(receive: Any, limit: int) -> bytes | None:
    """The whole body, or None when it is larger. Raises TimeoutError for a sender who drips."""
    parts: list[bytes] = []
    size = 0
    async with asyncio.timeout(BODY_PATIENCE):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return b"".join(parts)
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > limit:
                return None
            if not message.get("more_body"):
                return b"".join(parts)


class _Server(uvicorn.Server):
    """Leaves the signals to the process; ends when its task is cancelled."""

    def capture_signals(self) -> Any:
        from contextlib import nullcontext

        return nullcontext()


def _make(around: Surroundings) -> list[Listener]:
    return [Http(around)] if around.options.http_port else []


register("http", _make)
