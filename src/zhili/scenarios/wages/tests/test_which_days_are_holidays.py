"""The table of lunar holidays against the State Council's breaks as chinesecalendar has them, and against the moon."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from math import radians, sin

import chinese_calendar
import pytest

from zhili.scenarios.wages import holidays

NAMED = {"Spring Festival": 4, "Tomb-sweeping Day": 1, "Dragon Boat Festival": 1, "Mid-autumn Festival": 1}
BEIJING = timezone(timedelta(hours=8))


@pytest.mark.parametrize("year", [2025, 2026])
def test_each_statutory_day_lies_in_the_break_of_its_name(year: int) -> None:
    breaks = chinese_calendar.constants.holidays
    lunar = set(holidays.statutory(year)) - {date(year, month, day) for month, day in holidays.SOLAR}
    assert {name: sum(breaks.get(day) == name for day in lunar) for name in NAMED} == NAMED
    assert all(chinese_calendar.is_holiday(day) for day in holidays.statutory(year))
    assert len(set(holidays.statutory(year))) == 13


def new_moon(k: int) -> date:
    """The day of Beijing of the k-th new moon since January 2000, to minutes (Meeus, Astronomical Algorithms, 49)."""
    t = k / 1236.85
    days = 2451550.09766 + 29.530588861 * k + 0.00015437 * t**2
    sun, moon = radians(2.5534 + 29.1053567 * k), radians(201.5643 + 385.81693528 * k)
    node = radians(160.7108 + 390.67050284 * k)
    days += (
        -0.4072 * sin(moon) + 0.17241 * sin(sun) + 0.01608 * sin(2 * moon) + 0.01039 * sin(2 * node)
        + 0.00739 * sin(moon - sun) - 0.00514 * sin(moon + sun) + 0.00208 * sin(2 * sun)
        - 0.00111 * sin(moon - 2 * node) - 0.00057 * sin(moon + 2 * node) + 0.00056 * sin(2 * moon + sun)
        - 0.00042 * sin(3 * moon) + 0.00042 * sin(sun + 2 * node) + 0.00038 * sin(sun - 2 * node)
        - 0.00024 * sin(2 * moon - sun)
    )  # fmt: skip
    at = datetime(2000, 1, 1, 12, tzinfo=UTC) + timedelta(days=days - 2451545.0, seconds=-72)
    return at.astimezone(BEIJING).date()


@pytest.mark.parametrize("year", list(holidays.EVES))
def test_festivals_fall_on_their_day_of_the_moon(year: int) -> None:
    """正月初一 is a new moon's day, 五月初五 the fifth of one, 八月十五 the fifteenth (2027: by four minutes)."""
    moons = {new_moon(k) for k in range(300, 360)}
    _clear, boat, autumn = (date(year, *day) for day in holidays.OTHERS[year])
    assert date(year, *holidays.EVES[year]) + timedelta(days=1) in moons
    assert boat - timedelta(days=4) in moons
    assert autumn - timedelta(days=14) in moons


@pytest.mark.parametrize("year", list(holidays.EVES))
def test_the_day_of_clear_and_bright_is_that_of_the_sun(year: int) -> None:
    """The usual sum for 清明 in this century."""
    n = year - 2000
    assert date(year, *holidays.OTHERS[year][0]) == date(year, 4, int(n * 0.2422 + 4.81) - n // 4)
