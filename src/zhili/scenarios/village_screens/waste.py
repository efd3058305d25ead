"""Waste by collection point and day: what was entered, else what the point's own scale weighed. Never by household."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.core.streams import emit
from zhili.core.trail import changes
from zhili.scenarios.village_screens import sensing
from zhili.scenarios.village_screens.models import WasteDay, WastePoint

DAYS = 14
SUBJECT = "village_waste"
CHANGED = "village_screens.changed"
LATE = timedelta(days=31)


@dataclass(frozen=True)
class Day:
    day: date
    kilograms: float | None
    purity: float | None


@dataclass(frozen=True)
class Point:
    """One point over ``DAYS`` days, the oldest first; days nobody weighed are empty."""

    id: int
    name: str
    days: tuple[Day, ...]

    @property
    def last(self) -> Day | None:
        return next((one for one in reversed(self.days) if one.kilograms is not None), None)

    @property
    def trend(self) -> str:
        """The last seven days beside the seven before, in a word."""
        half = len(self.days) // 2
        before, now = (
            sum(one.kilograms or 0 for one in part) for part in (self.days[:half], self.days[half:])
        )
        if not before or not now:
            return ""
        change = round((now - before) / before * 100)
        if abs(change) < 5:
            return _("与前一周持平")
        return (_("比前一周多 %d%%") if change > 0 else _("比前一周少 %d%%")) % abs(change)


def of(division_id: int, today: date | None = None) -> list[Point]:
    """Every open point of a village. Three queries."""
    today = today or timezone.localdate()
    first = today - timedelta(days=DAYS - 1)
    points = list(WastePoint.objects.filter(division_id=division_id, closed_on=None).order_by("name"))
    entered = {
        (one.point_id, one.day): one
        for one in WasteDay.objects.filter(point__in=points, day__gte=first, day__lte=today)
    }
    weighed = _weighed([one.source_id for one in points if one.source_id], first, today)
    found = []
    for point in points:
        days = []
        for n in range(DAYS):
            day = first + timedelta(days=n)
            row = entered.get((point.pk, day))
            scale = weighed.get((point.source_id or 0, day))
            days.append(Day(day, row.kilograms if row else scale, row.purity if row else None))
        found.append(Point(point.pk, point.name, tuple(days)))
    return found


def total(points: list[Point]) -> list[Day]:
    """All points together, day by day; purity by weight."""
    days = []
    for column in zip(*(one.days for one in points), strict=True):
        known = [one for one in column if one.kilograms is not None]
        sorted_ = [(one.kilograms, one.purity) for one in known if one.purity is not None and one.kilograms]
        weight = sum(kilograms or 0 for kilograms, _purity in sorted_)
        purity = sum((kilograms or 0) * (p or 0) for kilograms, p in sorted_) / weight if weight else None
        days.append(Day(column[0].day, sum(one.kilograms or 0 for one in known) if known else None, purity))
    return days


def enter(actor: Actor, point: WastePoint, day: date, kilograms: float, purity: float | None) -> None:
    """Keep a day's weight; a second entry puts the first right. Raises Refused (422)."""
    today = timezone.localdate()
    if not today - LATE <= day <= today:
        raise Refused("bad_day", _("只能登记今天和最近一个月的，请改正日期"), 422)
    with transaction.atomic():
        changes.begin(SUBJECT, f"{point.pk}/{day}")
        old = WasteDay.objects.filter(point=point, day=day).first()
        before = {"kilograms": old.kilograms, "purity": old.purity} if old else {}
        after = {"kilograms": kilograms, "purity": purity}
        WasteDay.objects.update_or_create(point=point, day=day, defaults=after)
        key = f"{point.pk}/{day}"
        changes.record(
            SUBJECT,
            "weighed",
            actor,
            key=key,
            name=point.name,
            office=actor.office_id,
            before=before,
            after=after,
        )
        emit(CHANGED, None, {"division": point.division_id})


def _weighed(sources: list[int], first: date, last: date) -> dict[tuple[int, date], float]:
    """What scales weighed, summed by day."""
    zone = timezone.get_current_timezone()
    since = datetime.combine(first, time(), zone)
    until = datetime.combine(last + timedelta(days=1), time(), zone)
    found: dict[tuple[int, date], float] = defaultdict(float)
    for (source, _measure), known in sensing.values(sources, ["waste_weight"], since, until).items():
        for at, kilograms in known:
            found[(source, timezone.localdate(at))] += kilograms
    return found
