"""/cross-border/hazards: the watch list of places and hazards; /hazards: what of it stands in public."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.base.codes import parse_case_number
from zhili.core.cases import permission, present, query
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.portal.asked import number_in, text_in
from zhili.portal.lenses import Own, Page
from zhili.scenarios.cross_border.hazards import sharing
from zhili.scenarios.cross_border.hazards.forms import NO_PERSONS
from zhili.scenarios.cross_border.hazards.kinds import BY_CODE, KINDS, LEVELS
from zhili.scenarios.cross_border.hazards.models import HazardDetail
from zhili.scenarios.cross_border.pages import filling
from zhili.scenarios.cross_border.pages.menu import menu
from zhili.scenarios.cross_border.patrols.who import plans, walks

PROCEDURE = "cross_border.hazard"
HERE = "/cross-border/hazards"
PAGE = 40
MOST_PUBLIC = 500
SOON = timedelta(days=30)
STATES = ("open", "due", "soon", "gone")


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What is watched on the actor's ground: what is due first; with a map, and what the other side watches."""
    state, kind = text_in(request.GET, "state"), text_in(request.GET, "kind")
    state, kind = state if state in STATES else "open", kind if kind in BY_CODE else ""
    words = text_in(request.GET, "q")
    before = number_in(request.GET, "before")
    found = _found(actor, state, kind, words)
    paged = found.filter(pk__lt=before) if before else found
    shown = list(paged.select_related("case").order_by("-pk")[: PAGE + 1])
    shown_now = sorted(shown[:PAGE], key=_first)
    theirs = sharing.theirs()
    context = {
        "menu": menu(actor, HERE),
        "rows": [row(one) for one in shown_now],
        "more": f"?state={state}&kind={kind}&q={words}&before={shown[PAGE - 1].pk}"
        if len(shown) > PAGE
        else "",
        "theirs": [{"one": one, "kind": _kind(one.kind), "level": _level(one.level)} for one in theirs],
        "tabs": _tabs(state),
        "state": state,
        "kind": kind,
        "kinds": [(one.code, gettext(one.title)) for one in KINDS],
        "q": words,
        "lists": plans(actor),
        "no_persons": gettext(NO_PERSONS),
        "points": _points(shown_now, theirs),
    }
    return render(request, "cross_border/hazards/list.html", context)


def _first(one: HazardDetail) -> tuple[bool, datetime]:
    """What is due soonest stands first."""
    return one.case.closed_at is not None, one.case.due_at or one.case.opened_at


def _found(actor: Actor, state: str, kind: str, words: str) -> QuerySet[HazardDetail]:
    cases = query.visible(actor).filter(procedure=PROCEDURE)
    match state:
        case "gone":
            cases = cases.filter(closed_at__isnull=False)
        case "due":
            cases = cases.filter(closed_at=None, stage="due")
        case _:
            cases = cases.filter(closed_at=None)
    found = HazardDetail.objects.filter(case__in=cases)
    if state == "soon":
        found = found.filter(until__lte=timezone.localdate() + SOON)
    if kind:
        found = found.filter(kind=kind)
    if words:
        found = found.filter(Q(name__icontains=words) | Q(case__address__icontains=words))
    return found


def row(one: HazardDetail) -> dict[str, Any]:
    return {
        "one": one,
        "case": one.case,
        "kind": _kind(one.kind),
        "level": _level(one.level),
        "stage": present.stage_title(one.case),
        "office": present.office_name(one.case.office_id),
        "ends_soon": one.case.closed_at is None and one.until <= timezone.localdate() + SOON,
    }


def _kind(code: str) -> str:
    return gettext(BY_CODE[code].title) if code in BY_CODE else code


def _level(code: str) -> str:
    return gettext(dict(LEVELS).get(code, code))


def _points(shown: list[HazardDetail], theirs: list[sharing.TheirHazard]) -> str:
    """For the map: ours filled by level, theirs with a ring."""
    colours = {"high": "missed", "middle": "late", "low": ""}
    told = [
        {"lon": one.case.lon, "lat": one.case.lat, "label": "", "name": one.name, "state": colours[one.level]}
        for one in shown
        if one.case.lon is not None
    ]
    told += [
        {
            "lon": one.lon,
            "lat": one.lat,
            "label": "",
            "name": one.name,
            "state": colours[one.level],
            "ring": True,
        }
        for one in theirs
    ]
    return json.dumps(told, ensure_ascii=False) if told else ""


