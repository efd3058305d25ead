"""A rule in words a clerk understands: what it waits for with the numbers of a day, and what follows when it fires."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.translation import gettext, gettext_noop, pgettext

from zhili.base.signals.conditions import (
    Absence,
    Expression,
    Geofence,
    Happens,
    Sequence,
    Threshold,
    Tuned,
    Window,
)
from zhili.base.signals.rules import SignalRule
from zhili.core.cases import registry as procedures
from zhili.core.signals import registry
from zhili.core.web import words

LEVELS = {
    "grid": gettext_noop("网格"),
    "village": gettext_noop("村（社区）"),
    "town": gettext_noop("镇（街道）"),
    "county": gettext_noop("县（市、区）"),
    "city": gettext_noop("市"),
}
FOLDS = {
    "count": gettext_noop("%(measure)s的次数"),
    "sum": gettext_noop("%(measure)s之和"),
    "mean": gettext_noop("%(measure)s的平均"),
    "min": gettext_noop("%(measure)s的最低值"),
    "max": gettext_noop("%(measure)s的最高值"),
    "change": gettext_noop("%(measure)s的变化"),
}
SECONDS = "秒"


def number(value: float, unit: str = "") -> str:
    """A number as short as it is true, with its unit; a time in seconds as a length of time."""
    if unit == SECONDS:
        return length(value)
    return f"{value:.6g} {gettext(unit)}".strip() if unit else f"{value:.6g}"


def length(seconds: float) -> str:
    """3 天, 2 小时, 5 分钟, 40 秒; two units when the larger alone would not be true."""
    whole = round(seconds)
    if whole < 60:
        return gettext("%(n)s 秒") % {"n": whole}
    if whole % 60 == 0 and whole % 3600 and whole > 3600:
        return f"{words.span(timedelta(seconds=whole))} {words.span(timedelta(seconds=whole % 3600))}"
    return words.span(timedelta(seconds=whole))


def day(at: date) -> str:
    """2026年11月21日."""
    return words.day(at)  # type: ignore[arg-type]


def measure(name: str) -> str:
    """Its title in the reader's language."""
    known = registry.measures().get(name)
    return gettext(known.title) if known else name


def unit(name: str) -> str:
    known = registry.measures().get(name)
    return known.unit if known else ""


def watches(rule: SignalRule) -> str:
    """What it looks at, in a few words: 水位、雨量."""
    if rule.measures is None:
        return gettext("有没有消息")
    return pgettext("between items", "、").join(measure(one) for one in rule.measures)


def condition(rule: SignalRule, values: Mapping[str, float]) -> str:
    """The sentence of the rule, with the numbers given (``rule.with_values`` has those not given)."""
    known = rule.with_values({k: v for k, v in values.items() if k in {one.name for one in rule.tuned}})
    what = rule.condition
    match what:
        case Happens():
            return gettext("收到“%(measure)s”就报。") % {"measure": measure(what.measure)}
        case Threshold():
            side = _side(what.above, what.below, known, unit(what.measure))
            told = {"measure": measure(what.measure), "side": side, "hold": _time(what.hold, known)}
            if what.hold:
                return gettext("%(measure)s%(side)s，并且连续 %(hold)s 都是这样，就报。") % told
            return gettext("%(measure)s%(side)s就报。") % told
        case Window():
            shape = unit(what.measure) if what.fold != "count" else "次"
            side = _side(what.above, what.below, known, shape)
            folded = gettext(FOLDS[what.fold]) % {"measure": measure(what.measure)}
            told = {"over": _time(what.over, known), "folded": folded, "side": side}
            return gettext("%(over)s之内，%(folded)s%(side)s就报。") % told
        case Absence():
            told = {"longer": _time(what.longer, known), "measure": measure(what.measure or "")}
            if what.measure is None:
                return gettext("超过 %(longer)s 没有任何消息就报。") % told
            return gettext("超过 %(longer)s 没有“%(measure)s”就报。") % told
        case Geofence():
            told = {"hold": _time(what.hold, known)}
            if what.inside:
                said = gettext("进了划定的范围就报。")
            elif what.hold:
                return gettext("离开划定的范围 %(hold)s 没有回来，就报。") % told
            else:
                said = gettext("离开划定的范围就报。")
            return said
        case Sequence():
            steps = gettext("，再").join(
                f"“{measure(one.measure)}”{_side(one.above, one.below, known, unit(one.measure))}"
                for one in what.links
            )
            return gettext("%(within)s之内，先%(steps)s，就报。") % {
                "within": _time(what.within, known),
                "steps": steps,
            }
        case Expression():
            named = pgettext("between items", "、").join(
                f"{one.name}={number(known[one.name], one.unit)}" for one in what.tuned
            )
            told = {"text": what.text, "named": named, "measures": watches(rule)}
            if named:
                return gettext("%(measures)s合起来看：%(text)s（%(named)s）就报。") % told
            return gettext("%(measures)s合起来看：%(text)s，就报。") % told


def follows(rule: SignalRule) -> list[str]:
    """What else is said of it: merging, quiet hours, who is told next, what it opens, when it is cut off."""
    said = []
    if rule.merge:
        said.append(gettext("%(span)s之内同一处再报，并作一条。") % {"span": length(rule.merge)})
    if rule.quiet and rule.level != "red":
        said.append(gettext("%(hours)s不打扰，过后再报。") % {"hours": rule.quiet.replace("-", "–")})
    if rule.escalate:
        ladder = gettext("，").join(
            gettext("%(span)s报到%(level)s") % {"span": length(seconds), "level": gettext(LEVELS.get(to, to))}
            for to, seconds in rule.escalate
        )
        said.append(gettext("没有人接：%(ladder)s。") % {"ladder": ladder})
    if rule.opens:
        procedure = procedures.procedure(rule.opens.partition("/")[0])
        if procedure is not None:
            said.append(gettext("一报就开一件“%(title)s”。") % {"title": gettext(procedure.title)})
    if rule.screen:
        said.append(gettext("村（社区）公共屏上只显示网格和级别。"))
    share, within = rule.fuse
    said.append(
        gettext("%(within)s之内有超过 %(share)s 的对象都报，说明规则或设备出了问题，自动切断。")
        % {"within": length(within), "share": f"{share:.0%}"}
    )
    return said


def _side(above: Tuned | None, below: Tuned | None, known: Mapping[str, float], shown: str) -> str:
    if above is not None:
        return gettext("高于 %(limit)s") % {"limit": number(known[above.name], above.unit or shown)}
    if below is not None:
        return gettext("低于 %(limit)s") % {"limit": number(known[below.name], below.unit or shown)}
    return ""


def _time(tuned: Tuned | None, known: Mapping[str, float]) -> str:
    return length(known[tuned.name]) if tuned is not None else ""
