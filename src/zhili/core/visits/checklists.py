"""Checklists: the questions of an item, and whether an answer fits one. Plain data, no table is asked.

A question is ``{"code": "q1", "title": "…", "kind": …}`` with, by kind::

    yes_no    "bad": "no" (default) or "yes": the answer that is a finding
    number    "unit", and "min"/"max": beyond them is a finding
    choice    "choices": ["…", …], "bad": those of them that are findings
    text
    photo     answered by what was taken: "taken", or "none" where nothing could be
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

KINDS: Final = ("yes_no", "number", "choice", "text", "photo")
CODE: Final = re.compile(r"^[a-z0-9_]{1,40}$")
LONGEST: Final = 2_000
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Question:
    """One question; ``choices`` and ``bad`` as above, ``low``/``high`` in ``unit``."""

    code: str
    title: str
    kind: str
    unit: str = ""
    choices: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


def read(checklist: Sequence[Mapping[str, Any]]) -> list[Question]:
    """The questions of a checklist without `faults`."""
    return [_question(one) for one in checklist]


def _question(one: Mapping[str, Any]) -> Question:
    bad = one.get("bad", ["no"] if one["kind"] == "yes_no" else [])
    return Question(
        one["code"],
        one["title"],
        one["kind"],
        one.get("unit", ""),
        tuple(one.get("choices", ())),
        (bad,) if isinstance(bad, str) else tuple(bad),
        one.get("min"),
        one.get("max"),
    )


def faults(checklist: Any) -> list[str]:
    """What is wrong with a checklist, each with the number of its question; nothing when it will do."""
    if not isinstance(checklist, list) or len(checklist) > MOST:
        return [_("检查表应当是一列问题，最多%(n)d个") % {"n": MOST}]
    found: list[str] = []
    seen: set[str] = set()
    for number, one in enumerate(checklist, 1):
        why = _fault(one) if isinstance(one, Mapping) else _("不是一个问题")
        if not why and one["code"] in seen:
            why = _("编码重复")
        if why:
            found.append(_("第%(n)d个问题：%(why)s") % {"n": number, "why": why})
        else:
            seen.add(one["code"])
    return found


def _fault(one: Mapping[str, Any]) -> str:
    if not CODE.match(str(one.get("code", ""))):
        return _("编码只能用小写字母、数字和下划线")
    if not str(one.get("title", "")).strip():
        return _("没有写问题")
    if one.get("kind") not in KINDS:
        return _("不认识的种类：%(kind)s") % {"kind": one.get("kind")}
    choices = one.get("choices", [])
    if one["kind"] == "choice" and (len(choices) < 2 or not all(isinstance(c, str) and c for c in choices)):
        return _("至少要有两个选项")
    if one["kind"] == "choice" and not set(one.get("bad", ())) <= set(choices):
        return _("不合格的选项不在选项里")
    limits = [one[name] for name in ("min", "max") if one.get(name) is not None]
    if any(isinstance(n, bool) or not isinstance(n, int | float) for n in limits) or limits != sorted(limits):
        return _("上下限应当是数字，下限不大于上限")
    return ""


def fit(question: Question, value: Any) -> Any:
    """The answer as it is kept. Raises ValueError, in words, when it does not fit its question."""
    if question.kind == "number":
        try:
            number = float(str(value).strip())
        except ValueError:
            raise ValueError(_("请填数字")) from None
        if number != number or abs(number) > 1e12:
            raise ValueError(_("请填数字"))
        return int(number) if number == int(number) else number
    text = str(value).strip()
    if question.kind == "yes_no" and text not in ("yes", "no", "na"):
        raise ValueError(_("请选“是”“否”或“不适用”"))
    if question.kind == "photo" and text not in ("taken", "none"):
        raise ValueError(_("请拍照，或选“没有拍”并说明"))
    if question.kind == "choice" and text not in question.choices:
        raise ValueError(_("没有这个选项：%(value)s") % {"value": text[:40]})
    if len(text) > LONGEST:
        raise ValueError(_("最多%(n)d个字") % {"n": LONGEST})
    return text


def is_bad(question: Question, value: Any) -> bool:
    """Whether an answer that fits is a finding."""
    if question.kind == "number":
        low, high = question.low, question.high
        return (low is not None and value < low) or (high is not None and value > high)
    return value in question.bad
