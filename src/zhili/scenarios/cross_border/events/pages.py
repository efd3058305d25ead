"""/cross-border/plans: events' security plans, each with what it still lacks; to write, to print, to share."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.base.codes import parse_case_number
from zhili.core.cases import permission, present, query
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.portal.asked import number_in, text_in
from zhili.portal.lenses import Own, Page
from zhili.scenarios.cross_border.events import documents, forms, keeping, sharing
from zhili.scenarios.cross_border.events.models import PlanDetail, PlanPost, PlanVersion
from zhili.scenarios.cross_border.pages import filling
from zhili.scenarios.cross_border.pages.menu import menu
from zhili.scenarios.cross_border.patrols.who import plans, walks

PROCEDURE = "cross_border.event_plan"
HERE = "/cross-border/plans"
PAGE = 30
STATES = ("open", "over", "all")


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Plans of the actor's ground, soonest event first; and those the other side shares."""
    state = text_in(request.GET, "state")
    state = state if state in STATES else "open"
    words = text_in(request.GET, "q")
    before = number_in(request.GET, "before")
    found = _found(actor, state, words)
    found = found.filter(pk__lt=before) if before else found
    cases = list(found.order_by("-pk")[: PAGE + 1])
    context = {
        "menu": menu(actor, HERE),
        "rows": [_row(case, plan) for case, plan in _with_plans(cases[:PAGE])],
        "more": f"?state={state}&q={words}&before={cases[PAGE - 1].pk}" if len(cases) > PAGE else "",
        "theirs": [one for one in sharing.theirs() if one.ends > timezone.now()],
        "tabs": _tabs(state),
        "state": state,
        "q": words,
        "writes": plans(actor),
    }
    return render(request, "cross_border/events/list.html", context)


def _found(actor: Actor, state: str, words: str) -> Any:
    found = query.visible(actor).filter(procedure=PROCEDURE)
    if state != "all":
        found = found.filter(closed_at__isnull=state == "open")
    if words:
        number = "".join(words.split()).replace("-", "")
        found = found.filter(Q(title__icontains=words) | Q(number__icontains=number))
    return found


def _with_plans(cases: list[Case]) -> list[tuple[Case, PlanDetail]]:
    details = PlanDetail.objects.prefetch_related("posts__shifts", "contacts", "drills").in_bulk(
        [one.pk for one in cases]
    )
    return [(one, details[one.pk]) for one in cases if one.pk in details]


def _row(case: Case, plan: PlanDetail) -> dict[str, Any]:
    gaps = documents.gaps(plan) if case.closed_at is None and case.stage != "ended" else []
    return {"case": case, "plan": plan, "stage": present.stage_title(case), "gaps": len(gaps)}


def _tabs(state: str) -> list[dict[str, Any]]:
    titles = {"open": gettext("要办的"), "over": gettext("办过的"), "all": gettext("全部")}
    return [
        {"title": titles[one], "url": f"{HERE}?state={one}", "count": None, "current": one == state}
        for one in STATES
    ]


def find(number: str, actor: Actor) -> tuple[Case, PlanDetail]:
    """Raises Refused (404) for what is not there or not seen."""
    case = Case.objects.filter(number=parse_case_number(number), procedure=PROCEDURE).first()
    seen = permission.refuse_unless_seen(case, actor)
    return seen, PlanDetail.objects.get(pk=seen.pk)


