"""/desk/visits/route: a day's visits in walking order, on the map and as a list."""

from __future__ import annotations

import json
from itertools import pairwise

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhili.core.people.actors import Actor
from zhili.core.visits import explaining, rights
from zhili.core.visits.models import Visit, VisitState
from zhili.portal.asked import text_in
from zhili.portal.pages.visits.plans import body_names
from zhili.portal.pages.visits.visit import LONGEST, _day, _point

METRES_A_DEGREE = 111_320


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Those the reader goes to, else those of the reader's office; straight lines, for no road is known."""
    day = _day(text_in(request.GET, "day"))
    found = rights.visits(actor).filter(date=day).exclude(state=VisitState.DROPPED).select_related("premises")
    mine = found.filter(officers__inspector__account=actor.account_id or 0).distinct()
    own = mine.exists()
    visits = list((mine if own else found).order_by("id")[:LONGEST])
    rows = [visits[n] for n in explaining.in_order([_point(one) for one in visits])]
    context = {
        "rows": [{"visit": one, "bodies": body_names(one)} for one in rows],
        "day": day,
        "own": own,
        "points": json.dumps(_points(rows), ensure_ascii=False),
        "placed": sum(_point(one) is not None for one in rows),
        "kilometres": round(_far(rows), 1),
    }
    return render(request, "portal/visits/route.html", context)


def _points(rows: list[Visit]) -> list[dict[str, object]]:
    return [
        {
            "lon": one.premises.lon,
            "lat": one.premises.lat,
            "label": str(n),
            "name": one.premises.name,
            "state": "done" if one.state == VisitState.DONE else "",
        }
        for n, one in enumerate(rows, 1)
        if one.premises.lon is not None
    ]


def _far(rows: list[Visit]) -> float:
    """Kilometres of the straight lines from one to the next."""
    points = [point for one in rows if (point := _point(one)) is not None]
    return sum(explaining.far(one, other) for one, other in pairwise(points)) * METRES_A_DEGREE / 1000
