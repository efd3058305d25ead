"""/desk/inspections/sheets: an approved sheet becomes a public draw, then a plan beside its lower bound."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from zhili.base.codes import parse_case_number
from zhili.core.cases import permission
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.visits.models import Plan
from zhili.portal.asked import text_in
from zhili.portal.errors import attempt
from zhili.portal.lenses import Page
from zhili.scenarios.inspections import launching
from zhili.scenarios.inspections.catalogue.kinds import OBJECTS
from zhili.scenarios.inspections.models import ApprovalDetail
from zhili.scenarios.inspections.pages import who

PROCEDURE = "inspections.approval"


def sheet(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """How far it has come, by kind of object; the next step is one press."""
    case = Case.objects.filter(number=parse_case_number(number), procedure=PROCEDURE).first()
    seen = permission.refuse_unless_seen(case, actor)
    detail = ApprovalDetail.objects.get(pk=seen.pk)
    trouble = None
    if request.method == "POST":
        done, trouble = attempt(lambda: _do(request, actor, seen, detail))
        if done:
            messages.success(request, done)
            return redirect(request.path)
    found = launching.groups(seen, detail, actor)
    known = {one.code.partition("@")[0] for group in found for one in group.items}
    context = {
        "case": seen,
        "detail": detail,
        "groups": [(group, str(OBJECTS.get(group.kind, group.kind))) for group in found],
        "missing": [one for one in detail.items if one not in known],
        "drawn": any(group.due for group in found),
        "plan": Plan.objects.filter(pk=detail.plan or 0).first(),
        "open": seen.stage in ("approved", "inspecting"),
        "works": who.works(actor),
        "trouble": trouble,
    }
    return render(request, "inspections/sheet.html", context, status=trouble.status if trouble else 200)


def _do(request: HttpRequest, actor: Actor, case: Case, detail: ApprovalDetail) -> str:
    if request.POST.get("_do") == "plan":
        made = launching.plan(case, detail, actor)
        words = gettext("已排成计划草案：%(checks)d 项检查，%(visits)d 次上门。")
        return words % {"checks": made.placed, "visits": made.visits_planned}
    draw = launching.draw(case, detail, text_in(request.POST, "kind"), actor)
    return gettext("已公布抽签 %d，名单已固定；到时间自动抽取，谁都可以重算。") % draw.pk


@require_POST
def publish(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The catalogue in force, given to planning."""
    n = launching.publish(actor)
    messages.success(request, ngettext("%(n)d 项可以用来排计划。", "%(n)d 项可以用来排计划。", n) % {"n": n})
    return redirect("/desk/inspections/items")


pages = (
    Page("desk/inspections/sheets/<str:number>", sheet, "inspection_sheet", may=who.reads),
    Page("desk/inspections/items/publish", publish, "inspection_items_publish", may=who.keeps),
)
