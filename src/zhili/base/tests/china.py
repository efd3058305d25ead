"""The official calendar, as the tests of limits use it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from chinese_calendar.constants import holidays, workdays

from zhili.base.calendar import Calendar, Hours, WorkTime

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar(
    off=frozenset(day for day in holidays if day.weekday() < 5),
    on=frozenset(day for day in workdays if day.weekday() >= 5),
    first_year=2004,
    last_year=2026,
)
HOURS = Hours()
WORK = WorkTime(CALENDAR, HOURS, SHANGHAI)


def at(text: str) -> datetime:
    """ "2025-09-29 10:00" in Shanghai; a bare date is its 00:00."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def end_of(text: str) -> datetime:
    """24:00 of that day."""
    day = date.fromisoformat(text)
    return at(date.fromordinal(day.toordinal() + 1).isoformat())
