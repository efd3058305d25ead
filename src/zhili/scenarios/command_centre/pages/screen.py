"""/screen: the whole area on one dark screen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhili.core.people.actors import Actor


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    return render(request, "command_centre/screen.html", {"actor": actor})
