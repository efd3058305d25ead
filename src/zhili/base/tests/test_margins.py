"""The margin of a share: known values, and how often it holds the truth."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhili.base.margins import wilson

ENDLESS = 10**9


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_without_correction_it_is_wilsons_own(part: int, whole: int, low: float, high: float) -> None:
    """The last row is the worked example of Newcombe (1998), table I, method 3."""
    found = wilson(part, whole, ENDLESS)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_who_looked_at_all_of_them_knows() -> None:
    found = wilson(7, 9, 9)
    assert found.low == found.share == found.high == 7 / 9


def test_a_larger_part_of_the_whole_is_surer() -> None:
    widths = [(f := wilson(8, 10, population)).high - f.low for population in (11, 20, 100, 10_000, ENDLESS)]
    assert widths == sorted(widths)


@given(st.integers(1, 500), st.data())
def test_it_holds_the_share_and_stays_between_nothing_and_all(population: int, data) -> None:
    whole = data.draw(st.integers(1, population))
    part = data.draw(st.integers(0, whole))
    found = wilson(part, whole, population)
    assert 0 <= found.low <= found.share + 1e-12
    assert found.share - 1e-12 <= found.high <= 1


def test_it_holds_the_truth_about_as_often_as_it_says() -> None:
    chance, held = random.Random(3), 0
    everybody = [True] * 150 + [False] * 50
    for _ in range(2000):
        part = sum(chance.sample(everybody, 40))
        found = wilson(part, 40, 200)
        held += found.low <= 0.75 <= found.high
    assert 0.93 <= held / 2000 <= 0.985


@pytest.mark.parametrize(("part", "whole", "population"), [(1, 0, 5), (3, 2, 5), (2, 6, 5), (-1, 2, 5)])
def test_what_is_no_sample_is_refused(part: int, whole: int, population: int) -> None:
    with pytest.raises(ValueError, match="no sample"):
        wilson(part, whole, population)
