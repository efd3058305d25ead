"""One line of the catalogue, as told by a table or a form, and everything that can be wrong with it. No database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from zhili.scenarios.inspections.catalogue.kinds import (
    BODIES,
    CHECKED,
    CHECKED_WELL,
    METHODS,
    OBJECTS,
    UNCONFIRMED,
)

CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{1,15}")
ARTICLE: Final = re.compile(
    r"第[一二三四五六七八九十百零0-9]+条(之[一二三四五六七八九十])?(第[一二三四五六七八九十0-9]+款)?(第[一二三四五六七八九十0-9]+项)?"
)
LONGEST: Final = {"title": 60, "law": 80, "article": 40, "version": 10, "quote": 400}
MOST_QUESTIONS, LONGEST_QUESTION = 20, 100
NUMBERS: Final = {"ratio": (1, 100), "frequency": (1, 12), "minutes": (5, 480)}
"""Percent of the objects, times a year, minutes of one body's officers: from and to."""


@dataclass(frozen=True)
class Line:
    """An inspection item. ``ratio``: percent of the objects drawn; ``frequency``: times a year; ``minutes``: on site.

    ``checked`` says how far the basis was compared with the text (``CHECKED``), ``version`` with which one, ``quote``
    the words that were found there.
    """

    code: str
    title: str
    law: str
    article: str
    body: str
    object_kind: str
    ratio: int
    frequency: int
    method: str
    minutes: int
    checklist: tuple[str, ...]
    checked: str = UNCONFIRMED
    version: str = ""
    quote: str = ""

    @property
    def basis(self) -> str:
        return f"《{self.law}》{self.article}"

    @property
    def confirmed(self) -> bool:
        return self.checked in CHECKED_WELL

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"checklist": list(self.checklist)}


def of_json(told: Mapping[str, Any]) -> Line:
    """The line of ``as_json``."""
    return Line(**{**told, "checklist": tuple(told["checklist"])})


def check(cells: Mapping[str, str]) -> tuple[Line | None, dict[str, str]]:
    """The line of a row's cells by column name, or what is wrong with it: column -> words."""
    told = {name: " ".join(str(text).split()) for name, text in cells.items()}
    wrong = _basis(told) | _words(told) | _choices(told) | _numbers(told)
    questions = tuple(one.strip() for one in re.split(r"[;；\n]", cells.get("checklist", "")) if one.strip())
    if not questions:
        wrong["checklist"] = _("没有检查要点：至少写一个要看的问题")
    elif len(questions) > MOST_QUESTIONS or any(len(one) > LONGEST_QUESTION for one in questions):
        wrong["checklist"] = _("检查要点最多 %(most)d 条，每条最多 %(long)d 字") % {
            "most": MOST_QUESTIONS,
            "long": LONGEST_QUESTION,
        }
    if wrong:
        return None, wrong
    whole: dict[str, Any] = {name: int(told[name]) for name in NUMBERS}
    whole |= {name: told.get(name, "") for name in ("code", *LONGEST, "body", "object_kind", "method")}
    return Line(**whole, checklist=questions, checked=told.get("checked") or UNCONFIRMED), {}


def _basis(told: Mapping[str, str]) -> dict[str, str]:
    """Nothing may be inspected without a law and its article."""
    wrong = {}
    if not told.get("law"):
        wrong["law"] = _("没有法律依据：写明法律、法规或规章的名称；没有依据的事项不能列入")
    if not told.get("article"):
        wrong["article"] = _("没有依据的条款：写明第几条")
    elif not ARTICLE.fullmatch(told["article"]):
        wrong["article"] = _("“%s”不是条款：写成“第八条”或“第八条第二款”") % told["article"][:40]
    return wrong


def _words(told: Mapping[str, str]) -> dict[str, str]:
    wrong = {}
    if not CODE.fullmatch(told.get("code", "")):
        wrong["code"] = _("事项编号是 2 到 16 个大写字母、数字或短横线")
    if not told.get("title"):
        wrong["title"] = _("没有事项名称")
    for name, most in LONGEST.items():
        if len(told.get(name, "")) > most:
            wrong[name] = _("最多 %d 字") % most
    return wrong


def _choices(told: Mapping[str, str]) -> dict[str, str]:
    wrong = {}
    for name, known in (("body", BODIES), ("object_kind", OBJECTS), ("method", METHODS)):
        if told.get(name, "") not in known:
            wrong[name] = _("不认识“%(given)s”，可以是：%(known)s") % {
                "given": told.get(name, "")[:40],
                "known": "、".join(known),
            }
    if (checked := told.get("checked") or UNCONFIRMED) not in CHECKED:
        wrong["checked"] = _("不认识“%(given)s”，可以是：%(known)s") % {
            "given": checked[:40],
            "known": "、".join(CHECKED),
        }
    return wrong


def _numbers(told: Mapping[str, str]) -> dict[str, str]:
    wrong = {}
    for name, (low, high) in NUMBERS.items():
        text = told.get(name, "").removesuffix("%")
        if not (text.isascii() and text.isdigit() and low <= int(text[:9]) <= high):
            wrong[name] = _("应是 %(low)d 到 %(high)d 的整数") % {"low": low, "high": high}
    return wrong
