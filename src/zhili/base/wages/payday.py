"""The day wages are due. 条例 14: a payday on a holiday or rest day is kept before it, never after."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from zhili.base.calendar import Calendar


def payday(year: int, month: int, day: int, calendar: Calendar, *, next_month: bool = True) -> date:
    """When the wage of that month must be paid: the agreed day (1–31) of the same month or the next (条例 14).

    A day the month does not have is its last one; a day without work gives way to the last working day before it.
    Raises ValueError for a day that cannot be.
    """
    if not 1 <= day <= 31 or not 1 <= month <= 12:
        raise ValueError("工资支付日应为1到31日")
    if next_month:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    due = date(year, month, min(day, monthrange(year, month)[1]))
    while not calendar.is_working(due):
        due -= timedelta(days=1)
    return due


def payday_ahead(year: int, month: int, today: date, calendar: Calendar) -> int:
    """The earliest agreed day by which that month's wage is due after ``today``; 31 where there is none."""
    return next((day for day in range(1, 32) if payday(year, month, day, calendar) > today), 31)


def scheduled_days(year: int, month: int, calendar: Calendar) -> int:
    """Working days of a month."""
    return sum(calendar.is_working(date(year, month, n)) for n in range(1, monthrange(year, month)[1] + 1))
