"""How good a rule is, from what people said of its warnings; and which threshold would have been better."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count

from zhili.base.margins import Share, wilson
from zhili.base.signals.conditions import Threshold, Tuned, Window
from zhili.base.signals.rules import SignalRule
from zhili.core import params
from zhili.core.people.actors import Actor
from zhili.core.signals import registry
from zhili.core.signals.models import Feedback, Warning
from zhili.core.signals.warnings import wording

LEAST: Final = "signals.suggest_least"
MANY: Final = 10**9
"""As if the warnings were drawn from very many: what the rule will do is asked, not what these were."""
MOST: Final = 5_000
PURPOSE: Final = "评估预警规则的阈值"


@dataclass(frozen=True, slots=True)
class Precision:
    """What became of a rule's warnings. ``precision``: the real among real and false; None while there are none."""

    rule: str
    raised: int
    closed: int
    real: int
    false: int
    drill: int
    precision: Share | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A threshold that would have kept every real warning: how many, and how many false ones it would have dropped."""

    rule: str
    name: str
    title: str
    unit: str
    now: float
    better: float
    kept: int
    dropped: int
    false: int
    """False ones there were, dropped or not."""


def precisions(since: datetime | None = None, names: Iterable[str] | None = None) -> dict[str, Precision]:
    """By rule, for warnings since a moment (all). One query."""
    rows = Warning.objects.order_by().values_list("rule", "feedback")
    if since is not None:
        rows = rows.filter(at__gte=since)
    if names is not None:
        rows = rows.filter(rule__in=list(names))
    counts: dict[str, dict[str, int]] = {}
    for rule, feedback, n in rows.annotate(n=Count("pk")).values_list("rule", "feedback", "n"):
        counts.setdefault(rule, {})[feedback] = n
    return {rule: _precision(rule, one) for rule, one in counts.items()}


def _precision(rule: str, counts: dict[str, int]) -> Precision:
    real, false = counts.get(Feedback.REAL, 0), counts.get(Feedback.FALSE, 0)
    drill = counts.get(Feedback.DRILL, 0)
    judged = real + false
    return Precision(
        rule,
        sum(counts.values()),
        judged + drill,
        real,
        false,
        drill,
        wilson(real, judged, MANY) if judged else None,
    )


def suggested(name: str, actor: Actor | None = None, since: datetime | None = None) -> Suggestion | None:
    """The threshold that keeps what was real and drops most of what was false, from people's feedback.

    None when there is none better, when fewer than ``signals.suggest_least`` warnings were judged, or no number divides
    them. What a wearer's device measured is opened for this only by an ``actor``, each opening recorded; without one a
    rule about wearers gets no suggestion.
    """
    rule = registry.rules().get(name)
    tuned = _threshold(rule) if rule else None
    if rule is None or tuned is None:
        return None
    above = getattr(rule.condition, "above", None) is not None
    rows = Warning.objects.filter(rule=name, feedback__in=(Feedback.REAL, Feedback.FALSE)).order_by("-id")
    if since is not None:
        rows = rows.filter(at__gte=since)
    judged = list(rows[:MOST])
    if len(judged) < int(params.get(LEAST).text):
        return None
    values = _values(judged, wording.personal(rule), actor)
    real = [values[one.pk] for one in judged if one.feedback == Feedback.REAL and one.pk in values]
    false = [values[one.pk] for one in judged if one.feedback == Feedback.FALSE and one.pk in values]
    now = registry.tuning(rule)[tuned.name]
    better = _between(real, false, above)
    if better is None or not tuned.holds(better) or (better <= now if above else better >= now):
        return None
    dropped = sum(one <= better if above else one >= better for one in false)
    return Suggestion(name, tuned.name, tuned.title, tuned.unit, now, better, len(real), dropped, len(false))


def _threshold(rule: SignalRule) -> Tuned | None:
    condition = rule.condition
    if isinstance(condition, Threshold | Window):
        return condition.above or condition.below
    return None


def _between(real: list[float], false: list[float], above: bool) -> float | None:
    """Half way between the mildest real value and the nearest false one on its safe side; None when none is dropped."""
    if not real or not false:
        return None
    edge = min(real) if above else max(real)
    out = [one for one in false if (one < edge if above else one > edge)]
    if not out:
        return None
    nearest = max(out) if above else min(out)
    middle = (edge + nearest) / 2
    return (
        round(middle, 3) if nearest < round(middle, 3) < edge or edge < round(middle, 3) < nearest else middle
    )


def _values(judged: list[Warning], personal: bool, actor: Actor | None) -> dict[int, float]:
    if not personal:
        return {one.pk: one.value for one in judged if one.value is not None}
    if actor is None:
        return {}
    opened = wording.open_facts(judged, actor, PURPOSE)
    return {
        pk: float(facts["value"])
        for pk, facts in opened.items()
        if isinstance(facts.get("value"), int | float)
    }
