"""Moments, limits and spans read as a clerk would say them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from zhili.core.web import words

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 15, 4, tzinfo=SHANGHAI)


def test_a_moment_is_written_with_its_year() -> None:
    assert words.moment(NOW) == "2026年11月21日 15:04"


def test_a_moment_in_english_is_british() -> None:
    with translation.override("en"):
        assert words.moment(NOW) == "21 November 2026, 15:04"


def test_a_limit_that_ends_with_the_day_says_24_oclock_of_that_day() -> None:
    assert words.deadline(datetime(2026, 11, 24, tzinfo=SHANGHAI)) == "2026年11月23日 24:00"
    assert words.deadline(NOW) == "2026年11月21日 15:04"


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        (timedelta(days=3, hours=23), "还剩 3 天"),
        (timedelta(hours=2, minutes=59), "还剩 2 小时"),
        (timedelta(minutes=5), "还剩 5 分钟"),
        (timedelta(seconds=5), "还剩 1 分钟"),
        (-timedelta(days=1, hours=1), "已超 1 天"),
        (-timedelta(seconds=1), "已超 1 分钟"),
    ],
)
def test_time_left_uses_its_largest_useful_unit(rest: timedelta, said: str) -> None:
    assert words.time_left(NOW + rest, NOW) == said


def test_what_is_older_than_a_week_is_told_by_its_day() -> None:
    assert words.ago(NOW - timedelta(hours=3), NOW) == "3 小时前"
    assert words.ago(NOW - timedelta(days=8), NOW) == "2026年11月13日"
