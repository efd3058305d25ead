"""What the screen's map draws: the matters an office owes the next step on, and the cells of a village."""

from __future__ import annotations

import gzip
import json
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from zhili.core.cases.ground import owed
from zhili.core.cases.present import office_name
from zhili.core.people.actors import Actor
from zhili.core.places import geojson
from zhili.scenarios.command_centre.pages.asked import place_of

MOST = 4000
"""So many are drawn, those due first."""
NOTHING = b'{"type":"FeatureCollection","features":[]}'


def matters(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/screen/matters.geojson: no text but the title, which holds no personal value."""
    now = timezone.now()
    found = owed(place_of(request, actor).ground).filter(lon__isnull=False, lat__isnull=False)
    rows = found.order_by(F("due_at").asc(nulls_last=True), "id").values_list(
        "number", "title", "lon", "lat", "due_at", "office_id"
    )[:MOST]
    features = [
        {
            "type": "Feature",
            "id": n,
            "geometry": {"type": "Point", "coordinates": [round(lon or 0, 5), round(lat or 0, 5)]},
            "properties": {
                "number": number,
                "title": title,
                "office": office_name(office),
                "due": due.timestamp() if due else None,
                "over": due is not None and due < now,
            },
        }
        for n, (number, title, lon, lat, due, office) in enumerate(rows)
    ]
    return _answer(request, json.dumps(_collection(features), ensure_ascii=False).encode())


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def cells(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/screen/cells.geojson: the cells of a village (of a cell: its village's); of anything larger none."""
    place = place_of(request, actor)
    village = place.ground.division_id if place.level in ("village", "cell") else None
    return _answer(request, geojson.cells(village) if village else NOTHING)


def _answer(request: HttpRequest, body: bytes) -> HttpResponse:
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(
        gzip.compress(body, 5, mtime=0) if packed else body, content_type="application/geo+json"
    )
    if packed:
        answer["Content-Encoding"] = "gzip"
    answer["Cache-Control"] = "private, no-store"
    answer["Vary"] = "Accept-Encoding, Cookie"
    return answer
