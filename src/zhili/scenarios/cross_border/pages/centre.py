"""/cross-border: the joint centre of two sites."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhili.core.people.actors import Actor
from zhili.portal.lenses import Page
from zhili.scenarios.cross_border.pages.menu import menu
from zhili.scenarios.cross_border.pages.who import at_border


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    return render(request, "cross_border/centre.html", {"menu": menu(actor, "/cross-border")})


pages = (Page("cross-border", show, "cross_border", may=at_border),)
