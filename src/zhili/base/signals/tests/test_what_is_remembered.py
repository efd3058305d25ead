"""What is remembered of a subject is small, survives, and is begun anew when it cannot be read; late is counted."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from zhili.base.signals.conditions import Absence, Expression, Happens, Threshold, Window
from zhili.base.signals.judging import LARGEST, judge, wake
from zhili.base.signals.measures import Reading
from zhili.base.signals.tests.making import at, number, reading, rule, when

HIGH = rule(Threshold("level", above=number("high", 100)))
SLOW = rule(Threshold("level", above=number("high", 100)), lateness=60)


def test_late_readings_are_counted_and_not_judged():
    first = judge(HIGH, HIGH.defaults(), None, [reading(100, 50)])
    again = judge(HIGH, HIGH.defaults(), first.state, [reading(90, 500), reading(100, 50), reading(101, 60)])
    assert (again.firings, again.late) == ([], 2)
    waiting = judge(SLOW, SLOW.defaults(), None, [reading(100, 50)])
    assert waiting.wake_at == at(160) + timedelta(milliseconds=1)
    within = judge(SLOW, SLOW.defaults(), waiting.state, [reading(40, 500)])
    assert (within.firings, within.late) == ([], 0)
    beyond = judge(SLOW, SLOW.defaults(), within.state, [reading(39.9, 500)])
    assert beyond.late == 1
    assert beyond.wake_at == at(100) + timedelta(milliseconds=1), "what waits is not forgotten"
    up = wake(SLOW, SLOW.defaults(), beyond.state, at(101))
    assert when(up.firings) == [40]


def test_a_clock_far_ahead_is_not_believed():
    now = at(0)
    wild = Reading(1, "level", at(900), 500.0, received_at=now)
    outcome = judge(HIGH, HIGH.defaults(), None, [wild])
    assert (outcome.firings, outcome.skipped, outcome.state) == ([], 1, None)
    a_little = Reading(1, "level", at(200), 500.0, received_at=now)
    assert when(judge(HIGH, HIGH.defaults(), None, [a_little]).firings) == [200]


@pytest.mark.parametrize(
    "condition",
    [
        Happens("a"),
        Window("a", "change", number("over", 3600), above=number("x", 1e9)),
        Absence(None, number("longer", 3600)),
        Expression("a > b", ("a", "b")),
        Threshold("a", above=number("x", 1)),
    ],
)
@pytest.mark.parametrize("lateness", [0, 7 * 86400])
def test_the_state_stays_small_whatever_arrives(condition, lateness):
    one, of, state = rule(condition, lateness=lateness), Random(4), None
    for t in range(60):
        batch = [
            reading(t * 60 + of.random() * 60, of.random(), of.choice("ab"), source=of.randint(1, 40))
            for _one in range(60)
        ]
        batch += [reading(t * 60, 1.0, "a", source=n) for n in range(40)]
        state = judge(one, one.defaults(), state, batch).state
        assert len(state) <= LARGEST


def test_a_state_that_cannot_be_read_is_begun_anew_and_says_so():
    one = judge(HIGH, HIGH.defaults(), None, [reading(0, 101)])
    assert one.state is not None
    other = rule(Threshold("level", above=number("high", 100), fresh=60))
    broken = [b"", b"\x01", bytes([99]) + one.state[1:], one.state[:-1], one.state[: len(one.state) // 2]]
    for state, who in [(one.state, other), *[(state, HIGH) for state in broken]]:
        outcome = judge(who, who.defaults(), state, [reading(1, 102)])
        assert (when(outcome.firings), outcome.anew) == ([1], True)
    assert judge(HIGH, HIGH.defaults(), one.state, [reading(1, 102)]).anew is False


def test_what_a_rule_does_not_read_changes_nothing():
    one = judge(HIGH, HIGH.defaults(), None, [reading(0, 101)])
    empty = [Reading(1, "level", at(3)), reading(3, float("nan")), reading(3, float("inf"))]
    outcome = judge(HIGH, HIGH.defaults(), one.state, [reading(2, 1, "other"), *empty])
    assert (outcome.state, outcome.firings, outcome.skipped) == (one.state, [], 3)
    assert judge(HIGH, HIGH.defaults(), None, []).state is None
