"""/screen: the whole area on one dark screen; each region is a part that can be drawn anew by itself."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from zhili.core.cases import query
from zhili.core.cases.ground import matters, owed
from zhili.core.indicators.workload import loads, total
from zhili.core.people.actors import Actor
from zhili.core.streams.live.position import position
from zhili.portal.asked import text_in
from zhili.portal.rows import rows
from zhili.scenarios.command_centre.pages import hot, others
from zhili.scenarios.command_centre.pages.asked import Place, bounds, place_of
from zhili.scenarios.command_centre.pages.figures import SPAN, figures, pace, past_of
from zhili.scenarios.command_centre.pages.offices import office_lines, place_lines
from zhili.scenarios.command_centre.pages.points import MOST
from zhili.scenarios.command_centre.pages.trend import trend

OFFICES, QUEUE = 5, 12
BESIDE_ALARMS = 3
"""So many offices fit while the banner of alarms takes its place."""
PARTS = {"now": "command_centre/parts/now.html", "alarms": "command_centre/parts/alarms.html"}


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The page; the place alone when drilled by htmx; the regions of figures when they are drawn anew."""
    place = place_of(request, actor)
    part = text_in(request.GET, "part")
    if part == "alarms":
        return render(request, PARTS[part], {"place": place, "alarms": others.alarms(actor)})
    context = _context(request, actor, place)
    if part == "now":
        return render(request, PARTS[part], context)
    if request.headers.get("HX-Target") == "screen" and "HX-History-Restore-Request" not in request.headers:
        return render(request, "command_centre/parts/place.html", context)
    return render(request, "command_centre/screen.html", context)


def _context(request: HttpRequest, actor: Actor, place: Place) -> dict[str, Any]:
    last = str(position())  # before anything is read, so that nothing is lost between the page and its stream
    now = timezone.localtime()
    order = "due" if text_in(request.GET, "queue") == "due" else "new"
    wanted = "weeks" if text_in(request.GET, "trend") == "weeks" else "hours"
    lines = loads(place.ground, now, cells=place.level == "village")
    load, past = total(lines), past_of(place, now.date())
    offices, alarms = office_lines(place, lines), others.alarms(actor)
    shown = BESIDE_ALARMS if alarms else OFFICES
    return {
        "place": place,
        "last": last,
        "bounds": bounds(place),
        "now": now,
        "zone": timezone.get_current_timezone_name(),
        "load": load,
        "figures": figures(place, load, past),
        "pace": pace(place, past),
        "span": SPAN,
        "offices": offices[:shown],
        "offices_in_all": len(offices),
        "below": place_lines(place, lines, now),
        "trend": trend(place, past, now, wanted),
        "hot": hot.hot_lines(place, now.date()),
        "queue": _queue(actor, place, order),
        "order": order,
        "drawn": min(load.open, MOST),
        "alarms": alarms,
        "duty": others.duty(actor, place),
        "phone_url": others.phone_url(),
        "urls": {
            "matters": place.url("/screen/matters.geojson"),
            "cells": place.url("/screen/cells.geojson") if place.level in ("village", "cell") else "",
            "offices": place.url("/screen/offices"),
        },
        "here": {
            "hours": place.url("/screen", queue=order if order == "due" else ""),
            "weeks": place.url("/screen", trend="weeks", queue=order if order == "due" else ""),
            "new": place.url("/screen", trend="weeks" if wanted == "weeks" else ""),
            "due": place.url("/screen", queue="due", trend="weeks" if wanted == "weeks" else ""),
            "now": place.url(
                "/screen",
                part="now",
                trend="weeks" if wanted == "weeks" else "",
                queue=order if order == "due" else "",
            ),
            "alarms": place.url("/screen", part="alarms"),
        },
    }


def _queue(actor: Actor, place: Place, order: str) -> list[Any]:
    """What came in last, or what is due first."""
    if order == "due":
        found = owed(place.ground).order_by(F("due_at").asc(nulls_last=True), "id")
    else:
        found = matters(place.ground).order_by("-id")
    return rows((found & query.visible(actor))[:QUEUE], desk=True)


def offices(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/screen/offices: every office that owes something here."""
    place = place_of(request, actor)
    now = timezone.localtime()
    found = office_lines(place, loads(place.ground, now))
    context = {"place": place, "now": now, "offices": found, "back": place.url("/screen")}
    return render(request, "command_centre/offices.html", context)
