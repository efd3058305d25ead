"""The front door: residents report or look up; those with a post go to their desk."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from zhili.core.cases import query
from zhili.core.people.actors import of_request
from zhili.portal import site
from zhili.portal.pages.stats import safe_overview
from zhili.portal.rows import rows

RECENT = 6


def home(request: HttpRequest) -> HttpResponse:
    actor = of_request(request)
    if actor.kind == "post" and "resident" not in request.GET:
        return redirect("desk")
    today = timezone.localdate()
    recent = query.public().order_by("-id")[:RECENT]
    context = {
        "figures": safe_overview(site.city_id(), today - timedelta(days=29), today),
        "recent": rows(recent, desk=False, own=False),
    }
    return render(request, "portal/home.html", context)
