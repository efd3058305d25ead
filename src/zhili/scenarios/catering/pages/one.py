"""/desk/catering/N: one outlet with its log, devices and problems; filing it, finding a problem, the owner's code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext

from zhili.base.codes import parse_case_number
from zhili.core.cases import doors, permission, present, query
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.registers.models import Premises
from zhili.core.signals import registry
from zhili.core.signals.models import Source
from zhili.core.signals.store.reading import history
from zhili.portal import receipts
from zhili.portal.lenses import Page
from zhili.portal.submitted import Submission
from zhili.scenarios.catering import actions, forms, outlets
from zhili.scenarios.catering.kinds import FORMS, KINDS, WAYS
from zhili.scenarios.catering.models import OutletDetail, ProblemDetail
from zhili.scenarios.catering.pages import filling, listing, who
from zhili.scenarios.catering.rules import MEASURES, SUBJECT

HERE = listing.HERE
FEW = 20
BACK = timedelta(days=2)


def show(request: HttpRequest, actor: Actor, premises: int) -> HttpResponse:
    place = listing.seen(actor, premises)
    file = outlets.of(place.pk)
    filing = filling.filled(
        request,
        actor,
        forms.Facts,
        lambda sent: _file(actor, place, sent),
        gettext("已建档。把自查码交给经营者，他用手机就能自查。"),
        name="file",
        start={"form": "snack", "smoky": True, "trap": True},
    )
    finding = filling.filled(
        request,
        actor,
        _Found,
        lambda sent: _find(actor, place, sent),
        gettext("已登记。核实后告知经营者。"),
        name="find",
    )
    if done := filing.response or finding.response:
        return done
    context = {
        "place": place,
        "file": file,
        "form": gettext(FORMS.get(file.form, file.form)) if file else "",
        "dues": outlets.dues(file) if file else [],
        "gaps": outlets.gaps(file)[:FEW] if file else [],
        "cleanings": list(reversed(file.cleanings))[:FEW] if file else [],
        "problems": problems(place, actor),
        "devices": devices(place),
        "filing": filing,
        "finding": finding,
        "asked": request.POST.get("_do", ""),
        "works": who.works(actor),
        "mine": file is not None and file.case.office_id == actor.office_id,
        "today": timezone.localdate(),
    }
    return render(request, "catering/one.html", context, status=max(filing.status, finding.status))


class _Found(forms.Find):
    """Without what the page knows: which outlet."""

    own_page = ""
    premises = None  # type: ignore[assignment]


def _file(actor: Actor, place: Premises, sent: Submission) -> str:
    if not who.works(actor):
        raise PermissionDenied(gettext("建档由经办人或负责人做。"))
    made = doors.open_case(
        "catering.outlet", "file", actor, {**sent.data, "premises": place.pk}, key=sent.key
    )
    return f"{HERE}/code/{made.number}"


def _find(actor: Actor, place: Premises, sent: Submission) -> str:
    if not who.works(actor):
        raise PermissionDenied(gettext("问题由经办人或负责人登记。"))
    made = doors.open_case(
        "catering.problem", "find", actor, {**sent.data, "premises": place.pk}, key=sent.key
    )
    case = Case.objects.get(pk=made.case_id)
    return f"/desk/c/{made.number}" if query.sees(actor, case) else f"{HERE}/{place.pk}"


def problems(place: Premises, actor: Actor) -> list[dict[str, Any]]:
    """What the actor may see of them, the newest first."""
    cases = query.visible(actor).filter(procedure="catering.problem")
    found = ProblemDetail.objects.filter(premises=place, case__in=cases).select_related("case")
    return [
        {
            "one": one,
            "case": one.case,
            "title": gettext(KINDS[one.kind].title) if one.kind in KINDS else one.kind,
            "way": gettext(WAYS.get(one.way, one.way)),
            "stage": present.stage_title(one.case),
        }
        for one in found.order_by("-pk")[:FEW]
    ]


def devices(place: Premises) -> list[dict[str, Any]]:
    """What each sensor said last, within two days. Two queries."""
    now = timezone.now()
    known = {
        one.pk: one for one in Source.objects.filter(subject_kind=SUBJECT, subject_id=place.pk, active=True)
    }
    if not known:
        return []
    titles = registry.measures()
    last: dict[tuple[int, str], Any] = {}
    for one in history(SUBJECT, [place.pk], [m.name for m in MEASURES], now - BACK, now):
        if one.value is not None and one.source in known:
            before = last.get((one.source, one.measure))
            if before is None or before.at < one.at:
                last[one.source, one.measure] = one
    return [
        {
            "name": source.title or source.number,
            "said": [
                {
                    "title": gettext(titles[m].title),
                    "unit": gettext(titles[m].unit) if titles[m].unit else "",
                    "value": reading.value,
                    "at": reading.at,
                }
                for (of, m), reading in sorted(last.items())
                if of == pk
            ],
        }
        for pk, source in known.items()
    ]


def of_file(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """From a file's case to its outlet's page."""
    case = Case.objects.filter(number=parse_case_number(number), procedure="catering.outlet").first()
    seen = permission.refuse_unless_seen(case, actor)
    return redirect(f"{HERE}/{OutletDetail.objects.get(pk=seen.pk).premises_id}")


def code(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The owner's way in, as words and as a picture to hang up, for the office that has the case."""
    kinds = ("catering.outlet", "catering.problem")
    case = Case.objects.filter(number=parse_case_number(number), procedure__in=kinds).first()
    seen = permission.refuse_unless_seen(case, actor)
    if seen.office_id != actor.office_id or not who.works(actor):
        raise Http404
    word = actions.code_of(seen)
    own = seen.procedure == "catering.outlet"
    address = ""
    if word and own:
        address = f"{request.build_absolute_uri('/catering/own')}?{urlencode({'g': word})}"
    elif word:
        address = receipts.address_with(request, seen.number, word)
    context = {
        "case": seen,
        "own": own,
        "code": word,
        "address": address,
        "picture": receipts.qr(address) if address else "",
        "back": f"{HERE}/file/{seen.number}" if own else f"/desk/c/{seen.number}",
    }
    response = render(request, "catering/code.html", context)
    response["Cache-Control"] = "no-store"
    return response


pages = (
    Page("desk/catering/<int:premises>", show, "catering_outlet", may=who.reads),
    Page("desk/catering/file/<str:number>", of_file, "catering_file", may=who.reads),
    Page("desk/catering/code/<str:number>", code, "catering_code", may=who.works),
)
