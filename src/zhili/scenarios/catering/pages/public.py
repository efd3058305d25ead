"""/catering: outlets where something was put right, on a map and in a list, with how much is put right in time.

What is open is nobody's here. A place is shown only where a recheck set ``published`` and its case is not confidential;
one that a person runs has neither name, exact day nor exact place: its cell, its month.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from zhili.core import params
from zhili.core.cases import query
from zhili.core.places import tree
from zhili.portal.asked import text_in
from zhili.portal.lenses import Page
from zhili.scenarios.catering import figures
from zhili.scenarios.catering.kinds import KINDS
from zhili.scenarios.catering.models import ProblemDetail

MOST = 300
MIDDLE = 4
"""Digits of a degree for what is only shown by its cell."""


@dataclass(frozen=True)
class Shown:
    """One problem put right. ``name`` is no person's."""

    name: str
    where: str
    kind: str
    when: str
    lon: float | None
    lat: float | None


def public(request: HttpRequest) -> HttpResponse:
    """Everybody's page, whole without scripts."""
    kind = text_in(request.GET, "kind")
    kind = kind if kind in KINDS else ""
    found = published()
    if kind:
        found = found.filter(kind=kind)
    rows = [shown(one) for one in found.order_by("-fixed_at", "-pk")[:MOST]]
    put_right = figures.put_right()
    context = {
        "rows": rows,
        "points": points(rows),
        "kind": kind,
        "kinds": [(code, gettext(one.title)) for code, one in KINDS.items()],
        "total": figures.total(put_right),
        "lines": figures.by_kind(put_right),
        "days": params.duration("catering.rectify")[0].amount,
        "most": MOST,
        "fewest": figures.FEWEST,
    }
    return render(request, "catering/public.html", context)


def published() -> QuerySet[ProblemDetail]:
    """Fail-closed: every word that lets it be read must be there, and it must still be put right."""
    since = timezone.now() - figures.YEAR
    return (
        ProblemDetail.objects.filter(_served(), published=True, fixed_at__gte=since)
        .filter(case__stage__in=figures.PUT_RIGHT, case__confidential=False, premises__active=True)
        .select_related("case", "premises__division", "premises__cell")
    )


def _served() -> Q:
    """Of the zones this process serves."""
    return Q() if query.zones() >= query.ALL_ZONES else Q(case__zone__in=query.zones())


def shown(one: ProblemDetail) -> Shown:
    assert one.premises is not None
    assert one.fixed_at is not None
    place = one.premises
    kind = gettext(KINDS[one.kind].title) if one.kind in KINDS else gettext("其他")
    day = timezone.localdate(one.fixed_at)
    if not one.trader:
        where = f"{tree.node(place.division_id).name}{place.address}"
        return Shown(place.name, where, kind, date_format(day, "DATE_FORMAT"), place.lon, place.lat)
    cell = place.cell
    lon, lat = (round(cell.lon, MIDDLE), round(cell.lat, MIDDLE)) if cell else (None, None)
    town = tree.at_level(place.division_id, "town") or place.division_id
    when = date_format(day, "YEAR_MONTH_FORMAT")
    return Shown(gettext("一家餐饮店"), tree.node(town).name, kind, when, lon, lat)


def points(rows: list[Shown]) -> str:
    """For the map: what lies on one point is one mark with its number."""
    at: dict[tuple[float, float], list[Shown]] = {}
    for one in rows:
        if one.lon is not None and one.lat is not None:
            at.setdefault((one.lon, one.lat), []).append(one)
    told = [
        {
            "lon": lon,
            "lat": lat,
            "label": str(len(there)) if len(there) > 1 else "",
            "name": "；".join(dict.fromkeys(f"{one.name} {one.kind} {one.when}" for one in there[:3])),
        }
        for (lon, lat), there in at.items()
    ]
    return json.dumps(told, ensure_ascii=False) if told else ""


pages = (Page("catering", public, "catering_public"),)
