"""Quiet hours: a warning below red that comes then is kept, and told when they end."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from django.utils import timezone

_FORM = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


def parse(text: str) -> tuple[time, time] | None:
    """ "22:00-07:00" as its two times; None for "". Raises ValueError for anything else."""
    if not text:
        return None
    found = _FORM.fullmatch(text)
    if found is None or found[0][:5] == found[0][6:]:
        raise ValueError(f"quiet hours are written 22:00-07:00, not {text!r}")
    a, b, c, d = map(int, found.groups())
    return time(a, b), time(c, d)


def ends(text: str, at: datetime) -> datetime | None:
    """When the quiet hours that ``at`` falls into end (local time of the site); None outside them."""
    hours = parse(text)
    if hours is None:
        return None
    first, last = hours
    local = timezone.localtime(at)
    now = local.time()
    if first < last:
        if not first <= now < last:
            return None
        day = local.date()
    else:
        if last <= now < first:
            return None
        day = local.date() + timedelta(days=1) if now >= first else local.date()
    return timezone.make_aware(datetime.combine(day, last))
