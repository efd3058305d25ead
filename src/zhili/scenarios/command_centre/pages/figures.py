"""The figures of a place. Each carries the address of the cases behind it, so that none is shown without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.cases.ground import Ground, answers, matters, reopenings, steps
from zhili.core.indicators.measures import nearest_rank
from zhili.core.indicators.overview import Counts, Speed, by_day, speeds
from zhili.core.indicators.workload import Load
from zhili.scenarios.command_centre.pages.asked import Place

SPAN = 30
"""Days that speed and reopening are counted over."""
WEEKS = 8


@dataclass(frozen=True)
class Figure:
    """One big figure. ``tone`` says how it is meant (over, soon, or nothing), beside its word and icon."""

    key: str
    title: str
    value: str
    unit: str
    url: str
    note: str = ""
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Past:
    """What the roll-ups say of a place: each of the last 56 days, and the speed of the last thirty."""

    days: Mapping[date, Counts]
    month: Counts
    speed: Speed

    @property
    def today(self) -> Counts:
        return self.days[max(self.days)]


def past_of(place: Place, today: date) -> Past:
    """Two queries on the roll-ups; of a cell, of which none are kept, three on its own few cases."""
    since = today - timedelta(days=7 * WEEKS - 1)
    first = today - timedelta(days=SPAN - 1)
    if place.ground.cell_id is not None:
        return _of_cell(place.ground, since, first, today)
    days = by_day(place.ground.division_id, since, today)
    month = sum((counts for day, counts in days.items() if day >= first), Counts())
    return Past(days, month, speeds(place.ground.division_id, first, today, month)[0])


def _of_cell(ground: Ground, since: date, first: date, today: date) -> Past:
    start, end = midnight(since), midnight(today + timedelta(days=1))
    days: dict[date, dict[str, int]] = {
        since + timedelta(days=n): {} for n in range((today - since).days + 1)
    }

    def add(at: datetime, measure: str) -> None:
        sums = days[timezone.localdate(at)]
        sums[measure] = sums.get(measure, 0) + 1

    opened = matters(ground).filter(opened_at__gte=start, opened_at__lt=end)
    for at in opened.values_list("opened_at", flat=True):
        add(at, "opened")
    spans: dict[int, int] = {}
    given = steps(ground, start, end).filter(answers()).values_list("at", "case__opened_at")
    for at, opened_at in given:
        add(at, "answered")
        if timezone.localdate(at) >= first:
            took = (timezone.localdate(at) - timezone.localdate(opened_at)).days
            spans[took] = spans.get(took, 0) + 1
    for at in steps(ground, start, end).filter(reopenings()).values_list("at", flat=True):
        add(at, "reopened")
    counted = {day: Counts(**sums) for day, sums in days.items()}
    month = sum((counts for day, counts in counted.items() if day >= first), Counts())
    pairs = sorted(spans.items())
    speed = Speed(
        sum(spans.values()), nearest_rank(pairs, 0.5), nearest_rank(pairs, 0.9), month.reopened_share
    )
    return Past(counted, month, speed)


def figures(place: Place, load: Load, past: Past) -> list[Figure]:
    """The five that are read from across the room; speed has a place of its own beside them."""
    return [
        Figure(
            "opened",
            gettext("今天收到"),
            str(past.today.opened),
            gettext("件事"),
            behind(place, "opened"),
            icon="plus",
        ),
        Figure(
            "owed",
            gettext("正在办"),
            str(load.open),
            gettext("件事"),
            behind(place, "owed"),
            icon="clock",
        ),
        Figure(
            "overdue",
            gettext("已超时限"),
            str(load.overdue),
            gettext("件事"),
            behind(place, "overdue"),
            tone="over" if load.overdue else "",
            icon="triangle-alert",
        ),
        Figure(
            "soon",
            gettext("一天内到期"),
            str(load.soon),
            gettext("件事"),
            behind(place, "soon"),
            tone="soon" if load.soon else "",
            icon="alarm-clock",
        ),
        Figure(
            "answered",
            gettext("今天答复"),
            str(past.today.answered),
            gettext("次"),
            behind(place, "answered"),
            icon="check",
        ),
    ]


def pace(place: Place, past: Past) -> list[Figure]:
    """Speed, and beside it the price of speed: how often the same answers were not enough."""
    speed = past.speed
    share = "–" if speed.reopened_share is None else f"{100 * speed.reopened_share:.1f}"
    return [
        Figure(
            "median",
            gettext("一半的事这么久答复"),
            *_days(speed.median),
            behind(place, "answered", days=SPAN),
        ),
        Figure(
            "p90",
            gettext("九成的事这么久答复"),
            *_days(speed.p90),
            behind(place, "answered", days=SPAN),
        ),
        Figure("reopened", gettext("要求重办"), share, "%", behind(place, "reopened", days=SPAN)),
    ]


def _days(days: int | None) -> tuple[str, str]:
    """A number of whole days and its unit."""
    if days is None:
        return "–", ""
    return (str(days), gettext("天内")) if days else (gettext("当天"), "")


def behind(place: Place, what: str, **more: str | int | None) -> str:
    """The cases behind a figure."""
    return place.url("/screen/cases", what=what, **more)


def midnight(day: date) -> datetime:
    """The moment a day begins in the city."""
    return timezone.make_aware(datetime.combine(day, time.min))
