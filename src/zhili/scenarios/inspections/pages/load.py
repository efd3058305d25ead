"""/inspections/load: how often a business was visited this year, against the cap, read by the code of its order."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from zhili.core import params
from zhili.core.cases.present import office_name
from zhili.core.people.actors import Actor, of_request
from zhili.core.registers.models import Firm
from zhili.core.visits import yearly
from zhili.core.visits.models import DueCheck, Visit, VisitState
from zhili.portal.lenses import Page
from zhili.scenarios.inspections.actions import OPERATOR
from zhili.scenarios.inspections.models import NoticeDetail, RectificationDetail

MOST = 60


def load(request: HttpRequest) -> HttpResponse:
    """By grant alone: what concerns one business is nobody else's."""
    actor, year = of_request(request), timezone.localdate().year
    firm = _firm(actor)
    visits = _visits(firm, year) if firm else []
    checks = sum(row["checks"] for row in visits)
    context = {
        "asked": actor.kind == "grant",
        "firm": firm,
        "year": year,
        "cap": yearly.cap(year),
        "used": yearly.used(year, [firm.pk]).get(firm.pk, 0) if firm else 0,
        "visits": visits,
        "checks": checks,
        "saved": max(0, checks - len(visits)),
        "hours": round(_minutes([row["one"].pk for row in visits]) / 60, 1),
    }
    response = render(request, "inspections/load.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _minutes(visits: list[int]) -> int:
    """Minutes on the way that no body spent twice, as plans count them. One query."""
    pairs = DueCheck.objects.filter(visit__in=visits).values("visit", "body").annotate(n=Count("pk"))
    twice: int = sum(row["n"] - 1 for row in pairs)
    return twice * int(float(params.get("visits.approach_minutes").text))


def _firm(actor: Actor) -> Firm | None:
    """The business whose code this is, where its order or notice names one the register knows."""
    if actor.kind != "grant" or actor.grant_party != OPERATOR:
        return None
    kinds: tuple[type[RectificationDetail] | type[NoticeDetail], ...] = (RectificationDetail, NoticeDetail)
    codes = [
        kind.objects.filter(pk=actor.grant_case).values_list("firm", flat=True).first() for kind in kinds
    ]
    return Firm.objects.filter(code__in=[one for one in codes if one]).first()


def _visits(firm: Firm, year: int) -> list[dict[str, Any]]:
    """The year's visits, the newest first: which bodies, how many checks in one. Three queries."""
    found = Visit.objects.filter(premises__firm=firm, date__year=year).exclude(state=VisitState.DROPPED)
    rows = list(found.select_related("premises").order_by("-date", "-pk")[:MOST])
    checks = DueCheck.objects.filter(visit__in=[one.pk for one in rows]).values_list("visit")
    counted = dict(checks.annotate(n=Count("pk")))
    return [
        {
            "one": one,
            "bodies": [office_name(pk) for pk in one.bodies],
            "checks": counted.get(one.pk, 1),
            "state": one.get_state_display(),
        }
        for one in rows
    ]


pages = (Page("inspections/load", load, "inspections_load"),)
