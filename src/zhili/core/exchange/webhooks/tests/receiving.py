"""A receiver over real HTTP that keeps what it was sent, and answers as a test says. It shares no line with the sender.

What it believes is judged by ``docs/verify_webhook.py``, the program integrators are given.
"""

from __future__ import annotations

import importlib.util
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[6]


def strangers() -> ModuleType:
    """docs/verify_webhook.py."""
    spec = importlib.util.spec_from_file_location("verify_webhook", ROOT / "docs/verify_webhook.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Got:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    def events(self) -> list[dict[str, Any]]:
        return list(strangers().events_of(self.headers, self.body))


Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Receiver:
    """``answer``: what it says to a POST; ``origin``: whom it allows to send; ``rate``: how many a minute."""

    url: str = ""
    got: list[Got] = field(default_factory=list)
    answer: Callable[[Got], Reply] = lambda got: (204, {}, b"")
    origin: str = "*"
    rate: str = "*"
    drop: bool = False

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for one in self.got if one.method == "POST" for event in one.events()]

    def types(self) -> list[str]:
        return [event["type"] for event in self.events]


def says(status: int, body: bytes = b"", **headers: str) -> Callable[[Got], Reply]:
    return lambda got: (status, {name.replace("_", "-"): text for name, text in headers.items()}, body)


@contextmanager
def running() -> Iterator[Receiver]:
    one = Receiver()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 5

        def do_OPTIONS(self) -> None:
            self._keep()
            self._say(204, {"WebHook-Allowed-Origin": one.origin, "WebHook-Allowed-Rate": one.rate}, b"")

        def do_POST(self) -> None:
            got = self._keep()
            status, headers, body = one.answer(got)
            if one.drop:
                self.close_connection = True
                return
            self._say(status, headers, body)

        def _keep(self) -> Got:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            got = Got(self.command, self.path, dict(self.headers), body, time.monotonic())
            with lock:
                one.got.append(got)
            return got

        def _say(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, text in headers.items():
                if text:
                    self.send_header(name, text)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    one.url = f"http://127.0.0.1:{server.server_port}/events"
    try:
        yield one
    finally:
        server.shutdown()
        server.server_close()
