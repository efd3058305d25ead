"""/desk/visits/today and /desk/visits/N: the day's way on a phone, and one visit's checklist, whole without scripts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.files.intake import store
from zhili.core.files.models import File
from zhili.core.files.refusal import UploadRefused
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.trail import changes
from zhili.core.visits import answers, arrivals, explaining, photos, records, rights, sending, signing
from zhili.core.visits.answers import Given, VisitRefused
from zhili.core.visits.checklists import Question
from zhili.core.visits.combining import Told
from zhili.core.visits.models import Item, Officer, Visit, VisitState
from zhili.core.visits.signing import GivenSignature
from zhili.portal.asked import number_in, text_in
from zhili.portal.pages.visits.plans import body_names
from zhili.portal.pocket.visits import choices
from zhili.portal.receipts import qr

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
    do = request.POST.get("do", "")
    try:
        if do == "arrive":
            arrivals.arrive(found.pk, text_in(request.POST, "code"), actor)
            messages.success(request, gettext("已记下到场，检查开始。"))
        elif do == "sign":
            signing.sign(found.pk, _signature(request, found, actor), actor)
            messages.success(request, gettext("签字已保存。"))
        elif do == "record":
            records.make(found.pk, actor)
            messages.success(request, gettext("笔录已按现在的内容重新制作。"))
        else:
            answers.keep(found.pk, _given(request, found, actor), actor, number_in(request.POST, "seen") or 0)
            if do == "close":
                sending.close(found.pk, actor, number_in(request.POST, "changes"))
            messages.success(request, gettext("检查已办结。") if do == "close" else gettext("已保存。"))
    except VisitRefused as error:
        return _page(request, actor, found, error)
    except UploadRefused as error:
        return _page(request, actor, found, VisitRefused(error.reason))
    except changes.Overtaken as error:
        messages.error(request, error.message)
    return redirect("visit", visit=found.pk)


def _given(request: HttpRequest, visit: Visit, actor: Actor) -> list[Given]:
    """What was filled in anew: the same again says nothing, unless two disagree or words or photos were added."""
    told, now = answers.together(visit), timezone.now()
    given: list[Given] = []
    for item, own in answers.questions(visit):
        for question in own:
            value = _sent(request, f"v-{item.pk}-{question.code}")
            note = _sent(request, f"n-{item.pk}-{question.code}")
            taken = _pictures(request, f"p-{item.pk}-{question.code}", visit, actor)
            known = told.get((item.pk, question.code))
            value = "taken" if taken and question.kind == "photo" else value
            fresh = note or taken or known is None or not known.agreed or str(known.value) != value
            if value and fresh:
                given.append(Given(item.pk, question.code, value, now, note, taken))
    return given


def _pictures(request: HttpRequest, name: str, visit: Visit, actor: Actor) -> tuple[File, ...]:
    """Photos sent with the form, as without scripts."""
    sent = [store(one, one.name or "", actor) for one in request.FILES.getlist(name) if one]
    return photos.claim(visit, [f"{one.id}:{one.token}" for one in sent], actor)


def _signature(request: HttpRequest, visit: Visit, actor: Actor) -> GivenSignature:
    """A signature on paper, photographed; or why there is none."""
    taken = _pictures(request, "picture", visit, actor)
    return GivenSignature(
        number_in(request.POST, "inspector") or None,
        signing.shown_now(answers.together(visit)),
        timezone.now(),
        _sent(request, "capacity")[:10],
        _sent(request, "reason"),
        taken[0] if taken else None,
    )


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
    officers = Officer.objects.filter(visit=visit).select_related("inspector", "body").order_by("body", "pk")
    came = list(visit.arrivals.select_related("inspector", "body").order_by("made_at", "id"))
    goes = rights.goes(actor, visit)
    mine = next((one.inspector_id for one in officers if one.inspector.account_id == actor.account_id), None)
    context = {
        "visit": visit,
        "bodies": body_names(visit),
        "officers": officers,
        "groups": by_body(groups),
        "left": sum(one is None for one in asked),
        "open": sum(one is not None and not one.agreed for one in asked),
        "findings": _findings(visit, told),
        "may": goes and visit.state in (VisitState.PLANNED, VisitState.UNDER_WAY),
        "goes": goes,
        "mine": mine,
        "came": came,
        "arrived": any(one.inspector_id == mine for one in came if mine),
        "unscanned": visit.state == VisitState.DONE and not came,
        "trouble": str(trouble) if trouble else "",
        "seen": max((s.id for one in told.values() for s in one.said), default=0),
        "changes": changes.latest(answers.VISIT, visit.pk),
        "why": explaining.why([visit]).get(visit.pk, []),
        "capacities": [(code, gettext(title)) for code, title in signing.CAPACITIES.items()],
        **_signed(visit, told, goes),
    }
    if goes:
        code = arrivals.code_of(visit)
        context["code"] = code
        context["code_qr"] = qr(request.build_absolute_uri(f"/visit/{visit.pk}?g={code}"))
    return render(request, "portal/visits/visit.html", context, status=422 if trouble else 200)


def by_body(groups: list[tuple[Item, Any]]) -> list[tuple[str, list[tuple[Item, Any]]]]:
    """The items of a visit under the names of their bodies."""
    nodes = tree().nodes
    found: dict[str, list[tuple[Item, Any]]] = {}
    for item, own in groups:
        name = nodes[item.body_id].name if item.body_id in nodes else ""
        found.setdefault(name, []).append((item, own))
    return list(found.items())


def _findings(visit: Visit, told: dict[tuple[int, str], Told]) -> list[dict[str, Any]]:
    """What was found, each with the photos of the answer it comes from."""
    rows = visit.findings.select_related("item", "case").order_by("id")
    return [{"finding": one, "photos": _photos(told.get((one.item_id, one.question)))} for one in rows]


def _photos(told: Told | None) -> list[str]:
    return [photo for said in told.standing for photo in told.photos_of(said)] if told else []


def _signed(visit: Visit, told: dict[tuple[int, str], Told], goes: bool) -> dict[str, Any]:
    """Signatures with what changed under them, and the record with whether it lags behind."""
    rows = signing.last_of_each(list(visit.signatures.select_related("inspector")))
    record = records.newest(visit)
    return {
        "signatures": [(one, signing.signer(one), signing.changed_since(one, told)) for one in rows],
        "record": record,
        "behind": goes
        and visit.state == VisitState.DONE
        and (record is None or records.is_behind(visit, record)),
    }


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
    return {
        "question": question,
        "name": name,
        "told": known,
        "value": value,
        "choices": choices(question),
        "error": wrong.get((item, question.code), ""),
        "said": [(answers.said_as(question, s.value), s, s in known.standing) for s in known.said]
        if known
        else [],
    }
