"""How many readings one core holds against rules in a second: one a call, its state loaded and stored each time.

python bench/signal_rules.py
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta

from zhili.base.rules import AutomatedRule
from zhili.base.signals.conditions import (
    Absence,
    Condition,
    Expression,
    Happens,
    Sequence,
    Threshold,
    Tuned,
    Window,
)
from zhili.base.signals.judging import judge
from zhili.base.signals.measures import Reading
from zhili.base.signals.rules import SignalRule

READINGS = 4000
EVERY = 10
"""Seconds between two readings: the windows below are full."""
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def number(name: str, default: float) -> Tuned:
    return Tuned(name, default, "数")


HIGH = number("high", 150)
KINDS: dict[str, Condition] = {
    "threshold": Threshold("heart_rate", above=HIGH),
    "hold": Threshold("heart_rate", above=HIGH, hold=number("hold", 300)),
    "window count": Window("heart_rate", "count", number("over", 3600), above=number("many", 1e9)),
    "window mean": Window("heart_rate", "mean", number("over", 600), above=HIGH),
    "window change": Window("heart_rate", "change", number("over", 600), above=number("rise", 80)),
    "absence": Absence("heart_rate", number("longer", 7200)),
    "sequence": Sequence(("fall", "heart_rate"), number("within", 60)),
    "expression": Expression(
        "heart_rate > high and steps < few", ("heart_rate", "steps"), (HIGH, number("few", 3))
    ),
    "event": Happens("sos"),
    "lateness 60 s": Threshold("heart_rate", above=HIGH),
}


def main() -> None:
    total = 0.0
    for name, condition in KINDS.items():
        about = AutomatedRule("bench.rule", "试", "试", "device", "读数", "预警", "值班员")
        rule = SignalRule(about, condition, lateness=60 if "lateness" in name else 0)
        tuning, state = rule.defaults(), None
        measure = "sos" if name == "event" else "heart_rate"
        value = 1.0 if name == "event" else 70.0
        batches = [
            [Reading(1, measure, BEGIN + timedelta(seconds=EVERY * n), value)] for n in range(READINGS)
        ]
        begun = time.process_time()
        for batch in batches:
            state = judge(rule, tuning, state, batch).state
        took = time.process_time() - begun
        total += took
        print(f"{name:15} {took / READINGS * 1e6:6.1f} µs   state {len(state or b''):5} bytes")
    load = os.getloadavg()[0]
    print(f"together {len(KINDS) * READINGS / total:,.0f} evaluations/s of one core's time (load {load:.1f})")


if __name__ == "__main__":
    main()
