"""/catering/own: the owner's phone, by the outlet's code, no account: self-check, log with its gaps, problems."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.cases import doors, present
from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor, of_request
from zhili.portal.lenses import Page
from zhili.portal.submitted import Submission
from zhili.scenarios.catering import actions, forms, outlets
from zhili.scenarios.catering.kinds import ARTICLE, FORMS, ITEMS, KINDS, LAW, QUOTE
from zhili.scenarios.catering.models import OutletDetail, ProblemDetail
from zhili.scenarios.catering.pages import filling

FEW = 12
OPEN = ("rectifying", "checking", "fixed")


def own(request: HttpRequest) -> HttpResponse:
    """What concerns one outlet is nobody else's: without its code the page only says how to get in."""
    actor = of_request(request)
    file = _file(actor)
    if file is None:
        if request.method == "POST":
            raise Refused("forbidden", gettext("请用您店里的自查码打开这一页"), 403)
        return _kept(render(request, "catering/own_closed.html", {"asked": actor.kind == "grant"}))
    here = f"/catering/own?{urlencode({'g': request.GET.get('g', '')})}"
    things = [(one.code, one.title) for one in ITEMS if not one.needs or getattr(file, one.needs)]
    checking = filling.filled(
        request,
        actor,
        forms.Check,
        lambda sent: _act(file, actor, "check", sent, here),
        gettext("记好了，谢谢您。"),
        name="check",
        start={"day": timezone.localdate().isoformat()},
        choices={"done": things, "wrong": things},
    )
    before = filling.filled(
        request,
        actor,
        forms.Earlier,
        lambda sent: _act(file, actor, "earlier", sent, here),
        gettext("补录好了。"),
        name="earlier",
    )
    if done := checking.response or before.response:
        return done
    context = {
        "place": file.premises,
        "file": file,
        "form": gettext(FORMS.get(file.form, file.form)),
        "here": here,
        "dues": outlets.dues(file),
        "checking": checking,
        "before": before,
        "asked": request.POST.get("_do", ""),
        "gaps": outlets.gaps(file)[:FEW],
        "cleanings": list(reversed(file.cleanings))[:FEW],
        "count": len(file.cleanings),
        "problems": _problems(file),
        "law": f"《{LAW}》{ARTICLE}",
        "quote": QUOTE,
        "over": file.case.closed_at is not None,
    }
    return _kept(render(request, "catering/own.html", context, status=max(checking.status, before.status)))


def _file(actor: Actor) -> OutletDetail | None:
    if actor.kind != "grant" or actor.grant_party != outlets.OWNER:
        return None
    found = OutletDetail.objects.select_related("case", "premises__division")
    return found.filter(pk=actor.grant_case).first()


def _act(file: OutletDetail, actor: Actor, action: str, sent: Submission, here: str) -> str:
    doors.act(file.case_id, action, actor, sent.data, key=sent.key)
    return here


def _problems(file: OutletDetail) -> list[dict[str, Any]]:
    """Those the owner was told of and that are not over, each with its own way in."""
    rows = ProblemDetail.objects.filter(outlet=file.case_id, case__stage__in=OPEN).select_related("case")
    found = []
    for one in rows.order_by("-pk")[:FEW]:
        word = actions.code_of(one.case)
        url = f"/c/{one.case.number}?{urlencode({'g': word})}" if word else ""
        title = gettext(KINDS[one.kind].title) if one.kind in KINDS else one.kind
        found.append({"one": one, "title": title, "url": url, "stage": present.stage_title(one.case)})
    return found


def _kept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


pages = (Page("catering/own", own, "catering_own"),)
