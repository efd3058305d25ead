"""When limits end, told with real dates of the official calendar."""

from datetime import UTC, date, datetime, time

import pytest

from zhili.base.calendar import Calendar, Duration, Hours, due, measure
from zhili.base.tests.china import CALENDAR, HOURS, SHANGHAI, WORK, at, end_of


def ends(start: str, limit: str, *, roll: bool = False) -> datetime:
    return due(at(start), Duration.parse(limit), CALENDAR, HOURS, SHANGHAI, roll=roll)


class TestWorkingDays:
    def test_five_working_days_over_the_national_day_of_2025(self) -> None:
        # 1–8 October are off (Mid-Autumn falls on the 6th); Saturday the 11th is a make-up day.
        # Counted: 30 Sept, 9, 10, 11, 13 Oct.
        assert ends("2025-09-29 10:00", "5wd") == end_of("2025-10-13")

    def test_seven_working_days_over_the_spring_festival_of_2025(self) -> None:
        # Off 28 January – 4 February; Sunday 26 January and Saturday 8 February are make-up days.
        # Counted: 26, 27 Jan, 5, 6, 7, 8, 10 Feb.
        assert ends("2025-01-24 16:00", "7wd") == end_of("2025-02-10")

    def test_three_working_days_over_the_mid_autumn_of_2024(self) -> None:
        # 15–17 September off, Saturday the 14th made up: counted 13, 14, 18.
        assert ends("2024-09-12 09:00", "3wd") == end_of("2024-09-18")

    def test_the_long_spring_festival_of_2026(self) -> None:
        # Off 15–23 February; Saturdays 14 and 28 are make-up days: counted 14, 24, 25, 26, 27.
        assert ends("2026-02-13 11:00", "5wd") == end_of("2026-02-27")

    def test_what_comes_in_on_a_holiday_counts_from_the_next_working_day(self) -> None:
        assert ends("2025-10-03 12:00", "1wd") == end_of("2025-10-09")

    def test_the_day_of_the_event_is_not_counted_whatever_its_hour(self) -> None:
        assert ends("2025-11-03 00:00", "1wd") == ends("2025-11-03 23:59", "1wd") == end_of("2025-11-04")

    def test_over_the_turn_of_the_year(self) -> None:
        # 1 January 2025 (Wednesday) is off.
        assert ends("2024-12-30 10:00", "3wd") == end_of("2025-01-03")

    def test_a_moment_given_in_utc_is_counted_on_its_local_day(self) -> None:
        # 20:00 UTC on Sunday is 04:00 on Monday in Shanghai.
        start = datetime(2025, 11, 2, 20, tzinfo=UTC)
        assert due(start, Duration.parse("1wd"), CALENDAR, HOURS, SHANGHAI) == end_of("2025-11-04")


class TestCalendarDays:
    def test_fifteen_days_of_a_petition(self) -> None:
        # 信访工作条例 22: 自收到之日起15日内
        assert ends("2025-11-03 10:00", "15d") == end_of("2025-11-18")

    def test_a_last_day_in_the_holidays_moves_to_the_first_working_day_where_the_law_says_so(self) -> None:
        assert ends("2025-09-20 10:00", "15d") == end_of("2025-10-05")
        assert ends("2025-09-20 10:00", "15d", roll=True) == end_of("2025-10-09")

    def test_a_last_day_on_a_made_up_saturday_does_not_move(self) -> None:
        assert ends("2025-09-26 10:00", "15d", roll=True) == end_of("2025-10-11")

    def test_a_last_day_on_a_plain_sunday_moves_to_monday(self) -> None:
        assert ends("2025-11-01 10:00", "15d", roll=True) == end_of("2025-11-17")


class TestHours:
    @pytest.mark.parametrize(
        ("start", "end"),
        [
            ("2025-09-29 10:00", "2025-09-29 15:30"),  # over the noon break
            ("2025-09-29 07:00", "2025-09-29 14:00"),  # before opening
            ("2025-09-29 12:30", "2025-09-29 17:30"),  # in the break: ends at closing time, not next morning
            ("2025-09-30 16:30", "2025-10-09 11:30"),  # over the National Day holidays
            ("2025-10-04 12:00", "2025-10-09 14:00"),  # handed in on a holiday
            ("2025-10-10 17:30", "2025-10-11 14:00"),  # Saturday is a make-up day
        ],
    )
    def test_four_office_hours(self, start: str, end: str) -> None:
        assert ends(start, "4wh") == at(end)

    def test_plain_hours_and_minutes_run_through_nights_and_holidays(self) -> None:
        assert ends("2025-10-01 23:30", "2h") == at("2025-10-02 01:30")
        assert ends("2025-10-01 23:45", "30min") == at("2025-10-02 00:15")

    def test_an_office_with_its_own_hours(self) -> None:
        hours = Hours.of([["09:00", "12:00"], ["14:00", "18:00"]])
        assert due(at("2025-11-03 11:00"), Duration.parse("4wh"), CALENDAR, hours, SHANGHAI) == at(
            "2025-11-03 17:00"
        )

    def test_an_office_open_round_the_clock(self) -> None:
        hours = Hours.of([["00:00", "24:00"]])
        end = due(at("2025-11-03 22:00"), Duration.parse("4wh"), CALENDAR, hours, SHANGHAI)
        assert abs((end - at("2025-11-04 02:00")).total_seconds()) < 0.001

    @pytest.mark.parametrize(
        "spans",
        [[], [["12:00", "08:30"]], [["08:30", "12:00"], ["11:00", "17:00"]], [["8点", "12点"]], [["08:30"]]],
    )
    def test_impossible_hours_are_refused(self, spans: list[list[str]]) -> None:
        with pytest.raises(ValueError, match="办公时间"):
            Hours.of(spans)


class TestYearsNotPublished:
    def test_the_calendar_says_so_and_counts_plain_weekends(self) -> None:
        assert CALENDAR.unpublished(2027)
        assert not CALENDAR.unpublished(2026)
        assert ends("2027-09-30 10:00", "1wd") == end_of("2027-10-01")  # a Friday, surely a holiday one day

    def test_without_any_list_only_weekends_are_free(self) -> None:
        plain = Calendar()
        assert not plain.is_working(date(2025, 10, 11))
        assert plain.is_working(date(2025, 10, 1))


class TestDurations:
    @pytest.mark.parametrize(
        ("text", "words"),
        [("15d", "15日"), ("5wd", "5个工作日"), ("4wh", "4个工作小时"), ("30min", "30分钟"), ("2h", "2小时")],
    )
    def test_as_written_and_as_read(self, text: str, words: str) -> None:
        assert str(Duration.parse(f" {text} ")) == text
        assert Duration.parse(text).words == words

    @pytest.mark.parametrize("text", ["", "15", "d", "-1d", "1.5h", "15 days", "1y", "99999d", "٣d", "5WD"])
    def test_what_is_not_a_limit_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="时限"):
            Duration.parse(text)

    def test_a_start_without_a_zone_is_a_mistake(self) -> None:
        with pytest.raises(ValueError, match="aware"):
            due(datetime(2025, 1, 1), Duration.parse("1d"), CALENDAR, HOURS, SHANGHAI)


def test_hours_used_are_measured_over_weekends() -> None:
    assert measure(at("2025-10-10 16:30"), at("2025-10-13 09:30"), "wh", WORK) == int(9.5 * 3_600_000_000)
    assert HOURS.worked_by(time(12, 30)) == int(3.5 * 3_600_000_000)
