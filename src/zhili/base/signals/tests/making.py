"""Rules and readings for tests: short times, whole numbers, one day in 2026."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from zhili.base.rules import AutomatedRule
from zhili.base.signals.conditions import Condition, Tuned
from zhili.base.signals.judging import Firing, judge, wake
from zhili.base.signals.measures import Reading
from zhili.base.signals.rules import SignalRule
from zhili.base.signals.zones import Zone

DAY = datetime(2026, 3, 2, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return DAY + timedelta(seconds=seconds)


def number(name: str, default: float) -> Tuned:
    return Tuned(name, default, "一个数")


def rule(condition: Condition, **more) -> SignalRule:
    subject = more.pop("subject", "device")
    about = AutomatedRule("test.rule", "试验", "试验", subject, "读数", "预警", "值班员")
    return SignalRule(about, condition, **more)


def reading(seconds: float, value: float = 1.0, measure: str = "level", source: int = 1, **more) -> Reading:
    return Reading(source, measure, at(seconds), value, **more)


def when(firings: Sequence[Firing]) -> list[float]:
    """Seconds of the day at which it fired."""
    return [(one.at - DAY).total_seconds() for one in firings]


def run(
    one: SignalRule,
    batches: Sequence[Sequence[Reading]],
    until: float | None = None,
    zone: Zone | None = None,
    **tuning: float,
) -> list[Firing]:
    """Judge batch after batch as a process would that loses everything but the stored state; then time passes."""
    numbers = one.with_values(tuning)
    state, found = None, []
    for batch in batches:
        outcome = judge(one, numbers, state, batch, zone)
        state = outcome.state
        found += outcome.firings
    if until is not None:
        outcome = wake(one, numbers, state, at(until))
        found += outcome.firings
    return found


def when_of(one: Reading) -> float:
    """Second of the day."""
    return (one.at - DAY).total_seconds()
