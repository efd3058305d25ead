"""What may be believed of a device's words: places on the ground, times near now, numbers that are numbers."""

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from zhili.base.devices import Undecodable
from zhili.base.devices.measures import ALARMS, KNOWN
from zhili.base.geo import PlaceError, Point
from zhili.base.signals.measures import Said

EARLIEST: Final = datetime(2010, 1, 1, tzinfo=UTC)  # before any such device; an unset clock says 1970 or 2000
AHEAD: Final = timedelta(days=1)


def number(value: Any) -> float:
    """A finite number, never a truth value or text. Raises Undecodable("shape")."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Undecodable("shape", "not a number")
    try:
        found = float(value)
    except OverflowError:
        raise Undecodable("shape", "beyond any measure") from None
    if not math.isfinite(found):
        raise Undecodable("shape", "not a finite number")
    return found


def believable(measure: str, value: float) -> bool:
    """Whether a sensor can have seen this; a measure without bounds here is the registry's to judge."""
    known = KNOWN.get(measure)
    return math.isfinite(value) if known is None else known.holds(value)


def place(lon: float, lat: float) -> tuple[float, float]:
    """(lon, lat) in WGS-84 degrees. Raises Undecodable("place") beyond the earth and for 0, 0."""
    try:
        found = Point(lon, lat)
    except PlaceError as error:
        raise Undecodable("place", str(error)) from error
    return found.lon, found.lat


def moment(at: datetime, now: datetime | None) -> datetime:
    """The time in UTC. Raises Undecodable("time"): before 2010, or more than a day after `now`."""
    try:
        found = at.astimezone(UTC)
    except (OverflowError, ValueError):
        raise Undecodable("time", "outside the calendar") from None
    if found < EARLIEST or (now is not None and found > now + AHEAD):
        which = "ahead of ours by more than a day" if found > EARLIEST else "before any such device"
        raise Undecodable("time", f"{found.isoformat()} is {which}")
    return found


def timed(said: Iterable[Said], at: datetime | None, clock_wrong: bool) -> tuple[Said, ...]:
    """The readings at `at`; with a wrong clock only the alarms, without a time of their own."""
    return tuple(
        Said(one.measure, None if clock_wrong else at, one.value, one.point, one.samples)
        for one in said
        if not clock_wrong or one.measure in ALARMS
    )
