"""A patrol read whole: its plan, both sides' taps, what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from zhili.core.cases import permission, query
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.scenarios.cross_border.patrols import actions, proving, shared
from zhili.scenarios.cross_border.patrols.models import PatrolDetail, Stop, Tap, Team
from zhili.scenarios.cross_border.patrols.results import Planned, Result, Tapped, result
from zhili.scenarios.cross_border.patrols.shared import TheirPatrol

PROCEDURE = "cross_border.patrol"


@dataclass(frozen=True)
class Told:
    """One patrol for its page. ``theirs``: what the other site tells; ``doubts``: what its proof does not prove."""

    case: Case
    patrol: PatrolDetail
    stops: list[Stop]
    teams: list[Team]
    taps: list[Tap]
    theirs: TheirPatrol | None
    their_taps: list[Tapped]
    doubts: list[str]
    result: Result


def visible(actor: Actor) -> QuerySet[Case]:
    """The patrols an actor's office takes part in, or that are of its ground."""
    return query.visible(actor).filter(procedure=PROCEDURE)


def find(number: str, actor: Actor) -> tuple[Case, PatrolDetail]:
    """Raises Refused (404) for what is not there or not seen."""
    from zhili.base.codes import parse_case_number

    case = Case.objects.filter(number=parse_case_number(number), procedure=PROCEDURE).first()
    seen = permission.refuse_unless_seen(case, actor)
    return seen, PatrolDetail.objects.get(pk=seen.pk)


def told(case: Case, patrol: PatrolDetail, now: datetime | None = None) -> Told:
    """Everything the page of a patrol shows."""
    stops = list(patrol.stops.order_by("order"))
    taps = proving.taps_of(patrol)
    theirs = shared.find(patrol.partner, str(patrol.uuid)) if patrol.partner else None
    their_taps, doubts = shared.proven(theirs) if theirs else ([], [])
    found = result_of(patrol, stops, taps, their_taps, now=now or timezone.now())
    teams = list(patrol.teams.select_related("office").order_by("id"))
    return Told(case, patrol, stops, teams, taps, theirs, their_taps, doubts, found)


def result_of(
    patrol: PatrolDetail,
    stops: Sequence[Stop],
    taps: Iterable[Tap],
    theirs: Iterable[Tapped],
    *,
    now: datetime,
) -> Result:
    """The result as of ``now``; a checkpoint of theirs that is not a meeting point is theirs alone to reach."""
    planned = [
        Planned(str(one.uuid), one.name, one.planned_at, one.meeting, one.lon, one.lat, one.radius)
        for one in stops
    ]
    nodes = tree().nodes
    ours = [
        Tapped(
            str(one.stop.uuid),
            "ours",
            f"{nodes[one.team.office_id].name if one.team.office_id in nodes else ''} {one.team.name}".strip(),
            one.at,
            one.received_at,
            one.presence,
        )
        for one in taps
    ]
    return result(
        planned,
        [*ours, *theirs],
        ends=patrol.ends,
        now=now,
        tolerance=actions.span("cross_border.patrol_tolerance"),
        window=timedelta(minutes=patrol.window_minutes),
        early=actions.span("cross_border.patrol_early"),
        walking=actions.number("cross_border.patrol_walk") / 3.6,
    )
