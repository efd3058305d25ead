"""Within a rule's lateness, order, repetition and batches change nothing; and what fires is what plain reading says."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhili.base.signals.conditions import (
    Absence,
    Condition,
    Expression,
    Geofence,
    Happens,
    Sequence,
    Step,
    Threshold,
    Window,
)
from zhili.base.signals.judging import LARGEST, judge, wake
from zhili.base.signals.measures import Reading
from zhili.base.signals.tests import reference
from zhili.base.signals.tests.making import at, number, rule, when, when_of
from zhili.base.signals.zones import Circle

HOME = Circle((120.0, 30.0), 1000)
PLACES = {0: (120.0, 30.0), 1: (120.009, 30.0), 2: (120.012, 30.0), 3: (120.1, 30.0)}
CONDITIONS: dict[str, Condition] = {
    "event": Happens("a"),
    "above": Threshold("a", above=number("x", 1)),
    "below, back": Threshold("a", below=number("x", 1), back=number("back", 2), fresh=120),
    "held": Threshold("a", above=number("x", 0), hold=number("hold", 20), back=number("back", -1), fresh=60),
    "outside": Geofence("home", inside=False, hold=number("hold", 15), fresh=90, measure="a"),
    "inside": Geofence("home", inside=True, measure="a"),
    **{
        f"{fold} above": Window("a", fold, number("over", 60), above=number("x", 2))
        for fold in ("count", "sum", "max")
    },
    "mean above": Window("a", "mean", number("over", 120), above=number("x", 1), least=2),
    "min below": Window("a", "min", number("over", 30), below=number("x", 1)),
    "count below": Window("a", "count", number("over", 60), below=number("x", 4)),
    "change": Window("a", "change", number("over", 90), above=number("x", 1), least=2),
    "silence": Absence("a", number("longer", 45)),
    "silence of all": Absence(None, number("longer", 45)),
    "sequence": Sequence(("a", Step("b", above=number("x", 1)), "a"), number("within", 60)),
    "two": Sequence(("a", "b"), number("within", 30)),
    "expression": Expression(
        "a / b > x and not (a == 3) or abs(a - b) >= 3", ("a", "b"), (number("x", 1),), fresh=40
    ),
}


@dataclass(frozen=True)
class Story:
    """What was measured, and how it arrived: (second of arrival, reading), some of them more than once."""

    readings: list[Reading]
    arriving: list[tuple[float, Reading]]
    cuts: list[bool]
    lateness: int


STEPS = [0, 1, 5, 10, 15, 20, 20, 30, 30, 40, 50, 60, 61, 90, 100, 120, 130, 86400]


def story(of: Random) -> Story:
    """Uniformly random (shrinking towards zeros would leave out most of what can go wrong)."""
    lateness = of.choice([0, 20, 90])
    found, t = {}, 0
    for _one in range(of.randint(1, 16)):
        step = of.choice(STEPS)
        t += (
            max(step, 1) if lateness == 0 else step
        )  # without lateness, one moment may not come in two batches
        value, measure = of.randint(0, 3), of.choice("aab")
        found[t, measure] = Reading(1, measure, at(t), float(value), PLACES[value])
    readings = [found[key] for key in sorted(found)]
    arriving = [
        (when_of(one) + of.randint(0, lateness), one)
        for one in readings
        for _again in range(of.choice([1, 1, 2, 3]))
    ]
    arriving.sort(key=lambda pair: pair[0])
    return Story(readings, arriving, [of.random() < 0.4 for _one in arriving], lateness)


@pytest.mark.parametrize("name", CONDITIONS)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_order_repetition_and_batches_change_nothing(name: str, seed: int):
    for number_of in range(20):
        of = Random(f"{seed} {number_of}")
        tell(CONDITIONS[name], story(of), woken=of.random() < 0.5)


def tell(condition: Condition, story: Story, woken: bool) -> None:
    one = rule(condition, lateness=story.lateness, subject="thing")
    tuning, state, found, batch = one.defaults(), None, [], []
    for (arrived, reading), cut in zip(story.arriving, story.cuts, strict=True):
        batch.append(reading)
        if not cut:
            continue
        outcome = judge(one, tuning, state, batch, HOME)
        state, batch = outcome.state, []
        found += outcome.firings
        if woken and outcome.wake_at is not None and outcome.wake_at <= at(arrived):
            outcome = wake(one, tuning, state, at(arrived))
            state = outcome.state
            found += outcome.firings
        assert state is None or len(state) <= LARGEST
    outcome = judge(one, tuning, state, batch, HOME)
    found += outcome.firings
    end = story.arriving[-1][0] + 1000
    last = wake(one, tuning, outcome.state, at(end))
    found += last.firings
    read = [r for r in story.readings if one.measures is None or r.measure in one.measures]
    if isinstance(condition, Geofence):
        read = [r for r in story.readings if r.measure == condition.measure]
    expected = reference.fires(condition, tuning, read, end - story.lateness, HOME)
    order = sorted(when(found)) if isinstance(condition, Happens) else when(found)
    assert order == expected
    assert wake(one, tuning, last.state, at(end + 1)).firings == [], "what has fired does not fire again"
