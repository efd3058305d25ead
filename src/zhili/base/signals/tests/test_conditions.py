"""Each condition told as a story: what fires, when, and what does not."""

from __future__ import annotations

import pytest

from zhili.base.signals.conditions import (
    Absence,
    Expression,
    Geofence,
    Happens,
    Sequence,
    Step,
    Threshold,
    Window,
)
from zhili.base.signals.judging import judge, wake
from zhili.base.signals.measures import Reading
from zhili.base.signals.tests.making import at, number, reading, rule, run, when
from zhili.base.signals.zones import Circle, Polygon

HOUR, A_DAY = 3600, 86400


def series(*pairs: tuple[float, float], measure: str = "level") -> list[Reading]:
    return [reading(seconds, value, measure) for seconds, value in pairs]


def test_a_threshold_fires_on_the_crossing_and_again_only_after_it_fell_back():
    high = rule(Threshold("level", above=number("high", 100)))
    fired = run(high, [series((0, 90), (10, 101), (20, 150), (30, 100), (40, 120))])
    assert when(fired) == [10, 40]
    assert fired[0].value == 101
    assert fired[0].facts["limit"] == 100
    assert fired[0].facts["limit_name"] == "high"
    low = rule(Threshold("level", below=number("low", 5)))
    assert when(run(low, [series((0, 4), (1, 3), (2, 5), (3, 4))])) == [0, 3]
    assert when(run(high, [series((0, 90), (10, 101))], high=200)) == []


def test_with_a_way_back_it_does_not_flutter():
    flutter = series((0, 101), (1, 99), (2, 101), (3, 90), (4, 101))
    assert when(run(rule(Threshold("level", above=number("high", 100))), [flutter])) == [0, 2, 4]
    calm = rule(Threshold("level", above=number("high", 100), back=number("back", 95)))
    assert when(run(calm, [flutter])) == [0, 4]


def test_a_hold_needs_every_reading_beyond_and_none_missing_for_long():
    held = rule(Threshold("level", above=number("high", 100), hold=number("hold", 60), fresh=100))
    assert when(run(held, [series((0, 101), (30, 99), (60, 101), (100, 101), (120, 101), (130, 101))])) == [
        120
    ]
    fired = run(held, [series((0, 101), (50, 101), (60, 105))])
    assert (fired[0].facts["seconds"], fired[0].facts["n"], fired[0].value) == (60, 3, 105)
    a_day_later = series((0, 101), (A_DAY, 101), (A_DAY + 59, 101), (A_DAY + 60, 101))
    assert when(run(held, [a_day_later])) == [A_DAY + 60], "the silent day counts for nothing"


def test_after_a_day_of_silence_a_threshold_judges_as_for_the_first_time():
    high = rule(Threshold("level", above=number("high", 100)))
    assert when(run(high, [series((0, 101), (A_DAY, 101))])) == [0, A_DAY]
    assert when(run(high, [series((0, 101), (HOUR, 101))])) == [0]


@pytest.mark.parametrize(
    ("fold", "limit", "fires"),
    [("count", 2, [20]), ("sum", 11, [20, 90]), ("mean", 5, [10, 90]), ("min", 2, [0]), ("max", 6, [10, 90])],
)
def test_a_window_folds_the_last_minute(fold, limit, fires):
    window = rule(Window("level", fold, number("over", 60), above=number("limit", limit)))
    assert when(run(window, [series((0, 3), (10, 8), (20, 1), (75, 1), (90, 20))])) == fires


def test_a_change_is_the_latest_less_the_earliest_of_the_window():
    rising = rule(Window("level", "change", number("over", 60), above=number("rise", 5)))
    fired = run(rising, [series((0, 1), (30, 4), (50, 7), (80, 8), (100, 9))])
    assert (when(fired), fired[0].value) == ([50], 6)
    falling = rule(Window("level", "change", number("over", 60), below=number("drop", -5)))
    assert when(run(falling, [series((0, 9), (30, 5), (60, 3), (61, 3))])) == [], "nine had left the window"
    assert when(run(falling, [series((0, 9), (30, 9), (60, 3), (61, 3))])) == [60]


def test_too_few_is_said_only_of_a_whole_window():
    few = rule(Window("level", "count", number("over", 60), below=number("few", 3)))
    assert when(run(few, [series((0, 1), (30, 1), (59, 1), (70, 1), (119, 1))])) == [119]


def test_a_window_does_not_mix_across_a_day_and_asks_for_enough_readings():
    hot = rule(Window("level", "mean", number("over", HOUR), above=number("hot", 30), least=3))
    fired = run(hot, [series((0, 40), (60, 40), (A_DAY, 40), (A_DAY + 60, 40), (A_DAY + 120, 10))])
    assert when(fired) == []
    assert when(run(hot, [series((0, 40), (60, 40), (120, 40))])) == [120]


def test_a_window_of_another_length_begins_anew():
    one = rule(Window("level", "count", number("over", 60), above=number("many", 2)))
    first = judge(one, one.defaults(), None, series((0, 1), (1, 1)))
    longer = judge(one, one.with_values({"over": 120}), first.state, series((2, 1), (3, 1)))
    assert longer.firings == []
    assert when(judge(one, one.with_values({"over": 120}), longer.state, series((4, 1))).firings) == [4]


