"""Checkpoints, their codes and routes: set up by the offices that keep them, each change with its leaf."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.core.places.locate import locate
from zhili.core.trail import changes
from zhili.scenarios.cross_border.patrols import codes
from zhili.scenarios.cross_border.patrols.models import Checkpoint, CheckpointCode, Route, RouteStop

POINT, ROUTE = "patrol_point", "patrol_route"
MOST_POINTS, MOST_STOPS = 300, 40


@transaction.atomic
def add_point(actor: Actor, values: Mapping[str, Any]) -> Checkpoint:
    """A checkpoint with its first code. Raises Refused (422)."""
    office = actor.office_id or 0
    here = Checkpoint.objects.filter(office_id=office, retired_at=None)
    if here.filter(name=values["name"]).exists():
        raise Refused("known", _("已经有叫这个名称的点位"), 422)
    if here.count() >= MOST_POINTS:
        raise Refused("too_many", _("一个单位最多 %d 个点位") % MOST_POINTS, 422)
    found = locate(values["lon"], values["lat"])
    made = Checkpoint.objects.create(
        office_id=office,
        division_id=found.division_id,
        cell_id=found.cell_id,
        name=values["name"],
        lon=values["lon"],
        lat=values["lat"],
        radius=values["radius"],
    )
    CheckpointCode.objects.create(checkpoint=made, code=codes.new(), since=timezone.now())
    _record(actor, POINT, "added", made.pk, made.name, office)
    return made


@transaction.atomic
def change_code(actor: Actor, point: Checkpoint, reason: str = "") -> None:
    """A new code from now on; the printed one no longer counts, but for taps made before."""
    changes.begin(POINT, point.pk)
    now = timezone.now()
    CheckpointCode.objects.filter(checkpoint=point, until=None).update(until=now)
    CheckpointCode.objects.create(checkpoint=point, code=codes.new(), since=now)
    _record(actor, POINT, "code_changed", point.pk, point.name, point.office_id, reason=reason)


@transaction.atomic
def retire_point(actor: Actor, point: Checkpoint) -> None:
    """Taken out of use, and out of every route; plans that were made keep it."""
    changes.begin(POINT, point.pk)
    now = timezone.now()
    Checkpoint.objects.filter(pk=point.pk).update(retired_at=now)
    CheckpointCode.objects.filter(checkpoint=point, until=None).update(until=now)
    RouteStop.objects.filter(checkpoint=point).delete()
    _record(actor, POINT, "retired", point.pk, point.name, point.office_id)


@transaction.atomic
def add_route(actor: Actor, title: str) -> Route:
    made = Route.objects.create(office_id=actor.office_id or 0, title=title)
    _record(actor, ROUTE, "added", made.pk, title, made.office_id)
    return made


@transaction.atomic
def retire_route(actor: Actor, route: Route) -> None:
    changes.begin(ROUTE, route.pk)
    Route.objects.filter(pk=route.pk).update(retired_at=timezone.now())
    _record(actor, ROUTE, "retired", route.pk, route.title, route.office_id)


@transaction.atomic
def add_stop(actor: Actor, route: Route, values: Mapping[str, Any]) -> RouteStop:
    """At the place its minute gives it among the others. Raises Refused (422)."""
    changes.begin(ROUTE, route.pk)
    point = Checkpoint.objects.filter(pk=int(values["checkpoint"]), retired_at=None).first()
    if point is None:
        raise Refused("no_point", _("没有这个点位，请从列表里选"), 422)
    if route.stops.filter(checkpoint=point).exists():
        raise Refused("known", _("这条路线上已经有这个点位"), 422)
    if route.stops.count() >= MOST_STOPS:
        raise Refused("too_many", _("一条路线最多 %d 个点位") % MOST_STOPS, 422)
    last = route.stops.order_by("-order").values_list("order", flat=True).first() or 0
    made = RouteStop.objects.create(
        route=route,
        checkpoint=point,
        order=last + 1,
        after_minutes=values["after_minutes"],
        meeting=bool(values.get("meeting")),
    )
    _arrange(route)
    _record(actor, ROUTE, "stop_added", route.pk, route.title, route.office_id, after={"point": point.pk})
    return made


@transaction.atomic
def remove_stop(actor: Actor, stop: RouteStop) -> None:
    changes.begin(ROUTE, stop.route_id)
    point = stop.checkpoint_id
    stop.delete()
    _arrange(stop.route)
    route = stop.route
    _record(actor, ROUTE, "stop_removed", route.pk, route.title, route.office_id, before={"point": point})


def _arrange(route: Route) -> None:
    """In the order of their minutes; numbers are moved out of the way first, since no two may be alike."""
    stops = list(route.stops.order_by("after_minutes", "order"))
    for offset in (1000, 1):
        for n, one in enumerate(stops):
            RouteStop.objects.filter(pk=one.pk).update(order=n + offset)


def _record(actor: Actor, subject: str, done: str, key: int, name: str, office: int, **more: Any) -> None:
    changes.record(subject, done, actor, key=key, name=name, office=office, **more)
