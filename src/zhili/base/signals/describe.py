"""A rule as a sentence: a Chinese source text and what stands in it. ``core.signals.saying`` says it in a language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from zhili.base.signals.conditions import (
    Absence,
    Expression,
    Geofence,
    Happens,
    Sequence,
    Step,
    Threshold,
    Tuned,
    Window,
)
from zhili.base.signals.rules import SignalRule

SECONDS: Final = "秒"
"""The unit of times; they are said as lengths of time."""


class Titled(NamedTuple):
    """A measure, to be said by its title."""

    measure: str


class Amount(NamedTuple):
    """A number with its unit; without one, that of the measure."""

    value: float
    unit: str = ""
    measure: str = ""


class Listed(NamedTuple):
    """Several; ``between`` them a source text, as in "A, then B" (empty: as in any list)."""

    several: tuple[Fact, ...]
    between: str = ""


class Sentence(NamedTuple):
    """A source text with %(names)s, and what they are."""

    msgid: str
    facts: Mapping[str, Fact]


Fact = str | float | Titled | Amount | Listed | Sentence


def msgid(text: str) -> str:
    """Marks a source text to be translated."""
    return text


FOLDS: Final = {
    "count": msgid("%(measure)s的次数"),
    "sum": msgid("%(measure)s之和"),
    "mean": msgid("%(measure)s的平均"),
    "min": msgid("%(measure)s的最低值"),
    "max": msgid("%(measure)s的最高值"),
    "change": msgid("%(measure)s的变化"),
}
THEN: Final = msgid("，再")


def describe(rule: SignalRule, tuning: Mapping[str, float]) -> Sentence:
    """What a rule waits for, with these numbers (declared ones for those not given). Raises RuleRefused."""
    known = rule.with_values(tuning)
    what = rule.condition
    match what:
        case Happens():
            return Sentence(msgid("收到“%(measure)s”就报。"), {"measure": Titled(what.measure)})
        case Threshold():
            return _threshold(what, known)
        case Window():
            unit = "次" if what.fold == "count" else ""
            told = {
                "over": _time(what.over, known),
                "folded": Sentence(FOLDS[what.fold], {"measure": Titled(what.measure)}),
                "side": _side(what.above, what.below, known, what.measure, unit),
            }
            return Sentence(msgid("%(over)s之内，%(folded)s%(side)s就报。"), told)
        case Absence():
            longer = {"longer": _time(what.longer, known)}
            if what.measure is None:
                return Sentence(msgid("超过 %(longer)s 没有任何消息就报。"), longer)
            return Sentence(
                msgid("超过 %(longer)s 没有“%(measure)s”就报。"), {**longer, "measure": Titled(what.measure)}
            )
        case Geofence():
            return _fence(what, known)
        case Sequence():
            steps = Listed(tuple(_step(one, known) for one in what.links), THEN)
            return Sentence(
                msgid("%(within)s之内，先%(steps)s，就报。"),
                {"within": _time(what.within, known), "steps": steps},
            )
        case Expression():
            return _expression(what, known)


def _threshold(what: Threshold, known: Mapping[str, float]) -> Sentence:
    told: dict[str, Fact] = {
        "measure": Titled(what.measure),
        "side": _side(what.above, what.below, known, what.measure),
    }
    if what.hold is None:
        return Sentence(msgid("%(measure)s%(side)s就报。"), told)
    told["hold"] = _time(what.hold, known)
    return Sentence(msgid("%(measure)s%(side)s，并且连续 %(hold)s 都是这样，就报。"), told)


def _fence(what: Geofence, known: Mapping[str, float]) -> Sentence:
    if what.hold is None:
        return Sentence(msgid("进了划定的范围就报。") if what.inside else msgid("离开划定的范围就报。"), {})
    told = {"hold": _time(what.hold, known)}
    if what.inside:
        return Sentence(msgid("进了划定的范围 %(hold)s 没有离开，就报。"), told)
    return Sentence(msgid("离开划定的范围 %(hold)s 没有回来，就报。"), told)


def _expression(what: Expression, known: Mapping[str, float]) -> Sentence:
    told: dict[str, Fact] = {
        "measures": Listed(tuple(Titled(one) for one in what.measures)),
        "text": what.text,
    }
    if not what.tuned:
        return Sentence(msgid("%(measures)s合起来看：%(text)s，就报。"), told)
    named = tuple(
        Sentence("%(name)s=%(value)s", {"name": one.name, "value": Amount(known[one.name], one.unit)})
        for one in what.tuned
    )
    told["named"] = Listed(named)
    return Sentence(msgid("%(measures)s合起来看：%(text)s（%(named)s）就报。"), told)


def _step(one: Step, known: Mapping[str, float]) -> Sentence:
    side = _side(one.above, one.below, known, one.measure)
    return Sentence("“%(measure)s”%(side)s", {"measure": Titled(one.measure), "side": side})


def _side(
    above: Tuned | None, below: Tuned | None, known: Mapping[str, float], measure: str, unit: str = ""
) -> Sentence | str:
    one = above or below
    if one is None:
        return ""
    limit = {"limit": Amount(known[one.name], one.unit or unit, "" if one.unit or unit else measure)}
    return Sentence(msgid("高于 %(limit)s") if above else msgid("低于 %(limit)s"), limit)


def _time(tuned: Tuned, known: Mapping[str, float]) -> Amount:
    return Amount(known[tuned.name], SECONDS)
