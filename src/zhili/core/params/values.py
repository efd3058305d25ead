"""Reading parameters: what holds on a day, and where it comes from. No query when warm."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.clock import Calendar, Duration
from zhili.core.params import working_days
from zhili.core.params.cache import Value, known
from zhili.core.params.declarations import find, office_key


class ParamMissing(LookupError):
    """No such parameter, or none that holds on that day."""


class ParamUnreadable(ValueError):
    """The parameter's text is not what its user needs (a time limit, say)."""


def get(key: str, on: date | datetime | None = None, offices: Iterable[int] = ()) -> Value:
    """The value that holds on a day (today when not said; a datetime counts by its local day).

    `offices`: ids of an office and those above it, the nearest first: the first that has set a value of its own for
    that day is asked before the city. Without a row for that day it is the declared default, with `id` None.
    ParamMissing when there is none.
    """
    day = _day(on)
    periods = known().periods
    for name in (*(office_key(key, one) for one in offices), key):
        for period in periods.get(name, ()):
            if period.valid_from <= day and (period.valid_to is None or day < period.valid_to):
                return period.value
    param = find(key)
    if param is None:
        raise ParamMissing(_("没有名为“%(key)s”的参数") % {"key": key})
    return Value(None, key, param.default, param.source, param.article, param.confirmed)


def duration(key: str, on: date | datetime | None = None) -> tuple[Duration, Value]:
    """A time limit and the value it was read from. Raises ParamMissing, ParamUnreadable."""
    value = get(key, on)
    try:
        return Duration.parse(value.text), value
    except ValueError as error:
        words = _("参数“%(key)s”的取值“%(value)s”不是时限") % {"key": key, "value": value.text}
        raise ParamUnreadable(words) from error


def calendar() -> Calendar:
    """The working calendar of this site; the same object until it changes."""
    return known().calendar


def calendar_gaps(today: date | None = None) -> list[str]:
    """Warnings for people: years that limits reach into whose holidays are not known."""
    return working_days.gaps(calendar(), today or timezone.localdate())


def _day(on: date | datetime | None) -> date:
    if on is None:
        return timezone.localdate()
    return timezone.localdate(on) if isinstance(on, datetime) else on
