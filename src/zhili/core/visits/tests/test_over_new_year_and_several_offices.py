"""A plan over New Year keeps to each year's cap; of several offices the one whose ground it is checks an item."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from zhili.base.merging import Checks, Terms, Why, merge_years
from zhili.core.visits import planning, sharing
from zhili.core.visits.models import DueCheck, Visit
from zhili.core.visits.tests.town import Town


def year(days: int, left: int) -> Terms:
    return Terms(np.zeros(1, int), np.array([left]), np.full((1, days), 480), np.ones((1, 1), bool))


def checks(*windows: tuple[int, int]) -> Checks:
    first, last = zip(*windows, strict=True)
    n = len(windows)
    return Checks.of(object=[0] * n, body=[0] * n, first=first, last=last, minutes=[30] * n)


def test_what_the_old_years_cap_keeps_out_is_visited_in_the_new_year_and_days_count_on() -> None:
    rows = checks((0, 1), (3, 9), (12, 14))
    made = merge_years(rows, [year(5, 1), year(10, 1)])
    assert [(v.day, v.checks) for v in made.visits] == [(0, (0,)), (5, (1,))]
    assert list(made.why) == [Why.PLACED, Why.PLACED, Why.CAP]
    assert made.bound == 2
    assert [made.visits[1].begins, made.visits[1].ends, made.visits[1].opened_by] == [5, 9, 1]
    assert merge_years(checks((3, 6)), [year(5, 1), year(10, 1)]).visits[0].day == 3


@pytest.mark.django_db
def test_a_plan_over_new_year_is_kept_and_each_premises_is_checked_by_the_office_of_its_ground(
    small_city: Any,
) -> None:
    town = Town(small_city, shops=3)
    for n in range(2):
        town.inspector("A.zhzf", n, date(2099, 1, 1))
        town.inspector("A.town", n, date(2099, 1, 1))
    street = small_city.offices["A.town"].pk
    items = [town.item("F9@T-A.zhzf", town.fire.pk), town.item("F9@T-A.town", street)]
    first, last = date(2030, 12, 30), date(2031, 1, 10)
    places = [one.pk for one in town.shops]
    assert planning.make_due([one.pk for one in items], places, first, last, "draw 1") == 3
    assert set(DueCheck.objects.values_list("body", flat=True)) == {street}, "the street's, not the county's"
    alike = [town.item("F8@T-A.zhzf", town.fire.pk), town.item("F8@T-A", small_city.offices["A"].pk)]
    told = dict(sharing.shared(alike, places))
    assert [len(told[one]) for one in alike] == [1, 2], "of one ground: by turns"
    plan = planning.keep(planning.propose(first, last), "跨年", last, town.admin)
    assert (plan.placed, plan.first.year, plan.last.year) == (3, 2030, 2031)
    assert Visit.objects.filter(plan=plan).count() == 3