def test_an_absence_fires_once_when_its_time_is_up_and_the_next_reading_ends_it():
    silent = rule(Absence("level", number("longer", HOUR)))
    first = judge(silent, silent.defaults(), None, series((0, 1)))
    assert first.wake_at is not None
    assert 0 < (first.wake_at - at(HOUR)).total_seconds() < 0.01
    early = wake(silent, silent.defaults(), first.state, at(HOUR - 1))
    assert (early.firings, early.wake_at) == ([], first.wake_at)
    up = wake(silent, silent.defaults(), early.state, at(HOUR + 20))
    assert (when(up.firings), up.wake_at) == ([HOUR], None)
    assert wake(silent, silent.defaults(), up.state, at(A_DAY)).firings == []
    back = judge(silent, silent.defaults(), up.state, series((A_DAY, 1)))
    assert back.firings == []
    assert when(wake(silent, silent.defaults(), back.state, at(A_DAY + HOUR + 1)).firings) == [A_DAY + HOUR]


def test_an_absence_that_was_never_woken_is_found_with_the_next_reading():
    silent = rule(Absence(None, number("longer", HOUR)))
    fired = run(silent, [[reading(0)], [reading(A_DAY, measure="other"), reading(A_DAY + 10)]])
    assert when(fired) == [HOUR]
    assert when(run(silent, [[reading(0), reading(HOUR, measure="other")]], until=HOUR + 5)) == []


def test_a_fence_fires_on_leaving_and_keeps_no_coordinates():
    fence = rule(Geofence("home", inside=False, hold=number("hold", 60)), subject="thing")
    home = Circle((120.5, 30.7), 500)
    places = [
        (0, 120.5),
        (30, 120.52),
        (60, 120.52),
        (95, 120.52),
        (120, 120.5),
        (150, 120.52),
        (210, 120.52),
    ]
    went = [reading(t, 10.0, "position", point=(lon, 30.7)) for t, lon in places]
    fired = run(fence, [went], zone=home)
    assert when(fired) == [95, 210]
    assert 1400 < fired[0].value < 1430
    coarse = [reading(t, 900.0, "position", point=(121.0, 30.7)) for t in (0, 60, 120)]
    outcome = judge(fence, fence.defaults(), None, coarse, home)
    assert (outcome.firings, outcome.skipped) == ([], 3)
    assert judge(fence, fence.defaults(), None, went, None).skipped == len(went), "no zone, no judgement"


def test_inside_and_outside_of_a_polygon():
    field = Polygon(((120.0, 30.0), (120.02, 30.0), (120.02, 30.02), (120.01, 30.01), (120.0, 30.02)))
    assert field.outside((120.005, 30.005)) < -400
    assert 500 < field.outside((120.01, 30.015)) < 560 or 300 < field.outside((120.01, 30.015)) < 420
    assert 950 < field.outside((120.03, 30.0)) < 970
    enters = rule(Geofence("field", inside=True), subject="thing")
    came = [reading(t, 5.0, "position", point=p) for t, p in ((0, (120.03, 30.0)), (9, (120.005, 30.005)))]
    assert when(run(enters, [came], zone=field)) == [9]


def test_a_sequence_needs_its_steps_in_order_and_in_time():
    steps = rule(Sequence(("smoke", Step("heat", above=number("hot", 60)), "door"), number("within", 100)))

    def told(*what: tuple[float, str, float]) -> list[float]:
        return when(run(steps, [[reading(t, value, measure) for t, measure, value in what]]))

    assert told((0, "smoke", 1), (10, "heat", 70), (20, "door", 1)) == [20]
    assert told((0, "smoke", 1), (10, "heat", 50), (20, "door", 1)) == []
    assert told((0, "heat", 70), (10, "smoke", 1), (20, "door", 1)) == []
    assert told((0, "smoke", 1), (10, "heat", 70), (101, "door", 1)) == []
    assert told((0, "smoke", 1), (50, "smoke", 1), (60, "heat", 70), (120, "door", 1)) == [120]
    assert told((0, "smoke", 1), (0, "heat", 70), (1, "door", 1)) == [], "at one moment nothing follows"
    twice = [(0, "smoke", 1), (1, "heat", 70), (2, "door", 1), (3, "door", 1), (4, "smoke", 1)]
    assert told(*twice, (5, "heat", 70), (6, "door", 1)) == [2, 6]


def test_an_expression_compares_what_is_known_and_fresh():
    calm = rule(
        Expression(
            "heart_rate > limit and steps < few",
            ("heart_rate", "steps"),
            (number("limit", 120), number("few", 5)),
            60,
        )
    )
    fired = run(
        calm,
        [
            series((0, 130), (10, 110), (20, 125), measure="heart_rate")
            + series((5, 3), (15, 2), (25, 9), (30, 1), measure="steps")
        ],
    )
    assert when(fired) == [5, 20, 30]
    assert (fired[1].facts["heart_rate"], fired[1].facts["steps"], fired[1].facts["limit"]) == (125, 2, 120)
    stale = series((0, 130), measure="heart_rate") + series((61, 1), measure="steps")
    assert when(run(calm, [stale])) == []
    divided = rule(Expression("a / b > 1", ("a", "b")))
    assert when(run(divided, [series((0, 5), measure="a") + series((0, 0), (1, 2), measure="b")])) == [1]


def test_every_event_fires_at_once_however_late_but_never_twice():
    pressed = rule(Happens("sos"))
    fired = run(
        pressed, [[reading(100, measure="sos")], [reading(40, measure="sos")], [reading(100, measure="sos")]]
    )
    assert when(fired) == [100, 40]
    old = judge(pressed, {}, None, [reading(A_DAY, measure="sos")])
    late = judge(pressed, {}, old.state, [reading(0, measure="sos"), reading(A_DAY, measure="sos")])
    assert (late.firings, late.late) == ([], 2)
