"""/screen/cases: the matters behind a figure. Each list starts from the filter its figure was counted with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from zhili.core.cases import ground, query
from zhili.core.cases.models import Case
from zhili.core.cases.present import office_name
from zhili.core.people.actors import Actor
from zhili.portal.asked import number_in, text_in
from zhili.portal.rows import Row, row
from zhili.scenarios.command_centre.pages.asked import Place, place_of
from zhili.scenarios.command_centre.pages.figures import midnight
from zhili.scenarios.command_centre.pages.others import instruct_url

PAGE = 50
LONGEST = 92
TITLES = {
    "opened": gettext_lazy("收到的"),
    "owed": gettext_lazy("正在办的"),
    "overdue": gettext_lazy("已超时限的"),
    "soon": gettext_lazy("一天内到期的"),
    "again": gettext_lazy("正在办的重办事项"),
    "answered": gettext_lazy("答复过的"),
    "reopened": gettext_lazy("要求重办的"),
}
BY_STEP = {"answered": ground.answers, "reopened": ground.reopenings}


@dataclass(frozen=True)
class Line:
    """A row, and the way to give an instruction about it."""

    row: Row
    instruct: str


@dataclass(frozen=True)
class Behind:
    """What stands behind a figure: the matters, and how often it happened (several times to one matter, perhaps)."""

    found: QuerySet[Case]
    count: int
    """What the figure says."""


def cases(request: HttpRequest, actor: Actor) -> HttpResponse:
    place = place_of(request, actor)
    what = text_in(request.GET, "what")
    what = what if what in TITLES else "owed"
    days = max(1, min(number_in(request.GET, "days") or 1, LONGEST))
    office = number_in(request.GET, "office")
    now = timezone.now()
    held = behind(actor, place, what, now, days=days, office=office)
    page = max(1, number_in(request.GET, "page") or 1)
    start = (page - 1) * PAGE
    shown = list(held.found[start : start + PAGE + 1]) if start < 1_000_000 else []
    context = {
        "place": place,
        "back": place.url("/screen"),
        "what": what,
        "title": gettext("%(place)s：%(what)s")
        % {"place": office_name(office) or place.name, "what": TITLES[what]},
        "span": _span(days) if what in ("opened", *BY_STEP) else "",
        "count": held.count,
        "matters": held.found.count() if what in BY_STEP else held.count,
        "lines": [Line(row(case, desk=True), _instruct(case)) for case in shown[:PAGE]],
        "more": place.url("/screen/cases", what=what, days=days, office=office, page=page + 1)
        if len(shown) > PAGE
        else "",
    }
    return render(request, "command_centre/cases.html", context)


def _span(days: int) -> str:
    if days == 1:
        return gettext("今天，")
    return gettext("最近 %(days)s 天，") % {"days": days}


def _instruct(case: Case) -> str:
    return "" if case.closed_at else instruct_url(number=case.number, office_id=case.office_id)


def behind(
    actor: Actor, place: Place, what: str, now: datetime, *, days: int = 1, office: int | None = None
) -> Behind:
    """The matters of a figure, as far as the actor may see them, which is all: figures count no confidential ones."""
    if what in ("opened", *BY_STEP):
        return _dated(actor, place, what, now, days)
    found = ground.owed(place.ground)
    if office is not None:
        found = found.filter(office_id=office)
    if what == "overdue":
        found = found.filter(ground.overdue(now))
    elif what == "soon":
        found = found.filter(ground.due_soon(now))
    elif what == "again":
        found = found.filter(reopened__gt=0)
    found = found & query.visible(actor)
    return Behind(found.order_by(F("due_at").asc(nulls_last=True), "id"), found.count())


def _dated(actor: Actor, place: Place, what: str, now: datetime, days: int) -> Behind:
    """What happened from the morning of the first of so many days until now."""
    since = midnight(timezone.localdate(now) - timedelta(days=days - 1))
    found = ground.matters(place.ground) & query.visible(actor)
    if what == "opened":
        found = found.filter(opened_at__gte=since)
        return Behind(found.order_by("-opened_at", "-id"), found.count())
    taken = ground.steps(place.ground, since, now + timedelta(minutes=1)).filter(BY_STEP[what]())
    found = found.filter(Exists(taken.filter(case=OuterRef("pk"))))
    return Behind(found.order_by("-id"), taken.count())
