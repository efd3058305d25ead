"""/desk/pocket: the desk of a grid worker's phone, which goes on without signal. Drawn by frontend/src/pocket.

Without scripts it is the plain list, linked to the ordinary desk.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhili.core.cases import query
from zhili.core.people.actors import Actor
from zhili.core.web import assets
from zhili.portal.pocket.packing import MOST, pack
from zhili.portal.pocket.words import words
from zhili.portal.rows import rows

ICONS = (
    "chevron-left", "chevron-right", "circle-check", "clock", "info", "locate-fixed", "lock", "map-pin", "plus",
    "qr-code", "rotate-ccw", "send", "triangle-alert", "undo-2", "users", "x", "zap",
)  # fmt: skip
"""What the scripts draw with."""
SCRIPTS = ("app.ts", "pocket/main.ts", "pocket/watch.ts")
"""What the page needs to open without a network."""


@require_GET
def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    plain = query.inbox(actor)[:MOST]
    context = {
        "rows": rows(plain, desk=True, roles=actor.roles, own_office=actor.office_id),
        "label": actor.label,
        "words": words(),
        "icons": ICONS,
        "assets": sorted({one for name in SCRIPTS for one in assets.first_load(name)}),
    }
    return render(request, "portal/pocket.html", context)


@require_GET
def packed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/desk/pocket/pack.json: what the phone takes along. Never kept on the way."""
    response = JsonResponse(
        pack(actor, f"{request.scheme}://{request.get_host()}"), json_dumps_params={"ensure_ascii": False}
    )
    response["Cache-Control"] = "no-store"
    return response
