"""Who goes follows the order drawn; a conflict or an expired certificate keeps away and is told."""

from datetime import date

from zhili.core.visits.assigning import Able, Going, assign

DAY, NEXT = date(2026, 3, 2), date(2026, 3, 3)
LATER = date(2030, 1, 1)


def line(*ids: int, **more: frozenset[str]) -> list[Able]:
    return [Able(one, LATER) for one in ids]


def test_the_first_two_in_line_go_and_then_stand_at_its_end() -> None:
    goings = [Going(n, DAY, n, 1, 60) for n in (10, 11, 12)]
    made = assign({1: line(5, 3, 9)}, goings, frozenset(), 360)
    assert made.teams == {(10, 1): [5, 3], (11, 1): [9, 5], (12, 1): [3, 9]}


def test_whoever_has_an_interest_or_no_valid_certificate_is_passed_over_and_keeps_the_place() -> None:
    order = {1: [Able(5, LATER), Able(3, DAY), *line(9, 7)]}
    goings = [Going(10, DAY, 77, 1, 60), Going(11, NEXT, 78, 1, 60)]
    made = assign(order, goings, frozenset({(5, 77)}), 360)
    assert made.teams == {(10, 1): [3, 9], (11, 1): [5, 7]}
    assert made.passed == [(10, 1, 5, "conflict")]
    made = assign(order, [Going(11, NEXT, 78, 1, 60)], frozenset(), 360)
    assert made.teams == {(11, 1): [5, 9]}
    assert made.passed == [(11, 1, 3, "expired")]


def test_a_speciality_is_there_a_day_has_only_so_many_minutes_and_who_is_missing_is_told() -> None:
    order = {1: [*line(5, 3), Able(9, LATER, frozenset({"电梯"}))]}
    lift = Going(10, DAY, 1, 1, 200, ("电梯",))
    assert assign(order, [lift], frozenset(), 360).teams == {(10, 1): [9, 5]}
    second = Going(11, DAY, 2, 1, 200)
    made = assign(order, [lift, second], frozenset(), 360)
    assert made.short == [(11, 1, "")], "only one has minutes left that day"
    assert assign(order, [Going(10, DAY, 1, 1, 60, ("压力容器",))], frozenset(), 360).short == [
        (10, 1, "压力容器")
    ]
