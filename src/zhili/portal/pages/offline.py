"""The installed app: its manifest, its service worker, and the two pages it opens without a network."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext, override
from django.views.decorators.http import require_GET

from zhili import __version__
from zhili.core.cases import present
from zhili.core.people.actors import ANONYMOUS, of_request
from zhili.core.web import assets
from zhili.portal import site
from zhili.portal.offline import mark_of, version_of

PAGES = ("/offline", "/outbox", "/report")
"""Kept beside the forms strangers may send."""
LANGUAGES = ("zh-hans", "en")


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """/manifest.webmanifest?lang=: what the phone calls the app, and how it looks on its first screen."""
    language = request.GET.get("lang", "")
    with override(language if language in LANGUAGES else LANGUAGES[0]):
        body = _manifest()
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/manifest+json"
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _manifest() -> dict[str, Any]:
    name = site.name()
    return {
        "id": "/",
        "name": name,
        "short_name": name if len(name) <= 12 else gettext("治理"),
        "description": gettext("身边有事，说一声：拍一张，写一句，办到哪一步都看得见。"),
        "lang": gettext("zh-Hans"),
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#F7F8F7",
        "theme_color": "#0F766E",
        "categories": ["government", "utilities"],
        "icons": [
            _icon("icon-192.png", "192x192", "any"),
            _icon("icon-512.png", "512x512", "any"),
            _icon("icon-maskable-512.png", "512x512", "maskable"),
        ],
        "shortcuts": [
            {
                "name": gettext("报一件事"),
                "url": "/report",
                "icons": [_icon("icon-192.png", "192x192", "any")],
            },
            {"name": gettext("我的事"), "url": "/my", "icons": [_icon("icon-192.png", "192x192", "any")]},
        ],
    }


def _icon(file: str, sizes: str, purpose: str) -> dict[str, str]:
    return {"src": static(f"web/{file}"), "sizes": sizes, "type": "image/png", "purpose": purpose}


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """/sw.js: the built service worker, told what to keep. Nothing is installed where nothing was built."""
    try:
        script = (assets.FOLDER / "sw.js").read_bytes()
        built = (assets.FOLDER / "manifest.json").read_bytes()
    except FileNotFoundError:
        return HttpResponse(status=404)
    pages, files = _pages(), assets.first_load("app.ts")
    told = {
        "version": version_of([__version__, *pages, *files], built, script),
        "assets": files,
        "pages": pages,
    }
    body = b"self.ZHILI=" + json.dumps(told).encode() + b";\n" + script
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def _pages() -> list[str]:
    """What opens without a network: these, and every form a stranger may send."""
    forms = (
        f"/new/{procedure.full_name()}/{opening.name}"
        for procedure, opening in present.openings_for(ANONYMOUS)
    )
    return [*PAGES, *forms]


@require_GET
def ticket(request: HttpRequest) -> HttpResponse:
    """/offline/ticket: a fresh proof for what is sent later, and the mark of whoever would be sending."""
    response = JsonResponse({"csrf": get_token(request), "who": mark_of(of_request(request))})
    response["Cache-Control"] = "no-store"
    return response


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """/offline: shown in place of a page that cannot be had."""
    return render(request, "portal/offline.html", {})


@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """/outbox: what waits on this phone. The list is drawn by the phone itself; nothing of it is here."""
    return render(request, "portal/outbox.html", {})
