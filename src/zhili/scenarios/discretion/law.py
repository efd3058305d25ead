"""What 行政处罚法 (2021) counts and caps, as plain arithmetic. No database; every number's article stands beside it.

Money is whole fen. Days written 二日, 三日, 五日, 七日 in the Act are working days (85); ten, fifteen, ninety are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from zhili.base.calendar import Calendar

ACT: Final = "中华人民共和国行政处罚法"
NATURAL, SOLE_TRADER, ENTITY = "natural", "sole_trader", "entity"
PARTIES: Final = [
    (NATURAL, "自然人"),
    (SOLE_TRADER, "个体工商户"),
    (ENTITY, "法人或者其他组织"),
]
PERSONS: Final = (NATURAL, SOLE_TRADER)
"""Whose name and code are personal data."""

SPOT_PERSON, SPOT_ENTITY = 200_00, 3_000_00
"""On the spot: a fine of at most so much (51). A sole trader counts as a person: the stricter reading, our own."""
COLLECT_AT_ONCE: Final = 100_00
"""A fine made on the spot may be collected there up to this (68 一), or for a reason (68 二, 69)."""
LATE_PER_DAY: Final = (3, 100)
"""加处罚款: three hundredths of the fine a day, never more than the fine (72 一)."""
YEARS, YEARS_GRAVE = 2, 5
"""An act not discovered in two years is not penalised; in five where life, health or finance is harmed (36)."""
HEARING_AHEAD: Final = 7
"""Working days by which the notice of a hearing goes ahead of it (64 二, 85)."""


def spot_limit(party: str) -> int:
    """The highest fine that may be made on the spot, in fen (51)."""
    return SPOT_ENTITY if party == ENTITY else SPOT_PERSON


def last_day_to_discover(ended: date, *, grave: bool = False) -> date:
    """Until when an act that ended on that day may be discovered and still be penalised (36).

    The day itself is not counted: two years from 2024-03-01 end on 2026-03-01. A 29 February ends on the 28th.
    """
    years = YEARS_GRAVE if grave else YEARS
    try:
        return ended.replace(year=ended.year + years)
    except ValueError:
        return date(ended.year + years, 2, 28)


def hearing_from(notified: date, calendar: Calendar) -> date:
    """The first day on which a hearing may be held when its notice was given that day: seven whole working days
    lie between the two (64 二, 85). Both ends left out is the reading that favours the party."""
    return calendar.next_working(calendar.add_working_days(notified, HEARING_AHEAD) + timedelta(days=1))


def working_days_left(since: date, today: date, days: int, calendar: Calendar) -> int:
    """Working days after today until the limit of so many since that day ends; 0 on its last day and later."""
    return calendar.working_days_between(today, calendar.add_working_days(since, days))


def days_left(since: date, today: date, days: int) -> int:
    """Calendar days after today until the limit of so many since that day ends; 0 on its last day and later."""
    return max(0, (since + timedelta(days=days) - today).days)


@dataclass(frozen=True, slots=True)
class Span:
    """A time without late fee, both days in it: a review or a suit (73). ``until`` None: it goes on."""

    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Late:
    """A late fee and how it came about. ``days`` counted, ``stopped`` left out, ``fee`` and ``uncapped`` in fen."""

    days: int
    stopped: int
    uncapped: int
    fee: int

    @property
    def capped(self) -> bool:
        return self.fee < self.uncapped


def late_fee(
    fine: int,
    due: date,
    on: date,
    *,
    stopped: Iterable[Span] = (),
    paid: Mapping[date, int] | None = None,
) -> Late:
    """The late fee owed at the end of a day, when the fine was due at the end of ``due`` (72 一, 73).

    Each day after ``due`` up to ``on`` counts, but for those of ``stopped``. A day's fee is three hundredths of what
    was still unpaid of the fine that morning, and the sum never passes the fine; fractions of a fen are dropped.
    ``paid``: fen by day. What is paid on a day counts from the next one.
    """
    spans, days, left_out, hundredths = list(stopped), 0, 0, 0
    part, whole = LATE_PER_DAY
    day = due + timedelta(days=1)
    payments = paid or {}
    while day <= on:
        if any(span.since <= day and (span.until is None or day <= span.until) for span in spans):
            left_out += 1
        else:
            unpaid = max(0, fine - sum(sum_ for when, sum_ in payments.items() if when < day))
            if not unpaid:
                break
            days += 1
            hundredths += unpaid * part
        day += timedelta(days=1)
    uncapped = hundredths // whole
    return Late(days, left_out, uncapped, min(fine, uncapped))


@dataclass(frozen=True, slots=True)
class Statute:
    """What one clause allows: from ``low`` to ``high`` fen, both allowed; ``where`` names law and article."""

    low: int
    high: int
    where: str

    def holds(self, fine: int) -> bool:
        return self.low <= fine <= self.high


def yuan(fen: int) -> str:
    """1234.5 as people write it: 1,234.50; whole yuan without decimals."""
    return f"{fen // 100:,}" if fen % 100 == 0 else f"{fen // 100:,}.{fen % 100:02d}"
