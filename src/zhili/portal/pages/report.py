"""Making a report: choose what kind, fill in the form, get the number and the code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from zhili.base.codes import parse_case_number
from zhili.base.procedure import Opening, Party, Procedure, Role
from zhili.core.cases import doors, permission, present, query, registry
from zhili.core.cases.doors import Opened
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Step
from zhili.core.files import limits
from zhili.core.people.actors import Actor, of_request
from zhili.core.web import words
from zhili.portal.errors import Trouble, attempt
from zhili.portal.lenses import own_page
from zhili.portal.offline import told, wants_json
from zhili.portal.pages.triage import looked_for
from zhili.portal.receipts import RECEIPT_COOKIE, RECEIPT_KEPT, address_with, qr
from zhili.portal.submitted import Submission, new_key

CHANNELS = {"hotline": "hotline", "grid": "patrol"}


@dataclass(frozen=True)
class Entrance:
    """A way to begin a case, as the picker shows it."""

    title: str
    text: str
    url: str
    procedure: type[Procedure]
    opening: Opening


def entrances(actor: Actor) -> list[Entrance]:
    """What this actor may begin, over all scenarios, in the order declared."""
    return [
        Entrance(
            gettext(opening.title),
            gettext(opening.hint or registry.scenarios()[procedure.scenario].summary),
            f"/new/{procedure.full_name()}/{opening.name}",
            procedure,
            opening,
        )
        for procedure, opening in present.openings_for(actor)
        if opening.form is None or not opening.form.found_at
    ]


def picker(request: HttpRequest) -> HttpResponse:
    """/report: the list of what may be reported, or straight to the form when there is only one."""
    found = entrances(of_request(request))
    if len(found) == 1:
        return redirect(found[0].url)
    return render(request, "portal/picker.html", {"entrances": found})


def new(request: HttpRequest, procedure: str, opening: str) -> HttpResponse:
    """/new/<procedure>/<opening>: the form, and its sending."""
    actor = of_request(request)
    declared = registry.procedure(procedure)
    begin = declared.openings.get(opening) if declared else None
    if declared is None or begin is None:
        raise Http404
    if not permission.may_open(begin, actor):
        raise Refused("forbidden", gettext("您不能以这种方式发起此事项"), 403)
    if begin.form is not None and begin.form.own_page:
        return redirect(begin.form.own_page)
    if request.method != "POST":
        return _draw(request, declared, begin, actor, key=new_key())
    sent = Submission(request, begin.form, actor)

    def send() -> Opened:
        sent.raise_faults()
        return doors.open_case(procedure, opening, actor, sent.data, key=sent.key, channel=_channel(actor))

    if wants_json(request):
        return told(request, lambda: with_code(request, send()))
    opened, trouble = attempt(send)
    if opened is None:
        key = new_key() if trouble and trouble.message else sent.key
        return _draw(request, declared, begin, actor, key=key, sent=sent, trouble=trouble)
    return with_code(request, opened)


def with_code(request: HttpRequest, opened: Opened) -> HttpResponse:
    """To the receipt; a script that sends from the phone's outbox is told number, code and where the receipt is."""
    response: HttpResponse = redirect("done", opened.number)
    if wants_json(request):
        url = response["Location"]
        body = {"number": opened.number, "seq": opened.seq, "code": opened.code, "url": url}
        response = JsonResponse(body, status=201)
        response["Cache-Control"] = "no-store"
    if opened.code:
        # The code is the reporter's own key: it stays in their browser for half an hour, never on the server.
        response.set_signed_cookie(
            RECEIPT_COOKIE,
            f"{opened.number}:{opened.code}",
            max_age=RECEIPT_KEPT,
            path="/done",
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response


def _channel(actor: Actor) -> str:
    return next((channel for role, channel in CHANNELS.items() if role in actor.roles), "web")


def _draw(
    request: HttpRequest,
    declared: type[Procedure],
    begin: Opening,
    actor: Actor,
    *,
    key: str,
    sent: Submission | None = None,
    trouble: Trouble | None = None,
) -> HttpResponse:
    bound = None
    if begin.form is not None:
        data: Any = sent.data if sent else None
        bound = begin.form.bind(
            data, trouble.errors if trouble else None, file_names=sent.names if sent else None
        )
    context = {
        "declared": declared,
        "begin": begin,
        "begin_url": f"/new/{declared.full_name()}/{begin.name}",
        "bound": bound,
        "key": key,
        "trouble": trouble,
        "by_post": actor.kind == "post",
        "limits": present_limits(declared),
        "looked_for": looked_for(declared, begin),
        "looked_at_first": limits.checked_first(declared.scenario),
    }
    return render(request, "portal/new.html", context, status=trouble.status if trouble else 200)


def present_limits(declared: type[Procedure]) -> list[tuple[str, str]]:
    """(what, how long) of the clocks that run from the start, for "what happens next"."""
    from zhili.core import params

    found = []
    for clock in declared.clocks.values():
        length, _value = params.duration(clock.limit.param)
        found.append((gettext(clock.title), words.duration(length)))
    return found


def done(request: HttpRequest, number: str) -> HttpResponse:
    """/done/<number>: the receipt. The code is shown only in the browser that made the report."""
    number = parse_case_number(number)
    actor = of_request(request)
    if registered := _registered(number, actor):
        return render(request, "portal/done_desk.html", registered)
    code = _own_code(request, number)
    link = address_with(request, number, code)
    context = {
        "number": number,
        "code": code,
        "grant": f"?g={quote(code)}" if code else "",
        "link": link,
        "qr": qr(link),
        "by_post": actor.kind == "post",
    }
    return render(request, "portal/done.html", context)


def _registered(number: str, actor: Actor) -> dict[str, Any] | None:
    """What an officer is told who opened what only posts open, and no reporter stands behind; else None."""
    case = query.visible(actor).filter(number=number).first() if actor.kind == "post" else None
    declared = registry.procedure(case.procedure) if case else None
    if case is None or declared is None:
        return None
    first = Step.objects.filter(case=case, seq=1).values_list("action", flat=True).first()
    begin = declared.openings.get(first or "")
    steps = (action for action in declared.declared() if action is not begin)
    if begin is None or not all(isinstance(who, Role) for who in begin.by):
        return None
    if any(who == Party("reporter") for action in steps for who in action.by):
        return None
    return {
        "number": number,
        "case": case,
        "stage": present.stage_title(case),
        "own": own_page(case.procedure, number),
        "begin": begin,
        "again": f"/new/{declared.full_name()}/{begin.name}" if permission.may_open(begin, actor) else "",
    }


def _own_code(request: HttpRequest, number: str) -> str:
    try:
        kept = request.get_signed_cookie(RECEIPT_COOKIE, default="", max_age=RECEIPT_KEPT)
    except signing.BadSignature:
        return ""
    owner, _, code = (kept or "").partition(":")
    return code if owner == number else ""
