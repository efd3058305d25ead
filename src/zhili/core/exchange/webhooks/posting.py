"""Sending requests to receivers. The only module here that touches the network; nothing in it touches the database.

A receiver is a stranger: it is reached only at addresses that may be asked, judged in the moment of connecting and then
kept (a name cannot mean something else a moment later); the whole of a request has ``WHOLE`` seconds; of an answer
``READ_MOST`` bytes are read; a redirect is not followed.
"""

from __future__ import annotations

import asyncio
import queue
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final
from urllib.parse import urlsplit

import certifi
import httpcore
import httpx

from zhili import __version__
from zhili.core.exchange.open311.addresses import Forbidden, refuse_address

WHOLE: Final = 15.0
CONNECT: Final = 5.0
READ_MOST: Final = 16_384
KEPT: Final = 500
AGENT: Final = f"zhili/{__version__} (webhooks)"


@dataclass(frozen=True, slots=True)
class Request:
    """One request on its way. ``key``: what its sender knows it by."""

    key: Any
    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    method: str = "POST"
    private_allowed: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request: a status with the answer's first characters, or what went wrong before there was one."""

    key: Any
    status: int | None
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    seconds: float = 0.0


def misfit(url: str, *, private_allowed: bool) -> str:
    """Why this is no address to send to, in a word: "" (it may be), "shape", "scheme", "inside"."""
    try:
        parts = httpx.URL(url)
        port = urlsplit(url).port
    except (httpx.InvalidURL, ValueError):
        return "shape"
    if not parts.host or parts.userinfo or parts.fragment or port == 0 or not url.isascii():
        return "shape"
    if parts.scheme not in (("https", "http") if private_allowed else ("https",)):
        return "scheme"
    try:
        if not private_allowed:
            refuse_address(parts.host)
    except Forbidden:
        return "inside"
    except ValueError:
        pass  # a name, not an address: judged when it is asked
    return ""


class _Judged(httpcore.AsyncNetworkBackend):
    """Connects to public addresses only, unless an operator said that a receiver is inside."""

    def __init__(self, private_allowed: bool) -> None:
        self._inner = httpcore.AnyIOBackend()
        self._private_allowed = private_allowed

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"no address for {host}: {error}") from None
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        for one in addresses if not self._private_allowed else ():
            refuse_address(one)
        return await self._first(addresses, port, timeout)

    async def _first(
        self, addresses: Sequence[str], port: int, timeout: float | None
    ) -> httpcore.AsyncNetworkStream:
        last: Exception = httpcore.ConnectError("no address")
        for one in addresses[:4]:
            try:
                return await self._inner.connect_tcp(one, port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last

    async def connect_unix_socket(self, *_args: Any, **_more: Any) -> httpcore.AsyncNetworkStream:
        raise httpcore.ConnectError("no address")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Poster:
    """Sends many requests at once, in a thread of its own; answers are taken by whoever gave them to it."""

    def __init__(self, most: int = 64) -> None:
        self._most = most
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="webhooks out", daemon=True)
        self._pools: dict[bool, httpcore.AsyncConnectionPool] = {}
        self.under_way = 0

    def __enter__(self) -> Poster:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(timeout=WHOLE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=WHOLE)
        if not self._thread.is_alive():
            self._loop.close()

    def send(self, request: Request) -> None:
        self.under_way += 1
        asyncio.run_coroutine_threadsafe(self._send(request), self._loop)

    def answers(self, wait: float) -> list[Answer]:
        """Those that have come, after at most so many seconds; all there are as soon as there is one."""
        found: list[Answer] = []
        try:
            found.append(self._answers.get(timeout=wait) if wait > 0 else self._answers.get_nowait())
            while True:
                found.append(self._answers.get_nowait())
        except queue.Empty:
            pass
        self.under_way -= len(found)
        return found

    async def _send(self, request: Request) -> None:
        begun = time.monotonic()
        try:
            async with asyncio.timeout(WHOLE):
                status, headers, text = await self._exchange(request)
            answer = Answer(request.key, status, text, headers, seconds=time.monotonic() - begun)
        except Exception as error:
            answer = Answer(request.key, None, error=_words(error), seconds=time.monotonic() - begun)
        self._answers.put(answer)

    async def _exchange(self, request: Request) -> tuple[int, dict[str, str], str]:
        url = httpx.URL(request.url)
        sent = {
            "Host": url.netloc.decode("ascii"),
            "User-Agent": AGENT,
            "Accept-Encoding": "identity",
            "Content-Length": str(len(request.body)),
            **request.headers,
        }
        async with self._pool(request.private_allowed).stream(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=[(name.encode("ascii"), value.encode("ascii")) for name, value in sent.items()],
            content=request.body,
            extensions={"timeout": {"connect": CONNECT, "read": WHOLE, "write": WHOLE, "pool": WHOLE}},
        ) as response:
            body = bytearray()
            async for part in response.aiter_stream():
                body += part
                if len(body) >= READ_MOST:
                    break
            headers = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers
            }
            return response.status, headers, legible(bytes(body))

    def _pool(self, private_allowed: bool) -> httpcore.AsyncConnectionPool:
        if private_allowed not in self._pools:
            self._pools[private_allowed] = httpcore.AsyncConnectionPool(
                ssl_context=_trust(),
                max_connections=self._most,
                max_keepalive_connections=self._most,
                keepalive_expiry=30.0,
                network_backend=_Judged(private_allowed),
            )
        return self._pools[private_allowed]

    async def _close(self) -> None:
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        for one in self._pools.values():
            await one.aclose()


def send_one(request: Request) -> Answer:
    """One request, awaited: for asking a receiver whether it wants to be told."""
    with Poster(1) as poster:
        poster.send(request)
        found = poster.answers(WHOLE + 5)
    return found[0] if found else Answer(request.key, None, error="timed out")


def legible(raw: bytes) -> str:
    """The first characters of an answer, without what no database keeps."""
    text = raw.decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() or sign in "\n\t" else " " for sign in text[: 4 * KEPT])[:KEPT]


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {WHOLE:.0f} s"
    text = str(error) or type(error).__name__
    return legible(f"{type(error).__name__}: {text}".encode())


def _trust() -> ssl.SSLContext:
    """The system's certificates and those the other clients here go by."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
