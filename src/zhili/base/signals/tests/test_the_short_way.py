"""One reading later than the last is judged by a shorter way: it says and remembers the same as the long one."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from zhili.base.rules import AutomatedRule
from zhili.base.signals.conditions import Absence, Expression, Sequence, Step, Threshold, Tuned, Window
from zhili.base.signals.judging import _Judged
from zhili.base.signals.measures import Reading
from zhili.base.signals.rules import SignalRule

BEGIN = datetime(2026, 11, 22, 8, tzinfo=UTC)


def number(name: str, value: float) -> Tuned:
    return Tuned(name, value, name)


CONDITIONS = {
    "above": Threshold("a", above=number("limit", 50), hold=number("hold", 20)),
    "below": Threshold("a", below=number("limit", 30), back=number("back", 60), fresh=40),
    "mean": Window("a", "mean", number("over", 60), above=number("limit", 55), least=2),
    "change": Window("a", "change", number("over", 30), below=number("limit", -40)),
    "silent": Absence("a", longer=number("longer", 25)),
    "any": Absence(None, longer=number("longer", 25)),
    "twice": Sequence(
        (Step("a", above=number("first", 70)), Step("b", below=number("second", 30))), number("within", 60)
    ),
    "both": Expression("a > limit and b < few", ("a", "b"), (number("limit", 60), number("few", 50))),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_the_short_way_and_the_long_way_agree_in_every_byte(name: str) -> None:
    about = AutomatedRule(f"test.{name}", name, "试验", "device", "读数", "预警", "人定")
    rule = SignalRule(about, CONDITIONS[name], reason="%(value)s")
    short, long = _Judged(rule), _Judged(rule)
    long.short = False
    chance, at, went = Random(3), BEGIN, 0
    state = None
    for _ in range(400):
        at += timedelta(milliseconds=chance.choice((-5_000, 0, 0, 1, 900, 4_000, 30_000, 90_000)))
        value = chance.choice((None, float("nan"), *range(0, 100, 3)))
        received = at + timedelta(seconds=chance.choice((-900, -1, 2)))
        reading = Reading(chance.choice((1, 1, 2)), chance.choice("aab"), at, value, None, None, received)
        given = (rule.defaults(), state, [reading], None)
        one, other = short.judge(*given), long.judge(*given)
        assert one == other
        went += state is not None and short._usual(rule.defaults(), state, reading) is not None
        state = one.state
    assert went > 50
