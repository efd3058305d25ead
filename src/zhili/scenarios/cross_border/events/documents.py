"""A plan as one document: what is approved, printed and shared. Posts, shifts and telephones of offices; no person."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from zhili.core import params
from zhili.core.cases.models import Case
from zhili.scenarios.cross_border.events import checking
from zhili.scenarios.cross_border.events.models import PlanDetail


def of(plan: PlanDetail, case: Case) -> dict[str, Any]:
    """The plan whole. Five queries."""
    posts = list(plan.posts.prefetch_related("shifts").order_by("id"))
    return {
        "uuid": str(plan.uuid),
        "number": case.number,
        "name": plan.name,
        "venue": plan.venue,
        "place": {"lon": case.lon, "lat": case.lat, "address": case.address},
        "starts": plan.starts.isoformat(),
        "ends": plan.ends.isoformat(),
        "expected": plan.expected,
        "organiser": plan.organiser,
        "posts": [
            {
                "name": post.name,
                "duties": post.duties,
                "people": post.people,
                "lon": post.lon,
                "lat": post.lat,
                "shifts": [
                    {
                        "side": one.side,
                        "team": one.team,
                        "from": one.starts.isoformat(),
                        "to": one.ends.isoformat(),
                    }
                    for one in sorted(post.shifts.all(), key=lambda one: (one.starts, one.pk))
                ],
            }
            for post in posts
        ],
        "contacts": [
            {"side": one.side, "office": one.office, "role": one.role, "phone": one.phone}
            for one in plan.contacts.order_by("id")
        ],
        "drills": [
            {
                "held": one.held_at.isoformat(),
                "what": one.what,
                "findings": one.findings,
                "mended": one.mended,
            }
            for one in plan.drills.order_by("held_at", "id")
        ],
    }


def gaps(plan: PlanDetail) -> list[checking.Gap]:
    """What the plan check finds of it today, in the city's own time."""
    local = timezone.localtime
    posts = list(plan.posts.prefetch_related("shifts").order_by("id"))
    shifts = [
        checking.Shift(post.pk, one.side, one.team, local(one.starts), local(one.ends))
        for post in posts
        for one in post.shifts.all()
    ]
    return checking.gaps(
        checking.Plan(
            local(plan.starts),
            local(plan.ends),
            plan.expected,
            [checking.Post(one.pk, one.name) for one in posts],
            shifts,
            plan.contacts.count(),
            [checking.Drill(one.held_at, one.open) for one in plan.drills.all()],
            int(params.get("cross_border.event_large").text),
        )
    )
