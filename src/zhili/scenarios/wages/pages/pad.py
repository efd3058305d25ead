"""/desk/wages/crews/N/pad: the foreman's pad, where workers without phones tap in and out with their own digits.

The pad keeps the page. Each tap is signed by the pad's key, the digits sealed to us, and both wait on it for signal.
"""

from __future__ import annotations

from typing import Any

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.portal.asked import number_in
from zhili.portal.lenses import Page
from zhili.portal.offline import keep, told, wants_json
from zhili.scenarios.wages import asked, devices, pins, tapping, who
from zhili.scenarios.wages.models import Crew, Engagement, Tap
from zhili.scenarios.wages.pages.tap import as_told, hexed

TRIES = "120/m/key"
"""Taps of one pad's holder: a crew of a hundred at the gate at once is still let through."""


def pad(request: HttpRequest, pk: int) -> HttpResponse:
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    crew = asked.crew_of(actor, pk)
    if not who.hands(actor, crew.project).keeps(crew):
        raise Refused("forbidden", _("考勤平板由班组长、本单位劳资员或劳资专管员打开"), 403)
    if request.method == "POST":
        return _post(request, actor, crew)
    response = asked.quiet(render(request, "wages/pad.html", _context(crew)))
    return keep(response)


def _post(request: HttpRequest, actor: Actor, crew: Crew) -> HttpResponse:
    if (device := number_in(request.POST, "retire")) is not None:
        for one in devices.in_use(None, crew.project).filter(pk=device):
            devices.retire(actor, one)
        return redirect(f"/desk/wages/crews/{crew.pk}/pad")
    if not wants_json(request):
        raise Refused("no_scripts", _("平板打卡要用能签名的浏览器，这一次没有收下"), 422)
    if "public" in request.POST:
        return told(request, lambda: _enrol(request, actor, crew))
    return told(request, lambda: _tap(request, actor, crew))


def _enrol(request: HttpRequest, actor: Actor, crew: Crew) -> HttpResponse:
    made = devices.enrol(actor, hexed(request, "public"), project=crew.project)
    return asked.quiet(JsonResponse({"device": made.sha256}, status=201))


def _tap(request: HttpRequest, actor: Actor, crew: Crew) -> HttpResponse:
    limits: dict[str, Any] = {"config": {"pad": TRIES}, "key": str(actor.account_id)}
    if not ratelimit.consume(request, app="wages", action="pad", **limits):
        raise Refused("too_fast", _("打卡太快，请过一会儿再试"), 429)
    rows = crew.engagements.select_related("worker", "crew__project__case")
    engagement = rows.filter(pk=number_in(request.POST, "engagement") or 0).first()
    if engagement is None:
        raise Refused("no_worker", _("这个班组里没有这位工人，没有收下"), 409)
    said = as_told(request, "pad")
    if not Tap.objects.filter(key=said.key).exists():
        digits = pins.unsealed(hexed(request, "pin"), said.key)
        pins.check(engagement.worker, digits, late=said.late)
    _kept, again = tapping.tap(actor, engagement, said)
    return asked.quiet(JsonResponse({"repeated": again}, status=200 if again else 201))


def _context(crew: Crew) -> dict[str, Any]:
    """Who is in the crew today, and the last that was tapped for each. Four queries."""
    today, now = timezone.localdate(), timezone.now()
    rows = crew.engagements.select_related("worker").filter(starts__lte=today).order_by("worker__code")
    there: list[Engagement] = [one for one in rows if one.ends is None or one.ends >= today]
    names = asked.names([one.worker for one in there])
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    last = {
        one.engagement_id: one
        for one in Tap.objects.filter(engagement__in=there, happened__gte=midnight).order_by("happened")
    }
    return {
        "crew": crew,
        "one": crew.project,
        "rows": [
            {"one": one, "name": names[one.worker_id], "last": last.get(one.pk), "pin": bool(one.worker.pin)}
            for one in there
        ],
        "now": round(now.timestamp() * 1000),
        "seal": pins.public(),
        "devices": list(devices.in_use(None, crew.project)),
    }


pages = (Page("desk/wages/crews/<int:pk>/pad", pad, "wages_pad"),)
