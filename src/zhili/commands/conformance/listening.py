"""The one file the kit has, served as §11 says: to the tested site, by hash, with Range, signed."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from zhili.base.exchange import signing, wire
from zhili.base.exchange.errors import PROBLEM_TYPE, WireError, problem
from zhili.commands.conformance import keeping

CONTENT: Final = b"zhili-exchange/1 conformance kit\n" * 64
MIME: Final = "text/plain"


@dataclass
class Shelf:
    """The file, and who asked for it. ``on``: whether anybody can come for it."""

    kit: keeping.Kit
    keys: Mapping[str, Ed25519PublicKey] = field(default_factory=dict)
    now: Callable[[], datetime] = keeping.now
    on: bool = False
    matter: str = ""
    fetched: threading.Event = field(default_factory=threading.Event)
    refused: list[str] = field(default_factory=list)

    @property
    def sha256(self) -> str:
        """Its name."""
        return hashlib.sha256(CONTENT).hexdigest()

    def listed(self) -> dict[str, object]:
        """As it stands in a message."""
        return {"sha256": self.sha256, "size": len(CONTENT), "mime": MIME, "name": "conformance.txt"}

    def serve(self, target: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for a GET of ``target`` (path and query)."""
        url = self.kit.url.rstrip("/") + target
        request = signing.Request("GET", url, headers)
        try:
            self._judge(url, target, headers)
            status, body = self._part(headers)
            kind = MIME
        except WireError as error:
            self.refused.append(str(error))
            status, body = problem(error)
            kind = PROBLEM_TYPE
        else:
            self.fetched.set()
        signed = signing.sign_response(status, body, request, self.kit.key, self.kit.keyid, now=self.now())
        more = {"Content-Range": f"bytes {len(CONTENT) - len(body)}-{len(CONTENT) - 1}/{len(CONTENT)}"}
        return status, {"Content-Type": kind, **signed, **(more if status == 206 else {})}, body

    def _judge(self, url: str, target: str, headers: Mapping[str, str]) -> None:
        signing.verify_request("GET", url, headers, b"", self.keys.get, now=self.now())
        split = urlsplit(target)
        asked = parse_qs(split.query).get("matter", [""])[0]
        if split.path != wire.FILES_PATH + self.sha256 or not self.matter or asked != self.matter:
            raise WireError("file_unknown")

    @staticmethod
    def _part(headers: Mapping[str, str]) -> tuple[int, bytes]:
        given = next((value for name, value in headers.items() if name.lower() == "range"), "")
        start = given.removeprefix("bytes=").removesuffix("-")
        if start.isascii() and start.isdigit() and len(start) < 9 and 0 < int(start) < len(CONTENT):
            return 206, CONTENT[int(start) :]
        return 200, CONTENT


def listen(shelf: Shelf, host: str, port: int) -> ThreadingHTTPServer:
    """Serve the shelf until ``shutdown``. Raises OSError when the address cannot be had."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = shelf.serve(self.path, dict(self.headers.items()))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer((host, port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    shelf.on = True
    return server
