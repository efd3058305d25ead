"""What a process remembers of the parameters and the calendar: read whole, believed for a few seconds."""

import threading
import time
from dataclasses import dataclass
from datetime import date
from typing import Final

from zhili.base.clock import Calendar
from zhili.core.params.working_days import build

STALE_AFTER: Final = 4.0  # seconds; with a slow read still under the five that are promised


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter's value on a day. `id` is the row's, None when only the declared default is there."""

    id: int | None
    key: str
    text: str
    source: str
    article: str
    confirmed: bool
    since: date | None = None
    """From which day it holds; None: it was always the declared default."""
    set_by_id: int | None = None
    """The account that set it; None for a default."""


@dataclass(frozen=True, slots=True)
class Period:
    """A value and the days it holds: valid_from ≤ day < valid_to."""

    value: Value
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Known:
    """`periods`: by key, the latest first. `overrides`: what `calendar` was built from."""

    periods: dict[str, tuple[Period, ...]]
    overrides: dict[date, bool]
    calendar: Calendar
    until: float


_known: Known | None = None
_generation = 0
_lock = threading.Lock()


def known() -> Known:
    """The remembered rows; two queries when they have grown old, none otherwise.

    While one thread reads anew the others go on with what they have, so that nobody queues on the hot path.
    """
    current = _known
    if current is not None and time.monotonic() < current.until:
        return current
    if not _lock.acquire(blocking=current is None):
        return current or known()
    try:
        if _known is not current and _known is not None:  # another thread was first
            return _known
        return _read(current)
    finally:
        _lock.release()


def forget() -> None:
    """The next call reads anew: after a change made in this process, and between tests."""
    global _known, _generation
    _generation += 1
    _known = None


def _read(former: Known | None) -> Known:
    from zhili.core.params.models import CalendarDay, Parameter

    global _known
    generation, now = _generation, time.monotonic()
    periods: dict[str, list[Period]] = {}
    for row in Parameter.objects.order_by("key", "-valid_from").iterator():
        value = Value(
            row.pk,
            row.key,
            row.value,
            row.source,
            row.article,
            row.confirmed,
            row.valid_from,
            row.set_by_id,
        )
        periods.setdefault(row.key, []).append(Period(value, row.valid_from, row.valid_to))
    overrides = dict(CalendarDay.objects.values_list("date", "working"))
    # The same calendar object is kept while nothing changed: it has counted its working days already.
    same = former is not None and former.overrides == overrides
    calendar = former.calendar if former is not None and same else build(overrides)
    fresh = Known({key: tuple(rows) for key, rows in periods.items()}, overrides, calendar, now + STALE_AFTER)
    if generation == _generation:  # nobody called forget() while we read
        _known = fresh
    return fresh
