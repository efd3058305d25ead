"""/map: public matters on our own boundaries, with the same matters as a list beside it.

One question (``public_matters.Asked``) gives the map, the list and the count, so that they agree.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from zhili.base.codes import CodeError, parse_case_number
from zhili.core.cases import query, spread
from zhili.core.cases.models import Case
from zhili.core.cases.present import stage_title
from zhili.core.places import geojson
from zhili.core.places.tree import nodes
from zhili.core.web import words
from zhili.portal import public_matters, site
from zhili.portal.asked import number_in
from zhili.portal.geo_answers import Packed, answer, pack
from zhili.portal.public_matters import Asked
from zhili.portal.rows import category_name, place_name, rows

SIMPLIFY = {"county": 30.0, "town": 20.0, "village": 15.0}
"""Levels drawn over the whole city, and the metres by which a line may leave the true one."""
MOST = 2000
"""So many matters are sent one by one; more are gathered into squares. A telephone draws these at once (300 kB)."""
LISTED = 30
BELOW = {"": ("county",), "county": ("town",), "town": ("village",)}
"""By the level of the place asked for: the divisions under it, which the list leads to."""
SAVED = ("id", "number", "title", "lon", "lat", "stage", "procedure", "version", "opened_at", "closed_at",
         "scenario", "category", "address", "division_id", "outside")  # fmt: skip


def city(request: HttpRequest) -> HttpResponse:
    asked = public_matters.asked_of(request.GET)
    if number := _number(asked.text):
        return redirect("case", number)
    context = _listed(request, asked)
    if request.GET.get("part") == "list":
        return render(request, "portal/parts/map_list.html", context)
    context |= {
        "matters": f"/map/matters.geojson?{replace(asked, box=None).query()}",
        "bounds": _bounds(asked),
        "states": public_matters.states(),
        "spans": public_matters.spans(),
        "categories": public_matters.categories(),
        "places": public_matters.places(),
        "approval": settings.MAP_APPROVAL,
    }
    return render(request, "portal/map.html", context)


def _number(text: str) -> str:
    """The number of a public matter, when that is what was typed."""
    try:
        number = parse_case_number(text)
    except CodeError:
        return ""
    return number if query.public().filter(number=number).exists() else ""


def _listed(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    found = asked.found()
    level = nodes()[asked.place].level if asked.place else ""
    count = spread.over(found, BELOW.get(level, ()))
    before = number_in(request.GET, "before")
    page = list((found.filter(id__lt=before) if before is not None else found)[: LISTED + 1])
    more = f"?{asked.query()}&before={page[LISTED - 1].pk}" if len(page) > LISTED else ""
    return {
        "asked": asked,
        "rows": rows(page[:LISTED], desk=False, own=False),
        "count": count,
        "unplaced": count.number - count.placed,
        "listed": LISTED,
        "more": more,
        "first": f"?{asked.query()}" if before is not None else "",
        "below": _below(asked, count),
        "up": _up(asked),
        "all": f"/map?{replace(asked, box=None).query()}" if asked.box else "",
    }


def _below(asked: Asked, count: spread.Spread) -> list[tuple[str, int, str]]:
    """(name, how many, address) of the divisions these matters lie in, the fullest first."""
    ranked = sorted(count.divisions.items(), key=lambda pair: -pair[1])
    return [(nodes()[one].name, n, f"/map?{asked.query(place=one, box=None)}") for one, n in ranked]


def _up(asked: Asked) -> tuple[str, str] | None:
    """(name, address) of the division above the one asked for; None when there is none."""
    above = nodes()[asked.place].parent_id if asked.place else None
    if above is None:
        return None
    whole = above == site.city_id()
    return nodes()[above].name, f"/map?{asked.query(place=None if whole else above, box=None)}"


def _bounds(asked: Asked) -> str:
    """What the map shows first."""
    if asked.box:
        return ",".join(f"{edge:.5f}" for edge in asked.box)
    return (site.bounds_of(asked.place) if asked.place else "") or site.bounds()


def matters(request: HttpRequest) -> HttpResponse:
    """The same matters for the map: no text but the title, which holds no personal value.

    Few are sent one by one (``whole``: all there are, whatever part of the map is seen); of many, those in the part
    of the map asked for (``bbox``, ``zoom``), gathered into squares while they are too many.
    """
    asked = public_matters.asked_of(request.GET)
    everywhere = replace(asked, box=None).found().filter(lon__isnull=False)
    whole = not spread.more_than(everywhere, MOST)
    found = everywhere if whole else asked.found().filter(lon__isnull=False)
    if whole or not spread.more_than(found, MOST):
        features = [_point(case) for case in found.only(*SAVED)[:MOST]]
    else:
        features = [_square(one) for one in spread.squares(found, _zoom(request))]
    content = {"type": "FeatureCollection", "whole": whole, "features": features}
    return answer(request, pack(content), "private, max-age=30")


def _zoom(request: HttpRequest) -> float:
    try:
        return min(max(float(request.GET.get("zoom", "9")), 0.0), spread.DEEPEST)
    except ValueError:
        return 9.0


def _feature(lon: float, lat: float, properties: dict[str, Any]) -> dict[str, Any]:
    at = {"type": "Point", "coordinates": [round(lon, 5), round(lat, 5)]}
    return {"type": "Feature", "geometry": at, "properties": properties}


def _point(case: Case) -> dict[str, Any]:
    return _feature(
        case.lon or 0,
        case.lat or 0,
        {
            "n": 1,
            "title": case.title,
            "stage": stage_title(case, plain=True, own=False),
            "opened": words.day(case.opened_at),
            "closed": case.closed_at is not None,
            "place": place_name(case),
            "category": category_name(case),
            "url": f"/c/{case.number}",
        },
    )


def _square(one: spread.Square) -> dict[str, Any]:
    return _feature(one.lon, one.lat, {"n": one.number, "closed": not one.open})


def boundaries(request: HttpRequest) -> HttpResponse:
    """Boundaries of one level as GeoJSON, or (points=1) the places of their names."""
    level = request.GET.get("level", "county")
    if level not in SIMPLIFY:
        level = "county"
    body = _boundaries(level, request.GET.get("points") == "1", geojson.etag())
    return answer(request, body, "public, max-age=3600")


@lru_cache(maxsize=16)
def _boundaries(level: str, points: bool, stamp: str) -> Packed:
    """``stamp`` makes the cache follow the edition of places."""
    content = json.loads(geojson.boundaries(level, simplify=SIMPLIFY[level]))
    if points:
        for one in content["features"]:
            at = [one["properties"]["lon"], one["properties"]["lat"]]
            one["geometry"] = {"type": "Point", "coordinates": at}
    return pack(content)
