"""What may be picked on the forms of patrols: routes, checkpoints, offices, sites. One query each, short lists."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhili.core.exchange.models import RemoteSite
from zhili.core.people.offices import tree
from zhili.scenarios.cross_border.patrols.models import Checkpoint, Route, RouteStop

MOST = 300
LEVELS = ("grid", "village", "town", "county", "city")


def routes() -> list[tuple[str, str]]:
    """Routes in use that have checkpoints."""
    found = Route.objects.filter(retired_at=None, stops__isnull=False).distinct().order_by("title")
    return [(str(pk), title) for pk, title in found.values_list("pk", "title")[:MOST]]


def minutes_of(route: object) -> int | None:
    """How many minutes after the start a route's last checkpoint is planned; None for no route. One query."""
    if not str(route or "").isdecimal():
        return None
    last = RouteStop.objects.filter(route_id=int(str(route))).order_by("-after_minutes")
    return last.values_list("after_minutes", flat=True).first()


def points() -> list[tuple[str, str]]:
    found = Checkpoint.objects.filter(retired_at=None).order_by("name")
    return [(str(pk), name) for pk, name in found.values_list("pk", "name")[:MOST]]


def sites() -> list[tuple[str, str]]:
    """Sites we exchange with: the other side of a joint patrol."""
    return list(RemoteSite.objects.filter(active=True).order_by("title").values_list("site", "title"))


def title_of(site: str) -> str:
    """What a site is called; its own word where we no longer know it."""
    if not site:
        return str(_("我方"))
    return RemoteSite.objects.filter(site=site).values_list("title", flat=True).first() or site


def offices() -> list[tuple[str, str]]:
    """Offices in force, those over the most ground first. No query when warm."""
    nodes = [one for one in tree().nodes.values() if one.in_force and one.level in LEVELS]
    nodes.sort(key=lambda one: (-LEVELS.index(one.level), one.code))
    return [(str(one.id), one.name) for one in nodes]
