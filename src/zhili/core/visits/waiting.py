"""How long a list stands public before it is drawn from."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from zhili.core import params

UNITS: Final = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
"""No working days, for it is a clock's work."""


def after(key: str) -> datetime:
    """The moment this parameter's time from now."""
    found = params.duration(key)[0]
    return timezone.now() + found.amount * UNITS[found.unit]
