"""/tv/<village>: the television of a village. Everybody may open it; only a paired one is told of alarms."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.core.places.tree import Node
from zhili.core.streams.live.position import position
from zhili.core.web import assets, words
from zhili.portal.asked import number_in
from zhili.portal.lenses import Page
from zhili.scenarios.village_screens import content, sensing, television
from zhili.scenarios.village_screens.displays import pairing
from zhili.scenarios.village_screens.pages.public import framed

ALARMS = 3
"""So many fit on the screen; the most serious first. From two on they have it to themselves."""
LEVELS = {"red": 0, "orange": 1, "yellow": 2, "blue": 3}
SCRIPT = "tv/tv.ts"


def show(request: HttpRequest, code: str) -> HttpResponse:
    """The page: what it shows first stands in it, so that it says something before any script runs, and without one."""
    division = _village(code)
    told = _told(request, division)
    here = (number_in(request.GET, "n") or 0) % len(told["pages"])
    context = {
        "village": division,
        "told": told,
        "page": told["pages"][here],
        "next": (here + 1) % len(told["pages"]),
        "rows": range(television.ROWS),
        "lines": range(television.LINES + 1),
        "alarm_rows": range(ALARMS),
        "pairing": "pair" in request.GET,
        "preview": "preview" in request.GET,
        "now": timezone.localtime(),
        "zone": timezone.get_current_timezone_name(),
    }
    response = render(request, "village_screens/tv.html", context)
    response["X-Offline"] = "keep"  # opens after a power cut though the network is still away (offline/sw.ts)
    return framed(response)


def told(request: HttpRequest, code: str) -> HttpResponse:
    """/tv/<village>/content: what the script shows from now on."""
    response = JsonResponse(_told(request, _village(code)))
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def pair(request: HttpRequest, code: str) -> HttpResponse:
    """A code to be typed on the desk; its word goes into a cookie that no script can read."""
    division = _village(code)
    display = pairing.of_request(request)
    if display is not None and display.division_id == division.id:
        return JsonResponse({"code": "", "until": 0})  # a second code would take the first one's word away
    waiting, word = pairing.begin(division.id, request.COOKIES.get(pairing.COOKIE, ""))
    response = JsonResponse({"code": waiting.code, "until": int(waiting.expires_at.timestamp() * 1000)})
    response["Cache-Control"] = "no-store"
    _keep(request, response, word)
    return response


def _told(request: HttpRequest, division: Node) -> dict[str, Any]:
    """Everything a television needs. ``last``: where its stream of news begins, read before anything else."""
    last = str(position())
    display = pairing.of_request(request)
    if display is not None and display.division_id != division.id:
        display = None
    shown = content.of(division)
    pages = television.pages(shown, content.loop(division.id))
    version = hashlib.sha256(json.dumps(pages, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
    return {
        "version": version,
        "build": assets.script(SCRIPT),
        "at": int(shown.at.timestamp() * 1000),
        "last": last,
        "paired": display is not None,
        "display": display.name if display else "",
        "pages": pages,
        "alarms": _alarms(division) if display else [],
    }


def _alarms(division: Node) -> list[dict[str, str]]:
    """The sentences meant for screens, with the cell: nothing else of a warning is read here."""
    found = sorted(sensing.alarms(division.id), key=lambda one: (LEVELS.get(one.level, 9), one.since))
    return [
        {
            "level": one.level,
            "title": _level(one.level),
            "words": one.words,
            "cell": "" if one.cell_name in one.words else one.cell_name,
            "since": words.moment(timezone.localtime(one.since)),
            "state": gettext("已有人处置") if one.state == "accepted" else gettext("等人接手"),
        }
        for one in found[:ALARMS]
    ]


def _level(level: str) -> str:
    """The official names, never the colour alone."""
    return {
        "red": gettext("红色报警"),
        "orange": gettext("橙色报警"),
        "yellow": gettext("黄色预警"),
        "blue": gettext("蓝色提示"),
    }.get(level, gettext("报警"))


def _village(code: str) -> Node:
    found = content.village(code)
    if found is None:
        raise Http404
    return found


def _keep(request: HttpRequest, response: HttpResponse, word: str) -> None:
    response.set_cookie(
        pairing.COOKIE,
        word,
        max_age=pairing.COOKIE_AGE,
        httponly=True,
        samesite="Strict",
        secure=request.is_secure() or settings.SESSION_COOKIE_SECURE,
    )


pages = (
    Page("tv/<str:code>", show, "tv"),
    Page("tv/<str:code>/content", told, "tv_content"),
    Page("tv/<str:code>/pair", pair, "tv_pair"),
)
