"""The working calendar: published holidays and make-up days, put right by an administrator's table."""

import logging
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Final

from chinese_calendar.constants import holidays, workdays
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.clock import Calendar

# A year has 13 official holidays (全国年节及纪念日放假办法, revised 2024), of which at least this many fall
# on or are moved to weekdays. So many entered days make a year known that the library does not hold yet.
ENOUGH_DAYS: Final = 10
LOOK_AHEAD: Final = timedelta(days=90)  # limits of sixty working days reach that far

log = logging.getLogger("zhili.params")


@cache
def _published() -> tuple[frozenset[date], frozenset[date], int, int]:
    """Free weekdays, worked weekend days, first and last year, of the `chinesecalendar` library."""
    off = frozenset(day for day in holidays if day.weekday() < 5)
    on = frozenset(day for day in workdays if day.weekday() >= 5)
    return off, on, min(holidays).year, max(holidays).year


def build(overrides: Mapping[date, bool]) -> Calendar:
    """The calendar with the administrator's days (True = worked) in place of the published ones."""
    off, on, first_year, last_year = _published()
    off = (off - overrides.keys()) | {
        day for day, working in overrides.items() if not working and day.weekday() < 5
    }
    on = (on - overrides.keys()) | {
        day for day, working in overrides.items() if working and day.weekday() >= 5
    }
    while sum(day.year == last_year + 1 for day in off) >= ENOUGH_DAYS:
        last_year += 1
    calendar = Calendar(off, on, first_year, last_year)
    for warning in gaps(calendar, timezone.localdate()):
        log.warning(warning)
    return calendar


def gaps(calendar: Calendar, today: date) -> list[str]:
    """A sentence for each year that limits already reach into and whose holidays are not known."""
    years = range(today.year, (today + LOOK_AHEAD).year + 1)
    return [
        _(
            "%(year)s年的节假日安排尚未载入：目前只按周六、周日休息计算该年的工作日，涉及的期限可能不准。"
            "国务院办公厅公布后，请升级 chinesecalendar，或在“工作日历调整”中录入。"
        )
        % {"year": year}
        for year in years
        if calendar.unpublished(year)
    ]
