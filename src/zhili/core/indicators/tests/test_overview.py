"""What a screen shows of a place over some days."""

from datetime import date
from itertools import pairwise

import pytest

from zhili.core.indicators.folding import fold_bulk
from zhili.core.indicators.grains import of_facts, parts
from zhili.core.indicators.models import Fact
from zhili.core.indicators.overview import Counts, by_day, compare, overview
from zhili.core.indicators.tests.conftest import life, step
from zhili.core.places.edition import changed

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def test_a_case_counts_for_its_village_and_everything_above(town) -> None:
    fold_bulk(life(town["东村"], "2026-03-05 10:00"))
    seen = {name: overview(place, *YEAR).counts.opened for name, place in town.items()}
    assert seen == {"市": 1, "甲县": 1, "乙县": 0, "甲镇": 1, "东村": 1, "西村": 0}


def test_a_case_outside_the_city_counts_for_the_whole_site_only(town) -> None:
    fold_bulk(life(None, "2026-03-05 10:00", category=None))
    assert overview(town["市"], *YEAR).counts.opened == 0
    assert overview(None, *YEAR).counts.opened == 1
    assert overview(None, *YEAR).by_category == []


def test_days_are_the_citys_own(town) -> None:
    payload = step(town["东村"], "2026-03-01 00:30", first=True)
    payload["at"] = payload["opened_at"] = "2026-02-28T16:30:00+00:00"
    fold_bulk([payload])
    assert overview(town["市"], date(2026, 3, 1), date(2026, 3, 1)).counts.opened == 1
    assert overview(town["市"], date(2026, 2, 1), date(2026, 2, 28)).counts.opened == 0


def test_speed_comes_with_its_reopening_rate(town) -> None:
    place = town["东村"]
    for days in (1, 2, 3, 4, 10):
        fold_bulk(life(place, "2026-03-01 09:00", answered_after=days, closed_after=days))
    fold_bulk([step(place, "2026-03-20 09:00", opened="2026-03-01 09:00", reopened=True)])
    seen = overview(town["市"], *YEAR)
    assert (seen.to_answer.median, seen.to_answer.p90, seen.to_answer.count) == (3, 10, 5)
    assert seen.to_answer.reopened_share == seen.to_close.reopened_share == 0.2


def test_shares_of_the_cases_opened_in_these_days(town) -> None:
    place = town["东村"]
    fold_bulk(life(place, "2026-03-01 09:00", answered_after=2, closed_after=40))
    fold_bulk(life(place, "2026-03-02 09:00", answered_after=9, overdue=True))
    fold_bulk(life(place, "2026-02-01 09:00", closed_after=35))
    march = overview(town["市"], date(2026, 3, 1), date(2026, 3, 31)).counts
    assert (march.opened, march.closed, march.answered) == (2, 1, 2), "the one closed was opened in February"
    assert march.closed_share == 0.5, "of March's two, one is at an end by now, though in April"
    assert march.open == 1
    assert march.on_time_share == 0.5


def test_ends_are_told_apart(town) -> None:
    place = town["东村"]
    for outcome in ("refused", "withdrawn", "closed", "closed"):
        fold_bulk([step(place, "2026-03-01 09:00", final=True, outcome=outcome)])
    counts = overview(place, *YEAR).counts
    assert (counts.refused, counts.withdrawn, counts.closed) == (1, 1, 2)
    assert overview(place, *YEAR).to_close.count == 2, "a refusal says nothing of speed"


def test_ratings_returns_and_missed_limits(town) -> None:
    place = town["东村"]
    fold_bulk([step(place, "2026-03-01 09:00", rating=5), step(place, "2026-03-01 09:00", rating=2)])
    fold_bulk([step(place, "2026-03-01 09:00", returned=True)])
    fold_bulk([step(place, "2026-03-01 09:00", action="overdue", overdue=True, clock="handle")])
    counts = overview(place, *YEAR).counts
    assert (counts.rating, counts.rated, counts.returned, counts.overdue) == (3.5, 2, 1, 1)


def test_nothing_to_share_is_none_not_zero(town) -> None:
    seen = overview(town["乙县"], *YEAR)
    assert seen.counts == Counts()
    assert seen.counts.closed_share is seen.counts.reopened_share is seen.counts.rating is None
    assert (seen.to_close.median, seen.to_close.p90) == (None, None)


def test_months_hold_only_the_days_asked_for(town) -> None:
    for day in ("01-31", "02-01", "02-28", "03-01", "03-15", "03-16"):
        fold_bulk(life(town["东村"], f"2026-{day} 12:00"))
    seen = overview(town["市"], date(2026, 1, 31), date(2026, 3, 15))
    assert [(m.month.month, m.counts.opened) for m in seen.by_month] == [(1, 1), (2, 2), (3, 2)]
    assert seen.counts.opened == 5


