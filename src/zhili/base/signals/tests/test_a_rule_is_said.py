"""A rule is said as a sentence with its numbers, whatever its condition."""

from __future__ import annotations

import pytest

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
from zhili.base.signals.describe import Amount, Fact, Listed, Sentence, Titled, describe
from zhili.base.signals.tests.making import number, rule

HIGH, HOLD = number("high", 100), number("hold", 60)


def plain(fact: Fact) -> str:
    match fact:
        case Sentence():
            return fact.msgid % {name: plain(one) for name, one in fact.facts.items()}
        case Titled():
            return fact.measure
        case Amount():
            return f"{fact.value:g}{fact.unit}"
        case Listed():
            return (fact.between or "、").join(map(plain, fact.several))
    return str(fact)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (Happens("sos"), "收到“sos”就报。"),
        (Threshold("a", above=HIGH), "a高于 120就报。"),
        (Threshold("a", below=HIGH, hold=HOLD), "a低于 120，并且连续 60秒 都是这样，就报。"),
        (Window("a", "count", HOLD, above=HIGH), "60秒之内，a的次数高于 120次就报。"),
        (Window("a", "mean", HOLD, below=HIGH), "60秒之内，a的平均低于 120就报。"),
        (Absence("a", HIGH), "超过 120秒 没有“a”就报。"),
        (Absence(None, HIGH), "超过 120秒 没有任何消息就报。"),
        (Geofence("home", inside=False, hold=HIGH), "离开划定的范围 120秒 没有回来，就报。"),
        (Geofence("home", inside=True, hold=HIGH), "进了划定的范围 120秒 没有离开，就报。"),
        (Sequence(("a", Step("b", above=HIGH)), HOLD), "60秒之内，先“a”，再“b”高于 120，就报。"),
        (
            Expression("a > high and b < 3", ("a", "b"), (HIGH,)),
            "a、b合起来看：a > high and b < 3（high=120）就报。",
        ),
        (Expression("a > b", ("a", "b")), "a、b合起来看：a > b，就报。"),
    ],
)
def test_it_says_its_condition_with_the_numbers_of_the_day(condition: Condition, said: str):
    one = rule(condition, subject="thing")
    tuning = {"high": 120} if any(t.name == "high" for t in one.tuned) else {}
    assert plain(describe(one, tuning)) == said
    assert describe(rule(Geofence("home", inside=True), subject="thing"), {}).msgid == "进了划定的范围就报。"
