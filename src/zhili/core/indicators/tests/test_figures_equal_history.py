"""Whatever the order and the batches, the figures are what one would count by hand."""

import math
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhili.core.indicators import storing
from zhili.core.indicators.folding import Indicators, fold_bulk
from zhili.core.indicators.measures import nearest_rank
from zhili.core.indicators.models import Duration, Fact
from zhili.core.indicators.overview import overview
from zhili.core.indicators.tests.conftest import CITY_TIME, step
from zhili.core.places.tree import ancestors
from zhili.core.streams import Event

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
PLACES = ["市", "甲县", "乙县", "甲镇", "东村", "西村", None]
START = datetime(2025, 11, 20, tzinfo=CITY_TIME)
KINDS = [
    {"first": True},
    {"answered": True},
    {"answered": True, "overdue": True},
    {"final": True, "outcome": "closed"},
    {"final": True, "outcome": "refused"},
    {"final": True, "outcome": "withdrawn"},
    {"reopened": True},
    {"returned": True},
    {"action": "overdue", "overdue": True},
    {"rating": 4},
    {"final": True, "answered": True, "rating": 1},
    {"first": True, "final": True, "answered": True},
    {},
]
steps = st.lists(
    st.tuples(
        st.sampled_from(PLACES),
        st.integers(0, 60 * 24 * 60),
        st.integers(0, 40 * 24 * 60),
        st.sampled_from(KINDS),
        st.sampled_from(["0101", "0202", None]),
        st.sampled_from(["reports", "hotline"]),
    ),
    max_size=40,
)


def payloads(drawn, town):
    for place, opened, later, kind, category, scenario in drawn:
        since = START + timedelta(minutes=opened)
        yield step(
            place and town[place],
            since + timedelta(minutes=later),
            opened=since,
            category=category,
            scenario=scenario,
            **kind,
        )


def by_hand(all_steps, place: int, since: date, until: date) -> dict:
    """Count plainly, one measure after another, from the whole history."""

    def day(moment: str) -> date:
        return datetime.fromisoformat(moment).astimezone(CITY_TIME).date()

    here = [s for s in all_steps if s["division"] and place in ancestors(s["division"])]
    now = [s for s in here if since <= day(s["at"]) <= until]
    cohort = [s for s in here if since <= day(s["opened_at"]) <= until]
    ends = Counter(s["outcome"] for s in now if s["final"])
    days = {
        "answer": sorted(s["days"] for s in now if s["answered"]),
        "close": sorted(s["days"] for s in now if s["final"] and s["outcome"] == "closed"),
    }
    return {
        "opened": sum(s["first"] for s in now),
        "answered": sum(s["answered"] for s in now),
        "closed": ends["closed"],
        "refused": ends["refused"],
        "withdrawn": ends["withdrawn"],
        "reopened": sum(s["reopened"] for s in now),
        "returned": sum(s["returned"] for s in now),
        "overdue": sum(s["action"] == "overdue" for s in now),
        "on_time": sum(s["answered"] and not s["overdue"] for s in now),
        "rated": sum(s["rating"] is not None for s in now),
        "rating_sum": sum(s["rating"] or 0 for s in now),
        "settled": sum(s["final"] for s in cohort),
        "categories": Counter((s["scenario"], s["category"]) for s in now if s["category"] and s["first"]),
        "speed": {k: (len(v), rank(v, 0.5), rank(v, 0.9)) for k, v in days.items()},
    }


def rank(values: list[int], fraction: float) -> int | None:
    return values[math.ceil(fraction * len(values)) - 1] if values else None


def shown(place: int, since: date, until: date) -> dict:
    seen = overview(place, since, until, top=9)
    names = [n for n in by_hand([], place, since, until) if n not in ("speed", "categories")]
    speeds = {"answer": seen.to_answer, "close": seen.to_close}
    return {n: getattr(seen.counts, n) for n in names} | {
        "categories": Counter(
            {(c.scenario, c.category): c.counts.opened for c in seen.by_category if c.counts.opened}
        ),
        "speed": {k: (s.count, s.median, s.p90) for k, s in speeds.items()},
    }


def contents() -> tuple[set, set]:
    return set(Fact.objects.values_list()), set(Duration.objects.values_list())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=steps, data=st.data())
def test_any_order_any_batches_equal_a_count_by_hand(town, drawn, data) -> None:
    history = list(payloads(drawn, town))
    shuffled = data.draw(st.permutations(history))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(history)), max_size=4)))
    first = START.date() + timedelta(days=data.draw(st.integers(-2, 100)))
    last = first + timedelta(days=data.draw(st.integers(0, 100)))
    with transaction.atomic():
        for number, (a, b) in enumerate(zip([0, *cuts], [*cuts, len(history)], strict=True)):
            events = [Event(number * 1000 + i, 1, START, "step", 1, p) for i, p in enumerate(shuffled[a:b])]
            Indicators().handle(events)
        incremental_contents = contents()
        for place in ("市", "甲县", "乙县", "甲镇", "西村"):
            assert shown(town[place], first, last) == by_hand(history, town[place], first, last)
        transaction.set_rollback(True)
    with transaction.atomic():
        fold_bulk(history, batch=7)
        assert contents() == incremental_contents
        transaction.set_rollback(True)


def test_many_rows_by_copy_equal_few_by_arrays(town, monkeypatch) -> None:
    history = [
        step(town["东村"], START + timedelta(hours=n), category=f"{n % 9:04}", final=True, answered=True)
        for n in range(300)
    ]
    fold_bulk(history)
    by_arrays = contents()
    Fact.objects.all().delete()
    Duration.objects.all().delete()
    monkeypatch.setattr(storing, "MANY", 0)
    fold_bulk(history, batch=100)
    assert contents() == by_arrays
    assert len(by_arrays[0]) > 100


def test_a_batch_takes_three_upserts(town, django_assert_num_queries) -> None:
    history = [step(town["东村"], START + timedelta(hours=n), final=True) for n in range(500)]
    events = [Event(n, 1, START, "step", 1, payload) for n, payload in enumerate(history)]
    Indicators().handle(events[:1])
    with django_assert_num_queries(4):
        Indicators().handle(events[1:])


@given(st.lists(st.integers(0, 30), min_size=1), st.sampled_from([0.1, 0.5, 0.9, 1.0]))
def test_a_percentile_is_the_nearest_rank(values, fraction) -> None:
    assert nearest_rank(sorted(Counter(values).items()), fraction) == rank(sorted(values), fraction)