def show(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The plan with its gaps; while it is drafted, with a form under each part (``?add=``)."""
    case, plan = find(number, actor)
    writes, drills = keeping.may_write(actor, case), keeping.may_drill(actor, case)
    wanted = text_in(request.GET, "add")
    part = wanted if wanted in forms.PARTS and (drills if wanted == "drill" else writes) else ""
    made = _adding(request, actor, case, plan, part) if part else None
    if made is not None and made.response is not None:
        return made.response
    posts = list(plan.posts.prefetch_related("shifts").order_by("id"))
    context = {
        "menu": menu(actor, HERE),
        "case": case,
        "plan": plan,
        "stage": present.stage_title(case),
        "over": case.closed_at is not None,
        "gaps": documents.gaps(plan),
        "posts": posts,
        "contacts": list(plan.contacts.order_by("id")),
        "drills": list(plan.drills.order_by("held_at")),
        "versions": list(plan.versions.order_by("-number")),
        "writes": writes,
        "may_drill": drills,
        "part": part,
        "part_title": forms.TITLES[part] if part else "",
        "made": made,
        "points": _points(case, posts),
    }
    return render(request, "cross_border/events/plan.html", context, status=made.status if made else 200)


def _adding(request: HttpRequest, actor: Actor, case: Case, plan: PlanDetail, part: str) -> filling.Filled:
    choices = None
    if part == "shift":
        choices = {"post": [(str(one.pk), one.name) for one in plan.posts.order_by("id")]}

    def do(_sent: Any, values: Any) -> str:
        keeping.add(actor, case, plan, part, values)
        return f"{HERE}/{case.number}#{part}s"

    return filling.filled(request, actor, forms.PARTS[part], do, gettext("已写进方案。"), choices=choices)


def _points(case: Case, posts: list[PlanPost]) -> str:
    """For the map: the posts that have a place, numbered as in the list."""
    told = [
        {
            "lon": one.lon,
            "lat": one.lat,
            "label": str(n),
            "name": one.name,
            "state": "" if one.shifts.all() else "late",
        }
        for n, one in enumerate(posts, 1)
        if one.lon is not None
    ]
    if not told and case.lon is not None:
        told = [{"lon": case.lon, "lat": case.lat, "label": "", "name": case.title}]
    return json.dumps(told, ensure_ascii=False) if told else ""


@require_POST
def part_do(request: HttpRequest, actor: Actor, number: str, part: str, pk: int) -> HttpResponse:
    """Take one part away; of a drill, or say how it was mended."""
    case, plan = find(number, actor)
    if part not in keeping.MODELS:
        raise Http404
    if part == "drill" and request.POST.get("mended", "").strip():
        values = forms.Mended.validate({"mended": request.POST["mended"]}).values
        done = keeping.mend(actor, case, plan, pk, values["mended"])
        said = gettext("已写明怎么改的。")
    else:
        done = keeping.remove(actor, case, plan, part, pk)
        said = gettext("已从方案里拿掉。")
    if not done:
        raise Http404
    messages.success(request, said)
    return redirect(f"{HERE}/{case.number}#{part}s")


def paper(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The plan to print: the version approved last, or the draft, marked as one (``?draft``)."""
    case, plan = find(number, actor)
    last = PlanVersion.objects.filter(plan=plan).order_by("-number").first()
    draft = last is None or "draft" in request.GET
    document = documents.of(plan, case) if draft or last is None else last.document
    context = {
        "plan": readable(document),
        "version": None if draft else last,
        "gaps": documents.gaps(plan) if draft else [],
        "office": present.office_name(case.office_id),
        "number": case.number,
    }
    return filling.paper("plan", context, "plan", f"plan-{case.number}.pdf")


def readable(document: dict[str, Any]) -> dict[str, Any]:
    """A document with its times as times."""
    from zhili.scenarios.cross_border.patrols.shared import moment

    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            times = ("starts", "ends", "from", "to", "held")
            return {
                name.replace("from", "since"): moment(one) if name in times else turned(one)
                for name, one in value.items()
            }
        return [turned(one) for one in value] if isinstance(value, list) else value

    found: dict[str, Any] = turned(document)
    return found


def their_plan(request: HttpRequest, actor: Actor, site: str, uuid: str) -> HttpResponse:
    """A plan of the other side's, as it was shared: to read."""
    found = next(
        (one for one in sharing.theirs() if one.site == site and str(one.document.get("uuid")) == uuid), None
    )
    if found is None:
        raise Http404
    context = {"menu": menu(actor, HERE), "theirs": found, "plan": readable(found.document)}
    return render(request, "cross_border/events/theirs.html", context)


@require_POST
def export(request: HttpRequest, actor: Actor, kind: str) -> HttpResponse:
    """The list as a file."""
    state = text_in(request.POST, "state") or "all"
    cases = list(_found(actor, state, text_in(request.POST, "q")).order_by("-pk")[: filling.MOST])
    heads = [
        gettext("编号"), gettext("活动"), gettext("场地"), gettext("开始"), gettext("结束"), gettext("预计人数"),
        gettext("状态"), gettext("第几版"), gettext("岗位"), gettext("缺什么"),
    ]  # fmt: skip
    rows = [heads]
    for case, plan in _with_plans(cases):
        lacks = "；".join(one.text for one in documents.gaps(plan)) if case.closed_at is None else ""
        rows.append(
            [
                case.number,
                plan.name,
                plan.venue,
                f"{timezone.localtime(plan.starts):%Y-%m-%d %H:%M}",
                f"{timezone.localtime(plan.ends):%Y-%m-%d %H:%M}",
                str(plan.expected),
                present.stage_title(case),
                str(plan.version),
                str(len(plan.posts.all())),
                lacks,
            ]
        )
    return filling.exported(actor, kind, "plans_exported", rows, "plans")


pages = (
    Page("cross-border/plans", listing, "cross_border_plans", may=walks),
    Page("cross-border/plans/export.<slug:kind>", export, "cross_border_plans_export", may=walks),
    Page("cross-border/plans/theirs/<str:site>/<str:uuid>", their_plan, "cross_border_their_plan", may=walks),
    Page("cross-border/plans/<str:number>", show, "cross_border_plan", may=walks),
    Page("cross-border/plans/<str:number>/plan.pdf", paper, "cross_border_plan_paper", may=walks),
    Page(
        "cross-border/plans/<str:number>/<slug:part>/<int:pk>", part_do, "cross_border_plan_part", may=walks
    ),
)
own = (Own(PROCEDURE, "方案", HERE + "/{number}", "file-text"),)
