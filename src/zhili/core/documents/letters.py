"""Templates of documents: what an office may choose from, each with the text it starts with.

The kernel gives two; a scenario declares more (``Scenario(documents=(Template(…),))``), offered on its own cases only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import Formatter

from django.utils.translation import gettext_noop

from zhili.core.cases import registry

FACTS = frozenset({"number", "title", "opened", "office", "category", "place", "answer", "today"})
"""What a text may name in braces: of the case the document is about, and its office."""
BLANK = "【请填写"
"""Begins a place the drafter must fill in; a text that still has one is not sent to review."""
WORD = re.compile(r"[\u4e00-\u9fff]{0,4}")


@dataclass(frozen=True)
class Template:
    """A kind of document.

    ``name`` is unique in its scenario; ``title`` what the office calls it (答复函); ``word`` ends the mark in the
    number (嘉城管 + 复); ``heading``, ``to`` and ``body`` are what the draft starts with, a line of ``body`` a
    paragraph. The three may name FACTS in braces: ``{number}``, ``{title}`` …
    """

    name: str
    title: str
    heading: str
    body: str
    to: str = "上报人"
    word: str = ""
    summary: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,38}", self.name):
            raise ValueError(f"a template's name is a short word: {self.name!r}")
        if not WORD.fullmatch(self.word):
            raise ValueError(
                f"template {self.name}: the word in its number is at most four characters: {self.word!r}"
            )
        for text in (self.heading, self.to, self.body):
            unknown = {name for _, name, _, _ in Formatter().parse(text) if name is not None} - FACTS
            if unknown:
                raise ValueError(f"template {self.name} names unknown facts: {', '.join(sorted(unknown))}")


REPLY = Template(
    "reply",
    gettext_noop("答复函"),
    heading="关于“{title}”的答复函",
    word="复",
    summary=gettext_noop("答复上报人反映的事"),
    body="您好！您于{opened}反映的“{title}”（编号{number}）收悉。经调查核实，现答复如下：\n{answer}\n"
    "如对本答复不满意，可凭编号在查询页面要求重办，或拨打12345说明编号。\n感谢您的关心和支持。",
)
NOTICE = Template(
    "notice",
    gettext_noop("告知书"),
    heading="关于“{title}”有关事项的告知书",
    word="告",
    summary=gettext_noop("把依据、结果和权利告知当事人"),
    body="您于{opened}反映的“{title}”（编号{number}），我单位已受理。根据【请填写：依据的法规和条款】，"
    "现将有关事项告知如下：\n【请填写：告知的内容】\n如有异议，【请填写：可以怎么做、向谁提出、几日之内】。",
)
KERNEL = (REPLY, NOTICE)


def key_of(template: Template, scenario: str = "") -> str:
    """How a template is kept and chosen: ``reply``, or ``catering.order`` of a scenario."""
    return f"{scenario}.{template.name}" if scenario else template.name


def everything() -> Iterator[tuple[str, Template, str]]:
    """(key, template, scenario or "") of all there are, the kernel's first."""
    for one in KERNEL:
        yield one.name, one, ""
    for scenario in registry.scenarios().values():
        for one in scenario.documents:
            yield key_of(one, scenario.name), one, scenario.name


def choices_for(scenario: str) -> tuple[tuple[str, str], ...]:
    """Those of a scenario, for the list on the form."""
    return tuple((key, one.title) for key, one in offered(scenario))


def choices() -> tuple[tuple[str, str], ...]:
    """For the list on the form."""
    return tuple((key, one.title) for key, one, _scenario in everything())


def offered(scenario: str) -> list[tuple[str, Template]]:
    """Those that may be chosen on a case of a scenario."""
    return [(key, one) for key, one, of in everything() if of in ("", scenario)]


def find(key: str, scenario: str) -> Template | None:
    """The template of that key if it may be used on a case of the scenario."""
    return dict(offered(scenario)).get(key)
