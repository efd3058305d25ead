"""/cross-border/patrols: the list, one patrol with both sides' taps beside each other, and what proves them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.core.cases import doors, present
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.trail import bundles
from zhili.portal.asked import number_in, text_in
from zhili.portal.lenses import Own, Page
from zhili.scenarios.cross_border.pages import filling
from zhili.scenarios.cross_border.pages.menu import menu
from zhili.scenarios.cross_border.patrols import choosing, forms, proving, reading, shared, tapping, who
from zhili.scenarios.cross_border.patrols.models import PatrolDetail
from zhili.scenarios.cross_border.patrols.reading import PROCEDURE, Told
from zhili.scenarios.cross_border.patrols.results import REACHED, Hop, StopResult

HERE = "/cross-border/patrols"
PAGE = 30
STATES = ("open", "over", "all")


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the actor's office takes part in, latest first; and what the other side planned, to join."""
    state = text_in(request.GET, "state")
    state = state if state in STATES else "open"
    words = text_in(request.GET, "q")
    before = number_in(request.GET, "before")
    found = _found(actor, state, words)
    found = found.filter(pk__lt=before) if before else found
    cases = list(found.order_by("-pk")[: PAGE + 1])
    theirs = [one for one in shared.everything() if one.ends > timezone.now()] if who.plans(actor) else []
    known = set(PatrolDetail.objects.filter(uuid__in=[o.uuid for o in theirs]).values_list("uuid", flat=True))
    context = {
        "menu": menu(actor, HERE),
        "rows": rows(cases[:PAGE]),
        "more": f"?state={state}&q={words}&before={cases[PAGE - 1].pk}" if len(cases) > PAGE else "",
        "theirs": [one for one in theirs if one.uuid not in known],
        "state": state,
        "q": words,
        "tabs": _tabs(state),
        "plans": who.plans(actor),
        "keeps": who.keeps(actor),
    }
    return render(request, "cross_border/patrols/list.html", context)


def _found(actor: Actor, state: str, words: str) -> Any:
    found = reading.visible(actor)
    if state != "all":
        found = found.filter(closed_at__isnull=state == "open")
    if words:
        number = "".join(words.split()).replace("-", "")
        found = found.filter(Q(title__icontains=words) | Q(number__icontains=number))
    return found


def _tabs(state: str) -> list[dict[str, Any]]:
    titles = {"open": gettext("要走的和在走的"), "over": gettext("走完的"), "all": gettext("全部")}
    return [
        {"title": titles[one], "url": f"{HERE}?state={one}", "count": None, "current": one == state}
        for one in STATES
    ]


