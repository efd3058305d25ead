"""A trial says what the rule would have said, how noisy, and how often rightly, for each value of its threshold."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from zhili.base.signals.backtest import Judged, around, firings, replay
from zhili.base.signals.conditions import Absence, Geofence, Happens, Threshold, Tuned
from zhili.base.signals.tests.making import at, number, reading, rule, when
from zhili.base.signals.zones import Circle

A_DAY = 86400
HIGH = rule(Threshold("level", above=Tuned("high", 100, "题", low=0, high=1000)), level="orange", merge=600)
"""Two days of three gauges: one flutters, one rises once each day, one never."""
HISTORY = {
    "flutters": [reading(t * 60, 99 if t % 2 else 101) for t in range(30)],
    "rises": [reading(d * A_DAY + t * 600, 50 + t * 10) for d in (0, 1) for t in range(12)],
    "calm": [reading(t * 3600, 20) for t in range(48)],
}
SAID = [
    Judged("flutters", at(300), real=False, until=at(1000)),
    Judged("rises", at(6 * 600), real=True),
    Judged("rises", at(A_DAY + 6 * 600), real=True),
    Judged("calm", at(40000), real=True),
]


def test_the_report_counts_days_subjects_noise_and_truth():
    told = []
    report = replay(HIGH, {}, HISTORY, judged=SAID, progress=lambda done, of: told.append((done, of)))
    assert (report.subjects, report.readings, told[-1]) == (3, 30 + 24 + 48, (3, 3))
    assert report.by_subject == [("flutters", 15), ("rises", 2)]
    assert (report.total.firings, report.total.warnings) == (17, 3)
    assert report.by_day == {"2026-03-02": 2, "2026-03-03": 1}
    assert (report.by_level, report.level) == ({"orange": 3}, "orange")
    assert report.flutter == 14
    assert (report.total.found, report.total.wrong, report.total.real) == (2, 1, 3)
    assert report.total.precision == pytest.approx(2 / 3)
    assert report.total.recall == pytest.approx(2 / 3)
    assert report.widest == pytest.approx(2 / 3)
    east = replay(HIGH, {}, HISTORY, zoned=timezone(timedelta(hours=-2)), values=())
    assert east.by_day == {"2026-03-01": 2, "2026-03-02": 1}
    assert east.sweep == []


def test_the_sweep_says_what_another_threshold_would_give():
    report = replay(HIGH, {}, HISTORY, judged=SAID, values=(10, 100, 105, 155, 5000))
    lines = {line.value: line for line in report.sweep}
    assert list(lines) == [10, 100, 105, 155], "a value out of bounds is not tried"
    assert (lines[100].firings, lines[100].precision) == (report.total.firings, report.total.precision)
    assert (lines[105].firings, lines[105].precision) == (2, 1)
    assert (lines[155].firings, lines[155].found) == (2, 0)
    assert lines[10].subjects == 3
    assert 100 in around(HIGH, 100)
    assert all(0 <= one <= 1000 for one in around(HIGH, 900))
    assert len(around(rule(Threshold("a", below=number("low", 0.2))), 0.2)) > 5


def test_the_fuse_is_tried_too_and_a_trial_can_be_stopped():
    all_at_once = {n: [reading(n, 101, source=n)] for n in range(10)}
    report = replay(HIGH, {}, all_at_once)
    assert (report.widest, report.cut) == (1.0, True)
    one_a_day = {n: [reading(n * A_DAY, 101, source=n)] for n in range(10)}
    assert replay(HIGH, {}, one_a_day).widest == pytest.approx(0.1)
    seen = []
    stopped = replay(
        HIGH, {}, all_at_once, progress=lambda d, _of: seen.append(d), cancelled=lambda: len(seen) == 4
    )
    assert (stopped.stopped, stopped.subjects, stopped.total.firings) == (True, 4, 4)


def test_silence_fences_and_events_are_tried_as_they_are_judged():
    silent = rule(Absence("level", number("longer", 3600)), lateness=60)
    found, _late, _skipped = firings(silent, silent.defaults(), [reading(0)], at(A_DAY))
    assert when(found) == [3600]
    assert firings(silent, silent.defaults(), [reading(0)])[0] == []
    out = rule(Geofence("home", inside=False), subject="thing")
    went = {
        "cart": [reading(0, 5, "position", point=(120.1, 30))],
        "none": [reading(0, 5, "position", point=(1, 1))],
    }
    report = replay(out, {}, went, zone=lambda one: Circle((120, 30), 100) if one == "cart" else None)
    assert (report.total.firings, report.skipped, report.sweep) == (1, 1, [])
    assert replay(rule(Happens("sos")), {}, {1: [reading(0, 1, "sos"), reading(0, 1, "sos")]}).late == 1
