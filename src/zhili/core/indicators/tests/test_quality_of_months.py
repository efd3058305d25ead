"""One row speaks of one and the same cases: those opened in its months, as they stand now."""

import math
from collections import defaultdict
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhili.core.indicators.folding import fold_bulk
from zhili.core.indicators.models import Cohort
from zhili.core.indicators.quality import quality
from zhili.core.indicators.tests.conftest import CITY_TIME, life, step

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def test_what_was_opened_in_march_counts_for_march_whenever_it_ends(town) -> None:
    place = town["东村"]
    for days in (1, 2, 3, 4, 40):
        fold_bulk(life(place, "2026-03-20 09:00", answered_after=days, closed_after=days + 1))
    fold_bulk(life(place, "2026-03-20 09:00"))
    fold_bulk(life(place, "2026-04-02 09:00", answered_after=70))
    march = quality(town["市"], date(2026, 3, 5), date(2026, 3, 6)).total
    assert (march.opened, march.settled, march.closed_share) == (6, 5, 5 / 6)
    assert (march.to_answer.count, march.to_answer.median, march.to_answer.p90) == (5, 3, 40)
    assert (march.to_answer.share(15), march.to_answer.share(60)) == (0.8, 1.0)
    months = quality(town["市"], *YEAR).by_month
    assert [(m.month.month, m.quality.opened, m.quality.to_answer.within[60]) for m in months] == [
        (3, 6, 5),
        (4, 1, 0),
    ]


def test_within_fifteen_days_is_fifteen_times_24_hours(town) -> None:
    place, opened = town["东村"], datetime(2026, 3, 1, 10, tzinfo=CITY_TIME)
    for late in (timedelta(0), timedelta(seconds=1)):
        fold_bulk([step(place, opened + timedelta(days=15) + late, opened=opened, answered=True)])
    pace = quality(town["市"], *YEAR).total.to_answer
    assert (pace.count, pace.within[15], pace.median) == (2, 1, 15)


def test_a_case_counts_under_the_category_it_has_now(town) -> None:
    place = town["东村"]
    fold_bulk([step(place, "2026-03-01 09:00", first=True, category=None)])
    fold_bulk([step(place, "2026-03-02 09:00", opened="2026-03-01 09:00", category="0101", was="")])
    fold_bulk([step(place, "2026-03-03 09:00", opened="2026-03-01 09:00", category="0202", was="0101")])
    fold_bulk([step(place, "2026-03-04 09:00", opened="2026-03-01 09:00", category="0202", final=True)])
    shown = {c.category: c.quality for c in quality(town["市"], *YEAR).by_category}
    assert list(shown) == ["0202"]
    assert (shown["0202"].opened, shown["0202"].closed_share) == (1, 1.0)


def test_speed_stands_beside_how_often_it_was_opened_again(town) -> None:
    place = town["东村"]
    for _ in range(4):
        fold_bulk(life(place, "2026-03-01 09:00", answered_after=1))
    fold_bulk([step(place, "2026-05-20 09:00", opened="2026-03-01 09:00", reopened=True)])
    found = quality(town["市"], *YEAR)
    assert found.total.reopened_share == found.by_month[0].quality.reopened_share == 0.25


def test_one_category_month_by_month(town) -> None:
    for month, category in (("03", "0101"), ("03", "0202"), ("04", "0101")):
        fold_bulk(life(town["东村"], f"2026-{month}-01 09:00", category=category))
    found = quality(town["市"], *YEAR, category="0101")
    assert [(m.month.month, m.quality.opened) for m in found.by_month] == [(3, 1), (4, 1)]


def test_towns_and_above_have_them_and_villages_do_not(town) -> None:
    fold_bulk(life(town["东村"], "2026-03-01 09:00", closed_after=3))
    kept = set(Cohort.objects.values_list("division_id", flat=True))
    assert kept == {town["市"], town["甲县"], town["甲镇"]}
    assert quality(town["甲镇"], *YEAR).total.opened == 1


def test_nothing_of_nothing(town) -> None:
    found = quality(town["市"], *YEAR)
    assert found.total.closed_share is found.total.to_close.share(15) is found.total.reopened_share is None
    assert (found.by_category, found.by_month) == ([], [])


cases = st.lists(
    st.tuples(
        st.sampled_from(["东村", "甲镇", "乙县", None]),
        st.integers(0, 100 * 24 * 60),
        st.one_of(st.none(), st.integers(0, 90 * 24 * 60)),
        st.one_of(st.none(), st.integers(0, 20 * 24 * 60)),
        st.sampled_from(["0101", "0202", ""]),
    ),
    max_size=40,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=cases, data=st.data())
def test_every_figure_equals_a_count_by_hand(town, drawn, data) -> None:
    start = datetime(2025, 12, 20, tzinfo=CITY_TIME)
    known, steps = [], []
    for place, opened, answered, closed, category in drawn:
        at = start + timedelta(minutes=opened)
        division = place and town[place]
        steps.append(step(division, at, first=True, category=category))
        days = {}
        for name, later in (("answer", answered), ("close", closed)):
            if later is not None:
                end = at + timedelta(minutes=later)
                flags = {"answered": True} if name == "answer" else {"final": True}
                steps.append(step(division, end, opened=at, category=category, **flags))
                days[name] = ((end.date() - at.date()).days, end - at)
        known.append((at.date().replace(day=1), category, days))
    with transaction.atomic():
        for part in data.draw(st.sampled_from([steps, steps[::-1]])):
            fold_bulk([part])
        found = quality(None, date(2025, 12, 1), date(2026, 6, 30))
        groups = defaultdict(list)
        for month, category, days in known:
            for key in ("all", month, category):
                groups[key].append(days)
        for key, one in [
            *([("all", found.total)] if known else []),
            *((m.month, m.quality) for m in found.by_month),
            *((c.category, c.quality) for c in found.by_category),
        ]:
            assert plain(one) == by_hand(groups.pop(key))
        assert not groups
        transaction.set_rollback(True)


def plain(one) -> dict:
    paces = {"answer": one.to_answer, "close": one.to_close}
    return {"opened": one.opened, "settled": one.settled} | {
        name: (p.count, p.median, p.p90, p.within[15], p.within[60]) for name, p in paces.items()
    }


def by_hand(group: list[dict]) -> dict:
    found = {"opened": len(group), "settled": sum("close" in days for days in group)}
    for name in ("answer", "close"):
        ended = sorted(days[name] for days in group if name in days)
        counts = [whole for whole, _ in ended]
        ranks = [counts[math.ceil(len(counts) * tenths / 10) - 1] if counts else None for tenths in (5, 9)]
        within = [sum(took <= timedelta(days=d) for _, took in ended) for d in (15, 60)]
        found[name] = (len(ended), *ranks, *within)
    return found
