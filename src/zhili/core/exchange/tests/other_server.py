"""Another city's Open311 server, written from the specification alone, over real HTTP. XML only, and full of quirks.

It shares no line with ours: what passes between the two passes between strangers. New requests get a token first;
``number`` decides when a token has a number. It knows neither pages nor ``updated_after`` nor ``Idempotency-Key``.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

FIELDS = ("service_request_id", "status", "status_notes", "service_name", "service_code", "description",
          "requested_datetime", "updated_datetime", "address", "lat", "long", "media_url")  # fmt: skip


@dataclass
class Other:
    """What the other server holds, and how it behaves now. ``answer`` replaces whatever it would say."""

    url: str = ""
    requests: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    posted: list[dict[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    key: str = "their-key"
    numbers_at_once: bool = False
    answer: Callable[[BaseHTTPRequestHandler], bool] | None = None

    def add(self, number: str, **more: str) -> dict[str, str]:
        """A request somebody made there."""
        now = datetime.now(UTC)
        row = dict.fromkeys(FIELDS, "") | {
            "service_request_id": number,
            "status": "open",
            "service_code": "006",
            "service_name": "Sidewalk",
            "description": "A hole in the pavement",
            "requested_datetime": now.isoformat(timespec="seconds"),
            "updated_datetime": now.isoformat(timespec="seconds"),
            "lat": "30.05",
            "long": "120.05",
        }
        self.requests[number] = row | more
        return self.requests[number]

    def change(self, number: str, **more: str) -> None:
        """Something happened to it there."""
        at = datetime.now(UTC) + timedelta(seconds=1)
        self.requests[number] |= {"updated_datetime": at.isoformat(timespec="seconds"), **more}

    def give_numbers(self) -> None:
        """Every token gets its number."""
        for n, token in enumerate(self.tokens):
            if not self.tokens[token]:
                self._number(token, f"R-{900 + n}")

    def _number(self, token: str, number: str) -> None:
        self.tokens[token] = number
        form = self.posted[list(self.tokens).index(token)]
        self.add(number, service_code=form.get("service_code", ""), description=form.get("description", ""))

    # --- answers -------------------------------------------------------------------------------------------

    def get(self, path: str, query: dict[str, str]) -> tuple[int, str]:
        name = path.removesuffix(".xml").strip("/").removeprefix("api/v2/")
        if query.get("jurisdiction_id") not in ("other.example", None):
            return 404, error(404, "jurisdiction_id not found")
        if name == "services":
            service = (
                "<service><service_code>006</service_code><service_name>Sidewalk</service_name></service>"
            )
            return 200, f"<services>{service}</services>"
        if name.startswith("tokens/"):
            token = name.removeprefix("tokens/")
            if token not in self.tokens:
                return 404, error(404, "no such token")
            number = (
                f"<service_request_id>{self.tokens[token]}</service_request_id>" if self.tokens[token] else ""
            )
            return 200, listed(f"{number}<token>{token}</token>")
        if name == "requests":
            return 200, "".join(self._some(query))
        return 404, error(404, "nothing here")

    def _some(self, query: dict[str, str]) -> Iterator[str]:
        ids = query.get("service_request_id")
        yield '<service_requests xmlns="http://wiki.open311.org/GeoReport_v2">'
        for number, row in self.requests.items():
            if ids is not None and number not in ids.split(","):
                continue
            if query.get("service_code") not in (None, row["service_code"]):
                continue
            if ids is None and not query.get("start_date", "0") <= row["requested_datetime"] <= query.get(
                "end_date", "9"
            ):
                continue
            fields = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in row.items())
            yield f"<request>{fields}</request>"
        yield "</service_requests>"

    def post(self, form: dict[str, str]) -> tuple[int, str]:
        if form.get("api_key") != self.key:
            return 403, error(403, "Invalid api_key received")
        if form.get("service_code") != "006":
            return 400, error(400, "service_code was not provided")
        self.posted.append(form)
        token = f"T{len(self.posted)}"
        self.tokens[token] = ""
        if self.numbers_at_once:
            self._number(token, f"R-{len(self.posted)}")
            return 200, listed(f"<service_request_id>R-{len(self.posted)}</service_request_id>")
        return 200, listed(f"<token>{token}</token><account_id/>")


def error(code: int, words: str) -> str:
    return f"<errors><error><code>{code}</code><description>{words}</description></error></errors>"


def listed(inner: str) -> str:
    return f"<service_requests><request>{inner}</request></service_requests>"


class Handler(BaseHTTPRequestHandler):
    other: Other

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.other.asked.append(self.path)
        if self.other.answer is not None and self.other.answer(self):
            return
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self.say(*self.other.get(parts.path, query))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[-1] for name, values in parse_qs(body).items()}
        if self.other.answer is not None and self.other.answer(self):
            return
        self.say(*self.other.post(form))

    def say(self, status: int, body: str, kind: str = "text/xml; charset=utf-8") -> None:
        whole = ('<?xml version="1.0" encoding="utf-8"?>' + body).encode() if "xml" in kind else body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(whole)))
        self.end_headers()
        self.wfile.write(whole)

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def running() -> Iterator[Other]:
    """The server on a free port of this machine."""
    other = Other()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"other": other}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    other.url = f"http://127.0.0.1:{server.server_port}/api/v2"
    yield other
    server.shutdown()
    server.server_close()
    thread.join(5)


def slowly(handler: BaseHTTPRequestHandler) -> bool:
    """Says a little, then nothing for longer than anybody waits."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/xml")
    handler.end_headers()
    handler.wfile.write(b"<service_requests>")
    handler.wfile.flush()
    time.sleep(3)
    return True
