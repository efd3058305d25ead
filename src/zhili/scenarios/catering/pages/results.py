"""/desk/catering/results: how much is put right in time, how often it comes back, where the same comes again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhili.core import params
from zhili.core.cases import query
from zhili.core.people.actors import Actor
from zhili.portal.lenses import Page
from zhili.scenarios.catering import figures
from zhili.scenarios.catering.pages import who


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Of the cases the actor may see, a year back."""
    seen = query.visible(actor).filter(procedure="catering.problem")
    rows = figures.put_right(seen)
    context = {
        "total": figures.total(rows),
        "kinds": figures.by_kind(rows),
        "towns": figures.by_town(rows),
        "again": figures.again(actor),
        "days": params.duration("catering.rectify")[0].amount,
    }
    return render(request, "catering/results.html", context)


pages = (Page("desk/catering/results", show, "catering_results", may=who.reads),)
