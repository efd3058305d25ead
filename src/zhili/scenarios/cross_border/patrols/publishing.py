"""What the other site is told of patrols: the plan, the taps and their proof, by the topic ``patrols``.

Only patrols with that site as partner, only those of a month before and after today. The document is the same until
something changes, and is then sent once (``topics.publish``).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from zhili.core.cases.models import Case
from zhili.core.exchange.models import RemoteSite
from zhili.core.exchange.sites import topics
from zhili.core.people.offices import tree
from zhili.scenarios.cross_border.patrols import codes, proving, reading
from zhili.scenarios.cross_border.patrols.models import CheckpointCode, PatrolDetail, Stop, Tap
from zhili.scenarios.cross_border.patrols.results import REACHED
from zhili.scenarios.cross_border.patrols.shared import TOPIC

AROUND: Final = timedelta(days=30)
MOST: Final = 60
PROVEN: Final = timedelta(days=10)
"""Patrols over for longer keep their figures in the document; their receipt is too large to send for ever."""


def publish() -> int:
    """Tell each partner what is theirs to know. How many sites were sent something new."""
    sent = 0
    partners = set(PatrolDetail.objects.exclude(partner="").values_list("partner", flat=True))
    for site in RemoteSite.objects.filter(active=True, site__in=partners).order_by("site"):
        if topics.agreed(site, TOPIC):
            sent += topics.publish_to(site, TOPIC, document(site.site))
    return sent


def document(site: str) -> dict[str, Any]:
    """What this site is told."""
    now = timezone.now()
    found = PatrolDetail.objects.filter(partner=site, starts__range=(now - AROUND, now + AROUND))
    found = found.select_related("case").prefetch_related("teams", "stops").order_by("-starts")[:MOST]
    return {"patrols": [_patrol(one, one.case, now) for one in found]}


def _patrol(patrol: PatrolDetail, case: Case, now: datetime) -> dict[str, Any]:
    taps = proving.taps_of(patrol)
    stops = sorted(patrol.stops.all(), key=lambda one: one.order)
    told = reading.result_of(patrol, stops, taps, [], now=now)
    nodes = tree().nodes
    proof = proving.receipt(patrol, case) if taps and now - patrol.ends < PROVEN else None
    return {
        "uuid": str(patrol.uuid),
        "number": case.number,
        "title": case.title,
        "state": case.stage,
        "origin": "theirs" if patrol.origin else "ours",
        "starts": patrol.starts.isoformat(),
        "ends": patrol.ends.isoformat(),
        "window_minutes": patrol.window_minutes,
        "teams": [
            {"office": nodes[one.office_id].name if one.office_id in nodes else "", "team": one.name}
            for one in patrol.teams.all()
        ],
        "stops": [_stop(one) for one in stops if one.checkpoint_id is not None],
        "taps": [_tap(one) for one in taps],
        "result": {
            "planned": len(stops),
            "reached": told.count(*REACHED),
            "missed": told.count("missed"),
        },
        "proof": proof,
    }


def _stop(stop: Stop) -> dict[str, Any]:
    """A checkpoint of ours; of its code only what theirs can be held against."""
    code = CheckpointCode.objects.filter(checkpoint=stop.checkpoint, until=None).first()
    return {
        "uuid": str(stop.uuid),
        "name": stop.name,
        "lon": stop.lon,
        "lat": stop.lat,
        "radius": stop.radius,
        "meeting": stop.meeting,
        "planned_at": stop.planned_at.isoformat() if stop.planned_at else None,
        "check": codes.check(code.code, str(stop.uuid)) if code else "",
    }


def _tap(tap: Tap) -> dict[str, Any]:
    return {"point": str(tap.stop.uuid), "at": tap.at.isoformat(), "presence": tap.presence}
