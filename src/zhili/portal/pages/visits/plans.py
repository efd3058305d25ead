"""/desk/visits/plans: plans of the reader's office and below, each with why every visit is what it is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.trail import changes
from zhili.core.visits import explaining, planning, rights
from zhili.core.visits.models import Assignment, DueCheck, Plan, PlanState, Visit
from zhili.core.visits.planning import PlanRefused
from zhili.portal.asked import number_in

PAGE = 50


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    rows = rights.plans(actor).select_related("office").order_by("-id")[:PAGE]
    return render(request, "portal/visits/plans.html", {"plans": rows})


def show(request: HttpRequest, actor: Actor, plan: int) -> HttpResponse:
    """The plan; a form sent to it approves or drops it."""
    found = rights.plans(actor).select_related("office").filter(pk=plan).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        return _turn(request, actor, found)
    visits = found.visits.select_related("premises__firm").order_by("date", "id")
    page = number_in(request.GET, "page") or 1
    some = list(visits[(page - 1) * PAGE : page * PAGE + 1])
    context = {
        "plan": found,
        "saved": round(100 * (1 - found.visits_planned / found.placed)) if found.placed else 0,
        "above": found.visits_planned - found.lower_bound,
        "hours": found.minutes_saved // 60,
        "unplaced": explaining.unplaced(found),
        "rows": _rows(some[:PAGE]),
        "more": f"?page={page + 1}" if len(some) > PAGE else "",
        "first": "?" if page > 1 else "",
        "may": bool(actor.roles & rights.APPROVERS) and rights.above(actor, found.office_id),
        "draft": found.state == PlanState.DRAFT,
        "seen": changes.latest(planning.PLAN, found.pk),
        "assignment": Assignment.objects.filter(plan=found).order_by("-id").first(),
    }
    return render(request, "portal/visits/plan.html", context)


def _rows(visits: list[Visit]) -> list[dict[str, Any]]:
    words = explaining.why(visits)
    items: dict[int, list[str]] = {}
    due = DueCheck.objects.filter(visit__in=visits).order_by("item__code")
    for visit, title in due.values_list("visit_id", "item__title"):
        items.setdefault(visit, []).append(title)
    return [
        {"visit": v, "bodies": body_names(v), "items": items.get(v.pk, []), "why": words.get(v.pk, [])}
        for v in visits
    ]


def body_names(visit: Visit) -> list[str]:
    """The offices that come."""
    nodes = tree().nodes
    return [nodes[one].name for one in visit.bodies if one in nodes]


def _turn(request: HttpRequest, actor: Actor, plan: Plan) -> HttpResponse:
    seen = number_in(request.POST, "seen")
    try:
        if request.POST.get("do") == "approve":
            planning.approve(plan.pk, actor, seen)
            messages.success(request, gettext("计划已批准，可以抽取检查人员了。"))
        else:
            planning.drop(plan.pk, actor, request.POST.get("reason", "")[:300].replace("\x00", ""), seen)
            messages.success(request, gettext("计划已作废，其中的检查恢复为待安排。"))
    except PlanRefused as error:
        messages.error(request, str(error))
    except changes.Overtaken as error:
        messages.error(request, error.message)
    return redirect("visit_plan", plan=plan.pk)
