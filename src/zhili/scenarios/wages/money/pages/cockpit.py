"""/desk/wages/cockpit: what is owed, late, unconfirmed or without a sheet, project by project; every figure opens
to its days.

Everybody sees it over the projects they have a part in: a county over its ground, a builder or contractor over its
own. Figures are of projects and firms, never of a person.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from zhili.core.cases import query
from zhili.core.people.actors import Actor
from zhili.core.signals.warnings import handling
from zhili.scenarios.wages.models import ComplaintDetail, ProjectFact, WageLine, WageSheet
from zhili.scenarios.wages.money import feeding, owing, who
from zhili.scenarios.wages.money.pages import common

MOST = 300
WORST_FIRST = ("late", "returned", "missing", "unconfirmed", "fen")
SUMMED = ("fen", "late_fen", "returned", "unconfirmed", "missing")


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    actor, elsewhere = common.asked(request)
    if elsewhere is not None:
        return elsewhere
    rows = _rows(actor)
    totals = {
        name: sum(one[name] for one in rows)
        for name in ("fen", "late_fen", "returned", "unconfirmed", "missing")
    }
    context = {
        "rows": sorted(rows, key=lambda one: tuple(-one[name] for name in WORST_FIRST)),
        "projects": len(rows),
        "owed": common.money(totals["fen"]),
        "late": common.money(totals["late_fen"]),
        "late_projects": sum(one["late"] > 0 for one in rows),
        "totals": totals,
        "month": f"{common.last_month():%Y-%m}",
        "complaints": _complaints(actor),
        "warnings": _warnings(actor),
        "office": actor.kind == "post",
    }
    return render(request, "wages/money/cockpit.html", context)


def _rows(actor: Actor) -> list[dict[str, Any]]:
    """The projects with their figures: a fixed number of queries for any number of them."""
    projects = list(who.projects(actor).filter(case__closed_at=None).order_by("name")[:MOST])
    ids, today = [one.pk for one in projects], timezone.localdate()
    unpaid = WageLine.objects.filter(sheet__project__in=ids, state__in=owing.UNPAID).exclude(
        sheet__state="void"
    )
    if actor.kind == "account":
        mine = WageSheet.objects.filter(who.sheets_of(actor))
        unpaid = unpaid.filter(sheet__in=mine)
    counted = unpaid.values("sheet__project_id").annotate(
        fen=Sum("net_fen"),
        late_fen=Sum("net_fen", filter=Q(sheet__due__lt=today), default=0),
        returned=Count("pk", filter=Q(state="returned")),
        objected=Count("pk", filter=Q(state="objected")),
    )
    owed: dict[Any, dict[str, Any]] = {one["sheet__project_id"]: dict(one) for one in counted}
    late = feeding.late_days(ids, today)
    lacking = feeding.unconfirmed(ids, today)
    missing = owing.crews_without_sheet(ids, common.last_month())
    told = ProjectFact.objects.filter(project__in=ids, kind="balance").order_by("project", "-id")
    balance = dict(told.distinct("project").values_list("project_id", "value"))
    return [
        {
            "one": one,
            "fen": owed.get(one.pk, {}).get("fen") or 0,
            "late_fen": owed.get(one.pk, {}).get("late_fen") or 0,
            "returned": owed.get(one.pk, {}).get("returned", 0),
            "objected": owed.get(one.pk, {}).get("objected", 0),
            "owed": common.money(owed.get(one.pk, {}).get("fen") or 0),
            "late": late.get(one.pk, 0),
            "unconfirmed": lacking.get(one.pk, 0),
            "missing": missing.get(one.pk, 0),
            "balance": common.money(balance[one.pk]) if one.pk in balance else "",
            "short": one.pk in balance and balance[one.pk] < (owed.get(one.pk, {}).get("fen") or 0),
        }
        for one in projects
    ]


def _complaints(actor: Actor) -> dict[str, int] | None:
    """Open complaints the office may see: how many, how many people."""
    if actor.kind != "post":
        return None
    seen = query.visible(actor).filter(procedure="wages.complaint", closed_at=None)
    found = ComplaintDetail.objects.filter(case__in=seen).aggregate(
        n=Count("pk"), people=Sum("people", default=0)
    )
    return {"n": found["n"], "people": found["people"]}


def _warnings(actor: Actor) -> int | None:
    """Warnings of wages that nobody has closed, of those an office may see."""
    if actor.kind != "post":
        return None
    since = timezone.now() - timedelta(days=60)
    rows: Any = handling.visible(actor)
    return int(rows.filter(rule__startswith="wages.", at__gte=since).exclude(state="closed").count())