def _tabs(state: str) -> list[dict[str, Any]]:
    titles = {
        "open": gettext("在管的"),
        "due": gettext("该检查了"),
        "soon": gettext("三十天内到期"),
        "gone": gettext("移出的"),
    }
    return [
        {"title": titles[one], "url": f"{HERE}?state={one}", "count": None, "current": one == state}
        for one in STATES
    ]


def show(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One watched place: why, how grave, who looks after it, every check."""
    case = Case.objects.filter(number=parse_case_number(number), procedure=PROCEDURE).first()
    seen = permission.refuse_unless_seen(case, actor)
    one = HazardDetail.objects.select_related("case").get(pk=seen.pk)
    steps = present.timeline(seen, actor)
    children = query.visible(actor).filter(parent=seen).order_by("-pk")[:20]
    context = {
        "menu": menu(actor, HERE),
        **row(one),
        "entries": list(reversed(steps)),
        "offers": [offer for offer in present.actions_for(seen, actor) if not offer.standing],
        "children": list(children),
        "points": _points([one], []),
        "over": seen.closed_at is not None,
    }
    return render(request, "cross_border/hazards/hazard.html", context)


@require_POST
def export(request: HttpRequest, actor: Actor, kind: str) -> HttpResponse:
    """The list as a file."""
    given = request.POST
    state = text_in(given, "state")
    found = _found(actor, state if state in STATES else "open", text_in(given, "kind"), text_in(given, "q"))
    heads = [
        gettext("编号"), gettext("名称"), gettext("类型"), gettext("等级"), gettext("地点"),
        gettext("经度"), gettext("纬度"), gettext("看管单位"),
        gettext("状态"), gettext("等级评定日期"), gettext("最近检查"), gettext("列到哪天"),
    ]  # fmt: skip
    rows = [heads]
    for one in found.select_related("case").order_by("pk")[: filling.MOST]:
        told = row(one)
        checked = f"{timezone.localtime(one.checked_at):%Y-%m-%d}" if one.checked_at else ""
        rows.append(
            [
                one.case.number,
                one.name,
                told["kind"],
                told["level"],
                one.case.address,
                f"{one.case.lon or ''}",
                f"{one.case.lat or ''}",
                told["office"],
                told["stage"],
                one.reviewed_on.isoformat(),
                checked,
                one.until.isoformat(),
            ]
        )
    return filling.exported(actor, kind, "hazards_exported", rows, "hazards")


def public(request: HttpRequest) -> HttpResponse:
    """What stands in public, on the ground its entry names. Everybody's page, whole without scripts."""
    words = text_in(request.GET, "q")
    found = HazardDetail.objects.filter(public=True, case__stage__in=sharing.OPEN, case__confidential=False)
    if words:
        found = found.filter(Q(name__icontains=words) | Q(case__address__icontains=words))
    open_: list[HazardDetail] = [
        one
        for one in found.select_related("case").order_by("kind", "name")[:MOST_PUBLIC]
        if BY_CODE[one.kind].public
    ]
    shown = [
        {"one": one, "case": one.case, "kind": _kind(one.kind), "level": _level(one.level)} for one in open_
    ]
    points = _points(open_, [])
    context = {
        "rows": shown,
        "q": words,
        "points": points,
        "no_persons": gettext("这里只列地方和隐患，不列人。"),
    }
    return render(request, "cross_border/hazards/public.html", context)


pages = (
    Page("cross-border/hazards", listing, "cross_border_hazards", may=walks),
    Page("cross-border/hazards/export.<slug:kind>", export, "cross_border_hazards_export", may=walks),
    Page("cross-border/hazards/<str:number>", show, "cross_border_hazard", may=walks),
    Page("hazards", public, "hazards_public"),
)
own = (Own(PROCEDURE, "管控情况", HERE + "/{number}", "map-pin"),)
