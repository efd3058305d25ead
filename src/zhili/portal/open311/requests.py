"""GET requests, GET a request: which cases, within the specification's limits of 90 days and 1,000."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case as Choose
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.codes import CodeError, parse_case_number
from zhili.core.cases import near, query
from zhili.core.cases.models import Case, Step
from zhili.core.exchange.open311 import catalogue
from zhili.core.people.actors import Actor
from zhili.portal.open311 import rows
from zhili.portal.open311.answering import Refusal, answer
from zhili.portal.open311.asking import (
    Args,
    asked,
    moment,
    number,
    one_of,
    reader,
    refuse_elsewhere,
    several,
    whole,
)

SPAN = timedelta(days=90)
MOST = 1000
DEEPEST = 100_000
RADIUS_MOST = 20_000
METRES_A_DEGREE = 111_195.0
CLOSED = Q(answered_at__isnull=False) | Q(closed_at__isnull=False)
LAST = Subquery(Step.objects.filter(case=OuterRef("pk"), seq=OuterRef("seq")).values("at")[:1])
UPDATED = Choose(
    When(answered_at__isnull=False, then=F("answered_at")),
    When(closed_at__isnull=False, then=F("closed_at")),
    default=F("last_at"),
)


@dataclass
class Wanted:
    """The conditions, added up; and which page of what fits."""

    fits: Q = field(default_factory=Q)
    since: datetime | None = None
    updated: Q | None = None
    page: int = 1
    size: int = MOST


def listing(request: HttpRequest) -> HttpResponse:
    """Requests by number, or by conditions, newest first. A ``Link`` header names the next page, if there is one."""
    args = asked(request)
    actor = reader(request, args)
    refuse_elsewhere(request, args)
    wanted = _by_number(args) if one_of(args, "service_request_id") else _conditions(args)
    found = _found(wanted, actor).order_by("-opened_at", "-id")
    begin = (wanted.page - 1) * wanted.size
    some = list(found[begin : begin + wanted.size + 1])
    response = _answered(request, some[: wanted.size], actor)
    if len(some) > wanted.size:
        following = {**{k: v for k, v in args.items() if k != "api_key"}, "page": [str(wanted.page + 1)]}
        where = request.build_absolute_uri(f"{request.path}?{urlencode(following, doseq=True)}")
        response["Link"] = f'<{where}>; rel="next"'
    return response


def one(request: HttpRequest, number: str) -> HttpResponse:
    """One request. The same 404 for what is hidden and what is not there."""
    args = asked(request)
    actor = reader(request, args)
    refuse_elsewhere(request, args)
    found = list(_found(Wanted(Q(number__in=numbers([number]))), actor))
    if not found:
        raise Refusal(404, _("没有这个 service_request_id，或它不公开：%(id)s") % {"id": number[:100]})
    return _answered(request, found, actor)


def readable(actor: Actor) -> Q:
    """What everybody may see, and what the key's account may see anyway; nothing of kinds nobody may begin."""
    public = query.open_to_all()
    seen = public if actor.kind == "anonymous" else public | query.scope(actor)
    return Q(procedure__in=catalogue.open_procedures()) & seen


def _found(wanted: Wanted, actor: Actor) -> QuerySet[Case]:
    found = Case.objects.filter(readable(actor), wanted.fits).annotate(last_at=LAST)
    if wanted.updated is not None:
        if wanted.since is not None:  # whatever changed a case was a step
            found = found.filter(Exists(Step.objects.filter(case=OuterRef("pk"), at__gte=wanted.since)))
        found = found.annotate(updated=UPDATED).filter(wanted.updated)
    return found


def _answered(request: HttpRequest, cases: list[Case], actor: Actor) -> HttpResponse:
    own: set[int] = set()
    if actor.kind != "anonymous":
        mine = query.visible(actor).filter(pk__in=[case.pk for case in cases])
        own = set(mine.values_list("pk", flat=True))
    response = answer(request, "service_requests", rows.shown(cases, own, request))
    if own:
        response["Cache-Control"] = "private, no-store"
    return response


def _by_number(args: Args) -> Wanted:
    return Wanted(Q(number__in=numbers(several(args, "service_request_id", MOST))))


