"""The site's working calendar: the published list, an administrator's changes, years not published yet."""

import logging
from datetime import date, timedelta

import pytest

from zhili.base.clock import Calendar
from zhili.core import params
from zhili.core.params import working_days
from zhili.core.params.models import CalendarDay

pytestmark = pytest.mark.django_db

YEAR = working_days.build({}).last_year + 1  # the first year the library does not hold


def test_the_published_holidays_and_make_up_days() -> None:
    calendar = params.calendar()
    assert not calendar.is_working(date(2025, 10, 1))
    assert calendar.is_working(date(2025, 10, 11))
    assert not calendar.is_working(date(2025, 10, 12))


def test_an_administrators_day_wins_over_the_published_list() -> None:
    assert params.calendar().is_working(date(2025, 11, 6))
    CalendarDay.objects.create(date=date(2025, 11, 6), working=False, note="台风停工")
    CalendarDay.objects.create(date=date(2025, 11, 8), working=True)
    CalendarDay.objects.create(date=date(2025, 10, 11), working=False)
    CalendarDay.objects.create(date=date(2025, 10, 1), working=True)
    calendar = params.calendar()
    assert [calendar.is_working(date(2025, *day)) for day in [(11, 6), (11, 8), (10, 11), (10, 1)]] == [
        False,
        True,
        False,
        True,
    ]
    CalendarDay.objects.get(date=date(2025, 11, 6)).delete()
    assert params.calendar().is_working(date(2025, 11, 6))


def test_the_same_calendar_is_kept_until_it_changes() -> None:
    first = params.calendar()
    assert params.calendar() is first
    CalendarDay.objects.create(date=date(2025, 11, 6), working=False)
    assert params.calendar() is not first


class TestAYearNotPublished:
    def test_limits_that_reach_into_it_are_warned_of_loudly(self) -> None:
        assert params.calendar_gaps(date(YEAR - 1, 6, 1)) == []
        (warning,) = params.calendar_gaps(date(YEAR - 1, 12, 1))
        assert warning.startswith(f"{YEAR}年的节假日安排尚未载入：目前只按周六、周日休息计算")
        assert len(params.calendar_gaps(date(YEAR, 12, 1))) == 2

    def test_it_is_in_the_log_too(
        self, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(working_days.timezone, "localdate", lambda: date(YEAR, 1, 1))
        with caplog.at_level(logging.WARNING, "zhili.params"):
            params.calendar()
        assert f"{YEAR}年的节假日安排尚未载入" in caplog.text

    def test_plain_weekends_are_what_counts_until_then(self) -> None:
        new_year = date(YEAR, 1, 1)
        assert params.calendar().unpublished(YEAR)
        assert params.calendar().is_working(new_year) == (new_year.weekday() < 5)

    def test_it_is_known_once_its_days_are_entered(self) -> None:
        weekdays = [day for n in range(20) if (day := date(YEAR, 1, 1) + timedelta(days=n)).weekday() < 5]
        CalendarDay.objects.bulk_create(CalendarDay(date=day, working=False) for day in weekdays[:10])
        params.forget()
        assert not params.calendar().unpublished(YEAR)
        assert params.calendar_gaps(date(YEAR - 1, 12, 1)) == []
        assert not params.calendar().is_working(weekdays[0])


def test_a_site_without_overrides_agrees_with_the_library_on_every_day_it_knows() -> None:
    import chinese_calendar

    calendar: Calendar = params.calendar()
    day = date(calendar.first_year, 1, 1)
    while day.year <= calendar.last_year:
        assert calendar.is_working(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)
