"""What the plots draw: the numbers for a script, the sentence under them, the table behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language


@dataclass(frozen=True)
class Plot:
    """One plot. ``drawing`` is read by frontend/src/signals/plots.ts."""

    sentence: str
    heads: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    drawing: dict[str, Any] = field(default_factory=dict)


def line(name: str, role: str, values: list[Any], **more: Any) -> dict[str, Any]:
    """A line or a row of bars; ``role``: now, quiet, good, bad, soon."""
    return {"name": name, "role": role, "values": values, **more}


def millis(at: datetime) -> int:
    """A moment for a time axis, which is drawn as UTC: the city's wall clock, wherever the browser stands."""
    return int(timezone.localtime(at).replace(tzinfo=UTC).timestamp() * 1000)


def short(day: date) -> str:
    """11月21日, without its year."""
    if (get_language() or "zh").startswith("zh"):
        return f"{day.month}月{day.day}日"
    return date_format(day, "j M")


def clock(at: datetime) -> str:
    """11月21日 15:04, local time."""
    local = timezone.localtime(at)
    return f"{short(local.date())} {local:%H:%M}"


def thinned(points: list[Any], most: int) -> list[Any]:
    """At most so many of them, the last among them."""
    if len(points) <= most:
        return points
    step = len(points) / most
    return [points[int(n * step)] for n in range(most - 1)] + points[-1:]
