"""Due checks on the same object, near in time and by compatible bodies, become one visit, and it says why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from zhili.base.merging import Checks, Merged, MergeError, Terms, Why, lower_bound, merge
from zhili.base.merging.merged import Shape

FIRE, MARKET, HEALTH = 0, 1, 2


def checks(*rows: tuple[int, int, int, int], minutes: int = 30, **more: Any) -> Checks:
    """Rows of object, body, first, last."""
    obj, body, first, last = zip(*rows, strict=True)
    return Checks.of(object=obj, body=body, first=first, last=last, minutes=[minutes] * len(rows), **more)


def terms(objects: int = 1, days: int = 10, minutes: int = 480, **more: Any) -> Terms:
    given: dict[str, Any] = {
        "business": np.arange(objects),
        "left": np.full(objects, 99),
        "capacity": np.full((3, days), minutes),
        "compatible": np.ones((3, 3), bool),
    }
    return Terms(**(given | more))


def test_three_bodies_with_overlapping_windows_come_once_and_the_visit_says_why() -> None:
    made = merge(checks((0, FIRE, 0, 5), (0, MARKET, 3, 8), (0, HEALTH, 2, 9)), terms())
    (visit,) = made.visits
    assert visit.checks == (0, 1, 2)
    assert (visit.begins, visit.ends) == (3, 5), "the days within everybody's window"
    assert (visit.opened_by, visit.closed_by) == (1, 0)
    assert visit.day == 3
    assert visit.open_days == 3
    assert visit.shape is Shape.WHOLE
    assert (made.saved, made.minutes_saved, made.bound) == (2, 0, 1)


def test_the_day_is_the_one_on_which_the_busiest_body_is_least_taken() -> None:
    made = merge(checks((0, FIRE, 0, 0), (1, FIRE, 0, 1), (2, MARKET, 0, 1)), terms(3))
    assert [(v.object, v.day) for v in made.visits] == [(0, 0), (2, 0), (1, 1)]
    assert made.visits[0].load == 60 / 480


def test_windows_that_do_not_meet_are_two_visits_and_so_are_bodies_that_may_not_go_together() -> None:
    apart = np.ones((3, 3), bool)
    apart[FIRE, HEALTH] = apart[HEALTH, FIRE] = False
    rows = checks((0, FIRE, 0, 2), (0, MARKET, 4, 6), (0, HEALTH, 4, 6), (0, FIRE, 4, 6))
    made = merge(rows, terms(compatible=apart))
    assert len(made.visits) == made.bound == 3
    assert made.apart(0, 1) == "window"
    assert made.apart(1, 2) == "body"


def test_a_check_that_is_made_unannounced_is_never_merged() -> None:
    made = merge(checks((0, FIRE, 0, 5), (0, MARKET, 0, 5), alone=[False, True]), terms())
    assert len(made.visits) == made.bound == 2
    assert made.apart(0, 1) == "alone"
    assert {v.object for v in made.visits} == {0}


def test_when_no_day_has_room_for_all_the_rest_comes_another_day() -> None:
    capacity = np.array([[60, 0, 0], [0, 60, 0], [60, 60, 0]])
    made = merge(checks((0, FIRE, 0, 2), (0, MARKET, 0, 2), (0, HEALTH, 0, 2)), terms(capacity=capacity))
    assert [(v.day, v.checks, v.shape) for v in made.visits] == [
        (0, (0, 2), Shape.PART),
        (1, (1,), Shape.REST),
    ]
    assert made.bound == 1
    assert made.apart(0, 1) == "room"


def test_what_cannot_be_placed_says_why() -> None:
    special = {(FIRE, 7): np.array([0, 0, 480, 0])}
    rows = checks(
        (0, FIRE, 0, 1), (0, FIRE, 2, 3), (1, HEALTH, 0, 0), (2, HEALTH, 0, 0), (3, MARKET, 8, 9),
        (4, MARKET, 0, 0), (4, MARKET, 1, 1), (4, MARKET, 2, 2),
        speciality=[7, 7, -1, -1, -1, -1, -1, -1],
    )  # fmt: skip
    capacity = np.full((3, 4), 100)
    made = merge(rows, terms(5, capacity=capacity, special=special, left=np.array([9, 9, 9, 9, 2])))
    assert [Why(w).name for w in made.why] == [
        "NOBODY", "PLACED", "PLACED", "FULL", "OUTSIDE", "PLACED", "PLACED", "CAP",
    ]  # fmt: skip
    assert made.visits[made.visit[1]].day == 2, "the only day with somebody certified for it"


def test_the_cap_keeps_the_visits_that_take_most_and_lets_complaints_pass() -> None:
    rows = checks(
        (0, FIRE, 0, 0), (1, FIRE, 3, 4), (1, MARKET, 4, 5), (0, HEALTH, 7, 8),
        beyond_cap=[False, False, False, True],
    )  # fmt: skip
    made = merge(rows, terms(2, business=np.array([0, 0]), left=np.array([1])))
    assert [v.checks for v in made.visits] == [(1, 2), (3,)]
    assert Why(made.why[0]) is Why.CAP


@pytest.mark.parametrize(
    ("rows", "more", "words"),
    [
        ([(0, 0, 4, 3)], {}, "check 0: window"),
        ([(0, 0, 0, 1), (5, 0, 0, 1)], {}, "check 1: no such object"),
        ([(0, 9, 0, 1)], {}, "check 0: no such body"),
        ([(0, 0, 0, 1)], {"compatible": np.zeros((3, 3), bool)}, "goes with itself"),
    ],
)
def test_what_contradicts_itself_is_refused_with_its_row(rows: Any, more: Any, words: str) -> None:
    with pytest.raises(MergeError, match=words):
        merge(checks(*rows), terms(**more))


# Small cities, held against every plan there is.


def small(seed: int, *, tight: bool) -> tuple[Checks, Terms]:
    dice = np.random.default_rng(seed)
    n, days, objects = int(dice.integers(2, 6)), 4, 2
    first = dice.integers(0, days, n)
    rows = Checks.of(
        object=dice.integers(0, objects, n),
        body=dice.integers(0, 3, n),
        first=first,
        last=np.minimum(first + dice.integers(0, 3, n), days - 1),
        minutes=dice.integers(1, 3, n) * 30,
        speciality=dice.integers(-1, 1, n),
        beyond_cap=dice.random(n) < 0.2,
        alone=dice.random(n) < 0.1,
    )
    compatible = np.ones((3, 3), bool)
    if dice.random() < 0.5:
        one, other = dice.choice(3, 2, replace=False)
        compatible[one, other] = compatible[other, one] = False
    capacity = dice.integers(0, 4, (3, days)) * 60 if tight else np.full((3, days), 9_999)
    return rows, Terms(
        business=np.array([0, 0]) if dice.random() < 0.5 else np.array([0, 1]),
        left=dice.integers(1, 4, 2) if tight else np.array([99, 99]),
        capacity=capacity,
        special={(b, 0): capacity[b] // int(dice.integers(1, 3)) if tight else capacity[b] for b in range(3)},
        compatible=compatible,
    )


Group = tuple[int, list[int]]


def fits(rows: Checks, given: Terms, plan: list[Group]) -> bool:
    """Whether visits (day, checks) keep every term, told apart from the method's own arithmetic."""
    used = np.zeros((3, given.days), int)
    special: dict[tuple[int, int, int], int] = {}
    counted = [0] * len(given.left)
    for day, group in plan:
        owners = {int(rows.object[c]) for c in group}
        if len(owners) != 1 or any(not rows.first[c] <= day <= rows.last[c] for c in group):
            return False
        bodies = {int(rows.body[c]) for c in group}
        if len(group) > 1 and any(rows.alone[c] for c in group):
            return False
        if any(not given.compatible[a, b] for a in bodies for b in bodies):
            return False
        for body in bodies:
            own = [c for c in group if rows.body[c] == body]
            length = 30 + int(rows.minutes[own].sum())
            used[body, day] += length
            if any(rows.speciality[c] == 0 for c in own):
                special[body, 0, day] = special.get((body, 0, day), 0) + length
        counted[int(given.business[owners.pop()])] += any(not rows.beyond_cap[c] for c in group)
    return bool(
        (used <= given.capacity).all()
        and all(m <= given.special[b, s][d] for (b, s, d), m in special.items())
        and all(n <= most for n, most in zip(counted, given.left, strict=True))
    )


