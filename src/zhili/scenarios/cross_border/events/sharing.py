"""What the other side is told of plans (topic ``plans``) and what it tells us: approved versions, if chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from zhili.core.exchange.models import RemoteSite
from zhili.core.exchange.sites import topics
from zhili.scenarios.cross_border.events.models import PlanDetail, PlanVersion
from zhili.scenarios.cross_border.patrols.shared import entries, moment

TOPIC: Final = "plans"
MOST: Final = 40
LIVE: Final = ("draft", "reviewed", "approved", "in_force")
"""A plan that is revised goes on being shared as it was approved; one that is over or cancelled no longer."""


@dataclass(frozen=True)
class TheirPlan:
    """A plan of another site, as it shares it."""

    site: str
    site_title: str
    name: str
    venue: str
    starts: datetime
    ends: datetime
    expected: int
    version: int
    document: dict[str, Any]


def publish() -> int:
    """Tell each site what was chosen for it; one whose last plan was taken away is told that. How many were."""
    sent = 0
    chosen = {one for several in PlanDetail.objects.values_list("sites", flat=True) for one in several}
    wanted = Q(site__in=chosen) | Q(pk__in=topics.told(TOPIC))
    for site in RemoteSite.objects.filter(wanted, active=True).order_by("site"):
        if topics.agreed(site, TOPIC):
            sent += topics.publish_to(site, TOPIC, document(site.site))
    return sent


def _shared(site: str) -> QuerySet[PlanDetail]:
    found = PlanDetail.objects.filter(sites__contains=[site], version__gt=0, case__stage__in=LIVE)
    return found.order_by("starts")


def document(site: str) -> dict[str, Any]:
    """What this site is told: of each plan the version approved last."""
    plans = []
    for plan in _shared(site)[:MOST]:
        last = PlanVersion.objects.filter(plan=plan).order_by("-number").first()
        if last is not None:
            plans.append({**last.document, "version": last.number, "digest": last.digest})
    return {"plans": plans}


def theirs() -> list[TheirPlan]:
    """What all sites share, soonest first; what cannot be read is left out."""
    found = []
    for shared in topics.latest(TOPIC):
        for one in entries(shared.document, "plans")[:MOST]:
            plan = _plan(shared.site, shared.title, one)
            if plan is not None:
                found.append(plan)
    return sorted(found, key=lambda one: one.starts)


def _plan(site: str, title: str, given: Any) -> TheirPlan | None:
    try:
        starts, ends = moment(given["starts"]), moment(given["ends"])
        if starts is None or ends is None:
            return None
        name, venue = str(given["name"])[:60], str(given.get("venue", ""))[:100]
        expected, version = int(given.get("expected", 0)), int(given.get("version", 0))
        return TheirPlan(site, title, name, venue, starts, ends, expected, version, dict(given))
    except (KeyError, TypeError, ValueError):
        return None
