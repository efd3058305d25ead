"""/desk/rules: every rule over measurements, the noisy ones first."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from zhili.core.people.actors import Actor
from zhili.portal.asked import text_in
from zhili.portal.lenses import Page
from zhili.scenarios.early_warning import standing
from zhili.scenarios.early_warning.pages.who import reads, sections
from zhili.scenarios.early_warning.standing import Line

VIEWS = {
    "": lambda one: True,
    "noisy": lambda one: one.noisy,
    "renew": lambda one: one.renew,
    "stopped": lambda one: one.state != "on",
}


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    view = text_in(request.GET, "view")
    view = view if view in VIEWS else ""
    found = standing.lines(standing.all_rules())
    shown = [one for one in found if VIEWS[view](one)]
    context = {"sections": sections(request), "tabs": _tabs(found, view), "rules": shown, "view": view}
    return render(request, "early_warning/rules.html", context)


def _tabs(found: list[Line], view: str) -> list[dict[str, Any]]:
    titles = {
        "": gettext("全部"),
        "noisy": gettext("吵的"),
        "renew": gettext("快到期"),
        "stopped": gettext("没开的"),
    }
    return [
        {
            "title": title,
            "url": f"/desk/rules?view={name}" if name else "/desk/rules",
            "count": sum(1 for one in found if VIEWS[name](one)),
            "current": name == view,
        }
        for name, title in titles.items()
    ]


pages = (Page("desk/rules", listing, "rules", may=reads),)
