"""Ask the site's own WSGI application in this process: time in the server, and every round trip to the database.

Round trips are counted where the driver waits, so they are an upper bound: the handing out of a pooled connection
counts as one, though nothing is sent.
"""

import io
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg


@dataclass(frozen=True)
class Answer:
    """Status, body, milliseconds in the server, round trips to the database (pool checks included)."""

    status: int
    body: bytes
    ms: float
    trips: int


class Server:
    """The application behind all its middleware. ``headers`` go with every request, as WSGI names them."""

    def __init__(self) -> None:
        from zhili.conf.wsgi import application  # the servers' own, with all it sets for its process

        self._application = application
        self._trips = 0
        _count(self._trip)

    def _trip(self) -> None:
        self._trips += 1

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, b"", **headers)

    def ask(self, method: str, path: str, body: bytes, **headers: str) -> Answer:
        name, _, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": name, "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1", "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr, "wsgi.multithread": True, "wsgi.multiprocess": False,
            "wsgi.run_once": False, **headers,
        }  # fmt: skip
        told: list[str] = []
        before, start = self._trips, time.perf_counter()
        answer = self._application(environ, lambda status, *more: told.append(status))  # type: ignore[arg-type,misc]
        content = b"".join(answer)
        answer.close()
        ms = (time.perf_counter() - start) * 1000
        return Answer(int(told[0].split()[0]), content, ms, self._trips - before)


def _count(trip: Callable[[], None]) -> None:
    wait = psycopg.Connection.wait

    def counted(self: psycopg.Connection, *given: Any, **named: Any) -> Any:
        trip()
        return wait(self, *given, **named)

    psycopg.Connection.wait = counted  # type: ignore[method-assign,assignment]
