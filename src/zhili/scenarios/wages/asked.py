"""Who asks and for what: the project, crew or engagement of an address, for whoever may see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from zhili.core.cases.errors import Refused
from zhili.core.people import secrets
from zhili.core.people.actors import Actor, of_request
from zhili.scenarios.wages import who
from zhili.scenarios.wages.models import Crew, Engagement, Project, Worker

R = TypeVar("R", bound=HttpResponse)
works = who.works


def signed_in(request: HttpRequest) -> Actor | HttpResponse:
    """The actor, or where to sign in first. Raises Refused for a post that has nothing to do with it."""
    actor = of_request(request)
    if actor.kind == "post":
        if not works(actor):
            raise Refused("forbidden", _("这一页不对您现在的岗位开放。"), 403)
        return actor
    if actor.kind != "account":
        return HttpResponseRedirect(f"/accounts/login/?next={quote(request.get_full_path())}")
    return actor


def project_of(actor: Actor, number: str) -> Project:
    """Raises Refused (404) for one the actor has no part in."""
    found = who.projects(actor).filter(case__number=number).first()
    if found is None:
        raise Refused("no_project", _("没有找到这个项目，或您无权查看。"), 404)
    return found


def crew_of(actor: Actor, pk: int) -> Crew:
    """With its project and case. Raises Refused (404)."""
    found = Crew.objects.select_related("project__case", "project__contractor", "firm", "leader").filter(
        pk=pk
    )
    crew = found.filter(project__in=who.projects(actor).values("pk")).first()
    if crew is None or not who.sees_crew(actor, crew):
        raise Refused("no_crew", _("没有找到这个班组，或您无权查看。"), 404)
    return crew


def engagement_with_all(pk: int) -> Engagement | None:
    """An engagement with what a contract speaks of. One query."""
    rows = Engagement.objects.select_related(
        "worker__name",
        "worker__citizen_id",
        "worker__bank_account",
        "crew__firm",
        "crew__project__case",
        "crew__project__contractor",
    )
    return rows.filter(pk=pk).first()


def day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


def names(workers: list[Worker]) -> dict[int, str]:
    """Masked, by worker. One query; nothing is opened."""
    shown = secrets.masked(one.name_id for one in workers)
    return {one.pk: shown.get(one.name_id, "") for one in workers}


def quiet(answer: R) -> R:
    """For pages whose address is a key: in no cache, told to no other site."""
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "same-origin"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def done(request: HttpRequest, what: Callable[[], str], back: str) -> HttpResponse:
    """Do what a button asks and go back, with a word of what came of it; what is refused is said there too."""
    try:
        messages.success(request, what())
    except Refused as error:
        if error.status in (403, 404):
            raise
        messages.error(request, error.message)
    return redirect(back)
