"""Projects, crews and their days: read, written, confirmed by leader and firm."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Schema

from zhili.core.cases.errors import Refused
from zhili.portal.api.asking import body_of, refuse_unknown, shaped
from zhili.portal.api.problems import Problem
from zhili.scenarios.wages import asked, days, holidays, who
from zhili.scenarios.wages.api import shapes
from zhili.scenarios.wages.api.asking import LONGEST, builder, day_of
from zhili.scenarios.wages.api.router import router
from zhili.scenarios.wages.models import Crew, DayLine
from zhili.scenarios.wages.pages.sheet import said_of

MOST = 300
"""Projects at once."""


class WantedDays(Schema):
    """Both ends included; without them, the last seven days."""

    since: date | None = None
    until: date | None = None


@router.get(
    "/wages/projects", response=shapes.ProjectList, summary="Own projects", operation_id="wages_projects"
)
def projects(request: HttpRequest) -> shapes.ProjectList:
    """Those the asker has a part in, with their crews; an office's: those it sees."""
    actor = builder(request)
    rows = list(who.projects(actor).order_by("case__number").distinct()[:MOST])
    crews: dict[int, list[Crew]] = {}
    for crew in Crew.objects.filter(project__in=rows).select_related("firm").order_by("pk"):
        crews.setdefault(crew.project_id, []).append(crew)
    items = []
    for one in rows:
        hands = who.hands(actor, one)
        items.append(
            shapes.ProjectOut(
                number=one.case.number,
                name=one.name,
                stage=one.case.stage,
                payday=one.payday,
                officer=hands.officer,
                crews=[shapes.CrewOut(**_crew(crew, hands)) for crew in crews.get(one.pk, ())],
            )
        )
    return shapes.ProjectList(items=items)


@router.get(
    "/wages/crews/{int:crew}", response=shapes.CrewFull, summary="Who is in a crew", operation_id="wages_crew"
)
def crew(request: HttpRequest, crew: int) -> shapes.CrewFull:
    """Workers by their codes. No wage stands here: a team leader sees the days of a crew, not what they earn."""
    actor = builder(request)
    found = asked.crew_of(actor, crew)
    there = found.engagements.select_related("worker").order_by("pk")
    return shapes.CrewFull(
        **_crew(found, who.hands(actor, found.project)),
        project=found.project.case.number,
        engagements=[
            shapes.EngagementOut(id=e.pk, worker=e.worker.code, pay=e.pay, starts=e.starts, ends=e.ends)
            for e in there
        ],
    )


@router.get(
    "/wages/crews/{int:crew}/days",
    response=shapes.DayList,
    summary="Days of a crew",
    operation_id="wages_days",
)
def listing(request: HttpRequest, crew: int, wanted: Query[WantedDays]) -> shapes.DayList:
    """What is written and who said yes or no to it, 62 days at most; days without a line are left out."""
    refuse_unknown(request, WantedDays.model_fields)
    found = asked.crew_of(builder(request), crew)
    until = wanted.until or timezone.localdate()
    since = wanted.since or until - timedelta(days=6)
    if not timedelta(0) <= until - since < timedelta(days=LONGEST):
        words = _("最多 %(n)d 天，而且先早后晚。") % {"n": LONGEST}
        raise Problem(422, "query", words, errors={"since": [words]})
    return shapes.DayList(items=told(found, since, until))


@router.post(
    "/wages/crews/{int:crew}/days/{day}",
    response=shapes.DayOut,
    summary="Write a day",
    operation_id="write_wages_day",
)
def write(request: HttpRequest, crew: int, day: str) -> shapes.DayOut:
    """By the crew's leader, who thereby confirms it, or its firm. Sent again, the same figures change nothing;
    others need a reason, and all three confirm the line anew."""
    actor, on = builder(request), day_of(day)
    found = asked.crew_of(actor, crew)
    hands = who.hands(actor, found.project)
    leads = found.pk in hands.leads
    if not (leads or hands.speaks_for(found)):
        raise Refused("forbidden", _("这一步不由您办理"), 403)
    given = shaped(shapes.DayIn, body_of(request)).lines
    sheet = days.sheet_of(found, on)
    lines = days.write(
        sheet,
        [days.Given(g.engagement, g.tenths, g.overtime_minutes, g.pieces, g.note) for g in given],
    )
    if leads:
        days.confirm(actor, sheet, [days.Said(one.pk, "leader") for one in lines])
    return _day(found, on)


@router.post(
    "/wages/crews/{int:crew}/days/{day}/words",
    response=shapes.DayOut,
    summary="Say yes or no to a day",
    operation_id="confirm_wages_day",
)
def confirm(request: HttpRequest, crew: int, day: str) -> shapes.DayOut:
    """As the crew's leader or its firm. All lines or none: a line that was corrected meanwhile is refused (409)."""
    actor, on = builder(request), day_of(day)
    found = asked.crew_of(actor, crew)
    hands = who.hands(actor, found.project)
    told = shaped(shapes.WordsIn, body_of(request))
    if not (found.pk in hands.leads if told.role == "leader" else hands.speaks_for(found)):
        raise Refused("forbidden", _("这一步不由您办理"), 403)
    said = [days.Said(one.line, told.role, one.verdict, one.said) for one in told.said]
    days.confirm(actor, days.sheet_of(found, on), said)
    return _day(found, on)


def told(crew: Crew, since: date, until: date) -> list[shapes.DayOut]:
    """Two queries for any number of days."""
    rows = DayLine.objects.filter(sheet__crew=crew, sheet__date__gte=since, sheet__date__lte=until)
    rows = rows.select_related("sheet", "engagement__worker")
    lines = list(rows.order_by("sheet_id", "engagement_id", "-number").distinct("sheet_id", "engagement_id"))
    said, by_day = said_of(lines), dict[date, list[shapes.LineOut]]()
    for one in lines:
        by_day.setdefault(one.sheet.date, []).append(shapes.LineOut(**line_facts(one, said.get(one.pk, {}))))
    return [
        shapes.DayOut(date=day, kind=holidays.kind(day), lines=several)
        for day, several in sorted(by_day.items())
    ]


def line_facts(line: DayLine, said: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """What is told of a line to whoever may see it."""
    words = [shapes.WordOut(role=role, verdict=verdict, said=why) for role, (verdict, why) in said.items()]
    return {
        "id": line.pk,
        "engagement": line.engagement_id,
        "worker": line.engagement.worker.code,
        "tenths": line.tenths,
        "overtime_minutes": line.overtime_minutes,
        "pieces": line.pieces,
        "note": line.note,
        "words": words,
        "whole": len(words) == 3 and all(one.verdict == "agree" for one in words),
    }


def _day(crew: Crew, on: date) -> shapes.DayOut:
    found: Iterable[shapes.DayOut] = told(crew, on, on)
    return next(iter(found), shapes.DayOut(date=on, kind=holidays.kind(on), lines=[]))


def _crew(crew: Crew, hands: who.Hands) -> dict[str, Any]:
    return {
        "id": crew.pk,
        "name": crew.name,
        "firm": crew.firm.name,
        "firm_code": crew.firm.code,
        "ended_on": crew.ended_on,
        "leads": crew.pk in hands.leads,
        "speaks": hands.speaks_for(crew),
    }
