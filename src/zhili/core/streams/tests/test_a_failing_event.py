"""One bad event is tried, then set aside; it never stops the stream and is never forgotten."""

from datetime import timedelta

import pytest
from django.db import connection

from zhili.core.streams import emit_many, lag, retry_parked, run_once
from zhili.core.streams.models import Parked, Position
from zhili.core.streams.tests.conftest import Writing

pytestmark = pytest.mark.sql


class Eager(Writing):
    tries = 3
    bad = frozenset({4})

    def wait(self, attempts: int) -> timedelta:
        return timedelta(0)


class Patient(Eager):
    def wait(self, attempts: int) -> timedelta:
        return timedelta(hours=1)


@pytest.fixture(autouse=True)
def ten_events(effects) -> None:
    emit_many([("told", None, {"n": number}) for number in range(10)])


def test_those_before_it_are_done_and_those_behind_it_wait(effects) -> None:
    assert run_once(Patient()) == 4
    assert effects() == [0, 1, 2, 3]
    assert run_once(Patient()) == 0, "not before its time"
    position = Position.objects.get()
    assert position.attempts == 1
    assert position.error == "ValueError: cannot take 4"


def test_after_its_tries_it_is_parked_and_the_stream_goes_on(effects) -> None:
    while run_once(Eager()) or not Parked.objects.exists():
        pass
    assert effects() == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    parked = Parked.objects.get()
    assert (parked.payload, parked.attempts, parked.error) == ({"n": 4}, 3, "ValueError: cannot take 4")
    assert Position.objects.get().attempts == 0


def test_a_parked_event_can_be_given_again(effects, only) -> None:
    while run_once(Eager()) or not Parked.objects.exists():
        pass
    only.bad = frozenset({4})
    assert retry_parked(only.name) == (0, 1)
    assert lag()["parked"] == 1
    only.bad = frozenset()
    assert retry_parked(only.name) == (1, 0)
    assert effects()[-1] == 4
    assert lag()["parked"] == 0


def test_what_the_failing_event_wrote_is_undone(effects) -> None:
    class Half(Eager):
        def handle(self, events) -> None:
            for event in events:
                with connection.cursor() as cursor:
                    cursor.execute("INSERT INTO streams_effect (number) VALUES (%s)", [event.payload["n"]])
                if event.payload["n"] == 4:
                    raise ValueError

    run_once(Half())
    assert effects() == [0, 1, 2, 3]


def test_a_batch_that_only_fails_together_is_taken_in_parts(effects) -> None:
    class Small(Eager):
        bad = frozenset()

        def handle(self, events) -> None:
            if len(events) > 3:
                raise ValueError("too many at once")
            super().handle(events)

    assert run_once(Small()) == 10
    assert effects() == list(range(10))


def test_a_lost_connection_is_nobodys_fault(effects) -> None:
    class Cut(Eager):
        def handle(self, events) -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    run_once(Patient(), limit=1)
    with pytest.raises(Exception, match=r"terminat|closed|lost"):
        run_once(Cut())
    connection.close()
    assert Position.objects.get().attempts == 0
    assert not Parked.objects.exists()
