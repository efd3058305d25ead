"""Asking another site over HTTP. The only module of the sending side that touches the network; no database here.

The habits of ``open311/client.py``: only addresses that may be asked (judged before and after), no redirect followed,
no proxy of the environment, an answer read up to so many bytes and seconds, uncompressed. One line to each site is kept
open between deliveries.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx

from zhili import __version__
from zhili.core.exchange.open311.addresses import Forbidden, refuse_forbidden, refuse_reached

TIMES: Final = httpx.Timeout(20.0, connect=5.0)
WHOLE: Final = 60.0
"""Seconds for one answer, however it drips in."""
MOST: Final = 8 * 1024 * 1024
"""Bytes of an answer that is read into memory."""
KEPT_OPEN: Final = httpx.Limits(max_connections=4, max_keepalive_connections=2, keepalive_expiry=120)


class Trouble(Exception):
    """A site could not be asked. ``reached``: whether anybody was there at all; ``wait``: seconds it asked for."""

    def __init__(self, words: str, *, reached: bool = True, wait: float = 0.0) -> None:
        super().__init__(words[:500])
        self.reached = reached
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Address:
    """Where a site is, and whether that may be an inside address."""

    url: str
    private_allowed: bool = False

    def at(self, path: str) -> str:
        return f"{self.url.rstrip('/')}/exchange/v1{path}"


@dataclass(frozen=True, slots=True)
class Said:
    """What a site answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def wait(self) -> float:
        """Seconds of its Retry-After, at most an hour; 0 when it says none."""
        given = self.headers.get("retry-after", "")
        return min(float(given), 3_600.0) if given.isascii() and given.isdigit() and len(given) < 6 else 0.0


@dataclass
class _Lines:
    """The open line of each address. A client may be used by several threads; it is made once."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    clients: dict[Address, httpx.Client] = field(default_factory=dict)

    def to(self, where: Address) -> httpx.Client:
        with self.lock:
            found = self.clients.get(where)
            if found is None:
                headers = {"User-Agent": f"zhili/{__version__} (exchange)", "Accept-Encoding": "identity"}
                # no proxy and no netrc from the environment: what is asked here is what was judged here
                found = self.clients[where] = httpx.Client(
                    timeout=TIMES, limits=KEPT_OPEN, headers=headers, follow_redirects=False, trust_env=False
                )
            return found

    def close(self) -> None:
        with self.lock:
            for one in self.clients.values():
                one.close()
            self.clients.clear()


_lines = _Lines()


def ask(
    where: Address, method: str, url: str, headers: Mapping[str, str], body: bytes = b"", most: int = MOST
) -> Said:
    """One request, answered whole. Raises Trouble."""
    with asked(where, method, url, headers, body) as response:
        end = time.monotonic() + WHOLE
        found = bytearray()
        for part in pieces(response, end):
            found += part
            if len(found) > most:
                raise Trouble(f"answered more than {most // 2**20} MB")
        return Said(response.status_code, dict(response.headers), bytes(found))


@contextlib.contextmanager
def asked(
    where: Address, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
) -> Iterator[httpx.Response]:
    """One request, its answer not read yet. Raises Trouble, also while it is being read."""
    try:
        target = httpx.URL(url)
        refuse_forbidden(target, private_allowed=where.private_allowed)
        with _lines.to(where).stream(method, target, headers=dict(headers), content=body or None) as response:
            refuse_reached(response, private_allowed=where.private_allowed)
            if response.is_redirect:
                raise Trouble(f"answered with a redirect to {response.headers.get('Location', '')[:200]}")
            if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise Trouble("answered compressed though asked not to")
            yield response
    except Forbidden as error:
        raise Trouble(str(error)) from None
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise Trouble(_words(error), reached=False) from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise Trouble(_words(error)) from None


def pieces(response: httpx.Response, end: float) -> Iterator[bytes]:
    """The bytes of an answer as they come, until ``end`` (monotonic seconds). Raises Trouble."""
    for part in response.iter_raw():
        yield part
        if time.monotonic() > end:
            raise Trouble(f"took longer than {WHOLE:.0f} s to answer")


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")


def close() -> None:
    """Shut every line: they open again when they are wanted."""
    _lines.close()
