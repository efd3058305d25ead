"""/share: what the office at the other end of a link meets. Following it shows nothing yet and counts nothing:
mail scanners and previews follow links too. Sending the form opens it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhili.core.cases import present
from zhili.core.forms import Bool
from zhili.portal.errors import Trouble, attempt
from zhili.portal.lenses import Page
from zhili.portal.submitted import key_of, new_key
from zhili.scenarios.evidence.bag import chain
from zhili.scenarios.evidence.sharing import forms, looking, second_code, standing
from zhili.scenarios.evidence.sharing.looking import LINK, LINK_S, SITTING, Dead
from zhili.scenarios.evidence.sharing.models import Share

STATUS = {standing.ALTERED: 400, standing.UNKNOWN: 404}
"""The others are 410: there was such a link."""
LIMITS = {"follow": "60/m/ip", "open": "20/h/key,60/h/ip"}


@require_safe
def follow(request: HttpRequest) -> HttpResponseBase:
    """/share?k=…: the link itself. Its word is taken out of the address at once."""
    if not _within(request, "follow", "all"):
        return _later(request)
    try:
        share = looking.named(request.GET.get("k", ""))
        looking.refuse_closed(share)
    except Dead as dead:
        return _dead(request, dead)
    answer = HttpResponseRedirect(f"/share/{share.pk}")
    looking.remember(answer, LINK, str(share.pk), share.pk, LINK_S)
    return looking.quiet(answer)


def opening(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The conditions, and the opening; once opened, what is to be seen."""
    if request.method != "POST" and (seat := looking.sitting(request, pk)) is not None:
        return _show(request, seat)
    try:
        share = looking.followed(request, pk)
        if request.method == "POST":
            return _open(request, share)
        looking.refuse_closed(share)
    except Dead as dead:
        return _dead(request, dead)
    return _conditions(request, share)


def _open(request: HttpRequest, share: Share) -> HttpResponseBase:
    if not _within(request, "open", str(share.pk)):
        return _later(request)
    if request.POST.get("_do") == "code":
        looking.refuse_closed(share)
        return _conditions(request, share, _sent(request, share))
    trouble = _missing(request, share)
    if trouble is None:
        stated, purpose = request.POST.get("stated", ""), request.POST.get("purpose", "")
        viewing, trouble = attempt(lambda: looking.open_it(share, stated, purpose, key_of(request)))
        if viewing is not None:
            answer = HttpResponseRedirect(f"/share/{share.pk}")
            seconds = max(60, round((viewing.until - timezone.now()).total_seconds()))
            looking.remember(answer, SITTING, f"{share.pk}/{viewing.number}", share.pk, seconds)
            return looking.quiet(answer)
    return _conditions(request, share, trouble)


def _missing(request: HttpRequest, share: Share) -> Trouble | None:
    """What must be right before a view is counted: the box, and the code where one is asked."""
    if request.POST.get("agreed") not in Bool.yes:
        return Trouble(422, errors={"agreed": [_("请看过并同意这些条件，再打开。")]})
    if share.phone_id is not None and (fault := second_code.fault(request, share)):
        return Trouble(422, errors={"code": [fault]})
    return None


def _sent(request: HttpRequest, share: Share) -> Trouble | None:
    fault = second_code.send(request, share)
    return Trouble(422, errors={"code": [fault]}) if fault else None


def _conditions(request: HttpRequest, share: Share, trouble: Trouble | None = None) -> HttpResponse:
    form = forms.Opening if share.phone_id is None else forms.OpeningWithCode
    typed = {one.name: request.POST.get(one.name, "")[:200] for one in form.fields()}
    typed["stated"] = typed["stated"] or share.recipient
    context: dict[str, Any] = {
        "share": share,
        "giver": present.office_name(share.giver_id),
        "left": share.most_views - share.views,
        "files": len(share.files),
        "bound": form.bind(typed, trouble.errors if trouble else None),
        "trouble": trouble if trouble and trouble.message else None,
        "code": second_code.state(request, share),
        "key": new_key(),
    }
    answer = render(
        request, "evidence/sharing/conditions.html", context, status=trouble.status if trouble else 200
    )
    return _page(answer)


def _page(answer: HttpResponse) -> HttpResponse:
    """A page with a form on it: one that tells no origin at all would be refused by the check against forged requests.
    Its address holds no secret any more, and other sites are told nothing of it."""
    looking.quiet(answer)
    answer["Referrer-Policy"] = "same-origin"
    return answer


def _show(request: HttpRequest, seat: looking.Sitting) -> HttpResponse:
    share = seat.share
    shown = looking.shown(share)
    context = {
        "share": share,
        "viewing": seat.viewing,
        "giver": present.office_name(share.giver_id),
        "left": share.most_views - share.views,
        "mark": seat.mark,
        "pictures": [one for one in shown if one.is_image],
        "papers": [one for one in shown if one.mime == "application/pdf"],
        "films": [one for one in shown if one.mime.startswith("video/")],
        "sounds": [one for one in shown if one.mime.startswith("audio/")],
        "shown": shown,
        "lines": chain.lines(share.case) if share.custody else [],
    }
    return _page(render(request, "evidence/sharing/seen.html", context))


@require_safe
def copy(request: HttpRequest, pk: int, file: UUID) -> HttpResponseBase:
    seat = looking.sitting(request, pk)
    if seat is None:
        return _closed(request)
    return looking.copy_of(seat, looking.one_of(seat, file), request)


@require_safe
def original(request: HttpRequest, pk: int, file: UUID) -> HttpResponseBase:
    seat = looking.sitting(request, pk)
    if seat is None:
        return _closed(request)
    return looking.original(seat, looking.one_of(seat, file), request)


def _dead(request: HttpRequest, dead: Dead) -> HttpResponseBase:
    title, then = standing.reason(dead.state)
    context = {"title": title, "then": then, "state": dead.state, "share": dead.share}
    context["giver"] = present.office_name(dead.share.giver_id) if dead.share else ""
    answer = render(request, "evidence/sharing/dead.html", context, status=STATUS.get(dead.state, 410))
    return looking.quiet(answer)


def _closed(request: HttpRequest) -> HttpResponseBase:
    """A file asked for outside an opening."""
    context = {
        "title": _("这次查看已经结束"),
        "then": _("请用原来的链接重新打开，会再计一次。"),
        "state": "closed",
    }
    return looking.quiet(render(request, "evidence/sharing/dead.html", context, status=403))


def _later(request: HttpRequest) -> HttpResponseBase:
    context = {
        "title": _("打开得太频繁了"),
        "then": _("请过几分钟再试，链接不变，也没有计次。"),
        "state": "later",
    }
    return looking.quiet(render(request, "evidence/sharing/dead.html", context, status=429))


def _within(request: HttpRequest, action: str, key: str) -> bool:
    name = f"share_{action}"
    return bool(
        ratelimit.consume(request, app="evidence", action=name, config={name: LIMITS[action]}, key=key)
    )


pages = (
    Page("share", follow, "share_follow"),
    Page("share/<int:pk>", opening, "share_open"),
    Page("share/<int:pk>/f/<uuid:file>", copy, "share_copy"),
    Page("share/<int:pk>/o/<uuid:file>", original, "share_original"),
)
