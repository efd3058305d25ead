"""Offices and places side by side, today against other weeks, and places with more than is usual there."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from zhili.core.indicators.folding import fold_bulk
from zhili.core.indicators.tests.conftest import step
from zhili.core.indicators.unusual import standing_out, villages
from zhili.portal.tests.pages_client import reader, words_of
from zhili.scenarios.command_centre.pages import hot
from zhili.scenarios.command_centre.tests.conftest import Wall

pytestmark = pytest.mark.django_db


def opened(place: int, at: datetime, times: int = 1) -> None:
    fold_bulk([step(place, at, first=True, scenario="citizen_reports")] * times)


def test_offices_stand_with_what_they_owe_most_overdue_first(wall: Wall) -> None:
    page = words_of(reader(wall.commander).get("/screen/offices"))
    names = ["南湖区1村01网格", "南湖区1村02网格", "秀洲区2村01网格"]
    found = [page.index(name) for name in names]
    assert found[0] == min(found)
    assert "3 0 1" in page[found[0] : found[0] + 40], "three open, none soon, one overdue"


def test_today_is_compared_with_the_same_weekday(wall: Wall) -> None:
    now = timezone.localtime()
    village = wall.city.divisions["A.village"].pk
    for week in range(1, 5):
        opened(village, now.replace(hour=0, minute=5) - timedelta(days=7 * week), 30)
    wall.count()
    page = words_of(reader(wall.commander).get("/screen"))
    assert "今天到现在收到 7 件，比前4个" in page
    assert "（平均 30 件）少。" in page


def test_without_a_past_nothing_is_claimed(wall: Wall) -> None:
    wall.count()
    assert "还没有记录可比" in words_of(reader(wall.commander).get("/screen"))


def test_eight_weeks_are_a_table_too(wall: Wall) -> None:
    opened(wall.city.divisions["A.village"].pk, timezone.localtime() - timedelta(days=10), 5)
    wall.count()
    page = words_of(reader(wall.commander).get("/screen?trend=weeks"))
    assert "最近7天收到 7 件、答复 2 次" in page


def test_a_place_with_more_than_usual_is_named_and_opens_its_cases(wall: Wall) -> None:
    village, today = wall.city.divisions["A.village2"], timezone.localtime()
    for week in range(1, 9):
        opened(village.pk, today - timedelta(days=7 * week + 1), 2)
    opened(village.pk, today, 12)
    hot.forget()
    page = reader(wall.commander).get("/screen")
    assert f'href="/screen?place={village.pk}"' in page.content.decode()
    assert "7 天 12 件，往常每周 2.0" in words_of(page)
    elsewhere = wall.city.divisions["B"].pk
    assert "7 天 12 件" not in words_of(reader(wall.commander).get(f"/screen?place={elsewhere}"))


def test_few_matters_never_make_a_hot_place() -> None:
    assert standing_out({1: (4, 0), 2: (1, 8)}) == []
    assert [one.place for one in standing_out({1: (5, 0), 2: (1, 8)})] == [1]


def test_a_new_site_has_no_usual_and_so_no_hot_places() -> None:
    assert standing_out({1: (50, 0), 2: (6, 0)}) == []


def test_a_place_that_always_has_many_is_not_hot() -> None:
    assert standing_out({1: (110, 800)}) == [], "ten more than its hundred a week is nothing"
    assert [one.place for one in standing_out({1: (131, 800), 2: (20, 16)})] == [2, 1]


def test_the_week_and_the_weeks_before_are_told_apart_by_days(wall: Wall) -> None:
    place, today = wall.city.divisions["A.village"].pk, timezone.localdate()
    noon = timezone.localtime().replace(hour=12)
    opened(place, noon - timedelta(days=6), 9)
    opened(place, noon - timedelta(days=7), 8)
    opened(place, noon - timedelta(days=63), 100)
    assert [(one.count, one.usual) for one in villages([place], today)] == [(9, 1.0)]


def test_the_command_screen_speaks_english(wall: Wall) -> None:
    wall.count()
    client = reader(wall.commander)
    client.cookies["django_language"] = "en"
    page = words_of(client.get("/screen"))
    for word in ("In today", "Overdue", "Reopened", "Just received", "More than is usual there"):
        assert word in page
