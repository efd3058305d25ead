"""The pages of a team on its way: the next checkpoint, a tap by code, something found. For one hand and no signal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.core.cases import doors, present
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.forms import Files, Form, LongText
from zhili.core.people.actors import Actor
from zhili.portal import offline
from zhili.portal.asked import text_in
from zhili.portal.errors import Trouble, attempt
from zhili.portal.lenses import Page
from zhili.portal.submitted import key_of, new_key
from zhili.scenarios.cross_border import persons
from zhili.scenarios.cross_border.pages import filling
from zhili.scenarios.cross_border.pages.menu import menu
from zhili.scenarios.cross_border.patrols import codes, reading, tapping, who
from zhili.scenarios.cross_border.patrols.models import Checkpoint, PatrolDetail, PatrolFinding, Stop, Team
from zhili.scenarios.cross_border.patrols.pages import HERE, lines

MATTER = "cross_border.matter"
GUARD = "guard"


class FoundHere(Form):
    """Something seen at a checkpoint; its place is the checkpoint's, or the patrol's."""

    what = LongText("看到什么", required=True, max_length=1000, help="写事情和地方，不写人名和电话。")
    photos = Files("照片", max=9)

    @classmethod
    def check(cls, cleaned: Any) -> Any:
        return persons.faults_in(cls, cleaned)


def go(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The team's page. The phone keeps it, so that it opens without signal too."""
    case, patrol = reading.find(number, actor)
    return offline.keep(_draw(request, actor, case, patrol))


def _draw(
    request: HttpRequest,
    actor: Actor,
    case: Case,
    patrol: PatrolDetail,
    *,
    trouble: Trouble | None = None,
    at: Stop | None = None,
    typed: str = "",
) -> HttpResponse:
    teams = tapping.teams_of(actor, patrol)
    told = reading.told(case, patrol)
    shown = lines(told)
    here = at or _stop_named(told.stops, text_in(request.GET, "at"))
    following = next((one["stop"] for one in shown if one["one"].ours is None), None)
    context = {
        "menu": menu(actor, HERE),
        "case": case,
        "patrol": patrol,
        "stage": present.stage_title(case),
        "lines": shown,
        "next": here or following,
        "teams": teams,
        "trouble": trouble,
        "typed": typed or text_in(request.GET, "k")[: codes.LENGTH + 4],
        "left": sum(one["one"].ours is None for one in shown),
        "key": new_key(),
        "who": offline.mark_of(actor),
        "open": case.closed_at is None,
    }
    return render(request, "cross_border/patrols/go.html", context, status=trouble.status if trouble else 200)


def _stop_named(stops: list[Stop], named: str) -> Stop | None:
    return next((one for one in stops if str(one.uuid) == named), None)


@require_POST
def tap(request: HttpRequest, actor: Actor, number: str, stop: int) -> HttpResponse:
    """A tap, by a form or from the phone's outbox; the same key twice is one tap."""
    case, patrol = reading.find(number, actor)
    found = patrol.stops.filter(pk=stop).first()
    if found is None:
        raise Http404
    found.patrol = patrol
    typed = request.POST.get("code", "")[:300]

    def send() -> tapping.Tapped:
        team = _team(request, actor, patrol)
        made_at = _time(request.POST.get("made_at", ""))
        presence = request.POST.get("presence", "")
        key = f"{actor.office_id}/{key_of(request)}"
        return tapping.tap(actor, found, team, typed, key=key[:64], made_at=made_at, presence=presence)

    address = f"{HERE}/{case.number}/go"
    if offline.wants_json(request):
        return offline.told(request, lambda: _told(send(), case, address))
    _done, trouble = attempt(send)
    if trouble is not None:
        return _draw(request, actor, case, patrol, trouble=trouble, at=found, typed=typed)
    return redirect(address)


def _told(done: tapping.Tapped, case: Case, address: str) -> HttpResponse:
    """For the phone's outbox, in the shape of its other answers."""
    body = {"number": case.number, "url": address, "repeated": done.repeated}
    response = JsonResponse(body, status=200 if done.repeated else 201)
    response["Cache-Control"] = "no-store"
    return response


def _team(request: HttpRequest, actor: Actor, patrol: PatrolDetail) -> Team:
    """The team chosen; the only one where there is but one. Raises Refused."""
    teams = tapping.teams_of(actor, patrol)
    wanted = request.POST.get("team", "")
    found = next((one for one in teams if str(one.pk) == wanted), teams[0] if len(teams) == 1 else None)
    if found is None:
        raise (
            Refused("no_team", gettext("请选是哪一队"), 422)
            if teams
            else Refused("not_your_team", gettext("本单位没有派队参加这次巡防"), 403)
        )
    return found


def _time(text: str) -> datetime | None:
    """When it was tapped, as the phone says; nonsense counts as now."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def found_something(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """A note and photos become a border matter at the checkpoint's place; the patrol's page names it."""
    case, patrol = reading.find(number, actor)
    stops = list(patrol.stops.order_by("order"))
    stop = _stop_named(stops, text_in(request.GET, "at"))

    def do(sent: Any, values: Any) -> str:
        _open(actor, case, patrol, stop, sent)
        return f"{HERE}/{case.number}/go"

    words = gettext("已收到，交给交界地方的值守单位受理。")
    made = filling.filled(request, actor, FoundHere, do, words)
    if made.response is not None:
        return made.response
    context = {"menu": menu(actor, HERE), "case": case, "stop": stop, "made": made}
    return render(request, "cross_border/patrols/found.html", context, status=made.status)


def _open(actor: Actor, case: Case, patrol: PatrolDetail, stop: Stop | None, sent: Any) -> None:
    opening = "find" if "grid" in actor.roles else "record"
    data = {**sent.data, "category": GUARD}
    if stop is not None:
        data["place"] = {"lon": stop.lon, "lat": stop.lat, "address": stop.name}
    opened = doors.open_case(MATTER, opening, actor, data, key=sent.key, channel="patrol")
    PatrolFinding.objects.get_or_create(matter_id=opened.case_id, defaults={"patrol": patrol, "stop": stop})


def at_point(request: HttpRequest, actor: Actor, point: str) -> HttpResponse:
    """Where a printed code leads: to the patrol of the actor's office that has this checkpoint now."""
    found = Checkpoint.objects.filter(uuid=point).first() if _is_uuid(point) else None
    if found is None:
        raise Http404
    cases = reading.visible(actor).filter(closed_at=None)
    stops = Stop.objects.filter(uuid=found.uuid, patrol_id__in=cases.values("pk")).select_related(
        "patrol__case"
    )
    for stop in stops.order_by("patrol__starts"):
        if tapping.teams_of(actor, stop.patrol):
            code = codes.read(text_in(request.GET, "k"))
            address = f"{HERE}/{stop.patrol.case.number}/go"
            return redirect(f"{address}?at={found.uuid}&k={code}#tap")
    context = {"menu": menu(actor, HERE), "point": found}
    return render(request, "cross_border/patrols/no_patrol.html", context)


def _is_uuid(text: str) -> bool:
    from uuid import UUID

    try:
        UUID(text)
    except ValueError:
        return False
    return True


pages = (
    Page("cross-border/patrols/at/<str:point>", at_point, "cross_border_patrol_at", may=who.walks),
    Page("cross-border/patrols/<str:number>/go", go, "cross_border_patrol_go", may=who.walks),
    Page("cross-border/patrols/<str:number>/tap/<int:stop>", tap, "cross_border_patrol_tap", may=who.walks),
    Page(
        "cross-border/patrols/<str:number>/found", found_something, "cross_border_patrol_found", may=who.walks
    ),
)
