"""Django's PostgreSQL backend, in a hurry to say so when the database is away.

Left alone, each request of an outage would hold a thread for as long as the pool is patient, until even /healthz
waits in line. Here one asker at a time tries; the others are told at once, and get in as soon as it succeeds.
"""

import select
import threading
import time
from collections import defaultdict
from typing import Any

import psycopg
from django.db.backends.postgresql import base

AGAIN = 1.0
"""Seconds from one failed try to the next."""
TRYING = 10.0
"""Seconds after which a try that told nothing is forgotten."""


class Gate:
    """Open while the database answers; shut after a failure but for one asker each second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shut = False
        self._next = 0.0

    def enter(self) -> bool:
        """Whether to try for a connection now. Whoever may must tell `passed` or `failed`."""
        with self._lock:
            if not self._shut:
                return True
            now = time.monotonic()
            if now < self._next:
                return False
            self._next = now + TRYING
            return True

    def passed(self) -> None:
        self._shut = False

    def failed(self) -> None:
        with self._lock:
            self._shut = True
            self._next = time.monotonic() + AGAIN


class DatabaseWrapper(base.DatabaseWrapper):
    """Takes connections from the pool through a gate, one for each alias."""

    _gates: defaultdict[str, Gate] = defaultdict(Gate)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Raises psycopg.OperationalError within the pool's patience, or at once while the database is away."""
        pool = self.pool
        if pool is None:
            return super().get_new_connection(conn_params)
        gate = self._gates[self.alias]
        if not gate.enter():
            raise psycopg.OperationalError("the database is away; one asker tries again each second")
        try:
            connection = self._living(conn_params)
        except psycopg.OperationalError:
            gate.failed()
            pool.drain()  # the idle ones are of the same lost server: the next asker shall not try each in turn
            raise
        gate.passed()
        return connection

    def _living(self, conn_params: dict[str, Any]) -> Any:
        """A connection whose server is still there. Asking it each time would be a second round trip per request."""
        while True:
            connection = super().get_new_connection(conn_params)
            if not _has_news(connection):
                return connection
            try:
                self.pool.check_connection(connection)
                return connection
            except psycopg.OperationalError:
                connection.close()
                self.pool.putconn(connection)


def _has_news(connection: psycopg.Connection) -> bool:
    """Whether the server said something to an idle connection: nearly always that it goes away."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(waiting.poll(0))
