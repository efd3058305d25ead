"""Another site, over real HTTP, as docs/protocol.md has it: verifies, keeps order, answers signed. And misbehaves.

It shares the pure protocol with us (base/exchange) and nothing else.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.utils import timezone

from zhili.base.canonical import canonical
from zhili.base.exchange import discovery, signing, wire

NAME = "jinshan.shanghai"


@dataclass
class Peer:
    """What it holds, and how it behaves now.

    ``before``: called with the handler and the delivery before anything is taken; True when it has answered itself.
    ``after``: the same after everything was taken. ``wants``: why it does not take a message, if so. ``cut``: a file's
    answer breaks off after so many bytes, once.
    """

    url: str = ""
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    known: dict[str, Ed25519PublicKey] = field(default_factory=dict)
    taken: dict[str, list[wire.Message]] = field(default_factory=dict)
    deliveries: list[wire.Delivery] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    lines: set[Any] = field(default_factory=set)
    judged: dict[str, int] = field(default_factory=dict)
    wants: Callable[[wire.Message], wire.WireError | None] = lambda _one: None
    files: dict[str, bytes] = field(default_factory=dict)
    cut: int = 0
    before: Callable[[Any, wire.Delivery], bool] | None = None
    after: Callable[[Any, wire.Delivery], bool] | None = None
    protocols: tuple[str, ...] = wire.SUPPORTED

    @property
    def keyid(self) -> str:
        return signing.keyid(NAME, self.key.public_key())

    def kinds(self, stream: str) -> list[str]:
        """What it took of a stream, in order."""
        return [one.kind for one in self.taken.get(stream, [])]

    def judge(self, one: wire.Message) -> wire.Result:
        there = self.taken.setdefault(one.stream, [])
        last = there[-1].seq if there else 0
        judged = max(last, self.judged.get(one.stream, 0))
        error = None
        if one.seq <= last:
            if any(wire.digest(old) == wire.digest(one) for old in there):
                return wire.Result(one.stream, one.seq, "duplicate")
            error = wire.WireError("conflict", expected=last + 1)
        elif one.seq > judged + 1:
            error = wire.WireError("out_of_order", expected=last + 1)
        elif (error := self.wants(one)) is not None and error.then == "mend":
            self.judged[one.stream] = one.seq
        if error is not None:
            return wire.Result(one.stream, one.seq, "refused", error)
        there.append(one)
        return wire.Result(one.stream, one.seq, "accepted")

    def answer(self, delivery: wire.Delivery) -> bytes:
        results = tuple(self.judge(one) for one in delivery.messages)
        return wire.encode(
            wire.Answer(delivery.receiver, delivery.sender, delivery.delivery, timezone.now(), results)
        )


class Handler(BaseHTTPRequestHandler):
    peer: Peer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.peer.lines.add(self.client_address)
        self.sent = self.rfile.read(int(self.headers["Content-Length"]))
        request = self.request_signed(self.sent)
        delivery = wire.parse_delivery(self.sent)
        self.peer.deliveries.append(delivery)
        if self.peer.before is not None and self.peer.before(self, delivery):
            return
        body = self.peer.answer(delivery)
        if self.peer.after is not None and self.peer.after(self, delivery):
            return
        self.say(200, body, request)

    def do_GET(self) -> None:
        self.peer.asked.append((self.path, self.headers.get("Range", "")))
        path, _, _query = self.path.partition("?")
        if path == "/exchange/v1":
            told = discovery.describe(NAME, "金山", {self.peer.keyid: self.peer.key.public_key()}, [])
            self.plain(200, canonical({**told, "protocols": list(self.peer.protocols)}))
            return
        request = self.request_signed(b"")
        if path.startswith(wire.MATTERS_PATH):
            stream = f"matter:{path.removeprefix(wire.MATTERS_PATH)}"
            if stream not in self.peer.taken:
                self.refuse(wire.WireError("unknown_stream"), request)
                return
            received = self.peer.taken[stream][-1].seq
            state = wire.MatterState(wire.matter_of(stream), "pinghu.jiaxing", "waiting", received, 0)
            self.say(200, wire.encode_state(state), request)
            return
        self.give_file(path.removeprefix(wire.FILES_PATH), request)

    def give_file(self, sha256: str, request: signing.Request) -> None:
        body = self.peer.files.get(sha256)
        if body is None:
            self.refuse(wire.WireError("file_unknown"), request)
            return
        start = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").rstrip("-"))
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        cut, self.peer.cut = self.peer.cut, 0
        self.wfile.write(body[start : start + cut] if cut else body[start:])
        self.close_connection = self.close_connection or bool(cut)

    def request_signed(self, body: bytes) -> signing.Request:
        """The request, verified. Raises WireError, which breaks the line: a test sees it."""
        url = self.peer.url + self.path
        headers = {name.lower(): value for name, value in self.headers.items()}
        signing.verify_request(
            self.command, url, headers, body, self.peer.known.get, now=timezone.now()
        )  # fmt: skip
        return signing.Request(self.command, url, headers)

    def say(self, status: int, body: bytes, request: signing.Request) -> None:
        key = self.peer.key
        headers = signing.sign_response(status, body, request, key, self.peer.keyid, now=timezone.now())
        self.plain(status, body, **headers)

    def refuse(self, error: wire.WireError, request: signing.Request | None = None, **headers: str) -> None:
        status, body = wire.problem(error)
        if request is not None:
            key = self.peer.key
            headers |= signing.sign_response(status, body, request, key, self.peer.keyid, now=timezone.now())
        self.plain(status, body, **headers)

    def plain(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> bool:
        """Say nothing at all."""
        self.close_connection = True
        self.connection.close()
        return True

    def log_message(self, *args: Any) -> None:
        pass


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


@contextmanager
def running() -> Iterator[Peer]:
    """The site on a free port of this machine."""
    peer = Peer()
    server = Quiet(("127.0.0.1", 0), type("Bound", (Handler,), {"peer": peer}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    peer.url = f"http://127.0.0.1:{server.server_port}"
    yield peer
    server.shutdown()
    server.server_close()
    thread.join(5)
