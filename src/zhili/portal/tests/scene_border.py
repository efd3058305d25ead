"""The border's share of the scene: a patrol, a plan with gaps, a watched place; without importing a scenario."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.utils import timezone

from zhili.core.cases import categories, doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity, forget


def at_the_border(city: SmallCity) -> dict[str, tuple[str, ...]]:
    """Addresses by who reads them: ``town`` and ``grid``."""
    categories.load("cross_border")
    forget()
    names = ("Checkpoint", "CheckpointCode", "Route", "RouteStop")
    made = {name: apps.get_model("cross_border", name) for name in names}
    town, now = city.actor("A.town"), timezone.now()
    office = city.offices["A.town"]
    point = made["Checkpoint"].objects.create(office=office, name="塘桥东", lon=120.05, lat=30.05)
    made["CheckpointCode"].objects.create(checkpoint=point, code="ABCDEFGHJKMN", since=now)
    route = made["Route"].objects.create(office=office, title="界河线")
    made["RouteStop"].objects.create(route=route, checkpoint=point, order=1, meeting=True)
    grid = str(city.offices["A.grid"].pk)

    def opened(procedure: str, opening: str, data: dict[str, Any]) -> str:
        case = doors.open_case(f"cross_border.{procedure}", opening, town, data).case_id
        return Case.objects.values_list("number", flat=True).get(pk=case)

    starts, ends = (now + timedelta(minutes=5)).isoformat(), (now + timedelta(hours=3)).isoformat()
    times = {"starts": starts, "ends": ends}
    plan = {"title": "界河夜巡", "route": str(route.pk), "team_office": grid, "team": "一组", "window": 15}
    patrol = opened("patrol", "plan", {**plan, **times})
    event = {"name": "灯会", "place": INSIDE, "venue": "广场", "expected": 3000, **times}
    fair = opened("event_plan", "write", event)
    until = (timezone.localdate() + timedelta(days=20)).isoformat()
    bridge = {
        "kind": "bridge",
        "name": "塘桥",
        "place": INSIDE,
        "why": "有裂缝。",
        "level": "high",
        "until": until,
    }
    shown = {"keeper": grid, "public": True, "ground": "条例第一条"}
    watched = opened("hazard", "list_place", {**bridge, **shown})
    of_patrol = f"/cross-border/patrols/{patrol}"
    return {
        "town": (
            "/cross-border/patrols",
            "/cross-border/patrols?q=zzz&state=all",
            "/cross-border/patrols/points",
            "/cross-border/patrols/routes",
            f"/cross-border/patrols/routes/{route.pk}",
            "/new/cross_border.patrol/plan",
            of_patrol,
            "/cross-border/plans",
            "/cross-border/plans?q=zzz",
            "/new/cross_border.event_plan/write",
            f"/cross-border/plans/{fair}",
            f"/cross-border/plans/{fair}?add=post",
            "/cross-border/hazards",
            "/cross-border/hazards?q=zzz",
            "/new/cross_border.hazard/list_place",
            f"/cross-border/hazards/{watched}",
        ),
        "grid": (f"{of_patrol}/go", f"{of_patrol}/found"),
    }
