"""What triage shows: likely duplicates beside a matter on the desk, and under the form of a report being written."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from zhili.base.geo import PlaceError, Point
from zhili.base.procedure import Opening, Procedure
from zhili.core.cases import joining, permission, present, registry
from zhili.core.cases.errors import Refused
from zhili.core.cases.joining import Standing
from zhili.core.cases.models import Case
from zhili.core.cases.triage import similar
from zhili.core.cases.triage.examples import written_in
from zhili.core.cases.triage.similar import Similar
from zhili.core.people.actors import Actor, of_request
from zhili.portal.api.limits import slow_down
from zhili.portal.api.problems import Problem
from zhili.portal.pages.desk_case import find
from zhili.portal.pages.joining import device_of
from zhili.portal.rows import Row, row

MERGE = "merge_into"
SHORTEST = 4
"""Characters below which nothing is looked for: a report of two is not yet begun."""


@dataclass(frozen=True)
class Line:
    """A likely duplicate as a page shows it.

    ``merge`` leads to the form that joins the two, ``joining`` is for whoever met with the same, where that is offered.
    """

    row: Row
    why: list[str]
    merge: str = ""
    joining: Standing | None = None


@require_GET
def desk(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """/desk/c/<number>/similar: a part of the desk's page, or a page of its own without scripts."""
    case = find(number, actor)
    found = similar.for_case(case, actor)
    offered = bool(found) and MERGE in {offer.name for offer in present.actions_for(case, actor)}
    lines = [Line(row(one.case, desk=True), one.why, _merge(case, one) if offered else "") for one in found]
    part = request.headers.get("HX-Request") == "true"
    template = "portal/parts/similar_desk.html" if part else "portal/similar.html"
    return render(request, template, {"case": case, "similar": lines})


def _merge(case: Case, one: Similar) -> str:
    """The form that joins this matter to the other, with number and reasons written; only while the other is open."""
    if one.case.closed_at is not None or one.case.procedure != case.procedure:
        return ""
    filled = {"fill": MERGE, "lead": one.case.number, "reason": gettext("；").join(one.why)}
    return f"/desk/c/{case.number}?{urlencode(filled)}#act-{MERGE}"


def looked_for(procedure: type[Procedure], opening: Opening) -> dict[str, str]:
    """Where the form asks for similar matters, and the answers it sends for that; {} for a form without a place.

    The names of the answers are listed, so that a name or a telephone number typed beside them is never sent.
    """
    place = _place_of(opening)
    words = written_in(procedure.full_name(), opening.name)
    if not place or not words or opening.form is None:
        return {}
    sent = [*words, f"{place}_lon", f"{place}_lat", "csrfmiddlewaretoken"]
    return {"url": f"/new/{procedure.full_name()}/{opening.name}/similar", "params": ",".join(sent)}


def _place_of(opening: Opening) -> str:
    fields = opening.form.fields() if opening.form is not None else ()
    return next((field.name for field in fields if field.type == "place"), "")


def _joining(request: HttpRequest, case: Case) -> Standing | None:
    standing = joining.standing(case, of_request(request), device_of(request))
    return standing if standing.may or standing.joined else None


@require_POST
def reporting(request: HttpRequest, procedure: str, opening: str) -> HttpResponse:
    """/new/…/similar: public matters like the one being written. Kept nowhere; 204 while there is nothing to say."""
    declared = registry.procedure(procedure)
    begin = declared.openings.get(opening) if declared else None
    if declared is None or begin is None:
        raise Http404
    actor = of_request(request)
    if not permission.may_open(begin, actor):
        raise Refused("forbidden", gettext("您不能以这种方式发起此事项"), 403)
    try:
        if actor.kind == "anonymous":
            slow_down(request)
        place = _place_of(begin)
        at = Point.parse(request.POST.get(f"{place}_lon"), request.POST.get(f"{place}_lat"))
    except (Problem, PlaceError):
        return HttpResponse(status=204)
    words = "\n".join(request.POST.get(name, "") for name in written_in(procedure, opening)).strip()
    found = similar.for_reporter(declared.scenario, words, at.lon, at.lat) if len(words) >= SHORTEST else []
    lines = [Line(row(one.case, desk=False), one.why, joining=_joining(request, one.case)) for one in found]
    return render(request, "portal/parts/similar_public.html", {"similar": lines})
