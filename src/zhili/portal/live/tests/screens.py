"""A screen without a browser: reads a stream in a thread, may be cut and come back as a browser does."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from zhili.core.people.actors import Actor
from zhili.portal.tests.pages_client import reader
from zhili.portal.tests.serving import Served

PATIENCE = 10.0


def session_of(actor: Actor | None) -> str:
    return reader(actor).cookies[settings.SESSION_COOKIE_NAME].value if actor else ""


def until(holds: Callable[[], Any], what: str = "") -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, what or "it did not happen"
        time.sleep(0.01)


class Watching:
    """``told``: the events in the order they came, each once or more; ``last``: the mark to come back with."""

    def __init__(
        self, served: Served, actor: Actor | None, topics: str = "matters", session: str = ""
    ) -> None:
        self.served = served
        self.topics = topics
        self.session = session or session_of(actor)
        self.told: list[dict[str, Any]] = []
        self.ends: list[tuple[str, str]] = []
        self.last = ""
        self.status = 0
        self.over = threading.Event()
        self._connection: http.client.HTTPConnection | None = None

    def open(self, **headers: str) -> Watching:
        """Connect and read on in a thread; returns once the first mark has come, or the refusal."""
        if self.last:
            headers["Last-Event-ID"] = self.last
        if self.session:
            headers["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={self.session}"
        self.over = threading.Event()
        self._connection = http.client.HTTPConnection(urlsplit(self.served.url).netloc, timeout=30)
        self._connection.request("GET", f"/live?topics={self.topics}", headers=headers)
        answer = self._connection.getresponse()
        self.status = answer.status
        if answer.status != 200:
            self._connection.close()
            self.over.set()
            return self
        begun = threading.Event()
        threading.Thread(target=self._read, args=(answer, begun, self.over), daemon=True).start()
        assert begun.wait(PATIENCE)
        return self

    def cut(self) -> None:
        """The line breaks."""
        connection, self._connection = self._connection, None
        if connection is not None and connection.sock is not None:
            connection.sock.shutdown(2)
        self.over.wait(PATIENCE)

    def ids(self) -> set[int]:
        return {one["id"] for one in self.told}

    def of(self, number: str) -> list[dict[str, Any]]:
        return [one for one in self.told if one["number"] == number]

    def _read(self, answer: Any, begun: threading.Event, over: threading.Event) -> None:
        event = data = ""
        try:
            for raw in answer:
                line = raw.decode().rstrip("\n")
                name, _, value = line.partition(": ")
                if name == "event":
                    event = value
                elif name == "data":
                    data = value
                elif name == "id":
                    self.last = value
                    begun.set()
                elif not line and event:
                    if event in ("end", "reload"):
                        self.ends.append((event, json.loads(data)["why"]))
                    else:
                        self.told.append({**json.loads(data), "event": event})
                    event = data = ""
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            pass
        finally:
            begun.set()
            over.set()
