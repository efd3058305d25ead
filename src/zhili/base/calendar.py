"""Working days, office hours, and when a time limit ends. Pure: holidays are handed in.

Day counting follows 民事诉讼法 (2023) 85 and 刑事诉讼法 (2018) 105: the hour and the day on which a
period begins are not counted. A period in days ends at 24:00 of its last day.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property, lru_cache
from typing import Final, Literal, cast

Unit = Literal["min", "h", "d", "wd", "wh"]
UNIT_NAMES: Final[dict[Unit, str]] = {
    "min": "分钟",
    "h": "小时",
    "d": "日",
    "wd": "个工作日",
    "wh": "个工作小时",
}
_PARTS: Final[dict[Unit, int]] = {"min": 60_000_000, "h": 3_600_000_000, "wh": 3_600_000_000, "d": 1, "wd": 1}
_DURATION = re.compile(r"([0-9]{1,6})\s*(min|h|d|wd|wh)")
_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Duration:
    """A legal time limit as written: 15d calendar days, 5wd working days, 4wh working hours, 30min, 2h."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.unit not in UNIT_NAMES:
            raise ValueError(f"时限单位应为 min、h、d、wd、wh 之一：{self.unit}")
        most = 999_999 if self.unit in ("min", "h") else 36_525  # a hundred years
        if not 0 <= self.amount <= most:
            raise ValueError(f"时限数值应在0到{most}之间：{self.amount}")

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """From "15d", "5wd", "4wh", "30min", "2h"; ValueError with words otherwise."""
        return _parse(text)

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    @property
    def quantity(self) -> int:
        """In the unit's smallest parts: microseconds (min, h, wh) or days (d, wd)."""
        return self.amount * _PARTS[self.unit]

    @property
    def words(self) -> str:
        """5个工作日 — Chinese source text."""
        return f"{self.amount}{UNIT_NAMES[self.unit]}"


@lru_cache(maxsize=1024)
def _parse(text: str) -> Duration:
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise ValueError(f"时限写法有误：{text}（应如 15d、5wd、4wh、30min、2h）")
    return Duration(int(found[1]), cast(Unit, found[2]))


