"""The measures and rules of this site, as declared: the kernel's, and those of each scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from zhili.base.signals import conditions
from zhili.base.signals.conditions import Geofence, Happens, Step, Threshold, Window
from zhili.base.signals.measures import KERNEL, Measure
from zhili.base.signals.rules import WEARER, SignalRule
from zhili.base.signals.zones import Zone
from zhili.core import params
from zhili.core.cases import registry as cases
from zhili.core.params.rules import rules as automated

Resolver = Callable[[str, int], Zone | None]
"""(subject kind, subject id) → its circle or polygon today; None when it has none."""

_own: dict[str, Measure | SignalRule] = {}
_zones: dict[str, Resolver] = {}
_ANY_NUMBER: Final = ("number", "event")


def declare(*several: Measure | SignalRule) -> None:
    """Measures and rules of a kernel app. A scenario says ``Scenario(measures=…, signals=…)`` instead."""
    for one in several:
        if _own.setdefault(one.name, one) != one:
            raise ValueError(f"{one.name} is declared twice and differently")
        if isinstance(one, SignalRule):
            params.declare_signals(one)


def declare_zone(name: str, resolver: Resolver) -> None:
    """Who says where the zone of a subject lies, for ``Geofence(zone=name)``. Raises ValueError for a second one."""
    if _zones.setdefault(name, resolver) is not resolver:
        raise ValueError(f"zone {name} is declared twice")


def zone(name: str, subject_kind: str, subject_id: int) -> Zone | None:
    """A subject's zone today. Raises KeyError for a zone nobody declared."""
    return _zones[name](subject_kind, subject_id)


def measures() -> dict[str, Measure]:
    """Every measure by name, the kernel's first. Raises ValueError when one name is declared in two ways."""
    found: dict[str, Measure] = {}
    for one in _all_measures():
        if found.setdefault(one.name, one) != one:
            raise ValueError(f"measure {one.name} is declared twice and differently")
    return found


def rules() -> dict[str, SignalRule]:
    """Every rule by name, whether in force or not (``params.in_force(name)``)."""
    own = [one for one in _own.values() if isinstance(one, SignalRule)]
    return {one.name: one for one in (*own, *(r for s in cases.scenarios().values() for r in s.signals))}


@dataclass(frozen=True, slots=True)
class Held:
    """A number a rule goes by on a day: since when (None: it was never set), and which account set it."""

    value: float
    since: date | None = None
    set_by_id: int | None = None


def held(rule: SignalRule, on: date | datetime | None = None, offices: Iterable[int] = ()) -> dict[str, Held]:
    """Every number of a rule as it holds on a day for an office (``offices``: it and those above, the nearest first).

    A value that is no number, or outside its bounds (a row written by hand), counts as the declared one.
    """
    chain = tuple(offices)
    found = {}
    for one in rule.tuned:
        row = params.get(rule.key(one.name), on, chain)
        try:
            number = float(row.text)
        except ValueError:
            number = float("nan")
        found[one.name] = Held(number, row.since, row.set_by_id) if one.holds(number) else Held(one.default)
    return found


def tuning(
    rule: SignalRule, on: date | datetime | None = None, offices: Iterable[int] = ()
) -> dict[str, float]:
    """What ``judge`` takes: the values of ``held``."""
    return {name: one.value for name, one in held(rule, on, offices).items()}


def faults() -> list[str]:
    """Every rule that cannot run on this site, one sentence each with the place at fault: a part of ``zhili check``."""
    try:
        known = measures()
    except ValueError as error:
        return [str(error)]
    signals = rules()
    found = [
        f'rule {name}: subject "{WEARER}" is a person; only a SignalRule with consent may be about one'
        for name, rule in automated().items()
        if rule.subject == WEARER and name not in signals
    ]
    for rule in signals.values():
        found += [f"rule {rule.name}: {fault}" for fault in (*_measured(rule, known), *_named(rule, known))]
    return found


def _all_measures() -> list[Measure]:
    own = [one for one in _own.values() if isinstance(one, Measure)]
    return [*KERNEL, *own, *(m for s in cases.scenarios().values() for m in s.measures)]


def _measured(rule: SignalRule, known: dict[str, Measure]) -> list[str]:
    read = rule.measures or ()
    found = [
        f"unknown measure {one}; known are {', '.join(sorted(known))}" for one in read if one not in known
    ]
    if found:
        return found
    match rule.condition:
        case Threshold() | Step() | Window(fold="sum" | "mean" | "min" | "max" | "change"):
            wanted: tuple[str, ...] = ("number",)
        case Happens():
            wanted = ("event",)
        case Geofence():
            wanted = ("position",)
        case conditions.Expression():
            wanted = _ANY_NUMBER
        case _:
            wanted = ("number", "event", "position", "samples")
    return [
        f"measure {one} is of kind {known[one].kind}; {type(rule.condition).__name__} reads {' or '.join(wanted)}"
        for one in read
        if known[one].kind not in wanted
    ]


def _named(rule: SignalRule, known: dict[str, Measure]) -> list[str]:
    found = []
    if isinstance(rule.condition, Geofence) and rule.condition.zone not in _zones:
        found.append(f"unknown zone {rule.condition.zone}; known are {', '.join(sorted(_zones)) or 'none'}")
    if rule.opens:
        procedure, _slash, opening = rule.opens.partition("/")
        one = cases.procedure(procedure)
        if one is None or opening not in one.openings:
            found.append(f"opens {rule.opens}, which is no opening of this site")
    if rule.consent and cases.procedure(rule.consent) is None:
        found.append(f"consent names an unknown procedure: {rule.consent}")
    personal = [known[one] for one in rule.measures or () if one in known and known[one].personal]
    if rule.about.subject in (
        "thing",
        "device",
    ):  # where a thing is tells of no person; nobody's heart is a thing's
        personal = [one for one in personal if one.kind != "position"]
    if personal and not rule.consent:
        found.append(
            f"measure {personal[0].name} tells of a person: only a rule about a consenting wearer may read it"
        )
    return found
