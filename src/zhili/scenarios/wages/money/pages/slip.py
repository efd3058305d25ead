"""/desk/wages/lines/N: one wage, item by item, each opening to its days and the leaves that prove them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from zhili.scenarios.wages import holidays
from zhili.scenarios.wages.models import Confirmation, WageLine
from zhili.scenarios.wages.money import verifying, who
from zhili.scenarios.wages.money.pages import common
from zhili.scenarios.wages.money.words import DAYS, GROUNDS, ITEMS, MARKS, RETURNED

MARK_WORDS = dict(MARKS)


@require_safe
def show(request: HttpRequest, line: int) -> HttpResponse:
    actor, elsewhere = common.asked(request)
    if elsewhere is not None:
        return elsewhere
    found, _may = who.line(line, actor)
    return render(request, "wages/money/line.html", of(found))


def of(line: WageLine) -> dict[str, Any]:
    """What a slip shows: to whoever may see the sheet, and to the worker on their own page."""
    return {
        "line": line,
        "sheet": line.sheet,
        "month": common.month_words(line.sheet.month),
        "items": [item(one) for one in line.facts.get("items", ())],
        "net": common.money(line.net_fen),
        "short": common.money(line.short_fen) if line.short_fen else "",
        "state": common.state(line.state, common.LINE_WORDS),
        "altered": verifying.altered(line),
        "days": days_of(line),
        "marks": [
            {
                "at": one.at,
                "words": str(MARK_WORDS[one.mark]),
                "said": one.words,
                "unsigned": one.reason == "unsigned",
                "todo": [gettext(word) for word in RETURNED.get(one.reason, ())]
                if one.mark == "returned"
                else [],
            }
            for one in line.marks.order_by("id")
        ],
    }


def days_of(line: WageLine) -> list[dict[str, Any]]:
    """The days a wage rests on, found by the leaves it cites, whatever was corrected since. One query."""
    cited = Confirmation.objects.filter(leaf_id__in=line.facts.get("leaves", ()))
    found: dict[int, dict[str, Any]] = {}
    for one in cited.select_related("line__sheet").order_by("line__sheet__date", "role"):
        day = one.line
        row = found.setdefault(
            day.pk,
            {
                "date": day.sheet.date,
                "kind": gettext(DAYS[holidays.kind(day.sheet.date)]),
                "days": f"{day.tenths / 10:g}",
                "overtime": f"{day.overtime_minutes / 60:g}" if day.overtime_minutes else "",
                "pieces": day.pieces or "",
                "leaves": [],
            },
        )
        row["leaves"].append(one.leaf_id)
    return list(found.values())


def item(one: dict[str, Any]) -> dict[str, Any]:
    """An item in words: what, how much of it, at which rate where a month has several, at which share, on what
    ground.
    """
    quantity, unit = one["quantity"], one["unit"]
    much = {
        "tenths": gettext("出工 %(n)s 天") % {"n": f"{quantity / 10:g}"},
        "minutes": gettext("计 %(n)s 小时") % {"n": f"{quantity / 60:.4g}"},
        "pieces": gettext("计 %(n)s 件") % {"n": quantity},
    }.get(unit, "")
    if rate := one.get("rate"):
        much += gettext("，单价 %(yuan)s 元") % {"yuan": common.money(rate)}
    return {
        "title": gettext(ITEMS.get(one["name"], one["name"])),
        "amount": common.money(one["amount"]),
        "much": much,
        "percent": one["percent"] if one["percent"] != 100 else "",
        "left": common.money(one["left"]) if one["left"] else "",
        "grounds": [gettext(GROUNDS[name]) for name in one["grounds"] if name in GROUNDS],
        "leaves": one["leaves"],
    }
