"""The open data: one row for each matter, of what figures are made of and nothing else.

No name, no words anybody wrote, no point on the map: the town, the category, and the days on which something was
done. Confidential matters and children of another case are not in it; they are counted apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_noop

from zhili.core.indicators.measures import counted_under
from zhili.core.places.tree import Node, nodes

Payload = Mapping[str, Any]
Row = dict[str, str]

COLUMNS: Final[dict[str, str]] = {
    "number": gettext_noop("事项编号"),
    "scenario": gettext_noop("场景"),
    "procedure": gettext_noop("事项种类"),
    "category": gettext_noop("现在的分类代码；没有分类的为空"),
    "place": gettext_noop("所在镇街的区划代码；只知道县的为县，不在本市或不明的为空"),
    "opened": gettext_noop("收到的日期"),
    "answers": gettext_noop("各次答复的日期，冒号后 o 按时、l 超时、u 未计时限；多次以分号隔开，下同"),
    "ends": gettext_noop("了结的日期，冒号后为结果：closed 办结、refused 不予受理、withdrawn 撤回"),
    "reopenings": gettext_noop("要求重办的日期"),
    "returns": gettext_noop("单位之间退回的日期"),
    "overdues": gettext_noop("时限到期的日期"),
    "ratings": gettext_noop("评价的日期，冒号后为分数（1至5）"),
}
"""The columns in order, and what each says: the data dictionary. Days are the city's own, YYYY-MM-DD."""


def rows(payloads: Iterable[Payload], skip: frozenset[tuple[int, int]] = frozenset()) -> Iterator[Row]:
    """The matters of these steps (case by case, in order), as far as they are published.

    ``skip`` names steps, by case and number, that figures do not count yet.
    """
    towns = {id_: _coarse(node) for id_, node in nodes().items()}
    for _case, steps in groupby(payloads, lambda p: p["case"]):
        counted = [p for p in steps if (p["case"], p["seq"]) not in skip]
        if counted and counted[0]["first"] and counted_under(counted[0]) == counted[0]["scenario"]:
            yield _row(counted, towns)


def _row(steps: Sequence[Payload], towns: Mapping[int, str]) -> Row:
    first, last = steps[0], steps[-1]
    return {
        "number": first["number"],
        "scenario": first["scenario"],
        "procedure": first["procedure"],
        "category": last["category"] or "",
        "place": towns.get(last["division"] or 0, ""),
        "opened": _day(first["at"]),
        "answers": _list(f"{_day(p['at'])}:{_timely(p)}" for p in steps if p["answered"]),
        "ends": _list(f"{_day(p['at'])}:{p['outcome']}" for p in steps if p["final"]),
        "reopenings": _list(_day(p["at"]) for p in steps if p["reopened"]),
        "returns": _list(_day(p["at"]) for p in steps if p["returned"]),
        "overdues": _list(_day(p["at"]) for p in steps if p["action"] == "overdue"),
        "ratings": _list(f"{_day(p['at'])}:{p['rating']}" for p in steps if p["rating"] is not None),
    }


def _timely(step: Payload) -> str:
    if step.get("unclocked"):
        return "u"
    return "l" if step.get("late", step["overdue"]) else "o"


def _list(parts: Iterable[str]) -> str:
    return ";".join(parts)


def _day(moment: str) -> str:
    return timezone.localdate(datetime.fromisoformat(moment)).isoformat()


def _coarse(node: Node) -> str:
    """The code of the town a division lies in; of a county or city its own."""
    known = nodes()
    for above in node.line:
        if known[above].level == "town":
            return known[above].code
    return node.code


def month_after(month: date) -> date:
    """The first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
