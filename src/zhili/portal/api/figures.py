"""Figures of a place and its days, and the public map. Open to everybody: neither holds anything personal."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from zhili.core.cases import near, present, query, registry
from zhili.core.cases.models import Case
from zhili.core.cases.routing import directory
from zhili.core.indicators import estimates, publishing
from zhili.core.indicators.definitions import DEFINITIONS
from zhili.core.indicators.overview import Counts, Overview, Speed, overview
from zhili.core.indicators.quality import Pace, Quality, quality
from zhili.core.places.tree import nodes, subtree
from zhili.core.trail import heads
from zhili.portal.api import shapes, showing
from zhili.portal.api.asking import actor_of, refuse_unknown
from zhili.portal.api.cases import division
from zhili.portal.api.problems import Problem

router = Router(tags=["figures"])
LONGEST = timedelta(days=3660)
FIRST = date(2000, 1, 1)
MOST = 2000
"""Points of one answer; the newest are sent."""
SMALL = 1e-4
"""Square degrees, about a kilometre each way: a street is found by the index of places, for the newest of the whole
city may hold none of it; of anything larger the newest hold enough."""


class Span(Schema):
    """Of where and when. Without days: the last thirty."""

    division: str | None = Field(None, max_length=20, description="12-digit code; without it the whole site")
    since: date | None = None
    until: date | None = Field(None, description="included")
    scenario: str | None = Field(None, max_length=40)


class Cohorts(Span):
    """As Span; `category` picks one, by code."""

    category: str | None = Field(None, max_length=20)


class Area(Schema):
    """Which matters of the map."""

    bbox: str | None = Field(None, max_length=100, description="west,south,east,north in degrees WGS-84")
    scenario: str | None = Field(None, max_length=40)
    category: str | None = Field(None, max_length=20)
    division: str | None = Field(None, max_length=20)
    state: Literal["open", "closed"] | None = None
    opened_since: AwareDatetime | None = None
    limit: int = Field(500, ge=1, le=MOST)


@router.get("/statistics", response=shapes.Statistics, summary="Figures", operation_id="statistics")
def statistics(request: HttpRequest, span: Query[Span]) -> shapes.Statistics:
    """What came, how it ended and how fast, with the reopening rate of the same days. Three queries,
    whatever the span."""
    refuse_unknown(request, Span.model_fields)
    actor_of(request)
    since, until = _days(span)
    place = division(span.division) if span.division else None
    if span.scenario is not None and span.scenario not in registry.scenarios():
        words = _("没有这个场景。")
        raise Problem(422, "query", words, errors={"scenario": [words]})
    return _told(overview(place, since, until, span.scenario), place)


@router.get(
    "/statistics/quality",
    response=shapes.QualityReport,
    summary="Quality by category and month",
    operation_id="quality",
)
def quality_(request: HttpRequest, span: Query[Cohorts]) -> shapes.QualityReport:
    """What became of the cases opened in whole calendar months, from that of `since` to that of `until`: one query.
    Every figure of a row is about the same cases. Not kept for villages."""
    refuse_unknown(request, Cohorts.model_fields)
    actor_of(request)
    since, until = _days(span)
    place = division(span.division) if span.division else None
    if span.scenario is not None and span.scenario not in registry.scenarios():
        words = _("没有这个场景。")
        raise Problem(422, "query", words, errors={"scenario": [words]})
    if place is not None and nodes()[place].level == "village":
        words = _("村、社区件数太少，不单列；请看所在的镇街。")
        raise Problem(422, "query", words, errors={"division": [words]})
    found = quality(place, since, until, span.scenario, span.category)
    node = nodes().get(place or 0)
    names = directory().names
    return shapes.QualityReport(
        division=shapes.Named(code=node.code, name=node.name) if node else None,
        first=found.first,
        last=found.last,
        scenario=span.scenario,
        category=span.category,
        total=shapes.QualityOut(**_quality(found.total)),
        by_category=[
            shapes.CategoryQualityOut(
                scenario=one.scenario,
                category=one.category or None,
                name=names.get((one.scenario, one.category)),
                **_quality(one.quality),
            )
            for one in found.by_category
        ],
        by_month=[shapes.MonthQualityOut(month=m.month, **_quality(m.quality)) for m in found.by_month],
    )


def _quality(found: Quality) -> dict[str, Any]:
    return {
        "opened": found.opened,
        "closed_share": found.closed_share,
        "to_answer": _pace(found.to_answer),
        "to_close": _pace(found.to_close),
        "reopened_share": found.reopened_share,
    }


def _pace(found: Pace) -> shapes.PaceOut:
    return shapes.PaceOut(
        count=found.count,
        median=found.median,
        p90=found.p90,
        within_15=found.share(15),
        within_60=found.share(60),
    )


@router.get("/public/cases", response=shapes.GeoJson, summary="Public map", operation_id="public_cases")
def public_map(request: HttpRequest, area: Query[Area]) -> HttpResponse:
    """Public matters as GeoJSON points, newest first, at most `limit`."""
    refuse_unknown(request, Area.model_fields)
    actor_of(request)
    found = query.public().filter(lon__isnull=False, lat__isnull=False).order_by("-id")
    if area.bbox is not None:
        west, south, east, north = _box(area.bbox)
        if (east - west) * (north - south) <= SMALL:
            found = found.filter(near.within((west, south, east, north)))
        else:
            found = found.filter(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
    if area.scenario is not None:
        found = found.filter(scenario=area.scenario)
    if area.category is not None:
        found = found.filter(category=area.category)
    if area.division is not None:
        found = found.filter(division_id__in=subtree(division(area.division)))
    if area.state is not None:
        found = found.filter(closed_at__isnull=area.state == "open")
    if area.opened_since is not None:
        found = found.filter(opened_at__gte=area.opened_since)
    body = {"type": "FeatureCollection", "features": [_feature(case) for case in found[: area.limit]]}
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False, separators=(",", ":")), content_type="application/geo+json"
    )
    response["Cache-Control"] = "public, max-age=30"
    return response


def _feature(case: Case) -> dict[str, object]:
    lon, lat = case.lon or 0.0, case.lat or 0.0
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]},
        "properties": {
            "number": case.number,
            "title": case.title,
            "stage": present.stage_title(case, plain=True),
            "category": case.category or None,
            "opened_at": case.opened_at.isoformat(),
            "open": case.closed_at is None,
            "url": showing.case_url(case.number),
        },
    }


def _box(text: str) -> tuple[float, float, float, float]:
    """Raises Problem (422) unless it is four finite numbers in order and on the globe."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
        sound = all(map(math.isfinite, (west, south, east, north)))
        if not (sound and -180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise ValueError
    except ValueError:
        words = _("应当是四个数：西,南,东,北（WGS-84 度），例如 120.7,30.7,120.8,30.8。")
        raise Problem(422, "query", words, errors={"bbox": [words]}) from None
    return west, south, east, north


def _days(span: Span) -> tuple[date, date]:
    until = span.until or timezone.localdate()
    since = span.since or max(FIRST, max(FIRST, until) - timedelta(days=29))
    if not FIRST <= since <= until <= timezone.localdate() + timedelta(days=366) or until - since > LONGEST:
        words = _("起止日期应前早后晚、相距不超过十年，且不早于2000年。")
        raise Problem(422, "query", words, errors={"since": [words]})
    return since, until


def _told(found: Overview, place: int | None) -> shapes.Statistics:
    node = nodes().get(place or 0)
    names = directory().names
    return shapes.Statistics(
        division=shapes.Named(code=node.code, name=node.name) if node else None,
        since=found.since,
        until=found.until,
        scenario=found.scenario,
        counts=_counts(found.counts),
        to_answer=_speed(found.to_answer),
        to_close=_speed(found.to_close),
        by_category=[
            shapes.CategoryFigures(
                scenario=one.scenario,
                category=one.category,
                name=names.get((one.scenario, one.category), one.category),
                counts=_counts(one.counts),
            )
            for one in found.by_category
        ],
        by_month=[shapes.MonthFigures(month=one.month, counts=_counts(one.counts)) for one in found.by_month],
        estimates=[one.as_json() for one in estimates.latest()] if place is None else [],
        left_out=shapes.LeftOut(**publishing.left_out(found.since, found.until, place)),
        definitions=[shapes.DefinitionOut(**one.as_json()) for one in DEFINITIONS.values()],
        head=shapes.HeadOut(**asdict(heads.current())),
    )


def _counts(found: Counts) -> shapes.CountsOut:
    return shapes.CountsOut(**{name: getattr(found, name) for name in shapes.CountsOut.model_fields})


def _speed(found: Speed) -> shapes.SpeedOut:
    return shapes.SpeedOut(**asdict(found))
