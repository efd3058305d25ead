"""Wristbands as ``core.signals`` knows them: the one place of this scenario that touches sources and what they sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from zhili.base.signals.measures import Reading
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.signals import registry, sources
from zhili.core.signals.models import Source
from zhili.core.signals.store.forgetting import forget as forget_subject
from zhili.core.signals.store.reading import opening_id
from zhili.core.signals.store.storing import history
from zhili.scenarios.eldercare import rules

WEARER = "wearer"
KIND = "wristband"
PLATFORM = Actor(kind="rule", label="佩戴手环")
"""Unbinds where the wearer did, who holds no post: the step of the wearing says who."""
PERSONAL = ("position", "heart_rate", "steps", "accel", "fall_probability")
LATEST = timedelta(hours=24)
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Position:
    lon: float
    lat: float
    at: datetime


@dataclass(frozen=True)
class Day:
    """One day of somebody's own values."""

    day: date
    low: int | None
    high: int | None
    steps: int | None


@dataclass(frozen=True)
class Status:
    """A device as it stands: no word of whoever wears it. ``battery`` 0..1."""

    number: str
    battery: float | None
    last_seen_at: datetime | None
    low: bool
    silent: bool

    @property
    def percent(self) -> int:
        return round(100 * (self.battery or 0))


def wristband(number: str) -> Source | None:
    """One that is registered, in use, and about nobody."""
    return Source.objects.filter(number=number, kind=KIND, active=True).exclude(subject_kind=WEARER).first()


def bind(source: Source, case: Case, actor: Actor) -> None:
    """From now on what it sends is about this wearing, in the cell of the wearer's home."""
    sources.bind(
        source,
        WEARER,
        case.pk,
        actor,
        division_id=case.division_id,
        cell_id=case.cell_id,
        reason=case.number,
    )


def unbind(source_id: int | None, number: str) -> None:
    """From now on it is about itself."""
    if source_id is not None and Source.objects.filter(pk=source_id, active=True).exists():
        sources.bind(source_id, "device", None, PLATFORM, reason=number)


def forget(wearing_id: int) -> None:
    """Whatever was measured of this wearer is deleted now, not at the end of its thirty days."""
    forget_subject(WEARER, wearing_id)


def statuses(ids: Iterable[int]) -> dict[int, Status]:
    """How these devices stand, by id. One query."""
    low, silent = _limits()
    now = timezone.now()
    found = {}
    for one in Source.objects.filter(pk__in=list(ids)):
        quiet = one.last_seen_at is None or (now - one.last_seen_at).total_seconds() > silent
        found[one.pk] = Status(
            one.number,
            one.battery,
            one.last_seen_at,
            one.battery is not None and one.battery < low,
            quiet,
        )
    return found


def _limits() -> tuple[float, float]:
    """What counts as low and as silent: the numbers of the rules themselves."""
    known = {rule.name: rule for rule in rules.SIGNALS}
    battery, silent = known["eldercare.battery"], known["eldercare.silent"]
    return registry.tuning(battery)["low"], registry.tuning(silent)["longer"]


def position(wearing_id: int, actor: Actor, purpose: str, case_id: int | None = None) -> Position | None:
    """Where the wristband was last, of the last day. The opening is kept first."""
    found = _of(wearing_id, ("position",), LATEST, actor, purpose, case_id)
    newest = next((one for one in reversed(found) if one.point is not None), None)
    return Position(*newest.point, newest.at) if newest is not None and newest.point is not None else None


def health(wearing_id: int, actor: Actor, purpose: str) -> list[Day]:
    """The last thirty days, a line each, newest first. The opening is kept first."""
    days: dict[date, dict[str, list[float]]] = {}
    for one in _of(wearing_id, ("heart_rate", "steps"), KEPT, actor, purpose, wearing_id):
        if one.value is not None:
            day = days.setdefault(timezone.localtime(one.at).date(), {"heart_rate": [], "steps": []})
            day[one.measure].append(one.value)
    return [_day(day, days[day]) for day in sorted(days, reverse=True)]


def _day(day: date, told: dict[str, list[float]]) -> Day:
    hearts, steps = told["heart_rate"], told["steps"]
    low, high = (round(min(hearts)), round(max(hearts))) if hearts else (None, None)
    return Day(day, low, high, round(max(steps)) if steps else None)


def _of(
    wearing_id: int,
    measures: tuple[str, ...],
    back: timedelta,
    actor: Actor,
    purpose: str,
    case_id: int | None,
) -> list[Reading]:
    until = timezone.now() + timedelta(minutes=5)  # a watch's clock may be ahead
    rows = history(
        WEARER, [wearing_id], measures, until - back, until, actor=actor, purpose=purpose, case_id=case_id
    )
    return list(rows)


def openings(wearing_id: int) -> dict[UUID, str]:
    """Under which ids openings of a wearer's measures stand in the record of who looked."""
    return {opening_id(WEARER, wearing_id, one): one for one in registry.measures()}
