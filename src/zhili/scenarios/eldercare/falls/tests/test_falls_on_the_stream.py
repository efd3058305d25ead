"""A fall is found in acceleration as it comes: whatever the chunks, the rate, the gaps."""

from __future__ import annotations

import time
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhili.base.signals.measures import Reading, pack_samples
from zhili.scenarios.eldercare.falls.deriving import likelihoods
from zhili.scenarios.eldercare.falls.stream import Detector

from .moving import AT, clapping, fall, heard, recorded, walking


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector()


def test_a_fall_is_told_from_walking_and_clapping(detector: Detector) -> None:
    said = heard(detector, recorded(fall, 12, 50), 50, 100)
    second, likelihood = max(said, key=lambda one: one[1])
    assert likelihood > 0.5
    assert second == pytest.approx(6.0, abs=0.1)
    for innocent in (walking, clapping):
        assert all(value < 0.5 for _, value in heard(detector, recorded(innocent, 30, 50), 50, 100))
    assert heard(detector, np.tile([0.0, 0.0, 9.8], (1000, 1)), 50, 100) == [], (
        "a band on a table says nothing"
    )


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(1, 90), min_size=1, max_size=12))
def test_where_chunks_are_cut_changes_nothing_at_all(cuts: list[int]) -> None:
    rows = np.concatenate((recorded(clapping, 7.3, 50), recorded(fall, 10, 50))).astype(np.float32)
    own = Detector()
    whole = heard(own, rows, 50, len(rows))
    state, found, first, number = None, [], 0, 0
    while first < len(rows):
        size = cuts[number % len(cuts)]
        state, said = own.push(state, rows[first : first + size], 50, AT + timedelta(seconds=first / 50))
        found += [value for _, value in said]
        first, number = first + size, number + 1
    assert found == [value for _, value in whole]
    assert len(whole) > 2


def test_the_same_fall_at_any_rate_is_nearly_as_likely(detector: Detector) -> None:
    told = [
        max(heard(detector, recorded(fall, 12, hz), hz, round(hz)), key=lambda one: one[1])
        for hz in (25, 40, 50, 99.5)
    ]
    assert all(second == pytest.approx(6.0, abs=0.1) for second, _ in told)
    assert max(value for _, value in told) - min(value for _, value in told) < 0.15


def test_a_gap_begins_anew_and_what_is_old_is_ignored(detector: Detector) -> None:
    rows = recorded(fall, 12, 50)
    state, _ = detector.push(None, rows[:250], 50, AT)
    again, said = detector.push(state, rows[:50], 50, AT)
    assert (again, said) == (state, []), "the same chunk, delivered late once more"
    late, _ = detector.push(state, rows[250:300], 50, AT + timedelta(seconds=5.4))
    gap, _ = detector.push(state, rows[250:300], 50, AT + timedelta(seconds=7))
    fresh, _ = detector.push(None, rows[250:300], 50, AT + timedelta(seconds=7))
    assert len(late) > len(gap)
    assert gap == fresh
    for strange in (b"", b"none", b"x" * 500, state[:-1]):
        assert detector.push(strange, rows[250:300], 50, AT + timedelta(seconds=7))[0] == fresh


def test_what_is_no_acceleration_is_refused(detector: Detector) -> None:
    good = recorded(walking, 1, 50)
    for rows, hz in (
        (good[:, :2], 50),
        (good[:0], 50),
        (good * np.nan, 50),
        (good, 5),
        (good, 400),
        (good, float("nan")),
    ):
        with pytest.raises(ValueError, match=r"samples|Hz"):
            detector.push(None, rows, hz, AT)


def test_the_memory_is_small_and_a_chunk_is_quick(detector: Detector) -> None:
    rows, state = recorded(clapping, 60, 50), None
    start = time.process_time()
    for second in range(0, 60, 2):
        state, _ = detector.push(
            state, rows[second * 50 : second * 50 + 100], 50, AT + timedelta(seconds=second)
        )
        assert len(state) < 3000
    assert (time.process_time() - start) / 30 < 0.02, (
        "2 s of clapping, the worst there is; some 2 ms on a free machine"
    )


def test_a_reading_of_acceleration_becomes_likelihoods() -> None:
    make = likelihoods
    rows = recorded(fall, 12, 50)
    state, found = None, []
    for first in range(0, 600, 100):
        samples = pack_samples(50, rows[first : first + 100].tolist())
        state, said = make(state, Reading(1, "accel", AT + timedelta(seconds=first / 50), samples=samples))
        found += said
    assert max(value for _, value in found) > 0.5
    assert all(0 <= value <= 1 for _, value in found)
    for bad in (b"", b"12345", pack_samples(10, [(0, 0, 9.8)])):
        with pytest.raises(ValueError, match=r"samples|Hz"):
            make(state, Reading(1, "accel", AT, samples=bad))
