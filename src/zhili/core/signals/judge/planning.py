"""The rules that judge now: by which measure each is asked, under what number it is kept, what holds of it today."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.utils import timezone

from zhili.base.signals.conditions import Absence, Geofence
from zhili.base.signals.rules import SignalRule
from zhili.base.signals.zones import Zone
from zhili.core import params
from zhili.core.params.cache import Known, known
from zhili.core.people.offices import tree
from zhili.core.signals import registry
from zhili.core.signals.judge.states import Key
from zhili.core.signals.models import RuleStand
from zhili.core.signals.rules import trying
from zhili.core.signals.warnings import wording

ZONE_SECONDS: Final = 20.0
"""How long a subject's zone is believed: a fence the wearer moves holds after that at the latest."""


@dataclass(frozen=True, slots=True)
class Ruled:
    """A rule in force. ``guarded``: it reads what tells of a person, so only of a consenting wearer."""

    rule: SignalRule
    number: int
    consent: str
    by: str
    guarded: bool
    zone: str

    @property
    def heartbeat(self) -> bool:
        """It asks whether anything is heard at all: when readings came counts, not what time they tell."""
        return isinstance(self.rule.condition, Absence) and self.rule.condition.measure is None


@dataclass
class Plan:
    """What is asked of each measure. ``any``: rules that read whatever comes."""

    day: date
    names: frozenset[str]
    rules: dict[int, Ruled] = field(default_factory=dict)
    by_measure: dict[str, tuple[Ruled, ...]] = field(default_factory=dict)
    any: tuple[Ruled, ...] = ()

    def of(self, measure: str) -> tuple[Ruled, ...]:
        return self.by_measure.get(measure, self.any)


class Planner:
    """Keeps the plan, the numbers and the zones while nothing they come from has changed."""

    def __init__(self) -> None:
        self._plan: Plan | None = None
        self._known: Known | None = None
        self._offices: object = None
        self._tunings: dict[tuple[int, int, date], dict[str, float]] = {}
        self._chains: dict[int, tuple[int, ...]] = {}
        self._zones: dict[tuple[str, Key], tuple[Zone | None, float]] = {}

    def plan(self) -> Plan:
        """The rules whose last day is not over. A new rule gets its number in the running transaction."""
        parameters, offices, today = known(), tree(), timezone.localdate()
        if parameters is not self._known or offices is not self._offices:
            self._known, self._offices = parameters, offices
            self._tunings.clear()
            self._chains.clear()
            self._plan = None
        if self._plan is None or self._plan.day != today:
            self._plan = self._make(today)
        return self._plan

    def forget(self) -> None:
        """Numbers given to rules in a transaction that was rolled back are nobody's."""
        self._plan = None

    def _make(self, today: date) -> Plan:
        rules = [one for one in registry.rules().values() if params.in_force(one.name, today)]
        numbers = _numbers([one.name for one in rules])
        plan = Plan(today, frozenset(numbers))
        by_measure: dict[str, list[Ruled]] = {}
        for rule in rules:
            condition = rule.condition
            zone = condition.zone if isinstance(condition, Geofence) else ""
            one = Ruled(
                rule,
                numbers[rule.name],
                rule.consent,
                rule.by,
                wording.personal(rule) and not rule.consent,
                zone,
            )
            plan.rules[one.number] = one
            if rule.measures is None:
                plan.any = (*plan.any, one)
            for measure in rule.measures or ():
                by_measure.setdefault(measure, []).append(one)
        plan.by_measure = {name: (*several, *plan.any) for name, several in by_measure.items()}
        return plan

    def tuning(self, one: Ruled, office: int | None, day: date) -> dict[str, float]:
        """The numbers that hold on a day for an office: its own, else of the nearest above, else the site's."""
        asked = (one.number, office or 0, day)
        found = self._tunings.get(asked)
        if found is None:
            if office is not None and office not in self._chains:
                self._chains[office] = tuple(node.id for node in tree().chain(office))
            chain = self._chains.get(office or 0, ())
            found = self._tunings[asked] = registry.tuning(one.rule, day, chain)
        return found

    def zone(self, one: Ruled, key: Key) -> Zone | None:
        """A subject's zone, asked again after a while."""
        if not one.zone:
            return None
        now = time.monotonic()
        found = self._zones.get((one.zone, key))
        if found is None or found[1] < now:
            if len(self._zones) > 50_000:
                self._zones.clear()
            found = (registry.zone(one.zone, *key), now + ZONE_SECONDS)
            self._zones[one.zone, key] = found
        return found[0]


def local_day(at: datetime) -> date:
    return timezone.localdate(at)


def _numbers(names: list[str]) -> dict[str, int]:
    """The short number of each rule, given once and kept."""
    known_ = dict(RuleStand.objects.values_list("name", "id"))
    rules = registry.rules()
    if new := [name for name in names if name not in known_]:
        RuleStand.objects.bulk_create(
            (RuleStand(name=name, **trying.beginning(rules[name])) for name in new), ignore_conflicts=True
        )
        known_ = dict(RuleStand.objects.values_list("name", "id"))
    return {name: known_[name] for name in names}
