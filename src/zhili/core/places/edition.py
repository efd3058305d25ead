"""What tells a process that places have changed since it last read them.

The stamp is a time, not a count, so that a change rolled back can never be taken for a later one.
"""

import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection, transaction

from zhili.core.places.models import Edition

CHECK_EVERY = 5.0  # seconds; how stale places may be in another process
T = TypeVar("T")
_caches: "list[Cached[Any]]" = []


def current() -> int:
    """The stamp of the last change, 0 when there was none. One query."""
    return Edition.objects.filter(id=1).values_list("version", flat=True).first() or 0


def lock() -> int:
    """Keep other changes of places waiting until this transaction ends; the stamp as it is."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO places_edition (id, version) VALUES (1, 0) ON CONFLICT (id) DO NOTHING")
    return Edition.objects.select_for_update().get(id=1).version


def changed() -> None:
    """Stamp a change of places, in the transaction of the change. Other changes wait until it ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO places_edition (id, version) VALUES (1, %s) "
            "ON CONFLICT (id) DO UPDATE SET version = greatest(places_edition.version + 1, EXCLUDED.version)",
            [time.time_ns()],
        )
    forget()
    transaction.on_commit(forget)


def forget() -> None:
    """Make this process check at its next question."""
    for cache in _caches:
        cache.check_at = 0.0


class Cached(Generic[T]):
    """Something read from places, kept in the process and read again when they have changed."""

    def __init__(self, build: Callable[[], T]) -> None:
        self._build = build
        self._lock = threading.Lock()
        self._value: T | None = None
        self._stamp = -1
        self.check_at = 0.0
        _caches.append(self)

    def get(self, *, fresh: bool = False) -> T:
        """No query while warm, one every CHECK_EVERY seconds; `fresh`: read again whatever the stamp says.

        Threads wait while one reads anew: an old value beside a new one would not know its ids.
        """
        value = self._value
        if value is not None and not fresh and time.monotonic() < self.check_at:
            return value
        with self._lock:
            if fresh or self._value is None or time.monotonic() >= self.check_at:
                stamp = current()
                if fresh or self._value is None or stamp != self._stamp:
                    self._value, self._stamp = self._build(), stamp
                self.check_at = time.monotonic() + CHECK_EVERY
            return self._value
