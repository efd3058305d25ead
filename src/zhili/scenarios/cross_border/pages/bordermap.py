"""/cross-border/map: both sides of the border on one map, each only as it chose to share; the list says the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import shapely
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_noop
from shapely.geometry import shape

from zhili.core.exchange.models import RemoteSite
from zhili.core.people.actors import Actor
from zhili.portal import geo_answers
from zhili.portal.asked import text_in
from zhili.portal.lenses import Page
from zhili.scenarios.cross_border import sharing, told
from zhili.scenarios.cross_border.documents import CELLS, FEW, MATTERS
from zhili.scenarios.cross_border.models import Sharing
from zhili.scenarios.cross_border.pages.menu import menu
from zhili.scenarios.cross_border.pages.who import at_border, shares

OURS, THEIRS = "ours", "theirs"
STATES = {
    "waiting": gettext_noop("待受理"),
    "handling": gettext_noop("办理中"),
    "joint": gettext_noop("联合处置中"),
    "checking": gettext_noop("待复核"),
}


@dataclass(frozen=True)
class Side:
    """One side of the border. ``at``: when theirs was told; ours is as it is now."""

    key: str
    title: str
    cells: list[dict[str, Any]]
    lines: list[told.Line]
    counts: list[told.Count]
    at: datetime | None = None
    trouble: str = ""


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """With one neighbour (``?site=``), the first when none is named."""
    sites = list(RemoteSite.objects.filter(active=True).order_by("title"))
    site = picked(sites, text_in(request.GET, "site"))
    sides = [_ours(site), _theirs(site)] if site is not None else []
    context = {
        "menu": menu(actor, "/cross-border/map"),
        "sites": sites,
        "site": site,
        "sides": sides,
        "bounds": bounds_of(cell for side in sides for cell in side.cells),
        "may_share": shares(actor),
    }
    return render(request, "cross_border/map.html", context)


def drawn(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/cross-border/map.geojson: what the map draws. No word somebody typed, no name."""
    sites = list(RemoteSite.objects.filter(active=True).order_by("title"))
    site = picked(sites, text_in(request.GET, "site"))
    sides = [_ours(site), _theirs(site)] if site is not None else []
    features = [feature for side in sides for feature in _features(side)]
    body = {"type": "FeatureCollection", "features": features}
    return geo_answers.answer(request, geo_answers.pack(body), "private, no-store")


def picked(sites: list[RemoteSite], asked: str) -> RemoteSite | None:
    """The site named, else the first."""
    return next((one for one in sites if one.site == asked), sites[0] if sites else None)


def _ours(site: RemoteSite) -> Side:
    """What the neighbour is told of us, from the same documents that are sent to it."""
    title = gettext("我方")
    if not Sharing.objects.filter(site=site).exists():
        return Side(OURS, title, [], [], [])
    found = sharing.documents(site)
    return side_of(OURS, title, found[CELLS], found[MATTERS])


def side_of(key: str, title: str, cells: dict[str, Any], matters: dict[str, Any]) -> Side:
    """Documents of one side as its lines."""
    names = told.villages(told.Told("", title, datetime.min, cells))
    of = told.Told("", title, datetime.min, matters)
    return Side(key, title, cells.get(CELLS, []), told.lines(of, names), told.counts(of, names))


def _theirs(site: RemoteSite) -> Side:
    cells, matters = told.of(CELLS, site.site), told.of(MATTERS, site.site)
    names = told.villages(cells)
    words = [one for one in (cells, matters) if one is not None]
    return Side(
        THEIRS,
        site.title,
        cells.document.get(CELLS, []) if cells is not None else [],
        told.lines(matters, names) if matters is not None else [],
        told.counts(matters, names) if matters is not None else [],
        max((one.at for one in words), default=None),
        next((one.trouble for one in words if one.trouble), ""),
    )


def _features(side: Side) -> list[dict[str, Any]]:
    numbers = _numbers(side)
    features = [
        {
            "type": "Feature",
            "geometry": cell["geometry"],
            "properties": {
                "side": side.key,
                "kind": "cell",
                "code": cell["code"],
                "name": cell["name"],
                "words": f"{side.title} {cell['village']} {cell['name']}",
                "count": numbers.get(cell["code"], ""),
            },
        }
        for cell in side.cells
    ]
    features += _places(side)
    for line in side.lines:
        if line.lon is not None and line.lat is not None:
            about = {
                "side": side.key,
                "kind": "matter",
                "title": gettext(line.title),
                "words": _words(side, line),
            }
            if side.key == OURS:
                about["url"] = f"/desk/c/{line.number}"
            point = {"type": "Point", "coordinates": [line.lon, line.lat]}
            features.append({"type": "Feature", "geometry": point, "properties": about})
    return features


def _places(side: Side) -> list[dict[str, Any]]:
    """The name of each village, above the middle of the northern edge of its cells."""
    by_village: dict[str, list[Any]] = {}
    for cell in side.cells:
        try:
            by_village.setdefault(cell["village"], []).append(shape(cell["geometry"]))
        except (ValueError, shapely.errors.ShapelyError):
            continue
    found = []
    for name, shapes in by_village.items():
        west, _south, east, north = shapely.total_bounds(shapes).tolist()
        at = {"type": "Point", "coordinates": [(west + east) / 2, north]}
        about = {"side": side.key, "kind": "place", "name": name}
        found.append({"type": "Feature", "geometry": at, "properties": about})
    return found


def _numbers(side: Side) -> dict[str, str]:
    """Cell → "7" or "<5": matters told by cell, with those told one by one but without a place."""
    sums: dict[str, int] = {}
    few: set[str] = set()
    for one in side.counts:
        if one.count is None:
            few.add(one.cell)
        sums[one.cell] = sums.get(one.cell, 0) + (one.count or 0)
    for line in side.lines:
        if line.lon is None:
            sums[line.cell] = sums.get(line.cell, 0) + 1
    return {
        cell: f"{number}+" if number and cell in few else str(number) if number else f"<{FEW}"
        for cell, number in sums.items()
    }


def _words(side: Side, line: told.Line) -> str:
    due = gettext("期限 %s") % _day(line.due) if line.due else ""
    parts = (side.title, gettext(STATES[line.state]), line.village, due)
    return " · ".join(one for one in parts if one)


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def bounds_of(cells: Iterable[dict[str, Any]]) -> str:
    """West, south, east, north of all that is drawn; empty when nothing is."""
    shapes = []
    for cell in cells:
        try:
            shapes.append(shape(cell["geometry"]))
        except (ValueError, shapely.errors.ShapelyError):
            continue
    if not shapes:
        return ""
    return ",".join(f"{edge:.5f}" for edge in shapely.total_bounds(shapes).tolist())


pages = (
    Page("cross-border/map", show, "cross_border_map", may=at_border),
    Page("cross-border/map.geojson", drawn, "cross_border_drawn", may=at_border),
)
