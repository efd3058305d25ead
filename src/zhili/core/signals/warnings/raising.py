"""From firings to warnings, in the judge's transaction: repeats merged, the fuse watched, quiet hours kept."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from zhili.base.signals.firing import Firing
from zhili.base.signals.rules import SignalRule
from zhili.core.cases import registry as cases
from zhili.core.people import secrets
from zhili.core.people.offices import tree
from zhili.core.signals import registry
from zhili.core.signals.judge import subjects
from zhili.core.signals.judge.states import Key
from zhili.core.signals.judge.tallying import Tally
from zhili.core.signals.models import Warning, WarningState
from zhili.core.signals.warnings import fusing, keeping_steps, noting, quiet, sending, wording
from zhili.core.signals.warnings.keeping_steps import Change

RED: Final = "red"
OPEN: Final = """
SELECT w.id FROM signals_warning w
JOIN unnest(%s::text[], %s::text[], %s::bigint[]) AS k(rule, kind, id)
  ON w.rule = k.rule AND w.subject_kind = k.kind AND w.subject_id = k.id
WHERE w.state <> 'closed'"""
SAME: Final = """
SELECT w.rule, w.subject_kind, w.subject_id, w.at FROM signals_warning w
JOIN unnest(%s::text[], %s::text[], %s::bigint[], %s::timestamptz[]) AS k(rule, kind, id, at)
  ON w.rule = k.rule AND w.subject_kind = k.kind AND w.subject_id = k.id AND w.at = k.at"""


@dataclass(frozen=True, slots=True)
class Fired:
    """A firing of a rule about a subject, with the numbers that held. ``received_at``: of the newest reading."""

    rule: SignalRule
    key: Key
    firing: Firing
    tuning: Mapping[str, float]
    received_at: datetime | None = None


@dataclass
class Raised:
    """What a turn of judging made of its firings."""

    new: list[Warning] = field(default_factory=list)
    repeated: list[Warning] = field(default_factory=list)
    opens: bool = False
    """Whether a case is to be opened now."""


def raise_all(fired: Iterable[Fired], tallies: Mapping[str, Tally], now: datetime | None = None) -> Raised:
    """Warnings of these firings; each at most once, whatever happened before. About ten statements for any number.

    ``tallies``: of the rules, which are counted on and stored by the caller.
    """
    at = now or timezone.now()
    made = Raised()
    several = sorted(fired, key=lambda one: (one.firing.at, one.rule.name, one.key))
    if not several:
        return made
    several = _unknown(several)
    running = _running(several, tallies)
    told: dict[str, set[Key]] = {}
    fresh: list[tuple[Fired, Warning]] = []
    again: dict[int, Warning] = {}
    for one in several:
        stand = tallies[one.rule.name]
        stand.fired += 1
        stand.fired_at = max(stand.fired_at or one.firing.at, one.firing.at)
        if stand.cut_at is not None:
            stand.held_back += 1
            continue
        before = _before(one, running[one.rule.name, one.key])
        if before is not None:
            before.merged += 1
            before.last_at = max(before.last_at, one.firing.at)
            if before.pk is not None:
                again[before.pk] = before
            continue
        if not _within(one, stand, told, several, at):
            stand.held_back += 1
            continue
        warning = Warning(rule=one.rule.name, level=one.rule.level, at=one.firing.at, last_at=one.firing.at)
        warning.subject_kind, warning.subject_id = one.key
        running[one.rule.name, one.key].append(warning)
        fresh.append((one, warning))
    _keep(fresh, tallies, made, at)
    made.repeated = list(again.values())
    if made.repeated:
        Warning.objects.bulk_update(made.repeated, ["merged", "last_at"])
        keeping_steps.tell((one, "repeated") for one in made.repeated)
    return made


def _unknown(several: list[Fired]) -> list[Fired]:
    """Those that are no warning yet: the moment of a firing is its name, so that nothing is told twice."""
    with connection.cursor() as cursor:
        cursor.execute(SAME, [*_columns(several), [one.firing.at for one in several]])
        known = {(rule, (kind, subject), at) for rule, kind, subject, at in cursor.fetchall()}
    found = []
    for one in several:
        name = (one.rule.name, one.key, one.firing.at)
        if name not in known:
            known.add(name)
            found.append(one)
    return found


def _running(several: list[Fired], tallies: Mapping[str, Tally]) -> dict[tuple[str, Key], list[Warning]]:
    """The open warnings of these rules about these subjects, held until the transaction ends; the latest last."""
    found: dict[tuple[str, Key], list[Warning]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(OPEN, _columns(several))
        ids = [pk for (pk,) in cursor.fetchall()]
    rows = Warning.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk") if ids else ()
    for one in sorted(rows, key=lambda row: row.last_at):
        # it may have been closed while we waited for it; what was only tried is no warning people were told of
        if one.state != WarningState.CLOSED and one.trial == tallies[one.rule].trial:
            found[one.rule, (one.subject_kind, one.subject_id)].append(one)
    return found


def _columns(several: list[Fired]) -> list[list[Any]]:
    return [
        [one.rule.name for one in several],
        [one.key[0] for one in several],
        [one.key[1] for one in several],
    ]


def _before(one: Fired, running: list[Warning]) -> Warning | None:
    """The open warning this is a repeat of: within ``merge`` seconds of its last or before its first."""
    span = timedelta(seconds=one.rule.merge)
    if not span:
        return None
    for warning in reversed(running):
        if warning.at - span <= one.firing.at <= warning.last_at + span:
            return warning
    return None


def _within(one: Fired, stand: Tally, told: dict[str, set[Key]], several: list[Fired], now: datetime) -> bool:
    """Whether the fuse holds with this subject too; else the rule is cut off."""
    name = one.rule.name
    most = fusing.allowed(one.rule, stand)
    if most >= 2**62:
        return True
    if name not in told:
        besides = {other.key for other in several if other.rule.name == name}
        told[name] = {("", n) for n in range(fusing.recent(one.rule, stand, besides, now))}
    if one.key in told[name] or len(told[name]) < most:
        told[name].add(one.key)
        return True
    fired = len(told[name] | {other.key for other in several if other.rule.name == name})
    fusing.blow(one.rule, stand, fired, now)
    return False


def _keep(
    fresh: list[tuple[Fired, Warning]], tallies: Mapping[str, Tally], made: Raised, now: datetime
) -> None:
    """Write the new ones with their steps, leaves, messages and events."""
    if not fresh:
        return
    places = subjects.about(one.key for one, _warning in fresh)
    sealed: list[secrets.SecretRow] = []
    for one, warning in fresh:
        _fill(one, warning, places[one.key], sealed, now)
        if tallies[one.rule.name].trial:
            _hold_back(warning)
    if sealed:
        secrets.save(sealed)
    made.new = Warning.objects.bulk_create(warning for _one, warning in fresh)
    made.opens = any(warning.open_at is not None and warning.open_at <= now for warning in made.new)
    keeping_steps.keep(
        Change(
            warning, "raised", facts=keeping_steps.said_of(warning) | {"held": _held(one, places[one.key])}
        )
        for one, warning in fresh
    )
    noting.note((warning for warning in made.new if warning.told_at is not None), "raised", now)


def _fill(
    one: Fired, warning: Warning, about: subjects.About, sealed: list[secrets.SecretRow], now: datetime
) -> None:
    rule, where = one.rule, about.where
    scenario = cases.scenarios().get(sending.scenario_of(rule.name))
    warning.zone = scenario.zone if scenario else "government"
    warning.source = about.source
    warning.division_id, warning.cell_id = where.division, where.cell
    warning.office_id, warning.why = sending.first(rule.name, where, about.category, about.scenario)
    warning.offices = [warning.office_id] if warning.office_id is not None else []
    warning.tuning = dict(one.tuning)
    warning.received_at, warning.raised_at = one.received_at, now
    facts = {"value": one.firing.value, **one.firing.facts}
    public, private = wording.parted(rule, facts, one.tuning)
    warning.facts = public
    if private:
        row = secrets.prepare("text", json.dumps(private, ensure_ascii=False), expires=now + keeps(rule))
        warning.secret_id = row.id
        sealed.append(row)
    else:
        warning.value = one.firing.value
    until = quiet.ends(rule.quiet, now) if rule.level != RED else None
    if until is None:
        warning.told_at = now
        warning.escalate_at = next_rung(rule, 0, now)
    else:
        warning.tell_at = until
    warning.open_at = (until or now) if rule.opens else None


def _hold_back(warning: Warning) -> None:
    """Of a rule on trial: kept to be looked at, and nothing follows from it."""
    warning.trial = True
    warning.told_at = warning.tell_at = warning.escalate_at = warning.open_at = None


def _held(one: Fired, about: subjects.About) -> dict[str, Any]:
    """Since when each of the rule's numbers held, and which account set it; empty for those nobody ever set."""
    chain = tuple(node.id for node in tree().chain(about.where.office or 0))
    held = registry.held(one.rule, one.firing.at, chain)
    return {
        name: [number.since.isoformat(), number.set_by_id] for name, number in held.items() if number.since
    }


def next_rung(rule: SignalRule, rung: int, told_at: datetime) -> datetime | None:
    """When the next office is told if nobody accepts: so many seconds after the first was told."""
    if rung >= len(rule.escalate):
        return None
    return told_at + timedelta(seconds=rule.escalate[rung][1])


def keeps(rule: SignalRule) -> timedelta:
    """How long what the rule found of a person is kept: as long as the most short-lived measure it reads."""
    known = registry.measures()
    days = [known[one].keeps_days for one in rule.measures or () if one in known and known[one].personal]
    return timedelta(days=min(days, default=30))
