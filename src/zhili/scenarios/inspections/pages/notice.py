"""/inspections/notice: a business reads who comes, when, for what and by what right; by its code alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhili.core.people.actors import of_request
from zhili.core.visits import arrivals
from zhili.core.visits.models import VisitState
from zhili.portal.asked import text_in
from zhili.portal.lenses import Page
from zhili.scenarios.inspections import notifying
from zhili.scenarios.inspections.actions import OPERATOR
from zhili.scenarios.inspections.models import NoticeDetail


def notice(request: HttpRequest) -> HttpResponse:
    """Nothing of it to whoever has no code of this visit."""
    actor = of_request(request)
    row = None
    if actor.kind == "grant" and actor.grant_party == OPERATOR:
        row = NoticeDetail.objects.filter(pk=actor.grant_case).first()
    letter = next(iter(notifying.letters([row])), None) if row is not None else None
    context = {
        "letter": letter,
        "asked": bool(text_in(request.GET, "g")),
        "code": text_in(request.GET, "g"),
        "done": letter is not None and letter.visit.state == VisitState.DONE,
        "visit": f"/visit/{letter.visit.pk}?g={arrivals.code_of(letter.visit)}" if letter is not None else "",
        "dropped": letter is not None and letter.visit.state == VisitState.DROPPED,
    }
    response = render(request, "inspections/notice.html", context)
    response["Cache-Control"] = "no-store"
    return response


pages = (Page("inspections/notice", notice, "inspections_notice"),)
