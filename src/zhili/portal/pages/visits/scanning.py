"""Scanning in: the printable code of a door, the page it leads to, and the visit as the business reads it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor, of_request
from zhili.core.registers import rights as registers
from zhili.core.registers.models import Premises
from zhili.core.visits import answers, arrivals, explaining, records, rights
from zhili.core.visits.answers import VisitRefused
from zhili.core.visits.models import Arrival, DoorCode, Officer, Side, Visit, VisitState
from zhili.portal.asked import number_in
from zhili.portal.pages.visits.plans import body_names
from zhili.portal.pages.visits.sending import as_pdf
from zhili.portal.receipts import qr

PAGE = 100


@require_http_methods(["GET", "POST"])
def door(request: HttpRequest, actor: Actor, premises: int) -> HttpResponse:
    """The code to print and hang beside the door. A form makes it, or a new one in its place: the old one ends."""
    found = premises_of(actor, premises)
    may = bool(actor.roles & rights.PLANNERS)
    if request.method == "POST":
        if not may:
            raise PermissionDenied(gettext("场所码由办理检查的岗位制作。"))
        arrivals.door(found, actor, anew=True)
        messages.success(request, gettext("场所码已制作，请打印张贴；以前的码不再有效。"))
        return redirect("visit_door", premises=found.pk)
    row = DoorCode.objects.filter(premises=found).first()
    address = request.build_absolute_uri(f"/at/{row.code}") if row else ""
    context = {
        "premises": found,
        "row": row,
        "may": may,
        "address": address,
        "qr": qr(address) if row else "",
    }
    return render(request, "portal/visits/door.html", context)


def premises_of(actor: Actor, premises: int) -> Premises:
    """For whoever reads the register there, or has a visit there."""
    found = Premises.objects.filter(pk=premises).first()
    if found is None:
        raise Http404
    if not (
        registers.premises(actor).filter(pk=premises).exists()
        or rights.visits(actor).filter(premises=premises).exists()
    ):
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def at(request: HttpRequest, code: str) -> HttpResponse:
    """/at/CODE: where the code on a door leads. An officer whose visit this is says here that they have come."""
    found = arrivals.at_door(code)
    if found is None:
        raise Http404
    actor = of_request(request)
    if request.method == "POST":
        return _come(request, actor, code)
    return render(
        request, "portal/visits/at.html", {"premises": found, "visits": _mine(found, actor), "code": code}
    )


def _mine(premises: Premises, actor: Actor) -> list[Visit]:
    """The visits to premises that the reader goes to and that are not over. Nobody else is told of any."""
    if actor.kind != "post" or actor.account_id is None:
        return []
    own = Officer.objects.filter(inspector__account=actor.account_id).values("visit_id")
    open_ = Visit.objects.filter(premises=premises, state__in=(VisitState.PLANNED, VisitState.UNDER_WAY))
    return list(open_.filter(pk__in=own, date__lte=timezone.localdate()).order_by("-date")[:5])


def _come(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    visit = number_in(request.POST, "visit") or 0
    try:
        arrivals.arrive(visit, code, actor)
    except VisitRefused as error:
        raise Refused("visit", str(error), 422) from None
    messages.success(request, gettext("已记下到场，检查开始。"))
    return redirect("visit", visit=visit)


@require_http_methods(["GET", "POST"])
def business(request: HttpRequest, visit: int) -> HttpResponse:
    """/visit/N?g=CODE: what this visit is, for whoever holds its code; a form says that the officers are there."""
    found = _by_code(request, visit)
    code = quote(request.GET.get("g", ""))
    if request.method == "POST":
        try:
            arrivals.confirm(found.pk, of_request(request))
        except VisitRefused as error:
            raise Refused("visit", str(error), 422) from None
        return redirect(f"/visit/{found.pk}?g={code}")
    context: dict[str, Any] = {
        "visit": found,
        "code": code,
        "bodies": body_names(found),
        "officers": Officer.objects.filter(visit=found)
        .select_related("inspector", "body")
        .order_by("body", "pk"),
        "items": [item for item, _asked in answers.questions(found)],
        "why": explaining.why([found]).get(found.pk, []),
        "arrivals": found.arrivals.select_related("inspector", "body").order_by("made_at", "id"),
        "confirmed": Arrival.objects.filter(visit=found, side=Side.BUSINESS).exists(),
        "now": found.state in (VisitState.PLANNED, VisitState.UNDER_WAY)
        and found.date <= timezone.localdate(),
        "record": records.newest(found),
        "findings": found.findings.select_related("item").order_by("id"),
    }
    response = render(request, "portal/visits/business.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def business_record(request: HttpRequest, visit: int) -> HttpResponse:
    """The record as PDF, for whoever holds the visit's code."""
    return as_pdf(request, _by_code(request, visit))


def _by_code(request: HttpRequest, visit: int) -> Visit:
    found = arrivals.by_code(visit, request.GET.get("g", ""))
    if found is None or found.state == VisitState.DROPPED:
        raise Http404
    return found


@require_safe
def unscanned(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Visits finished though nobody scanned in, of the reader's office and below, newest first."""
    found = arrivals.unscanned(actor).select_related("premises").order_by("-date", "-id")
    rows = [{"visit": one, "bodies": body_names(one)} for one in found[:PAGE]]
    return render(request, "portal/visits/unscanned.html", {"rows": rows, "total": found.count()})
