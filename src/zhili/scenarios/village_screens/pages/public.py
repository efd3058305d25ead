"""/village: what everybody may read on a phone, without scripts; questions; and the files that belong to it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.cases import doors
from zhili.core.files import serving
from zhili.core.files.models import File
from zhili.core.people.actors import of_request
from zhili.core.places.models import Cell
from zhili.core.places.tree import Node, nodes
from zhili.portal.asked import text_in
from zhili.portal.errors import Trouble, attempt
from zhili.portal.lenses import Page
from zhili.portal.pages.report import with_code
from zhili.portal.submitted import Submission, new_key
from zhili.scenarios.village_screens import content, forms
from zhili.scenarios.village_screens.models import DisclosureDetail, MotionDetail, NoticeDetail

QUESTION = "village_screens.question"


def listing(request: HttpRequest) -> HttpResponse:
    """The villages that show something, and a search by name for the others."""
    words = text_in(request.GET, "q")
    known = [one for one in nodes().values() if one.level == "village" and one.valid_to is None]
    if words:
        found = [one for one in known if words in one.name][:50]
    else:
        shown = set(NoticeDetail.objects.values_list("division_id", flat=True).distinct()[:200])
        shown |= set(DisclosureDetail.objects.values_list("division_id", flat=True).distinct()[:200])
        found = [one for one in known if one.id in shown]
    context = {"villages": sorted(found, key=lambda one: one.code)[:50], "q": words}
    return render(request, "village_screens/villages.html", context)


def show(request: HttpRequest, code: str) -> HttpResponse:
    """/village/<code>: notices first, then what is disclosed, decided, measured and weighed."""
    division = _village(code)
    cell = Cell.objects.filter(
        village_id=division.id, code=text_in(request.GET, "cell"), valid_to=None
    ).first()
    return framed(_draw(request, division, cell=cell))


def ask(request: HttpRequest, code: str) -> HttpResponse:
    """The form for a question; sent, it leads to the receipt with its number and code."""
    division = _village(code)
    about = text_in(request.GET, "about")
    if request.method != "POST":
        return _asking(request, division, about)
    actor = of_request(request)
    sent = Submission(request, forms.Ask, actor)
    opened, trouble = attempt(
        lambda: doors.open_case(
            QUESTION, "ask", actor, {**sent.data, "village": division.code, "about": about}, key=sent.key
        )
    )
    if opened is None:
        return _asking(request, division, about, sent=sent, trouble=trouble)
    return with_code(request, opened)


def file(request: HttpRequest, code: str, file: UUID) -> HttpResponseBase:
    """A picture or attachment of something that is shown now; pictures without what the camera knew."""
    division = _village(code)
    now = timezone.now()
    at = Q(case__stage__in=("published", "reported", "done"))
    here = {"division_id": division.id}
    shown = NoticeDetail.objects.filter(
        case__stage="shown", starts_at__lte=now, ends_at__gt=now, picture=file, **here
    )
    disclosed = DisclosureDetail.objects.filter(Q(picture=file) | Q(attachment=file), at, **here)
    decided = MotionDetail.objects.filter(at, picture=file, **here)
    if not (shown.exists() or disclosed.exists() or decided.exists()):
        raise Http404
    found = File.objects.filter(pk=file).first()
    if found is None:
        raise Http404
    return serving.response(found, "public" if found.is_image else "original", request, public=True)


def framed(response: HttpResponse) -> HttpResponse:
    """Pages of this site may show it in a frame: the preview on the desk."""
    response.xframe_options_exempt = True  # type: ignore[attr-defined]
    response._csp_replace = {"frame-ancestors": ["'self'"]}  # type: ignore[attr-defined]
    return response


def _village(code: str) -> Node:
    found = content.village(code)
    if found is None:
        raise Http404
    return found


def _draw(request: HttpRequest, division: Node, *, cell: Cell | None = None) -> HttpResponse:
    shown = content.of(division, cell_id=cell.pk if cell else None)
    return render(
        request,
        "village_screens/phone.html",
        {
            "village": division,
            "shown": shown,
            "cell": cell,
            "cells": Cell.objects.filter(village_id=division.id, valid_to=None).order_by("code"),
        },
    )


def _asking(
    request: HttpRequest,
    division: Node,
    about: str,
    *,
    sent: Submission | None = None,
    trouble: Trouble | None = None,
) -> HttpResponse:
    found = DisclosureDetail.objects.filter(
        division_id=division.id, case__number=about, case__stage="published"
    )
    context = {
        "village": division,
        "about": found.select_related("case").first(),
        "what": str(sent.data.get("what", "")) if sent else "",
        "key": sent.key if sent and not (trouble and trouble.message) else new_key(),
        "fault": _fault(trouble),
    }
    return render(request, "village_screens/ask.html", context, status=trouble.status if trouble else 200)


def _fault(trouble: Trouble | None) -> str:
    if trouble is None:
        return ""
    told = [one for found in trouble.errors.values() for one in found]
    return trouble.message or " ".join(told) or gettext("没有发出，请再试一次。")


pages = (
    Page("village", listing, "villages"),
    Page("village/<str:code>", show, "village"),
    Page("village/<str:code>/ask", ask, "village_ask"),
    Page("village/<str:code>/f/<uuid:file>", file, "village_file"),
)
