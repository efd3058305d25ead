"""The content of a village as pages of a television: few words, readable at four metres, each for some seconds."""

from __future__ import annotations

import re
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.web import words
from zhili.scenarios.village_screens.content import Content, Item
from zhili.scenarios.village_screens.kinds import DISCLOSURE, MOTION, NOTICE, TILE, TITLES, WASTE
from zhili.scenarios.village_screens.models import Loop

LINE, LINES = 24, 4
"""Characters a line holds at 64 px with margins, and lines of a page: what is read in twenty seconds."""
ROWS = 5
PARTS = 6
"""Most pages of one text; the rest is on the phone page, and the last page says so."""
Page = dict[str, Any]


def pages(content: Content, loop: Loop) -> list[Page]:
    """The loop in its order; never empty. While something urgent is shown, that alone."""
    seconds = dict(zip(loop.kinds, loop.seconds, strict=False))
    if content.urgent:
        made = [page for one in content.urgent for page in _written(one, NOTICE, one.cell, content)]
        return [page | {"seconds": seconds.get(NOTICE, 20)} for page in made]
    by_kind = {
        NOTICE: lambda: [p for one in content.notices for p in _written(one, NOTICE, one.cell, content)],
        DISCLOSURE: lambda: [
            p for o in content.disclosures for p in _written(o, DISCLOSURE, o.label, content)
        ],
        MOTION: lambda: [p for one in content.motions for p in _motion(one, content)],
        TILE: lambda: _tiles(content),
        WASTE: lambda: _waste(content),
    }
    made = [
        page | {"seconds": seconds[kind]}
        for kind in loop.kinds
        if kind in by_kind
        for page in by_kind[kind]()
    ]
    return made or [_nothing()]


def split(text: str, line: int = LINE, lines: int = LINES, most: int = PARTS) -> list[list[str]]:
    """A text in pages of lines, broken after punctuation where that is near. Blank lines go."""
    cut: list[str] = []
    for paragraph in filter(None, (one.strip() for one in text.splitlines())):
        rest = paragraph
        while len(rest) > line:
            near = max((m.end() for m in re.finditer(r"[，。；：、！？,.;:!? ]", rest[:line])), default=0)
            at = near if near > line * 0.6 else line
            cut.append(rest[:at].strip())
            rest = rest[at:].strip()
        cut.append(rest)
    found = [cut[n : n + lines] for n in range(0, len(cut), lines)]
    if len(found) > most:
        found = found[:most]
        found[-1] = [*found[-1][: lines - 1], _("……全文请用手机看")]
    return found or [[]]


def _page(kind: str, heading: str, **more: Any) -> Page:
    empty: Page = {
        "label": "",
        "part": "",
        "lines": [],
        "rows": [],
        "picture": "",
        "urgent": False,
        "foot": "",
    }
    return {"kind": kind, "title": _(TITLES[kind]), "heading": heading, **empty, **more}


def _written(one: Item, kind: str, label: str, content: Content) -> list[Page]:
    picture = f"/village/{content.division.code}/f/{one.picture}" if one.picture else ""
    parts = split(one.body, LINE // 2 + 2 if picture else LINE)
    foot = words.moment(timezone.localtime(one.since))
    if one.until:
        foot = _("%(since)s 起，到 %(until)s") % {"since": foot, "until": words.moment(one.until)}
    return [
        _page(
            kind,
            one.heading,
            label=label,
            lines=lines,
            picture=picture,
            urgent=one.urgent,
            foot=foot,
            part=f"{n}/{len(parts)}" if len(parts) > 1 else "",
        )
        for n, lines in enumerate(parts, 1)
    ]


def _motion(one: Item, content: Content) -> list[Page]:
    """The decision, then how many were there, then what came of it."""
    rows = [
        {"name": name, "value": value, "word": "", "state": "", "note": ""} for name, value in one.figures
    ]
    made = _written(one, MOTION, one.label, content)
    made.append(_page(MOTION, one.heading, label=_("表决情况"), rows=rows[:ROWS]))
    if one.result:
        made += [
            _page(MOTION, one.heading, label=_("实施结果"), lines=lines)
            for lines in split(one.result, most=2)
        ]
    return made


def _tiles(content: Content) -> list[Page]:
    rows = [
        {
            "name": f"{one.tile.name} {one.tile.title}",
            "value": f"{one.number} {_(one.tile.unit)}".strip() if one.value is not None else "—",
            "word": one.word,
            "state": one.state,
            "note": _("%s 起") % words.ago(one.since, content.at) if one.since else "",
        }
        for one in content.tiles
    ]
    return [
        _page(TILE, _("现在怎么样"), rows=rows[n : n + ROWS], foot=words.moment(content.at))
        for n in range(0, len(rows), ROWS)
    ]


def _waste(content: Content) -> list[Page]:
    rows = []
    for point in content.waste:
        last = point.last
        if last is None:
            continue
        good = last.purity is not None and last.purity >= 90
        rows.append(
            {
                "name": point.name,
                "value": _("%s 公斤") % f"{last.kilograms:g}",
                "word": _("准确率 %s%%") % f"{last.purity:g}" if last.purity is not None else "",
                "state": "normal" if good else "watch" if last.purity is not None else "",
                "note": point.trend,
            }
        )
    return [_page(WASTE, _("各投放点"), rows=rows[n : n + ROWS]) for n in range(0, len(rows), ROWS)]


def _nothing() -> Page:
    lines = [_("现在没有要告诉大家的事。"), _("有了通知会马上显示在这里。")]
    return _page(NOTICE, _("欢迎"), lines=lines) | {"seconds": 30}
