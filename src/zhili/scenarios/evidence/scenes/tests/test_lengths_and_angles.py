"""Figures against what can be worked out on paper; the same formulas stand in frontend/src/scene/geometry.ts."""

from __future__ import annotations

import math

import pytest

from zhili.scenarios.evidence.scenes.geometry import (
    Impossible,
    Scale,
    angle,
    direction,
    ground_length,
    heading,
    length,
    on_ground,
    scale_from,
)


def test_a_diagonal_has_a_level_and_a_rising_part() -> None:
    found = length([(0, 0, 0), (3, 2, 6)], Scale(1.0), [0.0, 0.0])
    assert (found.metres, found.level, found.rise) == (7.0, math.hypot(3, 6), 2.0)


def test_a_path_is_the_sum_of_its_parts_and_its_middle_counts_twice() -> None:
    found = length([(0, 0, 0), (3, 0, 0), (3, 0, 4)], Scale(1.0), [0.01, 0.01, 0.01])
    assert found.metres == 7.0
    assert found.error == pytest.approx(0.01 * math.sqrt(1 + 4 + 1))
    assert found.level == 5.0  # from the first to the last


def test_the_scale_and_its_uncertainty_are_in_every_length() -> None:
    scale = scale_from([(0, 0, 0), (2, 0, 0)], 4.0, 0.004, [0.0, 0.0])
    assert scale.metres == 2.0
    assert scale.error == pytest.approx(0.001)
    found = length([(0, 0, 0), (0, 5, 0)], scale, [0.0, 0.0])
    assert (found.metres, found.error) == (10.0, pytest.approx(0.01))


def test_two_points_too_near_each_other_give_no_scale() -> None:
    with pytest.raises(Impossible, match="short"):
        scale_from([(0, 0, 0), (0.05, 0, 0)], 4.0, 0.004, [0.01, 0.01])


def test_angles_small_and_large() -> None:
    assert angle(direction(0, 0), direction(90, 0)) == pytest.approx(90)
    assert angle(direction(10, -5), direction(10, 30)) == pytest.approx(35)
    assert angle(direction(0, 0), direction(0.001, 0)) == pytest.approx(0.001, rel=1e-6)
    assert angle(direction(-179, 0), direction(179, 0)) == pytest.approx(2)


def test_a_look_down_meets_the_floor() -> None:
    assert on_ground(direction(0, -45), 1.6) == pytest.approx((0, 0, -1.6))
    assert on_ground(direction(90, -45), 1.6) == pytest.approx((1.6, 0, 0))
    assert on_ground(direction(0, -90), 1.6) == pytest.approx((0, 0, 0), abs=1e-9)


@pytest.mark.parametrize("up", [0.0, 20.0, -1.9])
def test_at_the_horizon_and_above_there_is_no_floor(up: float) -> None:
    with pytest.raises(Impossible, match="horizon"):
        on_ground(direction(12, up), 1.6)


def test_a_distance_on_the_floor_and_how_far_it_may_be_off() -> None:
    near, far = direction(-30, -40), direction(50, -12)
    found = ground_length([near, far], 1.6, 0.01, [0.002, 0.002])
    a, b = on_ground(near, 1.6), on_ground(far, 1.6)
    assert found.metres == pytest.approx(math.dist(a, b))
    # What a tilt of half a degree would make of it lies within the error told.
    tilted = ground_length([direction(-30, -40.5), direction(50, -12.5)], 1.6, 0.01, [0.002, 0.002])
    assert abs(tilted.metres - found.metres) < found.error * 1.05
    assert found.error < found.metres / 2


def test_further_away_the_same_half_degree_costs_more() -> None:
    errors = [
        ground_length([direction(0, -60), direction(5, up)], 1.6, 0.0, [0.0, 0.0]).error
        for up in (-40, -20, -8)
    ]
    assert errors[0] < errors[1] < errors[2]


def test_bearings_go_round_to_the_right() -> None:
    assert heading(direction(0, 0), 0) == pytest.approx(0)
    assert heading(direction(90, 10), 0) == pytest.approx(90)
    assert heading(direction(90, 0), 300) == pytest.approx(30)
