"""A document's photo at the desk: asked for with a purpose, shown once, marked, in no cache."""

from __future__ import annotations

import base64
from typing import Any

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.portal.asked import text_in
from zhili.portal.errors import attempt
from zhili.portal.lenses import Page
from zhili.scenarios.wages import asked, photos, who
from zhili.scenarios.wages.models import Crew

TRIES = "30/h/key"


def photo(request: HttpRequest, pk: int, engagement: int) -> HttpResponse:
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    crew = asked.crew_of(actor, pk)
    if not may(actor, crew):
        raise Refused("forbidden", _("证件照片由本单位劳资员、劳资专管员或承办单位核对"), 403)
    found = crew.engagements.select_related("worker").filter(pk=engagement).first()
    if found is None:
        raise Refused("no_worker", _("本项目没有这个工号，请先登记"), 404)
    context: dict[str, Any] = {
        "crew": crew,
        "one": found,
        "name": asked.names([found.worker])[found.worker_id],
    }
    trouble = None
    if request.method == "POST":
        limits: dict[str, Any] = {"config": {"photo": TRIES}, "key": f"{actor.kind}{actor.id}"}
        if not ratelimit.consume(request, app="wages", action="photo", **limits):
            raise Refused("too_fast", _("打开得太频繁，请过一会儿再试"), 429)
        purpose = text_in(request.POST, "purpose")
        shown, trouble = attempt(lambda: photos.opened(actor, crew.project, found.worker, purpose))
        if shown is not None:
            context |= {
                "shown": shown,
                "picture": base64.b64encode(shown.picture).decode(),
                "purpose": purpose,
            }
    status = trouble.status if trouble else 200
    return asked.quiet(render(request, "wages/photo.html", context | {"trouble": trouble}, status=status))


def may(actor: Actor, crew: Crew) -> bool:
    """The firm's clerk, the contractor's officer, and whoever handles or leads in an office that sees the project."""
    if actor.kind == "post":
        return bool(actor.roles & {"handler", "leader"})
    hands = who.hands(actor, crew.project)
    return hands.officer or hands.speaks_for(crew)


pages = (Page("desk/wages/crews/<int:pk>/photo/<int:engagement>", photo, "wages_photo"),)
