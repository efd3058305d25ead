"""/desk/visits/today and /desk/visits/N: the day's way on a phone, and one visit's checklist, whole without scripts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.people.actors import Actor
from zhili.core.trail import changes
from zhili.core.visits import answers, explaining, rights
from zhili.core.visits.answers import Given, VisitRefused
from zhili.core.visits.checklists import Question
from zhili.core.visits.combining import Told
from zhili.core.visits.models import Officer, Visit, VisitState
from zhili.portal.asked import number_in, text_in
from zhili.portal.pages.visits.plans import body_names

LONGEST = 200


def today(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The visits of a day (``?day=``, today): those the reader goes to, else of the reader's office; on one way."""
    day = _day(text_in(request.GET, "day"))
    found = rights.visits(actor).filter(date=day).exclude(state=VisitState.DROPPED).select_related("premises")
    mine = found.filter(officers__inspector__account=actor.account_id or 0).distinct()
    own = mine.exists()
    visits = list((mine if own else found).order_by("id")[:LONGEST])
    order = explaining.in_order([_point(one) for one in visits])
    rows = [{"visit": visits[n], "bodies": body_names(visits[n])} for n in order]
    return render(request, "portal/visits/today.html", {"rows": rows, "day": day, "own": own})


def _point(visit: Visit) -> tuple[float, float] | None:
    lon, lat = visit.premises.lon, visit.premises.lat
    return (lon, lat) if lon is not None and lat is not None else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()


def show(request: HttpRequest, actor: Actor, visit: int) -> HttpResponse:
    """The checklist; what is sent to it is kept, and closes the visit when asked to."""
    found = rights.visits(actor).select_related("premises__firm", "plan").filter(pk=visit).first()
    if found is None:
        raise Http404
    if request.method != "POST":
        return _page(request, actor, found)
    try:
        answers.keep(found.pk, _given(request, found), actor, number_in(request.POST, "seen") or 0)
        if request.POST.get("do") == "close":
            answers.close(found.pk, actor, number_in(request.POST, "changes"))
            messages.success(request, gettext("检查已办结。"))
        else:
            messages.success(request, gettext("已保存。"))
    except VisitRefused as error:
        return _page(request, actor, found, error)
    except changes.Overtaken as error:
        messages.error(request, error.message)
    return redirect("visit", visit=found.pk)


def _given(request: HttpRequest, visit: Visit) -> list[Given]:
    """What was filled in anew: the same again says nothing, unless two disagree or a word was added."""
    told, now = answers.together(visit), timezone.now()
    given: list[Given] = []
    for item, own in answers.questions(visit):
        for question in own:
            value = _sent(request, f"v-{item.pk}-{question.code}")
            note = _sent(request, f"n-{item.pk}-{question.code}")
            known = told.get((item.pk, question.code))
            if value and (note or known is None or not known.agreed or str(known.value) != value):
                given.append(Given(item.pk, question.code, value, now, note))
    return given


def _sent(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "").strip()[:4000]


def _page(
    request: HttpRequest, actor: Actor, visit: Visit, trouble: VisitRefused | None = None
) -> HttpResponse:
    told = answers.together(visit)
    wrong = trouble.wrong if trouble else {}
    groups = [
        (item, [_question(item.pk, q, told, wrong, request) for q in own])
        for item, own in answers.questions(visit)
    ]
    asked = [one["told"] for _item, own in groups for one in own]
    goes = rights.goes(actor, visit)
    context = {
        "visit": visit,
        "bodies": body_names(visit),
        "officers": Officer.objects.filter(visit=visit)
        .select_related("inspector", "body")
        .order_by("body", "pk"),
        "groups": groups,
        "left": sum(one is None for one in asked),
        "open": sum(one is not None and not one.agreed for one in asked),
        "findings": visit.findings.select_related("item").order_by("id"),
        "may": goes and visit.state in (VisitState.PLANNED, VisitState.UNDER_WAY),
        "goes": goes,
        "trouble": str(trouble) if trouble else "",
        "seen": max((s.id for one in told.values() for s in one.said), default=0),
        "changes": changes.latest(answers.VISIT, visit.pk),
        "why": explaining.why([visit]).get(visit.pk, []),
    }
    return render(request, "portal/visits/visit.html", context, status=422 if trouble else 200)


def _question(
    item: int,
    question: Question,
    told: dict[tuple[int, str], Told],
    wrong: dict[tuple[int, str], str],
    request: HttpRequest,
) -> dict[str, Any]:
    known = told.get((item, question.code))
    name = f"{item}-{question.code}"
    sent = _sent(request, f"v-{name}") if request.method == "POST" else ""
    value = sent or ("" if known is None or not known.agreed else str(known.value))
    choices = [(c, c) for c in question.choices]
    if question.kind == "yes_no":
        choices = [("yes", gettext("是")), ("no", gettext("否")), ("na", gettext("不适用"))]
    return {
        "question": question,
        "name": name,
        "told": known,
        "value": value,
        "choices": choices,
        "error": wrong.get((item, question.code), ""),
        "said": [(answers.said_as(question, s.value), s, s in known.standing) for s in known.said]
        if known
        else [],
    }
