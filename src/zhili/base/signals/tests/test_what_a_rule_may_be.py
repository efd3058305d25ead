"""A rule that could not run, or would speak of a person, is refused when it is read, with the place at fault."""

from __future__ import annotations

import pytest

from zhili.base.signals.conditions import (
    Absence,
    Expression,
    Happens,
    Sequence,
    Step,
    Threshold,
    Tuned,
    Window,
)
from zhili.base.signals.measures import Measure, pack_samples, unpack_samples
from zhili.base.signals.rules import RuleRefused
from zhili.base.signals.tests.making import number, rule

SOS = Happens("sos")
HIGH = number("high", 100)


@pytest.mark.parametrize("word", ["person", "account", "phone", "reporter", "household", "Villager"])
def test_a_person_is_neither_subject_nor_grouping(word):
    with pytest.raises(RuleRefused, match=f'by="{word}" yields a person'):
        rule(SOS, by=word)
    with pytest.raises(ValueError, match="nothing a rule may be about"):
        rule(SOS, subject=word)


def test_a_wearer_only_with_consent_and_by_themselves():
    with pytest.raises(RuleRefused, match="consent must name the procedure"):
        rule(SOS, subject="wearer")
    assert rule(SOS, subject="wearer", consent="eldercare.wearing").consent
    with pytest.raises(RuleRefused, match='by="cell"'):
        rule(SOS, subject="wearer", consent="eldercare.wearing", by="cell")
    with pytest.raises(RuleRefused, match="consent is asked of a wearer"):
        rule(SOS, consent="eldercare.wearing")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"by": "street"}, "is none of subject"),
        ({"level": "purple"}, "is none of blue, yellow, orange, red"),
        ({"quiet": "22-7"}, "is not like"),
        ({"opens": "eldercare.alarm"}, "is not like"),
        ({"fuse": (1.5, 60)}, "a share above 0 up to 1"),
        ({"fuse": (0, 60)}, "a share above 0 up to 1"),
        ({"lateness": -1}, "lateness"),
        ({"lateness": 8 * 86400}, "lateness"),
        ({"escalate": (("village", 300), ("town", 120))}, "more seconds than the one before"),
    ],
)
def test_what_else_is_refused(more, why):
    with pytest.raises(RuleRefused, match=f"rule test.rule: .*{why}"):
        rule(SOS, **more)


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        (Threshold("a"), "above or below, one of the two"),
        (Threshold("a", above=HIGH, below=number("low", 1)), "above or below, one of the two"),
        (Threshold("a", above=HIGH, back=number("back", 101)), "back lies above"),
        (Threshold("a", above=HIGH, hold=number("high", 5)), "two of its numbers have one name"),
        (Threshold("a", above=number("value", 1)), "value is what every firing says"),
        (Threshold("a", above=HIGH, fresh=0), "fresh"),
        (Window("a", "median", number("over", 60), above=HIGH), "median"),
        (Window("a", "count", number("over", 0.5), above=HIGH), "over: 0.5 is no time"),
        (Window("a", "count", number("over", 60), above=HIGH, least=0), "least"),
        (Absence("a", number("longer", 0)), "longer: 0 is no time"),
        (Sequence(("a",), number("within", 60)), "2 to 8 steps"),
        (Sequence(("a", Step("b", HIGH, HIGH)), number("within", 60)), "step 2 is above and below"),
        (Expression("a > limt", ("a",), (number("limit", 1),)), "line 1, column 5: unknown name 'limt'"),
        (
            Expression("a > limit", ("a", "b"), (number("limit", 1),)),
            "b is declared and not in its expression",
        ),
        (Expression("a > abs", ("a",), (number("abs", 1),)), "abs means two things"),
        (Expression("a > 1", ()), "1 to 16 measures"),
    ],
)
def test_a_condition_that_cannot_be_is_refused(condition, why):
    with pytest.raises(RuleRefused, match=why):
        rule(condition)


def test_numbers_have_bounds_and_are_told_in_the_public_register():
    with pytest.raises(ValueError, match="is not within"):
        Tuned("x", 5, "题", low=6)
    with pytest.raises(ValueError, match="is not within"):
        Tuned("x", float("nan"), "题")
    one = rule(Threshold("level", above=Tuned("high", 100, "题", low=50, high=150), hold=number("hold", 60)))
    assert one.about.params == ("signals.test.rule.high", "signals.test.rule.hold")
    assert one.with_values({"high": 120}) == {"high": 120, "hold": 60}
    for wrong in ({"high": 151}, {"low": 1}):
        with pytest.raises(RuleRefused):
            one.with_values(wrong)


def test_measures_say_what_they_can_be():
    heart = Measure("heart", "心率", low=20, high=250)
    assert [heart.holds(x) for x in (20, 250, 19.9, float("nan"), float("inf"))] == [
        True,
        True,
        False,
        False,
        False,
    ]
    for wrong in ({"name": "心"}, {"name": "a b"}, {"title": ""}, {"kind": "colour"}, {"low": 2, "high": 1}):
        with pytest.raises(ValueError, match="measure"):
            Measure(**{"name": "a", "title": "一", **wrong})
    packed = pack_samples(50, [(0, 0, 9.5), (1, -1, 9.75)])
    assert unpack_samples(packed) == (50, [(0, 0, 9.5), (1, -1, 9.75)])
    for hz, rows in (
        (0, [(0, 0, 1)]),
        (50, []),
        (50, [(0, 1)]),
        (50, [(0, 0, 999)]),
        (50, [(0, 0, float("nan"))]),
    ):
        with pytest.raises(ValueError, match="samples"):
            pack_samples(hz, rows)
    with pytest.raises(ValueError, match="no samples"):
        unpack_samples(packed[:-1])
