"""Writers commit in any order; the reader misses nothing and keeps each transaction's order."""

import random
from queue import Queue
from threading import Event as Signal

import pytest
from django.db import connection, transaction

from zhili.core.streams import emit, reading, run_once
from zhili.core.streams.tests.conftest import Writing, elsewhere

pytestmark = pytest.mark.sql


class LastIdReader:
    """What not to do: remember the highest id seen."""

    def __init__(self) -> None:
        self.last, self.seen = 0, []

    def read(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, payload->>'n' FROM streams_event WHERE id > %s ORDER BY id", [self.last]
            )
            for id, number in cursor.fetchall():
                self.last = id
                self.seen.append(int(number))


def test_an_event_committed_late_is_still_read(effects) -> None:
    written, release = Signal(), Signal()

    def slow_writer() -> None:
        with transaction.atomic():
            emit("told", None, {"n": 1})
            written.set()
            assert release.wait(30)

    reader, naive = Writing(), LastIdReader()
    with elsewhere(slow_writer):
        assert written.wait(30)
        emit("told", None, {"n": 2})  # a later id, committed first
        naive.read()
        assert run_once(reader) == 0, "nothing may be read past a running writer"
        release.set()
    naive.read()
    assert naive.seen == [2], "a reader by last id loses the late event: the reason for the horizon"
    assert run_once(reader) == 2
    assert effects() == [1, 2]


def test_many_writers_committing_in_random_order(effects) -> None:
    """Eight writers; a referee holds each before its commit and lets them go in random order."""
    chance = random.Random(7)
    waiting: Queue[tuple[int, Signal]] = Queue()
    writers, rounds = 8, 25

    def writer(number: int):
        def work() -> None:
            for turn in range(rounds):
                with transaction.atomic():
                    for part in range(3):
                        emit("told", None, {"n": (number * rounds + turn) * 3 + part})
                    go = Signal()
                    waiting.put((number, go))
                    assert go.wait(60)

        return work

    reader, naive = Writing(), LastIdReader()
    left = dict.fromkeys(range(writers), rounds)
    with elsewhere(*(writer(i) for i in range(writers))):
        held: list[tuple[int, Signal]] = []
        while any(left.values()):
            while len(held) < min(4, sum(1 for rest in left.values() if rest)):
                held.append(waiting.get(timeout=60))
            number, go = held.pop(chance.randrange(len(held)))
            left[number] -= 1
            go.set()
            naive.read()
            run_once(reader, limit=chance.choice([1, 7, 500]))
    naive.read()
    while run_once(reader):
        pass
    seen = effects()
    assert sorted(seen) == list(range(writers * rounds * 3)), "each exactly once"
    place = {number: i for i, number in enumerate(seen)}
    for number in range(0, len(seen), 3):
        assert place[number] < place[number + 1] < place[number + 2], (
            "one transaction's events keep their order"
        )
    assert len(naive.seen) < len(seen), "by last id some are lost, so this test can tell the difference"


def test_a_change_undone_tells_nothing(effects) -> None:
    with transaction.atomic():
        emit("told", None, {"n": 1})
        transaction.set_rollback(True)
    emit("told", None, {"n": 2})
    run_once(Writing())
    assert effects() == [2]


def test_transaction_ids_are_ordered_as_numbers(effects) -> None:
    """9 comes before 10, however they are written."""
    with connection.cursor() as cursor:
        for xid, number in (("10", 2), ("9", 1), ("100", 3)):
            cursor.execute(
                "INSERT INTO streams_event (xid, type, payload) VALUES (%s::xid8, 'told', %s::jsonb)",
                [xid, f'{{"n": {number}}}'],
            )
    reader = Writing()
    while run_once(reader, limit=1):
        pass
    assert effects() == [1, 2, 3]


@pytest.mark.parametrize("sql", [reading.WAITING, reading.LOOK])
def test_reading_is_one_range_of_the_index_however_many_events(effects, sql) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO streams_event (type, payload) SELECT 'told', '{}' FROM generate_series(1, 20000)"
        )
        cursor.execute("INSERT INTO streams_position (name, xid) VALUES ('writing', '0')")
        cursor.execute("ANALYZE streams_event")
        cursor.execute("EXPLAIN " + sql, ["0", 0, 500] if sql is reading.WAITING else [["writing"]])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "streams_event_order" in plan
    assert "Seq Scan on streams_event" not in plan
    assert "Sort" not in plan
