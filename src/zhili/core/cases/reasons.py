"""Why a case is where it is, in words.

A reason is kept in Chinese whatever language the one who acted reads: it stands in the record, which is evidence for
everybody. It is said in the reader's language by finding the sentence it was made from.
"""

import re
from typing import ClassVar

from django.utils.translation import get_language, gettext, gettext_noop

from zhili.base.calendar import UNIT_NAMES, Duration
from zhili.core.web import words

_PLACE = re.compile(r"%\((\w+)\)[sd]|([^%]+)")
_LIMIT = re.compile(rf"([0-9]+)({'|'.join(UNIT_NAMES.values())})")
_DOUBT = gettext_noop("（待确认）")


class Reason:
    """A sentence with places for names and numbers; called with them, it gives what is kept."""

    known: ClassVar[list["Reason"]] = []

    def __init__(self, text: str) -> None:
        self.text = text
        self.pattern = re.compile("".join(_part_of(match) for match in _PLACE.finditer(text)))
        Reason.known.append(self)

    def __call__(self, **parts: object) -> str:
        return self.text % parts if parts else self.text


def _part_of(match: re.Match[str]) -> str:
    name, plain = match.groups()
    if plain is not None:
        return re.escape(plain)
    return f"(?P<doubt>{_DOUBT}|)" if name == "doubt" else f"(?P<{name}>.+?)"


OUTSIDE = Reason("位置不在本市，交裁定")
UNPLACED = Reason("没有在地图上标明位置，交裁定")
NOBODY = Reason("职责清单中没有该地的单位，交裁定")
LOST = Reason("原承办单位已撤销或位置不在本市，交裁定")
RETURNED = Reason("已第%(n)d次退回，交裁定")
IN_CELL = Reason("地点在%(office)s内，先由网格办理")
IN_AREA = Reason("地点在%(office)s辖区内")
ON_DUTY = Reason("职责清单：该地由%(office)s负责")
ON_DUTY_FOR = Reason("职责清单：“%(category)s”由%(office)s负责")
PASSED_UP = Reason("由%(office)s上报")
DESK = Reason("由%(office)s负责")
CHOSEN = Reason("指定由%(office)s承办")
MOVED = Reason("程序更新，原环节“%(stage)s”已取消")
GIVEN = Reason("“%(title)s”限%(limit)s，由提出单位确定")
PARENT_ENDED = Reason("原事项%(number)s已经了结")
FOLLOWED = Reason("原事项%(number)s已转交，随之办理")
LIMITED = Reason("“%(title)s”限%(limit)s，依据：%(source)s%(doubt)s")


def limited(title: str, limit: Duration, source: str, article: str, confirmed: bool) -> str:
    """Why a clock runs as long as it does."""
    published = " ".join(part for part in (source, article) if part)
    doubt = "" if confirmed else _DOUBT
    return LIMITED(title=title, limit=limit.words, source=published or "平台约定", doubt=doubt)


def basis(source: str, article: str) -> str:
    """Where a limit comes from, in the reader's language."""
    if source and article:
        return gettext("%(source)s %(article)s") % {"source": gettext(source), "article": gettext(article)}
    return gettext(source or article) if source or article else ""


def said(kept: str) -> str:
    """A kept reason in the reader's language; as it is when it was made from no known sentence."""
    if (get_language() or "zh").startswith("zh"):
        return kept
    for reason in Reason.known:
        if found := reason.pattern.fullmatch(kept):
            return gettext(reason.text) % {
                name: _said_part(name, text) for name, text in found.groupdict().items()
            }
    return kept


def _said_part(name: str, text: str) -> str | int:
    match name:
        case "office":
            return text
        case "n":
            return int(text)
        case "limit" if found := _LIMIT.fullmatch(text):
            unit = next(unit for unit, title in UNIT_NAMES.items() if title == found[2])
            return words.duration(Duration(int(found[1]), unit))
        case "source":
            published, _, article = text.partition(" ")
            return basis(published, article)
    return gettext(text) if text else ""
