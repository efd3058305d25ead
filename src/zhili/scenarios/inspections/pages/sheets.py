"""/desk/inspections/sheets: an approved sheet, step by step to visits; the next step is one press."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from zhili.base.codes import parse_case_number
from zhili.core.cases import doors, permission, present
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.visits import explaining
from zhili.core.visits.models import Finding, Plan
from zhili.portal import receipts
from zhili.portal.errors import attempt
from zhili.portal.lenses import Page
from zhili.scenarios.inspections import actions, launching, notifying, standing
from zhili.scenarios.inspections.catalogue.kinds import OBJECTS
from zhili.scenarios.inspections.models import ApprovalDetail, NoticeDetail
from zhili.scenarios.inspections.pages import who
from zhili.scenarios.inspections.standing import Standing

PROCEDURE: Final = "inspections.approval"
LETTERS: Final = 100


def sheet(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """How far it has come; the next step is one press."""
    seen = _case(number, actor)
    detail = ApprovalDetail.objects.get(pk=seen.pk)
    stands, trouble = standing.of(seen, detail), None
    if request.method == "POST":
        asked = request.POST.get("_do", "")
        done, trouble = attempt(lambda: _do(asked, seen, detail, stands, actor))
        if done:
            messages.success(request, done)
            return redirect(request.path)
    known = {one.code.partition("@")[0] for group in stands.groups for one in group.items}
    plan = stands.plan
    context = {
        "case": seen,
        "detail": detail,
        "stage": present.stage_title(seen),
        "stands": stands,
        "groups": [(group, str(OBJECTS.get(group.kind, group.kind))) for group in stands.groups],
        "missing": [one for one in detail.items if one not in known],
        "plan": plan,
        "saved": (plan.placed - plan.visits_planned) if plan else 0,
        "share": round(100 * (1 - plan.visits_planned / plan.placed)) if plan and plan.placed else 0,
        "hours": round(plan.minutes_saved / 60, 1) if plan else 0,
        "unplaced": explaining.unplaced(plan) if plan else [],
        "told": NoticeDetail.objects.filter(plan=plan.pk).count() if plan else 0,
        "may": bool(stands.press) and _may(stands.press, seen, actor),
        "trouble": trouble,
    }
    return render(request, "inspections/sheet.html", context, status=trouble.status if trouble else 200)


def _case(number: str, actor: Actor) -> Case:
    case = Case.objects.filter(number=parse_case_number(number), procedure=PROCEDURE).first()
    return permission.refuse_unless_seen(case, actor)


def _may(press: str, case: Case, actor: Actor) -> bool:
    if press == "approve":
        return any(one.name == "approve" for one in present.actions_for(case, actor))
    needs = {"leader"} if press == "settle" else who.WORKERS
    return actor.office_id == case.office_id and bool(actor.roles & needs)


def _do(asked: str, case: Case, detail: ApprovalDetail, stands: Standing, actor: Actor) -> str:
    """The press that is due; another one was pressed on a page that has grown old."""
    if asked != stands.press:
        raise Refused("moved_on", gettext("这一步已经办过了，或者还没有轮到；下面是现在的情形。"), 409)
    if not _may(asked, case, actor):
        raise PermissionDenied(gettext("这一步由申请检查的单位办理，批准由另一位负责人办理。"))
    presses: dict[str, Callable[[], str]] = {
        "approve": lambda: _approve(case, actor),
        "draw": lambda: _draw(case, detail, actor),
        "plan": lambda: _plan(case, detail, actor),
        "settle": lambda: _settle(stands.plan, actor),
        "tell": lambda: _tell(case, stands.plan, actor),
        "finish": lambda: _finish(case, stands, actor),
    }
    return presses[asked]()


def _approve(case: Case, actor: Actor) -> str:
    doors.act(case.pk, "approve", actor, {})
    return gettext("已批准。下一步：公布抽签。")


def _draw(case: Case, detail: ApprovalDetail, actor: Actor) -> str:
    made = launching.draw(case, detail, actor)
    n = len(made)
    words = ngettext("已公布 %(n)d 个抽签，名单已固定。", "已公布 %(n)d 个抽签，名单已固定。", n)
    return words % {"n": n}


def _plan(case: Case, detail: ApprovalDetail, actor: Actor) -> str:
    made = launching.plan(case, detail, actor)
    words = gettext("已排成计划草案：%(checks)d 项检查，%(visits)d 次上门。")
    return words % {"checks": made.placed, "visits": made.visits_planned}


def _settle(plan: Plan | None, actor: Actor) -> str:
    assert plan is not None
    draw = launching.settle(plan, actor)
    return gettext("计划已批准；人员名单已公布，抽签 %d。") % draw.pk


def _tell(case: Case, plan: Plan | None, actor: Actor) -> str:
    assert plan is not None
    told, left = notifying.tell(plan, actor)
    if case.stage == "approved":
        doors.act(case.pk, "notify", actor, {"how": "paper"})
    words = gettext("已告知 %(told)d 家，还有 %(left)d 家。") if left else gettext("已告知 %(told)d 家。")
    return words % {"told": told, "left": left}


def _finish(case: Case, stands: Standing, actor: Actor) -> str:
    assert stands.plan is not None
    found = Finding.objects.filter(visit__plan=stands.plan).values("visit").distinct().count()
    visited = stands.visits.get("done", 0)
    doors.act(case.pk, "finish", actor, {"visited": visited, "found": found})
    return gettext("检查已结束。")


def letters(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The notices of a sheet's plan, a page each, to print and send or hand over."""
    seen = _case(number, actor)
    detail = ApprovalDetail.objects.get(pk=seen.pk)
    if seen.office_id != actor.office_id or not who.works(actor):
        raise PermissionDenied(gettext("通知书由申请检查的单位送达。"))
    rows = list(NoticeDetail.objects.filter(plan=detail.plan or 0).order_by("date", "pk")[:LETTERS])
    made = []
    for one in notifying.letters(rows):
        code = actions.code_of(one.case)
        address = f"/inspections/notice?g={code}"
        picture = receipts.qr(request.build_absolute_uri(address)) if code else ""
        made.append({"letter": one, "code": code, "address": address, "picture": picture})
    response = render(request, "inspections/letters.html", {"case": seen, "letters": made})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def publish(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The catalogue in force, given to planning."""
    n = launching.publish(actor)
    messages.success(request, ngettext("%(n)d 项可以用来排计划。", "%(n)d 项可以用来排计划。", n) % {"n": n})
    return redirect("/desk/inspections/items")


pages = (
    Page("desk/inspections/sheets/<str:number>", sheet, "inspection_sheet", may=who.reads),
    Page("desk/inspections/sheets/<str:number>/letters", letters, "inspection_letters", may=who.reads),
    Page("desk/inspections/items/publish", publish, "inspection_items_publish", may=who.keeps),
)
