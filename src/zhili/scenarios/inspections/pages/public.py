"""/inspections: what may be inspected here, on which basis and how often; how to report a visit without scanning in."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from zhili.core.visits import yearly
from zhili.portal.asked import text_in
from zhili.portal.lenses import Page
from zhili.scenarios.inspections.catalogue.kinds import BODIES, OBJECTS
from zhili.scenarios.inspections.models import Entry
from zhili.scenarios.inspections.pages import wording

MOST = 300


def public(request: HttpRequest) -> HttpResponse:
    """Everybody's page, whole without scripts: the items in force, by the body that inspects."""
    words, kind = text_in(request.GET, "q"), text_in(request.GET, "kind")
    kind = kind if kind in OBJECTS else ""
    found = Entry.objects.filter(state="in_force")
    if kind:
        found = found.filter(object_kind=kind)
    if words:
        found = found.filter(Q(title__icontains=words) | Q(law__icontains=words))
    rows = [wording.item(one) for one in found.order_by("code")[:MOST]]
    order = list(BODIES)
    bodies = [
        {
            "code": code,
            "title": gettext(BODIES[code]),
            "rows": [row for row in rows if row["one"].body == code],
        }
        for code in sorted({row["one"].body for row in rows}, key=order.index)
    ]
    context = {
        "bodies": bodies,
        "count": len(rows),
        "q": words,
        "kind": kind,
        "kinds": [(code, str(title)) for code, title in OBJECTS.items()],
        "cap": yearly.cap(),
        "waiting": Entry.objects.filter(state="draft").count(),
    }
    return render(request, "inspections/public.html", context)


pages = (Page("inspections", public, "inspections_public"),)
