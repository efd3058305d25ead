"""Asking another Open311 server. The only module here that touches the network; nothing in it touches the database.

What a peer sends is a stranger's: answers are read up to ``BODY_MOST`` bytes and ``WHOLE`` seconds, uncompressed, and
only from addresses that may be asked (``addresses``). A POST is never sent on; a GET follows few redirects, each of
them judged anew.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from zhili import __version__
from zhili.core.exchange.open311 import wire
from zhili.core.exchange.open311.addresses import Forbidden, refuse_forbidden, refuse_reached

TIMES = httpx.Timeout(20.0, connect=5.0)
WHOLE = 60.0
BODY_MOST = 8 * 1024 * 1024
REDIRECTS = 3
FORM = "application/x-www-form-urlencoded; charset=utf-8"
Row = dict[str, str]
logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for every question would fill the log


class Trouble(Exception):
    """A peer could not be asked or did not understand. ``final``: asking again cannot help.

    ``arrived``: whether the request may have reached it all the same. ``wait``: seconds it asked for.
    """

    def __init__(self, words: str, *, final: bool = False, arrived: bool = False, wait: float = 0) -> None:
        super().__init__(words[:500])
        self.final = final
        self.arrived = arrived
        self.wait = wait


@dataclass(frozen=True)
class Endpoint:
    """Where and how a peer is asked."""

    url: str
    jurisdiction: str = ""
    format: str = "xml"
    key: str = ""
    private_allowed: bool = False

    def at(self, path: str) -> str:
        return f"{self.url.rstrip('/')}/{path}.{self.format}"


def get(where: Endpoint, path: str, item: str, **query: str) -> list[Row]:
    """The members called ``item`` of a resource. Raises Trouble."""
    asked = {name: value for name, value in query.items() if value}
    if where.jurisdiction:
        asked["jurisdiction_id"] = where.jurisdiction
    headers = {"Authorization": f"Bearer {where.key}"} if where.key else {}
    with _client(where) as client:
        url = httpx.URL(where.at(path), params=asked)
        for _hop in range(REDIRECTS + 1):
            body, onward = _ask(client, where, "GET", url, headers=headers)
            if onward is None:
                return _rows(body, item)
            if onward.host != url.host:
                headers = {}  # a key is for the server it was given by
            url = onward
    raise Trouble("redirected too often", final=True)


def post(
    where: Endpoint, path: str, item: str, sent: Mapping[str, str | Sequence[str]], key: str
) -> list[Row]:
    """Send a form. ``key`` names the request, so that a server that knows it takes a repeat as one. Raises Trouble."""
    form: dict[str, Any] = {name: value for name, value in sent.items() if value}
    if where.jurisdiction:
        form["jurisdiction_id"] = where.jurisdiction
    if where.key:
        form["api_key"] = where.key
    with _client(where) as client:
        url = httpx.URL(where.at(path))
        body, onward = _ask(
            client, where, "POST", url, data=form, headers={"Idempotency-Key": key, "Content-Type": FORM}
        )
    if onward is not None:
        raise Trouble(
            f"answered a POST with a redirect to {onward.host}: give that address instead", final=True
        )
    return _rows(body, item)


def _client(where: Endpoint) -> httpx.Client:
    headers = {"User-Agent": f"zhili/{__version__} (Open311)", "Accept-Encoding": "identity"}
    # no proxy and no netrc from the environment: what is asked here is what was judged here
    return httpx.Client(timeout=TIMES, headers=headers, follow_redirects=False, trust_env=False)


def _ask(
    client: httpx.Client, where: Endpoint, method: str, url: httpx.URL, **more: Any
) -> tuple[bytes, httpx.URL | None]:
    """The body, or where to ask instead. Raises Trouble."""
    end = time.monotonic() + WHOLE
    try:
        refuse_forbidden(url, private_allowed=where.private_allowed)
    except Forbidden as error:
        raise Trouble(str(error), final=True) from None
    try:
        with client.stream(method, url, **more) as response:
            refuse_reached(response, private_allowed=where.private_allowed)
            if response.is_redirect:
                return b"", _onward(url, response)
            body = _body(response, end)
            if response.is_error:
                raise _refused(response, body)
            return body, None
    except Forbidden as error:
        raise Trouble(str(error), final=True, arrived=method == "POST") from None
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise Trouble(_words(error)) from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise Trouble(_words(error), arrived=True) from None


def _onward(url: httpx.URL, response: httpx.Response) -> httpx.URL:
    try:
        onward = url.join(response.headers.get("Location", ""))
    except httpx.InvalidURL as error:
        raise Trouble(_words(error), final=True) from None
    if url.scheme == "https" and onward.scheme != "https":
        raise Trouble("redirected from https to http", final=True)
    return onward


def _body(response: httpx.Response, end: float) -> bytes:
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Trouble("answered compressed though asked not to", final=True, arrived=True)
    found = bytearray()
    for part in response.iter_raw():
        found += part
        if len(found) > BODY_MOST:
            raise Trouble(f"answered more than {BODY_MOST // 2**20} MB", final=True, arrived=True)
        if time.monotonic() > end:
            raise Trouble(f"took longer than {WHOLE:.0f} s to answer", arrived=True)
    return bytes(found)


def _refused(response: httpx.Response, body: bytes) -> Trouble:
    """What the server said was wrong. Its own faults and a 429 may pass; what it refuses it will refuse again."""
    status = response.status_code
    try:
        said = "; ".join(one.get("description", "") for one in wire.read(body, "error"))
    except wire.Unreadable:
        said = ""
    wait = response.headers.get("Retry-After", "")
    passing = status >= 500 or status in (408, 425, 429)
    return Trouble(
        f"{status} {said}".strip(),
        final=not passing,
        arrived=status >= 500,
        wait=min(float(wait), 86_400.0) if wait.isascii() and wait.isdigit() and len(wait) < 8 else 0.0,
    )


def _rows(body: bytes, item: str) -> list[Row]:
    try:
        return wire.read(body, item)
    except wire.Unreadable as error:
        raise Trouble(f"unreadable answer: {error}", arrived=True) from None


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
