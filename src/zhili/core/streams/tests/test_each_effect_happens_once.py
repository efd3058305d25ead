"""Position and effect are one transaction: a crash or a second worker changes nothing."""

from threading import Event as Signal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhili.core.streams import Consumer, Event, emit, emit_many, run_all, run_once
from zhili.core.streams.tests.conftest import Writing, elsewhere

pytestmark = pytest.mark.sql


def tell(*numbers: int) -> None:
    emit_many([("told", None, {"n": number}) for number in numbers])


def test_a_worker_killed_before_its_commit_leaves_nothing_done(effects) -> None:
    class Killed(Writing):
        def handle(self, events: list[Event]) -> None:
            super().handle(events)
            raise KeyboardInterrupt

    tell(1, 2)
    with pytest.raises(KeyboardInterrupt):
        run_once(Killed())
    assert effects() == []
    run_once(Writing())
    run_once(Writing())
    assert effects() == [1, 2]


def test_a_second_worker_passes_by_while_the_first_is_busy(effects) -> None:
    busy, release = Signal(), Signal()

    class Slow(Writing):
        def handle(self, events: list[Event]) -> None:
            super().handle(events)
            busy.set()
            assert release.wait(30)

    tell(1, 2, 3)
    with elsewhere(lambda: run_once(Slow()) and None):
        assert busy.wait(30)
        assert run_once(Writing()) == 0
        release.set()
    assert run_once(Writing()) == 0
    assert effects() == [1, 2, 3]


def test_four_workers_share_one_stream_without_doubling(effects) -> None:
    tell(*range(300))

    def work() -> None:
        for _ in range(200):
            run_once(Writing(), limit=5)

    with elsewhere(*[work] * 4):
        pass
    while run_once(Writing()):
        pass
    assert effects() == list(range(300)), "in order, none twice"


def test_unwanted_types_are_passed_over(effects) -> None:
    class Chosen(Writing):
        types = frozenset({"told"})

    emit("other", None, {"x": "no number here"})
    tell(1)
    assert run_once(Chosen()) == 2
    assert effects() == [1]


def test_two_consumers_read_at_their_own_pace(effects) -> None:
    class Other(Writing):
        name = "other"

    tell(1, 2)
    run_once(Writing())
    run_once(Other(), limit=1)
    assert effects() == [1, 2, 1]


def test_a_consumer_may_begin_at_the_end(effects) -> None:
    class Late(Writing):
        from_start = False

    tell(1)
    assert run_once(Late()) == 0
    tell(2)
    assert run_once(Late()) == 1
    assert effects() == [2]


def test_what_a_look_and_a_batch_cost(effects) -> None:
    class Silent(Consumer):
        name = "silent"

        def handle(self, events: list[Event]) -> None:
            pass

    run_once(Silent())
    with CaptureQueriesContext(
        connection,
    ) as idle:
        run_once(Silent())
    assert len(idle) == 1
    tell(*range(400))
    with CaptureQueriesContext(connection) as batch:
        assert run_once(Silent()) == 400
    assert len([q for q in batch if "SAVEPOINT" not in q["sql"] and q["sql"] not in ("BEGIN", "COMMIT")]) == 4


def test_events_are_read_once_for_all_who_stand_at_the_same_place(effects) -> None:
    class Silent(Writing):
        name = "silent"
        types = frozenset({"nothing"})

    class Deaf(Silent):
        name = "deaf"

    readers = [Writing(), Silent(), Deaf()]
    assert run_all(readers) == 0
    with CaptureQueriesContext(connection) as idle:
        assert run_all(readers) == 0
    assert len(idle) == 1
    tell(1, 2, 3)
    with CaptureQueriesContext(connection) as batch:
        assert run_all(readers) == 9
    # a look, the events, one statement for both who want none of them; taking, three effects and storing
    assert len([q for q in batch if "SAVEPOINT" not in q["sql"] and q["sql"] not in ("BEGIN", "COMMIT")]) == 8
    assert effects() == [1, 2, 3]
    assert run_all(readers) == 0
