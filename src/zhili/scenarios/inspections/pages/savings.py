"""/desk/inspections/load: visits and hours that merging saved, and how the year's visits fall on businesses."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.people.actors import Actor
from zhili.core.registers import firms
from zhili.core.registers.models import Firm
from zhili.core.visits import yearly
from zhili.core.visits.models import DueCheck, Visit, VisitState
from zhili.portal.asked import text_in
from zhili.portal.lenses import Page
from zhili.scenarios.inspections import saving
from zhili.scenarios.inspections.pages import who
from zhili.scenarios.inspections.saving import Load

FOUND = 20


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Sums and a distribution; a single business only for whoever names it, and sees it in the register."""
    year, words = timezone.localdate().year, text_in(request.GET, "q")
    rows = saving.load(actor, year)
    context = {
        "year": year,
        "saved": saving.saved(actor, year),
        "load": [(_times(one), one) for one in rows],
        "cap": yearly.cap(year),
        "businesses": sum(one.businesses for one in rows),
        "over": sum(one.businesses for one in rows if one.over),
        "sentence": _sentence(rows),
        "drawing": _drawing(rows) if rows else None,
        "q": words,
        "found": _of(words, actor, year) if words else [],
    }
    return render(request, "inspections/savings.html", context)


def _sentence(rows: list[Load]) -> str:
    businesses = sum(one.businesses for one in rows)
    once = rows[0].businesses if rows else 0
    told = {"n": businesses, "once": once}
    return gettext("今年安排上门的有 %(n)d 家，其中 %(once)d 家只上门一次。") % told if rows else ""


def _drawing(rows: list[Load]) -> dict[str, Any]:
    """For frontend/src/signals/plots.ts: a bar for each number of visits."""
    bars = {"name": gettext("家"), "role": "now", "bars": True, "values": [one.businesses for one in rows]}
    return {"names": [_times(one) for one in rows], "lines": [bars]}


def _times(one: Load) -> str:
    more = one.times == saving.MANY
    return (gettext("%(n)d 次以上") if more else gettext("%(n)d 次")) % {"n": one.times}


def _of(words: str, actor: Actor, year: int) -> list[dict[str, Any]]:
    """The businesses asked for, in order of their codes. Four queries."""
    rows: list[Firm] = list(firms.find(words, actor)[:FOUND])
    pks = [one.pk for one in rows]
    used = yearly.used(year, pks)
    visits = Visit.objects.filter(premises__firm__in=pks, date__year=year).exclude(state=VisitState.DROPPED)
    times = dict(visits.values_list("premises__firm").annotate(n=Count("pk")))
    due = DueCheck.objects.filter(visit__in=visits).values_list("premises__firm").annotate(n=Count("pk"))
    checks = dict(due)
    return [
        {
            "one": one,
            "used": used.get(one.pk, 0),
            "fewer": max(0, checks.get(one.pk, 0) - times.get(one.pk, 0)),
        }
        for one in rows
    ]


pages = (Page("desk/inspections/load", show, "inspections_savings", may=who.reads),)
