"""Asking the tested site: signed well, or ill on purpose, and what came back. No check stands here."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from zhili import __version__
from zhili.base.exchange import signing, wire
from zhili.base.exchange.errors import PROBLEM_TYPE, WireError, read_problem
from zhili.commands.conformance import keeping

TIMES: Final = httpx.Timeout(30.0, connect=5.0)
MOST_BYTES: Final = 8 * 1024 * 1024
PATIENCE: Final = 5
"""Seconds of a Retry-After that are waited for, once."""


class Unreachable(Exception):
    """Nobody answers there."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came back. ``error``: the protocol's refusal; ``answer``: of a delivery; ``unsigned``: why not verified."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    error: WireError | None = None
    answer: wire.Answer | None = None
    unreadable: str = ""
    unsigned: str = ""

    @property
    def code(self) -> str:
        """In a word, for a report."""
        if self.error is not None:
            return self.error.code
        return str(self.status) if not self.unreadable else f"{self.status} {self.unreadable}"


@dataclass
class Peer:
    """The tested site, as the kit sees it. ``key`` by key id: what its answers are verified with."""

    kit: keeping.Kit
    base: str
    client: httpx.Client
    keys: dict[str, Ed25519PublicKey] = field(default_factory=dict)
    now: Callable[[], datetime] = keeping.now

    def url(self, path: str) -> str:
        """An address of the tested site."""
        return self.base.rstrip("/") + path

    def deliver(self, *messages: wire.Message, **more: Any) -> Said:
        """A delivery as it should be; ``more``: other values of it."""
        return self.post(wire.encode(self.delivery(*messages, **more)))

    def delivery(self, *messages: wire.Message, **more: Any) -> wire.Delivery:
        """A delivery of these messages."""
        given: dict[str, Any] = {
            "sender": self.kit.site,
            "receiver": self.kit.peer,
            "delivery": str(uuid.uuid4()),
            "at": self.now(),
            "messages": tuple(messages),
        }
        return wire.Delivery(**{**given, **more})

    def post(self, body: bytes) -> Said:
        """A signed body, whatever is in it. Waits once when it is asked to slow down."""
        url = self.url(wire.DELIVERIES_PATH)
        said = self.send("POST", url, self.signed("POST", url, body), body)
        wait = said.error.retry_after if said.error is not None and said.error.code == "slow_down" else None
        if wait is None or wait > PATIENCE:
            return said
        time.sleep(wait)
        return self.send("POST", url, self.signed("POST", url, body), body)

    def get(self, path: str) -> Said:
        """A signed question."""
        url = self.url(path)
        return self.send("GET", url, self.signed("GET", url, b""), b"")

    def signed(self, method: str, url: str, body: bytes, **more: Any) -> dict[str, str]:
        """The headers of a request; ``more``: what is to be otherwise (key, keyid, now, lasts, nonce, …)."""
        given: dict[str, Any] = {"key": self.kit.key, "keyid": self.kit.keyid, "now": self.now()}
        return signing.sign_request(method, url, body, **{**given, **more})

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Said:
        """Any request at all. Raises Unreachable."""
        try:
            with self.client.stream(method, url, headers=dict(headers), content=body or None) as response:
                found = bytearray()
                for part in response.iter_raw():
                    found += part
                    if len(found) > MOST_BYTES:
                        raise Unreachable(f"{url} answers more than {MOST_BYTES >> 20} MB")
                status, back = response.status_code, dict(response.headers)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise Unreachable(f"{method} {url}: {type(error).__name__}: {error}") from None
        request = signing.Request(method, url, dict(headers))
        return self._understood(request, status, back, bytes(found))

    def _understood(
        self, request: signing.Request, status: int, headers: Mapping[str, str], body: bytes
    ) -> Said:
        unsigned = self._verify(request, status, headers, body)
        if status >= 400:
            kind = headers.get("content-type", "").partition(";")[0].strip()
            error = read_problem(body)
            why = (
                "" if error and kind == PROBLEM_TYPE else f"answers {kind or 'nothing'} and no {PROBLEM_TYPE}"
            )
            return Said(status, headers, body, error, None, why, unsigned)
        if request.method != "POST":
            return Said(status, headers, body, unsigned=unsigned)
        try:
            return Said(status, headers, body, None, wire.parse_answer(body), "", unsigned)
        except WireError as error:
            return Said(status, headers, body, None, None, f"unreadable answer: {error}", unsigned)

    def _verify(self, request: signing.Request, status: int, headers: Mapping[str, str], body: bytes) -> str:
        """Why the answer is not the tested site's own; empty when it is."""
        try:
            signing.verify_response(status, headers, body, request, self.keys.get, now=self.now())
        except WireError as error:
            return str(error)
        return ""


def client(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Asks nothing of the environment, follows nothing, and wants no compression."""
    headers = {"User-Agent": f"zhili/{__version__} (exchange conformance)", "Accept-Encoding": "identity"}
    return httpx.Client(
        transport=transport, timeout=TIMES, headers=headers, follow_redirects=False, trust_env=False
    )


def result(said: Said, number: int = 0) -> wire.Result | None:
    """What became of the message of that number; None when the answer does not say."""
    results: Sequence[wire.Result] = said.answer.results if said.answer else ()
    return results[number] if number < len(results) else None