def plans(rows: Checks, given: Terms, left: list[int], plan: list[Group]) -> Iterator[list[Group]]:
    """Every way to put these checks into visits."""
    if not left:
        if fits(rows, given, plan):
            yield plan
        return
    one, rest = left[0], left[1:]
    for n, (day, group) in enumerate(plan):
        if rows.object[group[0]] == rows.object[one] and rows.first[one] <= day <= rows.last[one]:
            yield from plans(rows, given, rest, [*plan[:n], (day, [*group, one]), *plan[n + 1 :]])
    for day in range(int(rows.first[one]), int(rows.last[one]) + 1):
        yield from plans(rows, given, rest, [*plan, (day, [one])])


def of(made: Merged) -> list[Group]:
    return [(v.day, list(v.checks)) for v in made.visits]


@pytest.mark.parametrize("tight", [False, True])
def test_the_bound_holds_in_every_small_city_and_the_plan_keeps_every_term(tight: bool) -> None:
    reached = 0
    for seed in range(120):
        rows, given = small(seed, tight=tight)
        made = merge(rows, given)
        placed = np.flatnonzero(made.visit >= 0)
        assert fits(rows, given, of(made)), seed
        assert sorted(c for _d, g in of(made) for c in g) == placed.tolist()
        assert ((made.why == Why.PLACED) == (made.visit >= 0)).all()
        best = min((len(p) for p in plans(rows, given, placed.tolist(), [])), default=0)
        assert made.bound <= best <= len(made.visits), f"{seed}: {made.bound} {best} {len(made.visits)}"
        reached += best == len(made.visits)
        if not tight:
            assert len(placed) == len(rows), "with room for all, all are placed"
            if given.compatible.all():
                assert made.bound == len(made.visits), (
                    f"{seed}: nothing in the way, so the fewest there can be"
                )
    assert reached >= 115


def test_the_bound_counts_bodies_that_exclude_each_other() -> None:
    compatible = np.eye(3, dtype=bool)
    rows = checks((0, FIRE, 0, 9), (0, MARKET, 0, 9), (0, HEALTH, 0, 9), (0, HEALTH, 0, 1), (0, HEALTH, 3, 9))
    assert lower_bound(rows, compatible) == 4
    assert lower_bound(rows, np.ones((3, 3), bool)) == 2


def test_nothing_due_is_no_visit() -> None:
    made = merge(checks((0, FIRE, 0, 1)).some(np.array([], int)), terms())
    assert (made.visits, made.bound, made.saved) == ([], 0, 0)
