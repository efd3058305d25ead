"""What a step of a patrol does beyond moving it: teams, planned checkpoints, and how long its clocks run."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from zhili.base.clock import Duration
from zhili.core import params
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.scenarios.cross_border.patrols import shared
from zhili.scenarios.cross_border.patrols.models import PatrolDetail, Route, Stop, Team

AHEAD = timedelta(days=92)
LONGEST = timedelta(hours=24)


def plan(change: Change) -> None:
    """A patrol along a route of ours. Raises Refused."""
    values = change.values
    starts, ends = datetime.fromisoformat(values["starts"]), datetime.fromisoformat(values["ends"])
    _check_times(change, starts, ends)
    route = Route.objects.filter(pk=int(values["route"]), retired_at=None).first()
    if route is None:
        raise Refused("no_route", _("没有这条路线，请从列表里选"), 422)
    change.case.title = values["title"]
    change.detail |= {
        "uuid": uuid.uuid4(),
        "partner": values.get("partner", ""),
        "their_team": values.get("their_team", ""),
        "starts": starts,
        "ends": ends,
        "window_minutes": values["window"],
    }
    stops: list[dict[str, Any]] = [
        {
            "uuid": one.checkpoint.uuid,
            "checkpoint": one.checkpoint,
            "name": one.checkpoint.name,
            "lon": one.checkpoint.lon,
            "lat": one.checkpoint.lat,
            "radius": one.checkpoint.radius,
            "meeting": one.meeting,
            "planned_at": starts + timedelta(minutes=one.after_minutes),
        }
        for one in route.stops.select_related("checkpoint").order_by("order")
    ]
    if stops:
        change.case.lon, change.case.lat = stops[0]["lon"], stops[0]["lat"]
    _keep(change, stops)
    wait_until(change, ends)


def join(change: Change) -> None:
    """Ours beside a patrol the other site planned: its checkpoints become ours to tap. Raises Refused."""
    site, _colon, wanted = str(change.values["theirs"]).partition(":")
    theirs = shared.find(site, wanted)
    if theirs is None:
        raise Refused("no_patrol", _("对方没有共享这次巡防，可能已经取消"), 422)
    if PatrolDetail.objects.filter(uuid=theirs.uuid).exists():
        raise Refused("joined", _("已经参加了这次巡防"), 422)
    if theirs.ends <= change.at:
        raise Refused("over", _("这次巡防的时间已经过去"), 422)
    change.case.title = theirs.title
    change.detail |= {
        "uuid": theirs.uuid,
        "origin": site,
        "partner": site,
        "their_team": theirs.teams_text[:80],
        "starts": theirs.starts,
        "ends": theirs.ends,
        "window_minutes": theirs.window_minutes,
    }
    _keep(change, [one.columns() for one in theirs.stops])
    wait_until(change, theirs.ends)


def add_team(change: Change) -> None:
    office, name = int(change.values["team_office"]), change.values["team"]
    change.take_part("team", office_id=office)
    pk = change.case.pk
    if Team.objects.filter(patrol_id=pk, office_id=office, name=name).exists():
        raise Refused("known", _("已经有这一队"), 422)
    change.then.append(lambda _done: _made(pk, office, name))


def begin(change: Change) -> None:
    """Under way until some time after its planned end. Raises Refused for a case that was never planned."""
    detail = PatrolDetail.objects.filter(pk=change.case.pk).first()
    if detail is None:
        raise Refused("no_patrol", _("这件事项没有巡防计划"), 422)
    change.detail["begun_at"] = change.at
    change.stage_limit = until(change.at, detail.ends, "cross_border.patrol_over")


def wait_until(change: Change, ends: datetime) -> None:
    """The clock of a patrol that waits: it lapses when nothing came by then."""
    change.stage_limit = until(change.at, ends, "cross_border.patrol_wait")


def until(now: datetime, ends: datetime, param: str) -> Duration:
    """From now to so long after ``ends``, in whole minutes; five at least."""
    spare = span(param)
    return Duration(max(5, round((ends + spare - now).total_seconds() / 60)), "min")


def span(param: str) -> timedelta:
    """A parameter that holds hours or minutes, as time by the wall clock."""
    found, _value = params.duration(param)
    return timedelta(**{{"min": "minutes", "h": "hours", "d": "days"}[found.unit]: found.amount})


def number(param: str) -> float:
    """A parameter that holds a plain number; 0 for one that cannot be read."""
    try:
        return max(0.0, float(params.get(param).text))
    except ValueError:
        return 0.0


def _keep(change: Change, stops: Iterable[dict[str, Any]]) -> None:
    """The first team and the planned checkpoints, once the patrol itself is written."""
    office = int(change.values.get("team_office") or change.actor.office_id or 0)
    name, pk = change.values["team"], change.case.pk
    change.take_part("team", office_id=office)
    planned = [Stop(patrol_id=pk, order=n, **one) for n, one in enumerate(stops, 1)]
    if not planned:
        raise Refused("no_stops", _("这条路线上还没有点位"), 422)

    def keep(_done: Change) -> None:
        _made(pk, office, name)
        Stop.objects.bulk_create(planned)

    change.then.append(keep)


def _made(patrol_id: int, office_id: int, name: str) -> None:
    Team.objects.create(patrol_id=patrol_id, office_id=office_id, name=name)


def _check_times(change: Change, starts: datetime, ends: datetime) -> None:
    if not change.at - timedelta(minutes=10) <= starts <= change.at + AHEAD:
        raise Refused("bad_time", _("开始时间应在今后三个月以内，请改正"), 422)
    if not timedelta(0) < ends - starts <= LONGEST:
        raise Refused("bad_time", _("结束应在开始之后、24 小时以内，请改正"), 422)
