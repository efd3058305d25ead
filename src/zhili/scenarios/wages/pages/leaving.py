"""Ending somebody's work, undoing that, and a crew leaving the site: buttons of the crew's page."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.portal.asked import text_in
from zhili.portal.lenses import Page
from zhili.scenarios.wages import asked, ending, who
from zhili.scenarios.wages.models import Crew, Engagement


@require_POST
def leave(request: HttpRequest, pk: int, engagement: int) -> HttpResponse:
    """``do``: end or undo, of one worker."""
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    crew = _crew(actor, pk)
    found = crew.engagements.select_related("worker").filter(pk=engagement).first()
    if found is None:
        raise Refused("no_worker", _("本项目没有这个工号，请先登记"), 404)
    return asked.done(request, lambda: _leave(request, actor, found), f"/desk/wages/crews/{pk}")


def _leave(request: HttpRequest, actor: Actor, one: Engagement) -> str:
    if text_in(request.POST, "do") == "undo":
        ending.undo(actor, one)
        return _("%(code)s 的离场已撤回。") % {"code": one.worker.code}
    ending.end(actor, one, _day(request), text_in(request.POST, "reason"))
    return _("%(code)s 已离场。当天可以撤回；请接着编制结清的工资表。") % {"code": one.worker.code}


@require_POST
def leave_all(request: HttpRequest, pk: int) -> HttpResponse:
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    crew = _crew(actor, pk)
    back = f"/desk/wages/crews/{pk}"
    return asked.done(request, lambda: _all(request, actor, crew), back)


def _all(request: HttpRequest, actor: Actor, crew: Crew) -> str:
    count = ending.end_crew(actor, crew, _day(request))
    return _("班组已撤场，%(n)d 人一并离场。") % {"n": count}


def _crew(actor: Actor, pk: int) -> Crew:
    """Of a firm the actor speaks for, or any as the contractor's officer. Raises Refused (403) for a mere leader."""
    crew = asked.crew_of(actor, pk)
    hands = who.hands(actor, crew.project)
    if not (hands.officer or hands.speaks_for(crew)):
        raise Refused("forbidden", _("离场由本单位劳资员或劳资专管员办理"), 403)
    return crew


def _day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(text_in(request.POST, "last"))
    except ValueError:
        raise Refused("bad_day", _("请填写最后一天"), 422) from None


pages = (
    Page("desk/wages/crews/<int:pk>/leave/<int:engagement>", leave, "wages_leave"),
    Page("desk/wages/crews/<int:pk>/leave", leave_all, "wages_leave_all"),
)
