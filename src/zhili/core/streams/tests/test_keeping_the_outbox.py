"""How far behind, what may go, and a restore into another server."""

from threading import Event as Signal

import pytest
from django.db import connection, transaction

from zhili.core.streams import emit, emit_many, forget, lag, prune, rebase, run_once
from zhili.core.streams.models import Position, StreamEvent
from zhili.core.streams.tests.conftest import Writing, elsewhere

pytestmark = pytest.mark.sql


def tell(*numbers: int) -> None:
    for number in numbers:
        emit("told", None, {"n": number})


def age(days: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE streams_event SET at = at - make_interval(days => %s)", [days])


def test_lag_counts_what_is_left(effects, only) -> None:
    tell(1, 2, 3)
    run_once(only, limit=1)
    state = lag()["consumers"][only.name]
    assert state["behind"] == 2
    assert 0 <= state["oldest_s"] < 60
    run_once(only)
    state = lag()["consumers"][only.name]
    assert (state["behind"], state["oldest_s"]) == (0, None)


def test_a_writer_that_stays_open_shows_as_horizon_age(effects, only) -> None:
    written, release = Signal(), Signal()

    def slow_writer() -> None:
        with transaction.atomic():
            tell(1)
            written.set()
            assert release.wait(30)

    assert lag()["horizon_age_s"] == 0
    with elsewhere(slow_writer):
        assert written.wait(30)
        tell(2)
        age_before = lag()["horizon_age_s"]
        assert 0 < age_before < 30
        assert lag()["horizon_age_s"] > age_before
        release.set()
    assert lag()["horizon_age_s"] == 0


def test_only_old_events_that_all_have_read_are_pruned(effects, only) -> None:
    tell(1, 2, 3, 4)
    run_once(only, limit=2)
    assert prune(7) == 0, "too young"
    age(8)
    assert prune(7, batch=1) == 2
    assert [e.payload["n"] for e in StreamEvent.objects.order_by("id")] == [3, 4]
    while run_once(only):
        pass
    assert effects() == [1, 2, 3, 4]


def test_nothing_is_pruned_before_every_consumer_has_begun(effects, only) -> None:
    tell(1)
    age(8)
    assert prune(7) == 0


def test_a_consumer_taken_out_holds_events_until_it_is_forgotten(effects, only) -> None:
    Position.objects.create(name="gone")
    tell(1)
    run_once(only)
    age(8)
    assert prune(7) == 0
    forget("gone")
    assert prune(7) == 1


def test_after_a_restore_every_consumer_goes_on_where_it_was(effects, only) -> None:
    class Behind(Writing):
        name = "behind"

    class Fresh(Writing):
        name = "fresh"

    emit_many([("told", None, {"n": n}) for n in range(6)])
    run_once(only, limit=4)
    run_once(Behind(), limit=1)
    run_once(Fresh(), limit=0)
    with connection.cursor() as cursor:  # as if written by a server far ahead of this one
        far = "(xid::text::bigint + 1000000000)::text::xid8"
        cursor.execute(f"UPDATE streams_event SET xid = {far}")
        cursor.execute(f"UPDATE streams_position SET xid = {far} WHERE event_id > 0")
        cursor.execute("DELETE FROM streams_effect")
    assert run_once(only) == 0, "out of reach before"
    assert rebase() == 6
    emit("told", None, {"n": 6})
    for consumer in (only, Behind(), Fresh()):
        while run_once(consumer):
            pass
    assert effects() == [4, 5, 6, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6]