@dataclass(frozen=True)
class Calendar:
    """Which days are worked. `off`: weekdays without work (holidays); `on`: weekend days with work (make-up).

    `first_year`–`last_year` are the years whose official list is known. Outside them weekends alone are free:
    a plain guess that `unpublished` tells of, so that nobody takes it for the law.
    """

    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()
    first_year: int = 1
    last_year: int = 9999
    # Each year's working days as ordinals, made when first asked for: counting is then a bisection.
    _years: dict[int, list[int]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def is_working(self, day: date) -> bool:
        """True when offices work that day."""
        if day.weekday() < 5:
            return day not in self.off
        return day in self.on

    def unpublished(self, year: int) -> bool:
        """True when the official holidays of that year were not known: its working days are only weekdays."""
        return not self.first_year <= year <= self.last_year

    def next_working(self, day: date) -> date:
        """That day when it is worked, else the first worked day after it."""
        while not self.is_working(day):
            day += _DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """The count-th working day after `day`, which is itself not counted; `day` itself for 0."""
        if count == 0:
            return day
        year, number = day.year, day.toordinal()
        worked = self._of(year)
        at = bisect_right(worked, number)
        while at + count > len(worked):
            count -= len(worked) - at
            year, at = year + 1, 0
            worked = self._of(year)
        return date.fromordinal(worked[at + count - 1])

    def working_days_between(self, after: date, until: date) -> int:
        """Working days d with after < d ≤ until; 0 when until is not later."""
        if until <= after:
            return 0
        low, high = after.toordinal(), until.toordinal()
        return sum(
            bisect_right(worked, high) - bisect_right(worked, low)
            for worked in (self._of(year) for year in range(after.year, until.year + 1))
        )

    def _of(self, year: int) -> list[int]:
        """Ordinals of the working days of a year. Built once per year; a race only builds it twice."""
        worked = self._years.get(year)
        if worked is None:
            first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
            worked = [n for n in range(first, last + 1) if self.is_working(date.fromordinal(n))]
            self._years[year] = worked
        return worked


@dataclass(frozen=True)
class Hours:
    """An office's hours on a working day: (from, to) pairs of local time, in order, none over midnight."""

    spans: tuple[tuple[time, time], ...] = ((time(8, 30), time(12)), (time(13, 30), time(17, 30)))

    def __post_init__(self) -> None:
        ends = [moment for span in self.spans for moment in span]
        if not ends or ends != sorted(set(ends)):
            raise ValueError("办公时间应按先后排列，且互不重叠")

    @classmethod
    def of(cls, spans: Sequence[Sequence[str]]) -> "Hours":
        """From [["08:30", "12:00"], ["13:30", "17:30"]], as offices keep it; "24:00" ends the day."""
        try:
            return cls(tuple((_clock_time(start), _clock_time(to)) for start, to in spans))
        except (ValueError, TypeError) as error:
            raise ValueError(f"办公时间写法有误：{spans}") from error

    @cached_property
    def per_day(self) -> int:
        """Microseconds of work in a working day."""
        return sum(to - start for start, to in self._offsets)

    @cached_property
    def _offsets(self) -> tuple[tuple[int, int], ...]:
        return tuple((_micros(start), _micros(to)) for start, to in self.spans)

    def worked_by(self, moment: time) -> int:
        """Microseconds worked on a working day up to that time."""
        now = _micros(moment)
        return sum(min(now, to) - start for start, to in self._offsets if now > start)

    def reached(self, micros: int) -> time:
        """The first time of a working day by which that much (0 < micros ≤ per_day) has been worked."""
        for start, to in self._offsets:
            if micros <= to - start:
                hour, rest = divmod(start + micros, 3_600_000_000)
                minute, rest = divmod(rest, 60_000_000)
                return time(hour, minute, *divmod(rest, 1_000_000))
            micros -= to - start
        raise ValueError("more than a day's work")


def _clock_time(text: str) -> time:
    return time.max if text == "24:00" else time.fromisoformat(text)


def _micros(moment: time) -> int:
    seconds = (moment.hour * 60 + moment.minute) * 60 + moment.second
    return seconds * 1_000_000 + moment.microsecond


@dataclass(frozen=True)
class WorkTime:
    """What an office's limits are counted with."""

    calendar: Calendar
    hours: Hours
    zone: tzinfo


def due(
    start: datetime,
    duration: Duration,
    calendar: Calendar,
    hours: Hours,
    zone: tzinfo,
    *,
    roll: bool = False,
) -> datetime:
    """When a limit that begins at `start` (aware) ends; the answer is aware, in `zone`.

    min, h  elapsed time.
    d       24:00 of the amount-th day after the day of `start`. With `roll`, a last day without work gives
            way to the next working day (民事诉讼法 85; 刑事诉讼法 105, but never for a person in custody).
    wd      24:00 of the amount-th working day after that day (行政处罚法 85: 工作日, 不含法定节假日).
    wh      the moment at which that many office hours have gone by.
    24:00 is written as 00:00 of the next day.
    """
    return reach(start, duration.unit, duration.quantity, WorkTime(calendar, hours, zone), roll=roll)


def reach(start: datetime, unit: Unit, quantity: int, work: WorkTime, *, roll: bool = False) -> datetime:
    """As `due`, with the amount in the unit's smallest parts: microseconds (min, h, wh) or days (d, wd)."""
    if start.tzinfo is None:
        raise ValueError("the start of a limit must be an aware datetime")
    if unit in ("min", "h"):
        return (start.astimezone(UTC) + timedelta(microseconds=quantity)).astimezone(work.zone)
    local, calendar = start.astimezone(work.zone), work.calendar
    if unit == "wh":
        return _add_office_time(local, quantity, work)
    day = local.date()
    if unit == "wd":
        last = calendar.add_working_days(day, quantity) if quantity else calendar.next_working(day)
    else:
        last = day + timedelta(days=quantity)
        last = calendar.next_working(last) if roll else last
    return datetime.combine(last + _DAY, time(), work.zone)


def measure(start: datetime, end: datetime, unit: Unit, work: WorkTime) -> int:
    """How much of a limit goes by from `start` to `end` (later): microseconds (min, h, wh) or days (d, wd).

    In days the first day is not counted and the last one is.
    """
    if unit in ("min", "h"):
        return (end - start) // _MICROSECOND
    first, last = start.astimezone(work.zone), end.astimezone(work.zone)
    if unit == "d":
        return (last.date() - first.date()).days
    if unit == "wd":
        return work.calendar.working_days_between(first.date(), last.date())
    days = work.calendar.working_days_between(first.date() - _DAY, last.date() - _DAY)
    return days * work.hours.per_day + _worked_that_day(last, work) - _worked_that_day(first, work)


def _worked_that_day(local: datetime, work: WorkTime) -> int:
    return work.hours.worked_by(local.time()) if work.calendar.is_working(local.date()) else 0


def _add_office_time(local: datetime, micros: int, work: WorkTime) -> datetime:
    if micros == 0:
        return local
    day, per_day = local.date(), work.hours.per_day
    # The last microsecond decides the day: a limit used up at closing time ends then, not next morning.
    days, rest = divmod(_worked_that_day(local, work) + micros - 1, per_day)
    if not work.calendar.is_working(day):
        days += 1
    day = work.calendar.add_working_days(day, days)
    return datetime.combine(day, work.hours.reached(rest + 1), work.zone)
