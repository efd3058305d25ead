"""What kind of day a day was: worked by the calendar, a day of rest, or one of the statutory holidays.

The statutory days are those of 全国年节及纪念日放假办法 (as revised 2024, 13 days): of a break moved around weekends
only these are holidays, the others days of rest. Days by the lunar calendar stand in a table, year by year; of a year
that is not in it, only the days by the solar calendar are known. The table is held against chinesecalendar (2025,
2026) and against the new moons (all years) by a test; what the State Council announces for 2027 and
2028 is not out yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, Literal

from zhili.core import params

Kind = Literal["workday", "restday", "holiday"]

SOLAR: Final = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
EVES: Final = {2025: (1, 28), 2026: (2, 16), 2027: (2, 5), 2028: (1, 25)}
"""除夕; the day and the three after it are free."""
OTHERS: Final = {
    2025: ((4, 4), (5, 31), (10, 6)),
    2026: ((4, 5), (6, 19), (9, 25)),
    2027: ((4, 5), (6, 9), (9, 15)),
    2028: ((4, 4), (5, 28), (10, 3)),
}
"""清明, 端午, 中秋."""


def statutory(year: int) -> Iterator[date]:
    """The statutory holidays of a year, as far as they are known."""
    for month, day in (*SOLAR, *OTHERS.get(year, ())):
        yield date(year, month, day)
    if year in EVES:
        eve = date(year, *EVES[year])
        yield from (eve + timedelta(days=n) for n in range(4))


def known(year: int) -> bool:
    """Whether the days by the lunar calendar of that year stand here."""
    return year in EVES


def kind(day: date) -> Kind:
    """The kind of a day."""
    if day in _of(day.year):
        return "holiday"
    return "workday" if params.calendar().is_working(day) else "restday"


_years: dict[int, frozenset[date]] = {}


def _of(year: int) -> frozenset[date]:
    if year not in _years:
        _years[year] = frozenset(statutory(year))
    return _years[year]
