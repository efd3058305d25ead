"""/cross-border/patrols/points and /routes: where patrols go, and the printed sheet of codes."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.core.cases.present import office_name
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.portal.asked import text_in
from zhili.portal.lenses import Page
from zhili.scenarios.cross_border.pages import filling
from zhili.scenarios.cross_border.pages.menu import menu
from zhili.scenarios.cross_border.patrols import codes, forms, keeping, who
from zhili.scenarios.cross_border.patrols.models import Checkpoint, CheckpointCode, Route, RouteStop
from zhili.scenarios.cross_border.patrols.pages import HERE

MOST = 120
"""Checkpoints on one page, and codes on one print."""


def points(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The checkpoints of the actor's office and those below it."""

    def add(_sent: Any, values: Any) -> None:
        keeping.add_point(actor, values)

    made = filling.filled(request, actor, forms.Point, add, gettext("已登记，可以打印二维码了。"))
    if made.response is not None:
        return made.response
    words = text_in(request.GET, "q")
    shown = list(_points(actor, words)[: MOST + 1])
    context = {
        "menu": menu(actor, HERE),
        "points": [{"one": one, "office": office_name(one.office_id)} for one in shown[:MOST]],
        "more": len(shown) > MOST,
        "q": words,
        "made": made,
        "map": _map(shown[:MOST]),
    }
    return render(request, "cross_border/patrols/points.html", context, status=made.status)


def _points(actor: Actor, words: str = "") -> Any:
    found = Checkpoint.objects.filter(office_id__in=tree().under(actor.office_id or 0), retired_at=None)
    return (found.filter(name__icontains=words) if words else found).order_by("name", "pk")


def _map(shown: list[Checkpoint]) -> str:
    told = [{"lon": one.lon, "lat": one.lat, "label": "", "name": one.name} for one in shown]
    return json.dumps(told, ensure_ascii=False)


@require_POST
def point_do(request: HttpRequest, actor: Actor, point: int, what: str) -> HttpResponse:
    """A new code, or out of use."""
    found = Checkpoint.objects.filter(pk=point, retired_at=None).first()
    if found is None or what not in ("code", "retire"):
        raise Http404
    who.only_own(actor, found.office_id)
    if what == "code":
        keeping.change_code(actor, found, request.POST.get("reason", "")[:100])
        messages.success(request, gettext("已换新码。现场的旧二维码不再有效，请打印新的贴上。"))
    else:
        keeping.retire_point(actor, found)
        messages.success(request, gettext("已停用，以后的计划里不再出现。"))
    return redirect(f"{HERE}/points")


def sheet(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The codes to cut out and put up: of one checkpoint (``?p=``) or of all of the office."""
    wanted = _points(actor)
    if chosen := [one for one in request.GET.getlist("p")[:MOST] if one.isdecimal()]:
        wanted = wanted.filter(pk__in=chosen)
    shown = list(wanted[:MOST])
    if not shown:
        raise Http404
    current = dict(
        CheckpointCode.objects.filter(checkpoint__in=shown, until=None).values_list("checkpoint_id", "code")
    )
    labels = [
        {
            "name": one.name,
            "office": office_name(one.office_id),
            "code": codes.shown(current[one.pk]),
            "qr": filling.qr(request.build_absolute_uri(f"{HERE}/at/{one.uuid}?k={current[one.pk]}")),
        }
        for one in shown
        if one.pk in current
    ]
    return filling.paper("codes", {"labels": labels}, "codes", "checkpoints.pdf")


def routes(request: HttpRequest, actor: Actor) -> HttpResponse:
    def add(_sent: Any, values: Any) -> str:
        return f"{HERE}/routes/{keeping.add_route(actor, values['title']).pk}"

    made = filling.filled(request, actor, forms.RouteForm, add, gettext("已登记，接着把点位排上去。"))
    if made.response is not None:
        return made.response
    found = Route.objects.filter(office_id__in=tree().under(actor.office_id or 0), retired_at=None)
    shown = [
        {"one": one, "office": office_name(one.office_id), "stops": len(one.stops.all())}
        for one in found.prefetch_related("stops").order_by("title")[:MOST]
    ]
    context = {"menu": menu(actor, HERE), "routes": shown, "made": made}
    return render(request, "cross_border/patrols/routes.html", context, status=made.status)


def route(request: HttpRequest, actor: Actor, route: int) -> HttpResponse:
    found = Route.objects.filter(pk=route, retired_at=None).first()
    if found is None:
        raise Http404
    who.only_own(actor, found.office_id)

    def add(_sent: Any, values: Any) -> None:
        keeping.add_stop(actor, found, values)

    made = filling.filled(request, actor, forms.RouteStopForm, add, gettext("已排上。"))
    if made.response is not None:
        return made.response
    stops = list(found.stops.select_related("checkpoint").order_by("order"))
    told = [
        {
            "lon": one.checkpoint.lon,
            "lat": one.checkpoint.lat,
            "label": str(one.order),
            "name": one.checkpoint.name,
            "ring": one.meeting,
        }
        for one in stops
    ]
    context = {
        "menu": menu(actor, HERE),
        "route": found,
        "stops": stops,
        "made": made,
        "map": json.dumps(told, ensure_ascii=False),
        "meets": any(one.meeting for one in stops),
    }
    return render(request, "cross_border/patrols/route.html", context, status=made.status)


@require_POST
def route_do(request: HttpRequest, actor: Actor, route: int, what: str) -> HttpResponse:
    """Take a checkpoint off a route, or the route out of use."""
    found = Route.objects.filter(pk=route, retired_at=None).first()
    if found is None:
        raise Http404
    who.only_own(actor, found.office_id)
    if what == "retire":
        keeping.retire_route(actor, found)
        messages.success(request, gettext("路线已停用，已经排好的巡防不受影响。"))
        return redirect(f"{HERE}/routes")
    stop = RouteStop.objects.filter(route=found, pk=int(what) if what.isdecimal() else 0).first()
    if stop is None:
        raise Http404
    keeping.remove_stop(actor, stop)
    messages.success(request, gettext("已从路线上拿掉。"))
    return redirect(f"{HERE}/routes/{found.pk}")


pages = (
    Page("cross-border/patrols/points", points, "cross_border_points", may=who.keeps),
    Page("cross-border/patrols/points/codes.pdf", sheet, "cross_border_codes", may=who.keeps),
    Page(
        "cross-border/patrols/points/<int:point>/<slug:what>",
        point_do,
        "cross_border_point_do",
        may=who.keeps,
    ),
    Page("cross-border/patrols/routes", routes, "cross_border_routes", may=who.keeps),
    Page("cross-border/patrols/routes/<int:route>", route, "cross_border_route", may=who.keeps),
    Page(
        "cross-border/patrols/routes/<int:route>/<slug:what>",
        route_do,
        "cross_border_route_do",
        may=who.keeps,
    ),
)
