"""What a warning says: its rule, what was found, the thresholds it went by, and why this office was told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from zhili.base.signals.rules import WEARER, SignalRule
from zhili.core.cases import reasons
from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.core.places.models import Cell
from zhili.core.places.tree import nodes as divisions
from zhili.core.signals import registry
from zhili.core.signals.models import Warning

_PLACE: Final = re.compile(r"%\((\w+)\)([-+ #0-9.]*[a-zA-Z])")
HIDDEN: Final = "＊＊"
ALWAYS_PUBLIC: Final = ("limit", "limit_name")
"""Facts of a firing that say what the rule goes by, not what was measured."""


@dataclass(frozen=True, slots=True)
class Number:
    """One threshold as it held."""

    name: str
    title: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Explained:
    """A warning in words. ``reason``: what was found; personal values stand as ＊＊ unless they were opened."""

    title: str
    reason: str
    purpose: str
    decides: str
    numbers: tuple[Number, ...]
    why: tuple[str, ...]
    place: str
    personal: bool


def personal(rule: SignalRule) -> bool:
    """Whether what the rule reads tells of a person, so that its facts are sealed."""
    known = registry.measures()
    return any(known[one].personal for one in rule.measures or () if one in known)


def parted(
    rule: SignalRule, facts: Mapping[str, Any], tuning: Mapping[str, float]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what anybody who sees the warning may read, what is sealed)."""
    if not personal(rule):
        return dict(facts), {}
    public = {name: value for name, value in facts.items() if name in ALWAYS_PUBLIC or name in tuning}
    return public, {name: value for name, value in facts.items() if name not in public}


def sentence(rule: SignalRule, facts: Mapping[str, Any]) -> str:
    """The rule's reason with these facts, in the reader's language; what is not among them stands as ＊＊."""
    text = _(rule.reason) if rule.reason else _(rule.about.title)
    return _PLACE.sub(lambda place: _filled(place, facts), text).replace("%%", "%")


def _filled(place: re.Match[str], facts: Mapping[str, Any]) -> str:
    """One %(name)s or %(name).2f."""
    name, form = place[1], place[2]
    if name not in facts:
        return HIDDEN
    value = facts[name]
    if form.endswith("s") or isinstance(value, str):
        return shown(value)
    try:
        return str(f"%{form}" % value)
    except (TypeError, ValueError):
        return shown(value)


def shown(value: Any) -> str:
    """A fact as people read it: 72, 0.35, 11月22日 14:30."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, float | int):
        return f"{value:.0f}" if float(value).is_integer() else f"{value:.4g}"
    text = str(value)
    if len(text) >= 19 and text[4:5] == "-":
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            return text
        if at.tzinfo is not None:
            local = timezone.localtime(at)
            return f"{date_format(local, 'MONTH_DAY_FORMAT')} {local:%H:%M}"
    return text


def explain(warning: Warning, opened: Mapping[str, Any] | None = None) -> Explained:
    """The warning in words, for whoever sees it. ``opened``: its sealed facts, as ``open_facts`` gave them."""
    rule = registry.rules().get(warning.rule)
    facts = {**warning.facts, **(opened or {})}
    why = tuple(reasons.said(one) for one in warning.why)
    if rule is None:  # of a scenario taken out of the site
        return Explained(warning.rule, warning.rule, "", "", (), why, place(warning), bool(warning.secret_id))
    return Explained(
        title=_(rule.about.title),
        reason=sentence(rule, facts),
        purpose=_(rule.about.purpose),
        decides=_(rule.about.decides),
        numbers=tuple(
            Number(one.name, _(one.title), warning.tuning[one.name], _(one.unit) if one.unit else "")
            for one in rule.tuned
            if one.name in warning.tuning
        ),
        why=why,
        place=place(warning),
        personal=warning.secret_id is not None,
    )


def open_facts(warnings: Iterable[Warning], actor: Actor, purpose: str) -> dict[int, dict[str, Any]]:
    """What wearers' devices measured, opened, by warning: each opening is a leaf and is told to the person.

    Those without personal facts, or whose facts were erased, are left out. Whether this actor may is the caller's to
    decide. Raises ValueError without a purpose.
    """
    several = {one.secret_id: one for one in warnings if one.secret_id is not None}
    cases = {secret: one.case_id for secret, one in several.items() if one.case_id is not None}
    opened = secrets.open_many(several, actor, purpose, cases=cases)
    return {several[secret].pk: dict(json.loads(text)) for secret, text in opened.items()}


def place(warning: Warning) -> str:
    """The cell's or the division's name; never an address."""
    if warning.cell_id is not None and (cell := Cell.objects.filter(pk=warning.cell_id).only("name").first()):
        return cell.name
    found = divisions().get(warning.division_id or 0)
    return found.name if found else ""


def title(rule: str) -> str:
    """A rule's title in the reader's language."""
    found = registry.rules().get(rule)
    return _(found.about.title) if found else rule


def of_wearer(rule: SignalRule) -> bool:
    return rule.about.subject == WEARER
