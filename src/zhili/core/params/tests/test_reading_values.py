"""What a parameter is on a day, where it comes from, and what reading it costs."""

import time
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from zhili.base.clock import Calendar
from zhili.core import params
from zhili.core.params import Param, ParamMissing, ParamUnreadable, cache
from zhili.core.params.models import Parameter

pytestmark = pytest.mark.django_db


def test_the_declared_default_holds_before_anything_is_written() -> None:
    value = params.get("t.accept")
    assert (value.id, value.text, value.source, value.article) == (None, "15d", "信访工作条例", "第二十二条")
    assert not params.get("t.hotline").confirmed


def test_each_day_has_the_value_that_held_then() -> None:
    params.sync()
    params.set_value("t.accept", "10d", date(2030, 7, 1), article="第二十三条")
    assert params.get("t.accept", date(2030, 6, 30)).text == "15d"
    assert params.get("t.accept", date(2030, 7, 1)).text == "10d"
    assert params.get("t.accept").text == "15d"
    assert params.get("t.accept", date(1970, 1, 1)).text == "15d"


def test_a_moment_counts_by_its_local_day() -> None:
    params.sync()
    params.set_value("t.accept", "10d", date(2030, 7, 1))
    assert params.get("t.accept", datetime(2030, 6, 30, 15, 59, tzinfo=UTC)).text == "15d"
    assert params.get("t.accept", datetime(2030, 6, 30, 16, 0, tzinfo=UTC)).text == "10d"


def test_a_limit_comes_with_the_row_it_was_read_from() -> None:
    params.sync()
    limit, value = params.duration("t.accept")
    assert str(limit) == "15d"
    assert value.id == Parameter.objects.get(key="t.accept").pk


def test_an_unknown_parameter_and_one_that_is_no_limit_are_told_apart() -> None:
    with pytest.raises(ParamMissing, match=r"没有名为“t\.nothing”的参数"):
        params.get("t.nothing")
    with pytest.raises(ParamUnreadable, match="不是时限"):
        params.duration("t.returns")


def test_a_warm_process_asks_nothing(django_assert_num_queries: pytest.FixtureRequest) -> None:
    params.sync()
    with django_assert_num_queries(2):  # type: ignore[operator]
        params.get("t.accept")
    with django_assert_num_queries(0):  # type: ignore[operator]
        for _ in range(100):
            params.get("t.accept")
            params.duration("t.accept", timezone.localdate())
            params.calendar()
            params.get("t.returns")


def test_what_another_process_changed_is_seen_within_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    params.sync()
    assert params.get("t.accept").text == "15d"
    Parameter.objects.filter(key="t.accept").update(
        value="9d"
    )  # as another process would: nothing is told here
    assert params.get("t.accept").text == "15d"
    real = time.monotonic
    monkeypatch.setattr(cache.time, "monotonic", lambda: real() + 5.0)
    assert params.get("t.accept").text == "9d"


def test_a_change_made_while_another_thread_is_reading_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    params.sync()
    real = cache.build

    def changed_meanwhile(overrides: dict[date, bool]) -> Calendar:
        Parameter.objects.filter(key="t.accept").update(value="9d")
        params.forget()
        return real(overrides)

    with monkeypatch.context() as patch:
        patch.setattr(cache, "build", changed_meanwhile)
        assert params.get("t.accept").text == "15d"  # had been read before the change
    assert params.get("t.accept").text == "9d"


def test_a_value_that_ended_without_a_successor_gives_way_to_the_default() -> None:
    Parameter.objects.create(
        key="t.accept", value="8d", valid_from=date(2020, 1, 1), valid_to=date(2021, 1, 1), title="x"
    )
    assert params.get("t.accept", date(2020, 12, 31)).text == "8d"
    assert params.get("t.accept", date(2021, 1, 1)).text == "15d"


def test_a_parameter_that_is_declared_later_is_there_at_once() -> None:
    params.get("t.accept")
    params.declare(Param("t.later", "2h", title="后来的"))
    assert params.get("t.later").text == "2h"


def test_reading_is_cheap_enough_for_the_hot_path() -> None:
    params.sync()
    params.duration("t.accept")
    best = min(_seconds_for(200) for _ in range(5)) / 200
    assert best < 50e-6


def _seconds_for(times: int) -> float:
    begun = time.perf_counter()
    for _ in range(times):
        params.duration("t.accept")
    return time.perf_counter() - begun
