"""The automated rules of this site. Each has a last day, and must be renewed before it to go on acting."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from zhili.base.rules import AutomatedRule
from zhili.base.signals.conditions import Tuned
from zhili.base.signals.rules import SignalRule
from zhili.core.params.declarations import Param, declare
from zhili.core.params.values import get

RENEWABLE = "平台约定，城市可改"
_rules: dict[str, AutomatedRule] = {}


def declare_rules(*rules: AutomatedRule) -> None:
    """Make rules known; called when apps load. Each gets a dated parameter, its last day, renewed like any other."""
    for rule in rules:
        if _rules.setdefault(rule.name, rule) != rule:
            raise ValueError(f"rule {rule.name} is declared twice and differently")
        declare(Param(rule.param, rule.until, title=f"自动规则“{rule.title}”的最后一天", source=RENEWABLE))


def declare_signals(*rules: SignalRule) -> None:
    """Rules over measurements: what each says of itself, and every number of it as a parameter an office may set."""
    for rule in rules:
        declare_rules(rule.about)
        declare(*(_number(rule, one) for one in rule.tuned))


def _number(rule: SignalRule, one: Tuned) -> Param:
    text = f"{one.default:.15g}"
    return Param(
        rule.key(one.name),
        text,
        title=one.title,
        source=rule.about.ground,
        low=one.low,
        high=one.high,
        by_office=True,
    )


def rules() -> dict[str, AutomatedRule]:
    """By name, in the order they were declared (a copy)."""
    return dict(_rules)


def last_day(name: str) -> date:
    """The last day of a rule. A value that is no date counts as the declared one. Raises KeyError."""
    rule = _rules[name]
    try:
        return date.fromisoformat(get(rule.param).text.strip())
    except ValueError:
        return date.fromisoformat(rule.until)


def in_force(name: str, day: date | None = None) -> bool:
    """Whether a rule may act: until its last day, or for ever if it does not stop. Raises KeyError."""
    return not _rules[name].stops or (day or timezone.localdate()) <= last_day(name)