def rows(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """A line for each: when, whose teams, how many checkpoints were reached by us. Five queries for any number."""
    now = timezone.now()
    details = PatrolDetail.objects.prefetch_related("teams__office", "stops__taps").in_bulk(
        [one.pk for one in cases]
    )
    titles = dict(choosing.sites())
    found = []
    for case in cases:
        patrol = details[case.pk]
        stops = sorted(patrol.stops.all(), key=lambda one: one.order)
        taps = [tap for stop in stops for tap in stop.taps.all()]
        told = reading.result_of(patrol, stops, taps, [], now=now)
        begun = case.stage not in ("planned", "cancelled", "missed")
        found.append(
            {
                "case": case,
                "patrol": patrol,
                "stage": present.stage_title(case),
                "teams": [f"{one.office.name} {one.name}" for one in patrol.teams.all()],
                "partner": titles.get(patrol.partner, patrol.partner),
                "planned": len(stops),
                "reached": told.count(*REACHED),
                "missed": told.count("missed") if begun else 0,
                "late": case.stage == "planned" and patrol.starts < now,
            }
        )
    return found


def show(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    case, patrol = reading.find(number, actor)
    told = reading.told(case, patrol)
    context = {
        "menu": menu(actor, HERE),
        "case": case,
        "patrol": patrol,
        "told": told,
        "stage": present.stage_title(case),
        "partner": choosing.title_of(patrol.partner) if patrol.partner else "",
        "lines": lines(told),
        "reached": told.result.count(*REACHED),
        "missed": told.result.count("missed"),
        "met": [one for one in told.result.stops if one.planned.meeting and one.met],
        "meeting": [one for one in told.result.stops if one.planned.meeting],
        "findings": list(patrol.findings.select_related("matter", "stop").order_by("id")),
        "mine": tapping.teams_of(actor, patrol) if who.walks(actor) else [],
        "points": points_json(told),
        "over": case.closed_at is not None,
    }
    return render(request, "cross_border/patrols/patrol.html", context)


def lines(told: Told) -> list[dict[str, Any]]:
    """The checkpoints in order with both sides' taps; words for each state."""
    words = {
        "waiting": gettext("还没到时间"),
        "reached": gettext("按时到"),
        "early": gettext("提前到"),
        "late": gettext("晚到"),
        "missed": gettext("漏到"),
    }
    by_key = {str(one.uuid): one for one in told.stops}
    return [
        {
            "one": one,
            "stop": by_key[one.planned.key],
            "word": words[one.state],
            "hops": [_hop(hop, theirs) for hop, theirs in ((one.hop, False), (one.their_hop, True)) if hop],
            "theirs_only": by_key[one.planned.key].checkpoint_id is None,
        }
        for one in told.result.stops
    ]


def _hop(hop: Hop, theirs: bool) -> dict[str, Any]:
    """What is odd about the way here, of the checkpoint and of nobody."""
    about = {"point": hop.before, "metres": hop.metres, "minutes": hop.minutes}
    if not hop.walkable:
        word = gettext("离“%(point)s”%(metres)d 米，只差 %(minutes)d 分钟，走不到")
    else:
        word = gettext("与“%(point)s”同一分钟打卡，相隔 %(metres)d 米")
    said = word % about
    return {"text": gettext("对方：%s") % said if theirs else said, "walkable": hop.walkable}


def points_json(told: Told) -> str:
    """For the map: each checkpoint with its state."""
    return json.dumps(
        [
            {
                "lon": stop.lon,
                "lat": stop.lat,
                "label": str(n),
                "name": stop.name,
                "state": "reached" if one.state == "early" else one.state,
                "ring": stop.meeting,
            }
            for n, (stop, one) in enumerate(zip(told.stops, told.result.stops, strict=True), 1)
        ],
        ensure_ascii=False,
    )


def proof(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The receipt of our taps, to be checked at /verify by anybody."""
    case, patrol = reading.find(number, actor)
    file = proving.receipt(patrol, case, site=f"{request.scheme}://{request.get_host()}")
    if file is None:
        raise Http404
    return _saved(bundles.as_bytes(file), f"patrol-{case.number}.json")


def their_proof(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The receipt of the other side's taps, as their site made it."""
    _case, patrol = reading.find(number, actor)
    theirs = shared.find(patrol.partner, str(patrol.uuid)) if patrol.partner else None
    if theirs is None or theirs.proof is None:
        raise Http404
    return _saved(bundles.as_bytes(theirs.proof), f"patrol-{theirs.number}-{theirs.site}.json")


def _saved(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def join(request: HttpRequest, actor: Actor, site: str, patrol: str) -> HttpResponse:
    """Take part in a patrol of the other side's."""
    theirs = shared.find(site, patrol)
    if theirs is None:
        raise Http404

    def do(sent: Any, values: Any) -> str:
        data = {name: value for name, value in sent.data.items() if name in ("team_office", "team")}
        opened = doors.open_case(
            PROCEDURE, "join", actor, {**data, "theirs": f"{site}:{patrol}"}, key=sent.key, channel="exchange"
        )
        return f"{HERE}/{opened.number}"

    made = filling.filled(request, actor, JoinHere, do, gettext("已参加，到时间就可以打卡。"))
    if made.response is not None:
        return made.response
    context = {"menu": menu(actor, HERE), "theirs": theirs, "made": made, "site": theirs.site_title}
    return render(request, "cross_border/patrols/join.html", context, status=made.status)


class JoinHere(forms.Join):
    theirs = None  # type: ignore[assignment]  # the address says which; a subclass drops a question so


@require_POST
def export(request: HttpRequest, actor: Actor, kind: str) -> HttpResponse:
    """The list as a file: one line for each checkpoint of each patrol."""
    state = text_in(request.POST, "state") or "all"
    cases = list(_found(actor, state, text_in(request.POST, "q")).order_by("-pk")[: filling.MOST // 10])
    details = PatrolDetail.objects.in_bulk([one.pk for one in cases])
    heads = [
        gettext("编号"), gettext("巡防"), gettext("计划开始"), gettext("状态"), gettext("点位"), gettext("会合点"),
        gettext("计划几点到"), gettext("我方到"), gettext("对方到"), gettext("结果"), gettext("说明"),
    ]  # fmt: skip
    made: list[list[str]] = [heads]
    for case in cases:
        told = reading.told(case, details[case.pk])
        for line in lines(told):
            made.append(_cells(case, told, line["one"], line["word"], line["hops"]))
    return filling.exported(actor, kind, "patrols_exported", made, "patrols")


def _cells(
    case: Case, told: Told, one: StopResult, word: str, hops: Sequence[Mapping[str, Any]]
) -> list[str]:
    return [
        case.number,
        case.title,
        _at(told.patrol.starts),
        present.stage_title(case),
        one.planned.name,
        gettext("是") if one.planned.meeting else "",
        _at(one.planned.at),
        _at(one.ours.at) if one.ours else "",
        _at(one.theirs.at) if one.theirs else "",
        word,
        "；".join(hop["text"] for hop in hops),
    ]


def _at(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def begin_or_finish(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The two steps a team takes by hand, from the patrol's own pages."""
    if request.method != "POST":
        return redirect(f"{HERE}/{number}")
    case, _patrol = reading.find(number, actor)
    step = "finish" if case.stage == "under_way" else "begin"
    doors.act(
        case, step, actor, {} if step == "finish" else None, key=request.POST.get("_key", "")[:64] or None
    )
    return redirect(f"{HERE}/{case.number}/go" if step == "begin" else f"{HERE}/{case.number}")


pages = (
    Page("cross-border/patrols", listing, "cross_border_patrols", may=who.walks),
    Page("cross-border/patrols/export.<slug:kind>", export, "cross_border_patrols_export", may=who.walks),
    Page(
        "cross-border/patrols/join/<str:site>/<str:patrol>", join, "cross_border_patrol_join", may=who.plans
    ),
)
later = (
    Page("cross-border/patrols/<str:number>", show, "cross_border_patrol", may=who.walks),
    Page(
        "cross-border/patrols/<str:number>/step", begin_or_finish, "cross_border_patrol_step", may=who.walks
    ),
    Page("cross-border/patrols/<str:number>/proof.json", proof, "cross_border_patrol_proof", may=who.walks),
    Page(
        "cross-border/patrols/<str:number>/theirs.json",
        their_proof,
        "cross_border_patrol_theirs",
        may=who.walks,
    ),
)
own = (Own(PROCEDURE, "路线和打卡", HERE + "/{number}", "map-pin"),)
