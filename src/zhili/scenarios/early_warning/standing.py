"""How each rule does: what it fired lately, how often it was right, whether it runs. Counts, never of people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext

from zhili.base.margins import wilson
from zhili.base.signals.rules import SignalRule
from zhili.core.params.rules import last_day
from zhili.core.signals import registry
from zhili.core.signals.models import RuleStand, Warning
from zhili.core.signals.rules import quality, trying
from zhili.scenarios.early_warning import levels, words

DAYS = 90
"""What was closed in so many days counts for the precision."""
RENEW_WITHIN = timedelta(days=30)
NOISY_FALSE = 0.5
"""A rule is noisy when more than half of what was judged of it was false …"""
NOISY_MONTH = 100
"""… or when it fired so often in a month, or its repeats were three times its warnings."""


@dataclass(frozen=True)
class Line:
    """A rule in the table."""

    name: str
    url: str
    title: str
    watches: str
    level: levels.Shown
    state: str
    state_title: str
    icon: str
    css: str
    week: int
    month: int
    merged: int
    false: int
    precision: str
    interval: str
    until: date
    renew: bool
    suggested: bool
    noise: float

    @property
    def noisy(self) -> bool:
        return self.noise >= 1


STATES = {
    "on": ("circle-check", "done"),
    "trial": ("eye", "lake"),
    "off": ("pause", ""),
    "cut": ("zap", "over"),
    "over": ("clock", "soon"),
}


def titles() -> dict[str, str]:
    return {
        "on": gettext("开着"),
        "trial": gettext("试运行"),
        "off": gettext("关着"),
        "cut": gettext("自动切断"),
        "over": gettext("到期停用"),
    }


def lines(rules: Iterable[SignalRule]) -> list[Line]:
    """The noisiest first. Two queries, and one for each rule people have judged the warnings of."""
    now = timezone.now()
    counted: dict[str, Any] = {
        row["rule"]: row
        for row in Warning.objects.filter(at__gte=now - timedelta(days=DAYS))
        .values("rule")
        .annotate(
            week=Count("pk", filter=Q(at__gte=now - timedelta(days=7))),
            month=Count("pk", filter=Q(at__gte=now - timedelta(days=30))),
            again=Sum("merged", filter=Q(at__gte=now - timedelta(days=30)), default=0),
            real=Count("pk", filter=Q(feedback="real")),
            wrong=Count("pk", filter=Q(feedback="false")),
        )
        .order_by()
    }
    stands = {one.name: one for one in RuleStand.objects.all()}
    found = [_line(rule, counted.get(rule.name, {}), stands.get(rule.name)) for rule in rules]
    return sorted(found, key=lambda one: (-one.noise, -one.month, one.title))


def one_line(rule: SignalRule) -> Line:
    return lines([rule])[0]


def _line(rule: SignalRule, counted: dict[str, int], stand: RuleStand | None) -> Line:
    real, wrong = counted.get("real", 0), counted.get("wrong", 0)
    month, again = counted.get("month", 0), counted.get("again", 0)
    precision, interval = precision_words(real, wrong)
    state = state_of(rule, stand)
    icon, css = STATES[state]
    until = last_day(rule.name)
    judged = real + wrong
    return Line(
        name=rule.name,
        url=f"/desk/rules/{rule.name}",
        title=gettext(rule.about.title),
        watches=words.watches(rule),
        level=levels.shown(rule.level),
        state=state,
        state_title=titles()[state],
        icon=icon,
        css=css,
        week=counted.get("week", 0),
        month=month,
        merged=again,
        false=wrong,
        precision=precision,
        interval=interval,
        until=until,
        renew=until - timezone.localdate() <= RENEW_WITHIN,
        suggested=real + wrong > 0 and quality.suggested(rule.name) is not None,
        noise=max(
            wrong / judged / NOISY_FALSE if judged >= 3 else 0,
            month / NOISY_MONTH,
            again / max(month, 1) / 3,
        ),
    )


def state_of(rule: SignalRule, stand: RuleStand | None) -> str:
    """on, trial, off (by a person), cut (by its fuse) or over (its last day has passed)."""
    if rule.about.stops and last_day(rule.name) < timezone.localdate():
        return "over"
    return trying.state_of(rule, stand)


def precision_words(real: int, wrong: int) -> tuple[str, str]:
    """A share and where the true one lies in 95 of 100 cases; empty when nobody said anything yet."""
    if not real + wrong:
        return "", ""
    # of as many more as one likes: what was closed is a sample of what the rule will say
    share = wilson(real, real + wrong, quality.MANY)
    return f"{share.share:.0%}", f"{share.low:.0%}–{share.high:.0%}"


def all_rules() -> list[SignalRule]:
    return list(registry.rules().values())
