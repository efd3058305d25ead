"""/desk/visits/plans: plans of the reader's office and below, each with why every visit is what it is and who goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.base.draw import DrawError
from zhili.base.sheets import workbook
from zhili.core.cases import doors
from zhili.core.draws import announcing
from zhili.core.draws.models import Draw
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.trail import changes
from zhili.core.visits import explaining, inspectors, officers, planning, rights, waiting
from zhili.core.visits.models import (
    Assignment,
    DueCheck,
    Inspector,
    Officer,
    Plan,
    PlanState,
    Visit,
    VisitState,
)
from zhili.core.visits.planning import PlanRefused
from zhili.portal.asked import number_in
from zhili.portal.pages.admin.duty_import import workbook as as_file

PAGE = 50
MOST_AWAY: Final = 100


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    rows = rights.plans(actor).select_related("office").order_by("-id")[:PAGE]
    return render(request, "portal/visits/plans.html", {"plans": rows})


def show(request: HttpRequest, actor: Actor, plan: int) -> HttpResponse:
    """The plan; a form sent to it approves it, drops it or announces the draw of its officers."""
    found = _plan(actor, plan)
    if request.method == "POST":
        return _turn(request, actor, found)
    visits = found.visits.select_related("premises__firm").order_by("date", "id")
    page = number_in(request.GET, "page") or 1
    some = list(visits[(page - 1) * PAGE : page * PAGE + 1])
    assignment = Assignment.objects.filter(plan=found).order_by("-id").first()
    draw = Draw.objects.filter(kind=officers.KIND, scope=str(found.pk)).order_by("-attempt").first()
    outcome = getattr(draw, "outcome", None)
    approved = found.state == PlanState.APPROVED
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
        "assignment": assignment,
        "draw": draw,
        "void": outcome.void if outcome is not None else "",
        "drawable": approved and assignment is None and (draw is None or bool(outcome and outcome.void)),
        "short": _short(assignment),
        "away": _away(found, assignment) if approved else [],
        "days": _days(found),
    }
    return render(request, "portal/visits/plan.html", context)


def _plan(actor: Actor, plan: int) -> Plan:
    found = rights.plans(actor).select_related("office").filter(pk=plan).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class Away:
    """Somebody who does not go: certificate number, body, why, and at how many visits (0: not on the list at all)."""

    number: str
    body: str
    reason: str
    visits: int


def _away(plan: Plan, assignment: Assignment | None) -> list[Away]:
    """Who was not listed or was passed over, and where nobody was left: before the draw as it would be today."""
    if assignment is None:
        listed = [(one.inspector, one.words()) for one in officers.listed(plan)[1]]
        passed: Counter[tuple[int, str]] = Counter()
    else:
        document = assignment.document
        listed = [
            (int(one[1:]), inspectors.words(reason, date.fromisoformat(until) if until else None))
            for one, reason, until in document["not_listed"]
        ]
        passed = Counter((int(one[1:]), reason) for _visit, _body, one, reason in document["passed"])
    keys = {one for one, _words in listed} | {one for one, _reason in passed}
    rows = Inspector.objects.filter(pk__in=keys).select_related("office")
    known = {one.pk: (one.certificate_number, one.office.name) for one in rows}
    found = [Away(*known[one], words, 0) for one, words in listed if one in known]
    found += [Away(*known[one], _passed(reason), n) for (one, reason), n in passed.items() if one in known]
    return found[:MOST_AWAY]


def _passed(reason: str) -> str:
    return gettext("执法证在检查那天以前到期") if reason == inspectors.EXPIRED else inspectors.words(reason)


def _short(assignment: Assignment | None) -> list[str]:
    """Where two officers were not found, in words."""
    rows = assignment.document["short"] if assignment is not None else []
    return [
        gettext("检查 %(visit)s：%(what)s")
        % {
            "visit": visit,
            "what": gettext("缺少%(s)s专业的人员") % {"s": what} if what else gettext("当天不足两人"),
        }
        for visit, _body, what in rows
    ]


def _days(plan: Plan) -> list[date]:
    """The days of a plan on which somebody goes, from today on; for the way of each."""
    days = plan.visits.exclude(state=VisitState.DROPPED).filter(date__gte=timezone.localdate())
    return list(days.order_by("date").values_list("date", flat=True).distinct()[:31])


def _rows(visits: list[Visit]) -> list[dict[str, Any]]:
    words = explaining.why(visits)
    items: dict[int, list[str]] = {}
    due = DueCheck.objects.filter(visit__in=visits).order_by("item__code")
    for visit, title in due.values_list("visit_id", "item__title"):
        items.setdefault(visit, []).append(title)
    going: dict[int, list[str]] = {}
    team = Officer.objects.filter(visit__in=visits).order_by("body", "pk")
    for visit, number in team.values_list("visit_id", "inspector__certificate_number"):
        going.setdefault(visit, []).append(number)
    return [
        {
            "visit": v,
            "bodies": body_names(v),
            "items": items.get(v.pk, []),
            "why": words.get(v.pk, []),
            "going": going.get(v.pk, []),
        }
        for v in visits
    ]


def body_names(visit: Visit) -> list[str]:
    """The offices that come."""
    nodes = tree().nodes
    return [nodes[one].name for one in visit.bodies if one in nodes]


def _turn(request: HttpRequest, actor: Actor, plan: Plan) -> HttpResponse:
    seen = number_in(request.POST, "seen")
    try:
        match request.POST.get("do"):
            case "approve":
                planning.approve(plan.pk, actor, seen)
                messages.success(request, gettext("计划已批准，可以抽取检查人员了。"))
            case "draw":
                draw = _announce(plan, actor)
                messages.success(request, gettext("人员名单已公布，到时间自动抽取：抽签 %d。") % draw.pk)
            case _:
                reason = request.POST.get("reason", "")[:300].replace("\x00", "")
                planning.drop(plan.pk, actor, reason, seen)
                messages.success(request, gettext("计划已作废，其中的检查恢复为待安排。"))
    except (PlanRefused, DrawError) as error:
        messages.error(request, str(error))
    except changes.Overtaken as error:
        messages.error(request, error.message)
    return redirect("visit_plan", plan=plan.pk)


def _announce(plan: Plan, actor: Actor) -> Draw:
    at = waiting.after(officers.WAIT)
    return officers.announce(plan, [announcing.head_after(at)], at, actor)


def _heads() -> list[str]:
    return [
        gettext("日期"),
        gettext("场所"),
        gettext("地址"),
        gettext("市场主体"),
        gettext("统一社会信用代码"),
        gettext("检查单位"),
        gettext("检查人员（执法证号）"),
        gettext("检查事项"),
        gettext("状态"),
        gettext("为什么"),
    ]


@require_POST
def export(request: HttpRequest, actor: Actor, plan: int) -> HttpResponse:
    """The plan as a workbook, a row a visit; that it was taken out stands in the trail."""
    found = _plan(actor, plan)
    visits = list(found.visits.select_related("premises__firm").order_by("date", "id"))
    content = workbook.written([_heads(), *_lines(visits)])
    told = {"plan": found.pk, "office": actor.office_id, "rows": len(visits)}
    doors.record("visit_plan_exported", actor, told)
    return as_file(content, f"visits-{found.pk}")


def _lines(visits: list[Visit]) -> Iterator[list[str]]:
    for row in _rows(visits):
        visit = row["visit"]
        yield [
            visit.date.isoformat(),
            visit.premises.name,
            visit.premises.address,
            visit.premises.firm.name,
            visit.premises.firm.code,
            "、".join(row["bodies"]),
            "、".join(row["going"]),
            "；".join(row["items"]),
            str(visit.get_state_display()),
            "".join(row["why"]),
        ]
