"""/wages/N/tap: what the QR code of a site's screen leads to. Whoever is known on this phone taps in or out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor, of_request
from zhili.portal.asked import text_in
from zhili.portal.errors import Trouble, attempt
from zhili.portal.lenses import Page
from zhili.portal.offline import told, wants_json
from zhili.portal.submitted import key_of, new_key
from zhili.scenarios.wages import tapping, who
from zhili.scenarios.wages.models import Engagement, Project, Tap, Worker
from zhili.scenarios.wages.pages import asked
from zhili.scenarios.wages.pages.board import public_project

LINK = "wages_link"
"""In the session of a phone that once opened a worker's link: the code of the link, so that a tap knows whose it is."""
TRIES = "600/m/ip"
HEX = frozenset("0123456789abcdef")


def tap(request: HttpRequest, number: str) -> HttpResponse:
    if not ratelimit.consume(request, app="wages", action="tap", config={"tap": TRIES}, key="all"):
        raise Refused("too_fast", _("打开得太频繁，请过一分钟再试"), 429)
    project = public_project(number)
    known = who_is(request)
    if known is None:
        return asked.quiet(render(request, "wages/tap.html", {"one": project, "known": False}))
    worker, actor = known
    engagement = _engaged(worker, project)
    if request.method != "POST":
        return _draw(request, project, worker, engagement)
    if engagement is None:
        raise Refused("not_engaged", _("这一天您不在这个班组，没有收下；请找班组长核对"), 409)
    if wants_json(request):
        return told(request, lambda: _json(tapping.tap(actor, engagement, _told(request)), number))
    _kept, trouble = attempt(lambda: tapping.tap(actor, engagement, _told(request)))
    if trouble is not None:
        return _draw(request, project, worker, engagement, trouble=trouble)
    return redirect(f"/wages/{number}/tap")


def who_is(request: HttpRequest) -> tuple[Worker, Actor] | None:
    """The worker known on this phone: by the link it once opened, else by account."""
    if (code := request.session.get(LINK)) and (found := who.behind(str(code))):
        return found
    actor = of_request(request)
    if actor.kind != "account" or actor.account_id is None:
        return None
    worker = who.worker_of(actor)
    return (worker, actor) if worker else None


def _engaged(worker: Worker, project: Project) -> Engagement | None:
    rows = Engagement.objects.select_related("crew__project__case").filter(
        worker=worker, crew__project=project
    )
    today = timezone.localdate()
    return rows.filter(starts__lte=today).exclude(ends__lt=today).order_by("-starts").first()


def _told(request: HttpRequest) -> tapping.Told:
    """A tap as sent: by a plain form there is no clock but ours; with scripts the phone tells its own."""
    now = timezone.now()
    way = text_in(request.POST, "way")
    if way not in ("in", "out"):
        raise Refused("no_way", _("请选择进场还是出场"), 422)
    made, sent = _time(request.POST.get("device_at", ""), now), _time(request.POST.get("sent_at", ""), now)
    offline = now - made > timedelta(minutes=2) and bool(request.POST.get("signature"))
    signature = request.POST.get("signature", "")[:128].lower()
    return tapping.Told(
        way=way,
        code=text_in(request.POST, "code")[:40],
        device_at=made,
        sent_at=sent,
        key=key_of(request),
        inside={"inside": True, "outside": False}.get(text_in(request.POST, "inside")),
        source="offline" if offline and request.POST.get("late") else "phone",
        device=text_in(request.POST, "device")[:64],
        signature=bytes.fromhex(signature) if len(signature) % 2 == 0 and set(signature) <= HEX else b"",
    )


def _time(text: str, now: datetime) -> datetime:
    """As a phone says it; a time that cannot be read, or that no clock has, is ours."""
    try:
        found = parse_datetime(text[:40])
    except ValueError:
        return now
    if found is None or not timezone.is_aware(found) or abs(found - now) > timedelta(days=3660):
        return now
    return found


def _json(kept: tuple[Tap, bool], number: str) -> HttpResponse:
    body = {"number": number, "url": f"/wages/{number}/tap", "repeated": kept[1]}
    response = JsonResponse(body, status=200 if kept[1] else 201)
    response["Cache-Control"] = "no-store"
    return response


def _draw(
    request: HttpRequest,
    project: Project,
    worker: Worker,
    engagement: Engagement | None,
    trouble: Trouble | None = None,
) -> HttpResponse:
    since = timezone.now() - timedelta(hours=36)
    taps = (
        Tap.objects.filter(engagement=engagement, happened__gte=since).order_by("-happened")[:6]
        if engagement
        else []
    )
    shown = [{"one": one, "clock": tapping.clock_off(one)} for one in taps]
    inside = any(one.way == "in" for one in list(taps)[:1])
    context: dict[str, Any] = {
        "one": project,
        "known": True,
        "worker": worker,
        "name": asked.names([worker])[worker.pk],
        "engagement": engagement,
        "taps": shown,
        "next": "out" if inside else "in",
        "code": text_in(request.GET, "c")[:8],
        "key": new_key(),
        "trouble": trouble,
    }
    return asked.quiet(render(request, "wages/tap.html", context, status=trouble.status if trouble else 200))


pages = (Page("wages/<str:number>/tap", tap, "wages_tap"),)
