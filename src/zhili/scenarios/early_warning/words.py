"""A rule in words a clerk understands: what it waits for with the numbers of a day, and what follows when it fires."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext, gettext_noop, pgettext

from zhili.base.signals.describe import FOLDS, SECONDS
from zhili.base.signals.rules import SignalRule
from zhili.core.cases import registry as procedures
from zhili.core.signals.rules import saying
from zhili.core.signals.rules.saying import length, measure, number, unit
from zhili.core.web import words

__all__ = [
    "FOLDS",
    "SECONDS",
    "condition",
    "day",
    "follows",
    "length",
    "measure",
    "number",
    "unit",
    "watches",
    "within",
]
LEVELS = {
    "grid": gettext_noop("网格"),
    "village": gettext_noop("村（社区）"),
    "town": gettext_noop("镇（街道）"),
    "county": gettext_noop("县（市、区）"),
    "city": gettext_noop("市"),
}


def day(at: date) -> str:
    """2026年11月21日."""
    return words.day(at)  # type: ignore[arg-type]


def within(share: str, interval: str) -> str:
    """55%（28%–79%）."""
    return gettext("%(office)s（%(number)s）") % {"office": share, "number": interval}


def watches(rule: SignalRule) -> str:
    """What it looks at, in a few words: 水位、雨量."""
    if rule.measures is None:
        return gettext("有没有消息")
    return pgettext("between items", "、").join(measure(one) for one in rule.measures)


def condition(rule: SignalRule, values: Mapping[str, float]) -> str:
    """The sentence of the rule, with the numbers given (declared ones for those not given; others are passed over)."""
    own = {one.name for one in rule.tuned}
    return saying.rule(rule, {name: value for name, value in values.items() if name in own})


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
