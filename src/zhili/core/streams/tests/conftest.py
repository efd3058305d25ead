from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from django.db import connection

from zhili.core.streams import Consumer, Event, consumer


@pytest.fixture
def effects(transactional_db: None) -> Iterator[Callable[[], list[int]]]:
    """A table the consumers of these tests write to; calling it gives the numbers in order of arrival."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE streams_effect (seq bigserial, number bigint)")

    def read() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM streams_effect ORDER BY seq")
            return [number for (number,) in cursor.fetchall()]

    yield read
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE streams_effect")


class Writing(Consumer):
    """Writes the number each event carries."""

    name = "writing"
    bad: frozenset[int] = frozenset()

    def handle(self, events: list[Event]) -> None:
        for event in events:
            if event.payload["n"] in self.bad:
                raise ValueError(f"cannot take {event.payload['n']}")
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO streams_effect (number) VALUES (%s)", [event.payload["n"]])


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Writing:
    """The one consumer registered in this test."""
    writing = Writing()
    monkeypatch.setattr(consumer, "_consumers", {writing.name: writing})
    return writing


@contextmanager
def elsewhere(*works: Callable[[], None]) -> Iterator[None]:
    """Run each work in a thread with its own connection; their errors are raised at the end."""
    errors: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.join(60)
    if errors:
        raise errors[0]
