"""All figures are counted again from history while steps go on; nothing is missed, nothing counts twice."""

import json
from datetime import date
from threading import Event as Signal

import pytest
from django.db import connection, transaction

from zhili.core.indicators.folding import Indicators, Rebuilding, fold_bulk
from zhili.core.indicators.models import Counted, Edition, Fact
from zhili.core.indicators.overview import overview
from zhili.core.indicators.rebuilding import rebuild
from zhili.core.indicators.tests.conftest import life, step
from zhili.core.streams import emit, run_once
from zhili.core.streams.tests.conftest import elsewhere

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sql]
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def history():
    """The payload of every step, as the cases can give them; here the stream itself keeps them all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload::text FROM streams_event ORDER BY id")
        return [json.loads(text) for (text,) in cursor.fetchall()]


def opened(place: int) -> None:
    emit("step", 1, step(place, "2026-03-01 09:00", first=True))


def count(place: int) -> int:
    return overview(place, *YEAR).counts.opened


def test_a_rebuild_mends_wrong_figures(town) -> None:
    for payload in life(town["东村"], "2026-03-01 09:00", closed_after=3):
        emit("step", 1, payload)
    run_once(Indicators())
    right = set(Fact.objects.values_list("division_id", "grain", "period", "category", "opened", "settled"))
    Fact.objects.update(opened=77)
    assert rebuild(history, batch=1) == 2
    assert (
        set(Fact.objects.values_list("division_id", "grain", "period", "category", "opened", "settled"))
        == right
    )
    assert Edition.objects.get().generation == 1, "the former generation is gone, this one is shown"
    assert run_once(Indicators()) == 0, "what was counted is not delivered again"


def test_steps_before_during_and_after(town) -> None:
    """One writer is open all the while; steps are committed below and above it, some already consumed."""
    place, written, release = town["东村"], Signal(), Signal()

    def slow_writer() -> None:
        with transaction.atomic():
            opened(place)
            written.set()
            assert release.wait(30)

    def history_then_more():
        rows = history()
        with elsewhere(lambda: opened(place)):  # committed after the snapshot, before the end
            pass
        yield from rows

    opened(place)
    run_once(Indicators())
    opened(place)  # below the horizon, not yet consumed
    with elsewhere(slow_writer):
        assert written.wait(30)
        opened(place)  # in the snapshot, above the horizon: still to be delivered
        assert rebuild(history_then_more) == 3
        assert Counted.objects.count() == 1
        release.set()
    run_once(Indicators())
    assert count(place) == 5
    assert not Counted.objects.exists()
    rebuild(history)
    assert count(place) == 5


def test_old_figures_are_shown_until_the_new_are_whole(town) -> None:
    opened(town["东村"])
    run_once(Indicators())

    def history_seen_from_outside():
        yield from history() * 3
        seen: list[int] = []
        with elsewhere(lambda: seen.append(count(town["东村"]))):
            pass
        assert seen == [1]

    rebuild(history_seen_from_outside, batch=1)
    assert count(town["东村"]) == 3


def test_a_rebuild_broken_off_changes_nothing(town) -> None:
    opened(town["东村"])
    run_once(Indicators())

    def broken():
        yield from history() * 3
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        rebuild(broken, batch=1)
    assert count(town["东村"]) == 1
    rebuild(history)
    assert count(town["东村"]) == 1
    assert set(Fact.objects.values_list("generation", flat=True)) == {1}


def test_history_and_a_second_rebuild_are_kept_out_meanwhile(town) -> None:
    refused: list[str] = []

    def refusing(work) -> None:
        try:
            work()
        except Rebuilding as error:
            refused.append(str(error))

    def busy():
        with elsewhere(
            lambda: refusing(lambda: fold_bulk(life(town["东村"], "2026-03-01 09:00"))),
            lambda: refusing(lambda: rebuild(history)),
        ):
            pass
        return []

    rebuild(busy)
    assert len(refused) == 2
    fold_bulk(life(town["东村"], "2026-03-01 09:00"))
    assert count(town["东村"]) == 1


def test_a_rebuild_inside_a_transaction_is_refused(town) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="transactions of its own"):
        rebuild(history)
