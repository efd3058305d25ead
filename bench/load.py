"""Send reports as fast as a site takes them, keeping what it answers: `wrk` if there is one, else a loop of sockets.

Either shares the machine with what it measures: take the figures as the lower bound.
"""

import re
import secrets
import selectors
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

NUMBER = re.compile(rb'"number": ?"(\d+)"')


@dataclass
class Sent:
    """What came of one run: the numbers of the cases given (201), everything else, and how long it took."""

    connections: int
    seconds: float
    numbers: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    p50: float = 0.0
    p99: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.numbers) / self.seconds


def tool() -> str:
    return "wrk" if shutil.which("wrk") else "sockets"


def send(url: str, bodies: Path, connections: int, seconds: float) -> Sent:
    """POST the bodies over and over on this many connections for this long."""
    run = secrets.token_hex(12)
    if tool() == "wrk":
        return _wrk(url, bodies, connections, seconds, run)
    return _sockets(url, bodies.read_bytes().split(b"\n")[:-1], connections, seconds, run)


def _wrk(url: str, bodies: Path, connections: int, seconds: float, run: str) -> Sent:
    with tempfile.TemporaryDirectory() as folder:
        numbers = Path(folder) / "numbers"
        done = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", "20s", "--latency",
             "-s", str(Path(__file__).with_name("load.lua")), url, "--", str(bodies), str(numbers), run],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        lines = [line for part in Path(folder).glob("numbers.*") for line in part.read_text().splitlines()]
    took = re.search(r"requests in ([\d.]+)(s|m)", done.stdout)
    lasted = float(took[1]) * (60 if took[2] == "m" else 1) if took else seconds
    given = [line for line in lines if not line.startswith("!")]
    others = [line for line in lines if line.startswith("!")]
    if errors := re.search(r"Socket errors: (.*)", done.stdout):
        others.append(errors[1])
    return Sent(connections, lasted, given, others, _spread(done.stdout, 50), _spread(done.stdout, 99))


def _spread(text: str, percent: int) -> float:
    """Milliseconds of one line of wrk's latency table."""
    found = re.search(rf"\b{percent}%\s+([\d.]+)(us|ms|s)\b", text)
    return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]] if found else 0.0


@dataclass
class _Line:
    """One connection and what it waits for."""

    socket: socket.socket
    since: float = 0.0
    got: bytes = b""


def _sockets(url: str, bodies: list[bytes], connections: int, seconds: float, run: str) -> Sent:
    parts = urlsplit(url)
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
        f"Idempotency-Key: {run}-%d\r\nContent-Length: %d\r\n\r\n"
    ).encode()
    made = 0

    def ask(line: _Line) -> None:
        nonlocal made
        body = bodies[made % len(bodies)]
        line.socket.sendall(head % (made, len(body)) + body)
        line.got, line.since = b"", time.perf_counter()
        made += 1

    sent = Sent(connections, 0.0)
    waits: list[float] = []
    with selectors.DefaultSelector() as ready:
        start = time.perf_counter()
        for _ in range(connections):
            line = _Line(socket.create_connection((parts.hostname or "", parts.port or 80)))
            ready.register(line.socket, selectors.EVENT_READ, line)
            ask(line)
        while time.perf_counter() - start < seconds:
            for event, _ in ready.select(1):
                line = event.data
                line.got += line.socket.recv(65536)
                if (answer := _whole(line.got)) is None:
                    continue
                waits.append(time.perf_counter() - line.since)
                found = NUMBER.search(answer)
                if line.got.startswith(b"HTTP/1.1 201") and found:
                    sent.numbers.append(found[1].decode())
                else:
                    sent.others.append(answer[:200].decode(errors="replace"))
                ask(line)
        sent.seconds = time.perf_counter() - start
        for kept in list(ready.get_map().values()):
            kept.data.socket.close()
    waits.sort()
    if waits:
        sent.p50, sent.p99 = waits[len(waits) // 2] * 1000, waits[len(waits) * 99 // 100] * 1000
    return sent


def _whole(got: bytes) -> bytes | None:
    """The answer's body once all of it is there. Every answer of ours tells its length."""
    head, found, body = got.partition(b"\r\n\r\n")
    if not found:
        return None
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return body if length and len(body) >= int(length[1]) else None
