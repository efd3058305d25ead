"""/wages/N/tap: what the QR code of a site's screen leads to. Whoever is known on this phone taps in or out.

The phone keeps the page, so that it opens without signal. A tap signed by a phone that was enrolled (``devices``)
needs no session when it comes: the key says whose it is.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import ANONYMOUS, Actor, of_request
from zhili.portal.asked import number_in, text_in
from zhili.portal.errors import Trouble, attempt
from zhili.portal.lenses import Page
from zhili.portal.offline import keep, told, wants_json
from zhili.portal.submitted import key_of, new_key
from zhili.scenarios.wages import asked, devices, tapping, who
from zhili.scenarios.wages.models import Engagement, Project, Tap, Worker
from zhili.scenarios.wages.pages.board import public_project

LINK = "wages_link"
"""In the session of a phone that once opened a worker's link: the code of the link, so that a tap knows whose it is."""
TRIES = "600/m/ip"
KEYS = "60/m/ip"
PROMPT = timedelta(seconds=20)
MOST_S = 10 * 366 * 86400
HEX = frozenset("0123456789abcdef")


def tap(request: HttpRequest, number: str) -> HttpResponse:
    if not ratelimit.consume(request, app="wages", action="tap", config={"tap": TRIES}, key="all"):
        raise Refused("too_fast", _("打开得太频繁，请过一分钟再试"), 429)
    if request.method == "POST" and wants_json(request) and request.POST.get("device"):
        return told(request, lambda: _json(_signed(request, number), number))
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
    _kept, trouble = attempt(lambda: tapping.tap(actor, engagement, as_told(request)))
    if trouble is not None:
        return _draw(request, project, worker, engagement, trouble=trouble)
    return redirect(f"/wages/{number}/tap")


@require_POST
def enrol(request: HttpRequest) -> HttpResponse:
    """/wages/keys: this phone signs its owner's taps from now on. Sent by a script, answered to it."""
    if not ratelimit.consume(request, app="wages", action="key", config={"key": KEYS}, key="all"):
        raise Refused("too_fast", _("打开得太频繁，请过一分钟再试"), 429)
    return told(request, lambda: _enrol(request))


def _enrol(request: HttpRequest) -> HttpResponse:
    known = who_is(request)
    if known is None:
        raise Refused("no_worker", _("这部手机上还不知道您是谁，请先打开您的链接"), 403)
    made = devices.enrol(known[1], hexed(request, "public"), worker=known[0])
    response = JsonResponse({"device": made.sha256}, status=201)
    response["Cache-Control"] = "no-store"
    return response


def _signed(request: HttpRequest, number: str) -> tuple[Tap, bool]:
    """A tap whose signature says whose it is: whoever has signed in on that phone since."""
    said = as_told(request)
    device = devices.signer(said.device)
    engagement = (
        Engagement.objects.select_related("crew__project__case")
        .filter(
            pk=number_in(request.POST, "engagement") or 0,
            worker=device.worker_id,
            crew__project__case__number=number,
        )
        .first()
    )
    if engagement is None:
        raise Refused("not_engaged", _("这一天您不在这个班组，没有收下；请找班组长核对"), 409)
    known = who_is(request)
    actor = known[1] if known and known[0].pk == device.worker_id else ANONYMOUS
    return tapping.tap(actor, engagement, said)


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


def as_told(request: HttpRequest, source: str = "phone") -> tapping.Told:
    """A tap as sent: by a plain form there is no clock but ours; with scripts the phone tells its own.

    One that lay on a device for longer than ``PROMPT`` by that device's clock was made without signal.
    """
    now = timezone.now()
    way = text_in(request.POST, "way")
    if way not in ("in", "out"):
        raise Refused("no_way", _("请选择进场还是出场"), 422)
    made, sent = (
        _time(request.POST.get("device_at", ""), now),
        _time(request.headers.get("X-Sent-At", ""), now),
    )
    signature = hexed(request, "signature")
    late = bool(signature) and abs(sent - made) > PROMPT
    return tapping.Told(
        way=way,
        code=text_in(request.POST, "code")[:40],
        device_at=made,
        sent_at=sent if signature else made,
        key=key_of(request),
        inside={"inside": True, "outside": False}.get(text_in(request.POST, "inside")),
        source="offline" if late and source == "phone" else source,
        device=text_in(request.POST, "device")[:64],
        signature=signature,
        late=late,
        known_error=_seconds(request.POST.get("error", "")),
    )


def _seconds(text: str) -> timedelta | None:
    """Whole seconds a clock was behind ours, ten years at most."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        return None
    return timedelta(seconds=max(-MOST_S, min(MOST_S, int(text))))


def hexed(request: HttpRequest, name: str) -> bytes:
    """Bytes as a script sends them; none for anything else."""
    text = request.POST.get(name, "")[:512].lower()
    return bytes.fromhex(text) if len(text) % 2 == 0 and set(text) <= HEX else b""


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
    body = {"url": f"/wages/{number}/tap", "repeated": kept[1]}
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
    shown = [{"one": one, "clock": tapping.clock_off(one), "late": tapping.came_late(one)} for one in taps]
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
        "now": round(timezone.now().timestamp() * 1000),
        "key": new_key(),
        "trouble": trouble,
    }
    page = asked.quiet(render(request, "wages/tap.html", context, status=trouble.status if trouble else 200))
    return keep(page) if engagement else page


pages = (Page("wages/keys", enrol, "wages_key"), Page("wages/<str:number>/tap", tap, "wages_tap"))
