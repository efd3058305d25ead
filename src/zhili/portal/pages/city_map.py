"""/map: public matters on our own boundaries, with the same matters as a list beside it."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.cases import query, registry
from zhili.core.cases.categories import choices
from zhili.core.cases.models import Case
from zhili.core.cases.present import stage_title
from zhili.core.cases.routing import directory
from zhili.core.places import geojson
from zhili.core.places.tree import subtree
from zhili.core.web import words
from zhili.portal.asked import number_in, text_in
from zhili.portal.rows import rows

SIMPLIFY = {"county": 30.0, "town": 20.0, "village": 15.0}
"""Levels drawn over the whole city, and the metres by which a line may leave the true one."""
MOST = 2000
"""So many of the newest matters are drawn."""
LISTED = 30
DAYS = {"7": 7, "30": 30, "90": 90}


def city(request: HttpRequest) -> HttpResponse:
    found = _asked(request)
    context = {
        "rows": rows(found[:LISTED], desk=False),
        "asked": request.GET,
        "matters": f"/map/matters.geojson?{request.GET.urlencode()}",
        "categories": _categories(),
    }
    return render(request, "portal/map.html", context)


def _categories() -> list[tuple[str, str]]:
    """The categories that may be chosen, over all scenarios, where they are open to the public."""
    public = directory().public
    return [
        (code, gettext(title))
        for scenario in registry.scenarios()
        for code, title in choices(scenario)
        if public.get((scenario, code), True)
    ]


def _asked(request: HttpRequest) -> QuerySet[Case]:
    """Public matters by state, category, place and days, newest first."""
    found = query.public().order_by("-id")
    asked = request.GET
    if asked.get("state") == "open":
        found = found.filter(closed_at=None)
    elif asked.get("state") == "closed":
        found = found.exclude(closed_at=None)
    if category := text_in(asked, "category"):
        found = found.filter(category=category)
    if asked.get("days") in DAYS:
        since = timezone.now() - timedelta(days=DAYS[asked["days"]])
        found = found.filter(opened_at__gte=since)
    if (place := number_in(asked, "place")) is not None:
        found = found.filter(division_id__in=subtree(place))
    return found


def matters(request: HttpRequest) -> HttpResponse:
    """The same matters for the map: no text but the title, which holds no personal value."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(case.lon or 0, 5), round(case.lat or 0, 5)]},
            "properties": {
                "title": case.title,
                "stage": stage_title(case, plain=True),
                "opened": words.day(case.opened_at),
                "closed": case.closed_at is not None,
                "url": f"/c/{case.number}",
            },
        }
        for case in _asked(request).filter(lon__isnull=False)[:MOST]
    ]
    return _packed(request, {"type": "FeatureCollection", "features": features}, "private, max-age=30")


def boundaries(request: HttpRequest) -> HttpResponse:
    """Boundaries of one level as GeoJSON, or (points=1) the places of their names."""
    level = request.GET.get("level", "county")
    if level not in SIMPLIFY:
        level = "county"
    body = _boundaries(level, request.GET.get("points") == "1", geojson.etag())
    return _answer(request, body, "public, max-age=3600")


@lru_cache(maxsize=16)
def _boundaries(level: str, points: bool, stamp: str) -> tuple[bytes, str]:
    """(gzipped GeoJSON, its tag). ``stamp`` makes the cache follow the edition of places."""
    content = json.loads(geojson.boundaries(level, simplify=SIMPLIFY[level]))
    if points:
        for one in content["features"]:
            at = [one["properties"]["lon"], one["properties"]["lat"]]
            one["geometry"] = {"type": "Point", "coordinates": at}
    return _pack(content)


def _pack(content: Any) -> tuple[bytes, str]:
    raw = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return gzip.compress(raw, 6, mtime=0), f'"{hashlib.sha256(raw).hexdigest()[:24]}"'


def _packed(request: HttpRequest, content: Any, cache: str) -> HttpResponse:
    return _answer(request, _pack(content), cache)


def _answer(request: HttpRequest, packed: tuple[bytes, str], cache: str) -> HttpResponse:
    body, tag = packed
    if tag in request.headers.get("If-None-Match", ""):
        response: HttpResponse = HttpResponseNotModified()
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(body, content_type="application/geo+json")
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(gzip.decompress(body), content_type="application/geo+json")
    response["ETag"] = tag
    response["Cache-Control"] = cache
    response["Vary"] = "Accept-Encoding"
    return response
