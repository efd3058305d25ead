"""Laws that hold for every limit, found by looking for exceptions."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from zhili.base import clock
from zhili.base.calendar import Duration, Unit, due, measure, reach
from zhili.base.clock import ClockState
from zhili.base.tests.china import CALENDAR, HOURS, SHANGHAI, WORK

units: st.SearchStrategy[Unit] = st.sampled_from(["min", "h", "d", "wd", "wh"])
moments = st.datetimes(datetime(2023, 1, 1), datetime(2026, 12, 1)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=SHANGHAI)
)
durations = st.builds(Duration, st.integers(1, 120), units)
later = st.integers(0, 90 * 86_400).map(lambda seconds: timedelta(seconds=seconds))


def end(start: datetime, duration: Duration, *, roll: bool = False) -> datetime:
    return due(start, duration, CALENDAR, HOURS, SHANGHAI, roll=roll)


@given(moments, later, durations, st.booleans())
def test_who_starts_later_never_ends_earlier(
    start: datetime, wait: timedelta, limit: Duration, roll: bool
) -> None:
    assert end(start, limit, roll=roll) <= end(start + wait, limit, roll=roll)


@given(moments, st.integers(0, 100), st.integers(0, 100), units, st.booleans())
def test_a_longer_limit_never_ends_earlier(
    start: datetime, a: int, more: int, unit: Unit, roll: bool
) -> None:
    shorter, longer = Duration(a, unit), Duration(a + more, unit)
    assert start <= end(start, shorter, roll=roll) <= end(start, longer, roll=roll)


@given(moments, st.integers(1, 300))
def test_working_days_agree_with_counting_them_on_the_fingers(start: datetime, amount: int) -> None:
    day, left = start.date(), amount
    while left:
        day += timedelta(days=1)
        left -= CALENDAR.is_working(day)
    assert end(start, Duration(amount, "wd")) == datetime.combine(
        day + timedelta(days=1), datetime.min.time(), SHANGHAI
    )
    assert CALENDAR.working_days_between(start.date(), day) == amount


@given(moments, st.integers(1, 200))
def test_office_hours_agree_with_counting_minutes(start: datetime, minutes: int) -> None:
    start = start.replace(second=0)
    now, left = start, minutes
    while left:
        if CALENDAR.is_working(now.date()) and any(a <= now.time() < b for a, b in HOURS.spans):
            left -= 1
        now += timedelta(minutes=1)
    assert reach(start, "wh", minutes * 60_000_000, WORK) == now


@given(moments, st.integers(1, 10**12), st.sampled_from(["min", "h", "wh"]))
def test_what_is_reached_has_been_used_up_exactly(start: datetime, micros: int, unit: Unit) -> None:
    assert measure(start, reach(start, unit, micros, WORK), unit, WORK) == micros


@given(moments, later, later, later, units)
def test_time_adds_up(a: datetime, b: timedelta, c: timedelta, d: timedelta, unit: Unit) -> None:
    first, second, third = a, a + b, a + b + c
    assert measure(first, second, unit, WORK) + measure(second, third, unit, WORK) == measure(
        first, third, unit, WORK
    )


@given(moments, durations, later, later)
def test_a_pause_gives_back_exactly_the_time_that_would_have_counted(
    begun: datetime, limit: Duration, after: timedelta, length: timedelta
) -> None:
    before = clock.start(begun, limit, WORK)
    assert before.due_at is not None
    paused_at, resumed_at = begun + after, begun + after + length
    assume(paused_at < before.due_at)
    paused = clock.pause(before, paused_at, WORK, "x")
    assert paused.due_at is None
    resumed = clock.resume(paused, resumed_at, WORK)
    assert resumed.due_at is not None
    used = measure(begun, paused_at, limit.unit, WORK)
    left = limit.quantity - used
    assert resumed.due_at == reach(resumed_at, limit.unit, left, WORK)
    assert resumed.due_at >= before.due_at
    if limit.unit in ("min", "h"):
        assert resumed.due_at - before.due_at == length
    if limit.unit == "wh":
        given_back = measure(begun, resumed.due_at, "wh", WORK) - limit.quantity
        assert given_back == measure(paused_at, resumed_at, "wh", WORK)


gaps = st.lists(st.tuples(later, st.integers(1, 20 * 86_400)), max_size=4)


def with_gaps(begun: datetime, limit: Duration, periods: list[tuple[timedelta, int]]) -> ClockState:
    state = clock.start(begun, limit, WORK)
    for after, seconds in periods:
        since = begun + after
        state = clock.exclude(state, begun, since, since + timedelta(seconds=seconds), WORK, "x")
    return state


@given(moments, durations, gaps)
def test_the_order_in_which_periods_are_left_out_does_not_matter(
    begun: datetime, limit: Duration, periods: list[tuple[timedelta, int]]
) -> None:
    assert with_gaps(begun, limit, periods).due_at == with_gaps(begun, limit, periods[::-1]).due_at


@given(moments, durations, gaps)
def test_leaving_out_more_never_brings_the_end_forward(
    begun: datetime, limit: Duration, periods: list[tuple[timedelta, int]]
) -> None:
    ends = [with_gaps(begun, limit, periods[:count]).due_at for count in range(len(periods) + 1)]
    assert all(a is not None and b is not None and a <= b for a, b in pairwise(ends))


@given(moments, durations, gaps)
def test_it_fires_in_order_ends_at_the_limit_and_then_is_silent(
    begun: datetime, limit: Duration, periods: list[tuple[timedelta, int]]
) -> None:
    state = with_gaps(begun, limit, periods)
    fired: list[tuple[datetime, float]] = []
    while state.next_fire_at:
        moment = state.next_fire_at
        state, part = clock.fire(state, moment, WORK)
        fired.append((moment, part))
    assert [part for _, part in fired] == [0.8, 1.0]
    assert begun <= fired[0][0] <= fired[1][0] == state.due_at


@given(moments, durations, gaps, st.booleans())
def test_what_is_kept_as_json_is_the_same_clock(
    begun: datetime, limit: Duration, periods: list[tuple[timedelta, int]], stopped: bool
) -> None:
    state = with_gaps(begun, limit, periods)
    state = clock.extend(state, begun, limit, WORK, approval="8号")
    state = clock.pause(state, begun, WORK, "等待")
    if stopped:
        state = clock.stop(state, begun)
    assert ClockState.of_json(state.as_json()) == state
