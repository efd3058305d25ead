"""The line between two sites does to an exchange what it is told to, so that the tests upon it mean something."""

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from tests.running import until
from tests.two_sites.line import Line


class Receiver(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Told)
        self.got: list[int] = []


class Told(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        if len(self.rfile.read(size)) == size:
            self.server.got.append(size)
            said = json.dumps({"words": "x" * 200}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

    def handle(self) -> None:
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()


ARRIVES = {
    "cut at once": (0, False),
    "cut in the request": (0, False),
    "cut at work": (1, False),
    "answer lost": (1, False),
    "answer cut short": (1, False),
    "delay": (1, True),
    "throttle": (1, True),
    "repeat": (2, True),
}


@pytest.mark.parametrize("fault", ARRIVES)
def test_what_arrives_and_whether_the_sender_hears_of_it(receiver: Receiver, fault: str) -> None:
    receiver.got.clear()
    line = Line("there", receiver.server_address[1], seed=1, rate=1.0)
    line.faults, line.longest_delay = (fault,), 0.1
    arrived, heard = ARRIVES[fault]
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{line.port}", trust_env=False, timeout=5) as sender:
            try:
                answer = sender.post("/", content=b"y" * 5000)
                assert (answer.status_code, len(answer.json()["words"])) == (200, 200)
                assert heard
            except httpx.TransportError:
                assert not heard
        until(lambda: len(receiver.got) >= arrived, 5, "what should arrive")
        assert receiver.got == [5000] * arrived
        assert line.done == {fault: 1}
    finally:
        line.close()


def test_a_line_that_is_cut_lets_nobody_through_until_it_is_mended(receiver: Receiver) -> None:
    line = Line("there", receiver.server_address[1], seed=1)
    with httpx.Client(base_url=f"http://127.0.0.1:{line.port}", trust_env=False, timeout=5) as sender:
        assert sender.post("/", content=b"y").status_code == 200
        line.cut()
        for _ in range(2):
            with pytest.raises(httpx.TransportError):
                sender.post("/", content=b"y")
        line.mend()
        assert sender.post("/", content=b"y").status_code == 200
        assert sender.post("/", content=b"y").status_code == 200  # on the same connection
        assert line.exchanges >= 3
    line.close()
