"""What base says of rules, in the reader's language: titles of measures, numbers with units, lengths of time."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext, ngettext, pgettext

from zhili.base.signals.describe import SECONDS, Amount, Fact, Listed, Sentence, Titled, describe
from zhili.base.signals.rules import SignalRule
from zhili.core.signals import registry


def rule(one: SignalRule, tuning: Mapping[str, float]) -> str:
    """What a rule waits for, with these numbers (declared ones for those not given)."""
    return said(describe(one, tuning))


def said(fact: Fact) -> str:
    """A sentence, or what stands in one."""
    match fact:
        case Sentence():
            return gettext(fact.msgid) % {name: said(one) for name, one in fact.facts.items()}
        case Titled():
            return measure(fact.measure)
        case Amount():
            return number(fact.value, fact.unit or unit(fact.measure))
        case Listed():
            between = gettext(fact.between) if fact.between else pgettext("between items", "、")
            return between.join(said(one) for one in fact.several)
        case float() | int():
            return number(fact)
    return fact


def number(value: float, shown: str = "") -> str:
    """A number as short as it is true, with its unit; a time in seconds as a length of time."""
    if shown == SECONDS:
        return length(value)
    text = f"{value:.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return f"{text} {gettext(shown)}" if shown else text


def length(seconds: float) -> str:
    """3 天, 2 小时, 1 小时 30 分钟, 40 秒: as many units as it takes to be true."""
    left = round(seconds)
    parts: list[str] = []
    for words, size in (
        (lambda n: ngettext("%(n)s 天", "%(n)s 天", n), 86400),
        (lambda n: ngettext("%(n)s 小时", "%(n)s 小时", n), 3600),
        (lambda n: ngettext("%(n)s 分钟", "%(n)s 分钟", n), 60),
        (lambda n: gettext("%(n)s 秒"), 1),
    ):
        n, left = divmod(left, size)
        if n or (size == 1 and not parts):
            parts.append(words(n) % {"n": n})
    return " ".join(parts)


def measure(name: str) -> str:
    """Its title; the name itself of one nobody declares any more."""
    known = registry.measures().get(name)
    return gettext(known.title) if known else name


def unit(name: str) -> str:
    """Its unit, a source text; empty for none."""
    known = registry.measures().get(name)
    return known.unit if known else ""