def numbers(texts: list[str]) -> list[str]:
    """Those that can be numbers; nobody else's number was ever given out."""
    found = []
    for text in texts:
        try:
            found.append(parse_case_number(text))
        except CodeError:
            continue
    return found


def _conditions(args: Args) -> Wanted:
    wanted = Wanted(page=whole(args, "page", 1, DEEPEST), size=whole(args, "page_size", MOST, MOST))
    if wanted.page * wanted.size > DEEPEST:
        words = _("翻页最多到第%(most)s条；请用 start_date 和 end_date 分段查询。")
        raise Refusal(400, words % {"most": DEEPEST})
    wanted.fits &= _services(several(args, "service_code"))
    wanted.fits &= _status(several(args, "status"))
    wanted.fits &= _where(args)
    after, before = moment(args, "updated_after"), moment(args, "updated_before")
    if after or before:
        wanted.since = after
        wanted.updated = (Q(updated__gte=after) if after else Q()) & (
            Q(updated__lt=before) if before else Q()
        )
    wanted.fits &= _dates(moment(args, "start_date"), moment(args, "end_date"), bool(after or before))
    return wanted


def _services(codes: list[str]) -> Q:
    """An unknown code fits nothing."""
    if not codes:
        return Q()
    known, found = catalogue.services(), Q(pk__in=[])
    for code in codes:
        if code in known:
            found |= Q(scenario=known[code].scenario, category=known[code].category)
    return found


def _status(given: list[str]) -> Q:
    wanted = {one.lower() for one in given}
    if strange := sorted(wanted - {"open", "closed"}):
        raise Refusal(400, _("status 只能是 open 或 closed，没有 %(given)s。") % {"given": strange[0][:40]})
    if len(wanted) != 1:
        return Q()
    return CLOSED if "closed" in wanted else ~CLOSED


def _dates(start: datetime | None, end: datetime | None, by_update: bool) -> Q:
    """By the time of request: 90 days at most, the latest unless told otherwise. No bounds of their own by update."""
    if start is None and end is None:
        return Q() if by_update else Q(opened_at__gte=timezone.now() - SPAN)
    if start is not None and end is not None:
        if end < start:
            raise Refusal(400, _("end_date 早于 start_date。"))
        if end - start > SPAN + timedelta(days=1):  # whole days on both ends are one more
            raise Refusal(400, _("start_date 至 end_date 最多90天，请分段查询。"))
    elif start is not None:
        end = start + SPAN
    elif end is not None:
        start = end - SPAN
    return Q(opened_at__gte=start, opened_at__lte=end)


def _where(args: Args) -> Q:
    found = _box(one_of(args, "bbox"))
    lat, lon = number(args, "lat", -90, 90), number(args, "long", -180, 180)
    radius = number(args, "radius", 1, RADIUS_MOST)
    if lat is None and lon is None and radius is None:
        return found
    if lat is None or lon is None:
        raise Refusal(400, _("lat 和 long 要一起给出。"))
    return found & _around(lat, lon, radius or 1000.0)


def _box(text: str) -> Q:
    """``west,south,east,north`` in degrees."""
    if not text:
        return Q()
    sides = ("west", "south", "east", "north")
    parts = text.split(",")
    if len(parts) != 4:
        raise Refusal(400, _("bbox 应为 西,南,东,北 四个度数。"))
    given: dict[str, Any] = {side: [part] for side, part in zip(sides, parts, strict=True)}
    west, east = number(given, "west", -180, 180), number(given, "east", -180, 180)
    south, north = number(given, "south", -90, 90), number(given, "north", -90, 90)
    if west is None or east is None or south is None or north is None:
        raise Refusal(400, _("bbox 应为 西,南,东,北 四个度数。"))
    return near.within((west, south, east, north))


def _around(lat: float, lon: float, metres: float) -> Q:
    """On a plane touching the ground here: within 20 km wrong by less than a metre in a thousand below 80 degrees."""
    wide = METRES_A_DEGREE * max(0.01, math.cos(math.radians(lat)))
    up, across = metres / METRES_A_DEGREE, metres / wide
    box = near.within((lon - across, lat - up, lon + across, lat + up))
    north, east = (F("lat") - lat) * METRES_A_DEGREE, (F("lon") - lon) * wide
    return box & Q(
        pk__in=Case.objects.filter(box).alias(far=north * north + east * east).filter(far__lte=metres**2)
    )