def test_the_largest_categories_come_first(town) -> None:
    for category, times in (("0101", 1), ("0202", 3), ("0303", 2)):
        for _ in range(times):
            fold_bulk(life(town["东村"], "2026-03-01 12:00", category=category))
    seen = overview(town["市"], *YEAR, top=2)
    assert [(c.category, c.counts.opened) for c in seen.by_category] == [("0202", 3), ("0303", 2)]


def test_one_scenario_alone(town) -> None:
    fold_bulk(life(town["东村"], "2026-03-01 12:00", closed_after=1))
    fold_bulk(life(town["东村"], "2026-03-01 12:00", closed_after=5, scenario="hotline"))
    seen = overview(town["市"], *YEAR, scenario="hotline")
    assert (seen.counts.opened, seen.to_close.median) == (1, 5)
    assert overview(town["市"], *YEAR).counts.opened == 2


def test_places_side_by_side(town) -> None:
    fold_bulk(life(town["东村"], "2026-03-01 12:00"))
    counts = compare([town["甲县"], town["乙县"]], *YEAR)
    assert {place: c.opened for place, c in counts.items()} == {town["甲县"]: 1, town["乙县"]: 0}


def test_places_of_different_levels_side_by_side(town) -> None:
    fold_bulk(life(town["东村"], "2026-03-01 12:00"))
    counts = compare(list(town.values()), *YEAR)
    assert {name: counts[place].opened for name, place in town.items()} == dict.fromkeys(town, 1) | {
        "乙县": 0,
        "西村": 0,
    }


def test_a_site_may_be_a_single_village(town) -> None:
    from zhili.core.places.models import Division

    Division.objects.filter(pk=town["西村"]).update(parent=None)
    changed()
    fold_bulk(life(town["西村"], "2026-03-01 12:00") + life(town["东村"], "2026-03-01 12:00"))
    seen = overview(None, *YEAR)
    assert seen.counts.opened == 2
    assert sum(c.counts.opened for c in seen.by_category) == 2


def test_villages_side_by_side(town) -> None:
    fold_bulk(life(town["东村"], "2026-03-01 12:00"))
    counts = compare([town["东村"], town["西村"]], *YEAR)
    assert [c.opened for c in counts.values()] == [1, 0]
    assert compare([], *YEAR) == {}


def test_days_in_a_row_include_quiet_ones(town) -> None:
    fold_bulk(life(town["东村"], "2026-03-02 12:00"))
    counts = by_day(town["市"], date(2026, 3, 1), date(2026, 3, 3))
    assert [c.opened for c in counts.values()] == [0, 1, 0]


def test_it_takes_three_queries(town, django_assert_num_queries) -> None:
    fold_bulk(life(town["东村"], "2026-03-02 12:00", closed_after=3))
    with django_assert_num_queries(3):
        overview(town["市"], *YEAR)


@pytest.mark.parametrize("level", ["市", "甲镇", "东村"])
def test_each_day_is_read_once_at_every_level(town, level) -> None:
    for since, until in [
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2026, 1, 2), date(2026, 1, 31)),
        (date(2026, 1, 15), date(2026, 2, 15)),
        (date(2025, 12, 31), date(2026, 3, 1)),
        (date(2026, 5, 5), date(2026, 5, 5)),
        (date(2024, 2, 1), date(2026, 2, 28)),
    ]:
        for day, month in (("d", "m"), ("dc", "mc")):
            read = parts([town[level]], since, until, day, month, of_facts)
            assert read[0].since == since
            assert (read[-1].before - until).days == 1
            assert all(a.before == b.since for a, b in pairwise(read))
            assert all(p.since.day == p.before.day == 1 for p in read if p.grain in ("m", "mc"))


def test_a_city_reads_no_base_rows_and_a_village_keeps_nothing_else(town) -> None:
    fold_bulk(life(town["东村"], "2026-03-02 12:00", closed_after=3))
    kept = set(Fact.objects.values_list("division_id", "grain"))
    assert {grain for place, grain in kept if place == town["东村"]} == {"b"}
    assert {grain for place, grain in kept if place == town["市"]} == {"d", "dc", "m", "mc"}
    assert all(p.grain != "b" for p in parts([town["市"]], *YEAR, "dc", "mc", of_facts))


def test_confidential_matters_and_children_are_counted_apart(town):
    fold_bulk([step(town["东村"], "2026-03-02 09:00", first=True)])
    fold_bulk([step(town["东村"], "2026-03-02 09:00", first=True, confidential=True)])
    fold_bulk([step(town["东村"], "2026-03-02 09:00", first=True, child=True)])
    fold_bulk([step(town["东村"], "2026-03-02 09:00", first=True, child=True, confidential=True)])
    days = date(2026, 3, 1), date(2026, 3, 31)
    assert overview(None, *days).counts.opened == 1
    assert overview(town["市"], *days, "reports").counts.opened == 1
    assert overview(town["市"], *days, "~reports").counts.opened == 2
    assert overview(town["市"], *days, "+reports").counts.opened == 1
