"""/desk/c/<number>: one matter on the desk. What now on top, then the history; the rest beside it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhili.base.codes import parse_case_number
from zhili.core.cases import claims, kin, permission, present, query
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.personal import delaying
from zhili.portal import attachments, hints, lenses
from zhili.portal.acting import Tried, form_of, take, view_of
from zhili.portal.asked import number_in, text_in
from zhili.portal.inbox import paging
from zhili.portal.inbox.lens import Lens
from zhili.portal.inbox.seats import seat_of
from zhili.portal.pages import queue
from zhili.portal.templatetags import across

CHANNELS = {
    "web": gettext_noop("网上上报"),
    "phone": gettext_noop("手机上报"),
    "hotline": gettext_noop("热线来电"),
    "patrol": gettext_noop("网格巡查"),
    "api": gettext_noop("系统对接"),
    "referral": gettext_noop("由其他事项转来"),
    "exchange": gettext_noop("由外地移交来"),
}
"""How a matter came in, in words."""


def find(number: str, actor: Actor) -> Case:
    """The matter, with its parent and whoever looks at it. Raises Refused (404) for what is not there or not seen."""
    case = (
        Case.objects.select_related("parent", "claim__post").filter(number=parse_case_number(number)).first()
    )
    return permission.refuse_unless_seen(case, actor)


def show(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    return _draw(request, find(number, actor), actor)


@require_GET
def form(request: HttpRequest, actor: Actor, number: str, action: str) -> HttpResponse:
    """The form of one action, asked for when it is unfolded; without scripts the page with it open.

    It carries the last step the page shows, not the last there is: what came between is told when it is sent.
    """
    case = find(number, actor)
    base = f"/desk/c/{case.number}"
    if request.headers.get("HX-Request") != "true":
        return HttpResponseRedirect(f"{base}?{urlencode({'fill': action})}#act-{action}")
    choice = form_of(case, actor, base, action)
    if choice is None:
        raise Refused("not_now", gettext("这一步现在不能办了，可能刚才有了新的进展。请刷新页面再看。"), 409)
    seen = number_in(request.GET, "seen")
    shown = case.seq if seen is None else min(seen, case.seq)
    context = {"choice": choice, "seen": shown, **_beside(request), "mine": case.office_id == actor.office_id}
    return render(request, "portal/parts/choice_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, actor: Actor, number: str, action: str) -> HttpResponse:
    if request.method != "POST":  # a form drawn again stands at this address: opened anew it leads back
        return HttpResponseRedirect(f"/desk/c/{quote(number)}")
    case = find(number, actor)
    was = paging.place_of(Lens.of(actor, queue.list_of(request)).sort, case.due_at, case.pk)
    sent, trouble = take(request, case, action, actor)
    case.refresh_from_db()
    if trouble is not None:
        return _draw(request, case, actor, tried=(action, sent, trouble))
    stage = present.stage_title(case)
    office = present.office_name(case.office_id)
    words = gettext("%(number)s 已办。现在：%(stage)s，%(office)s。")
    messages.success(request, words % {"number": case.number, "stage": stage, "office": office})
    if request.POST.get("_next") == "1":
        return HttpResponseRedirect(queue.next_address(request, actor, but=case.pk))
    if seat := seat_of(request):
        claims.release(seat)
    if request.POST.get(queue.PANE) == "1":
        return HttpResponseRedirect(queue.following(request, actor, case, was))
    here = query.visible(actor).filter(pk=case.pk).exists() and case.office_id == actor.office_id
    return HttpResponseRedirect(
        f"/desk/c/{case.number}" if here else f"/desk?{queue.list_of(request).urlencode()}"
    )


@require_POST
def personal(request: HttpRequest, actor: Actor, number: str, secret: UUID) -> HttpResponse:
    """Open one personal value. The purpose is the case; the opening is recorded before the value is shown."""
    case = find(number, actor)
    plain = present.open_personal(case, secret, actor)
    if request.headers.get("HX-Request") == "true":
        response = render(request, "portal/parts/personal_open.html", {"plain": plain})
    else:
        response = _draw(request, case, actor, opened={str(secret): plain})
    response["Cache-Control"] = "no-store"
    return response


def _beside(request: HttpRequest) -> dict[str, Any]:
    """The list the page was opened from, and whether it stands beside it: every form on it says so when it is sent."""
    posted = request.method == "POST"
    listed = (
        queue.list_of(request)
        if posted
        else QueryDict(request.GET.get("list", "")[: queue.LONGEST].replace("\x00", ""))
    )
    pane = (request.POST.get(queue.PANE) if posted else request.GET.get("pane")) == "1"
    query = listed.urlencode()
    told = {"list": query, "pane": "1" if pane else ""}
    carried = "".join(f"&{name}={quote(text)}" for name, text in told.items() if text)
    return {"desk_list": query, "pane": pane, "carried": carried}


def _tree(case: Case, actor: Actor, family: kin.Family) -> list[kin.Member]:
    """Who asked whom, with what came back of this case's own children."""
    if not (family.parent or family.children):
        return []
    return kin.tree(case, actor, {one.number: one.reply for one in family.children})


def _draw(
    request: HttpRequest,
    case: Case,
    actor: Actor,
    *,
    tried: Tried | None = None,
    opened: dict[str, str] | None = None,
) -> HttpResponse:
    page = view_of(
        case,
        actor,
        own=True,
        base=f"/desk/c/{case.number}",
        desk=True,
        tried=tried,
        opened=opened,
        fill=text_in(request.GET, "fill"),
        given=request.GET,
    )
    trouble = tried[2] if tried else None
    beside = _beside(request)
    family = kin.family(case, actor)
    context = {
        "page": page,
        "to_check": attachments.to_check(page.files.values(), case),
        "trouble": trouble,
        "family": family,
        "tree": _tree(case, actor, family),
        "to_confirm": across.to_confirm(family, actor),
        "channel": CHANNELS.get(case.channel, case.channel),
        "mine": case.office_id == actor.office_id,
        "may_delay": delaying.eligible(case) and delaying.may_ask(case, actor),
        "may_open": present.may_open_names(case, actor),
        "own_page": lenses.own_page(case.procedure, case.number),
        "look_for_similar": hints.similar_wanted(case, actor),
        "claim": claims.other_than(getattr(case, "claim", None), seat_of(request)),
        **beside,
    }
    template = "portal/desk_case_pane.html" if beside["pane"] else "portal/desk_case.html"
    response = render(request, template, context, status=trouble.status if trouble else 200)
    if trouble:
        response["HX-Push-Url"] = "false"
    if trouble and beside["pane"]:  # the form asked for the whole page, as after a step that was taken
        response["HX-Retarget"], response["HX-Reselect"], response["HX-Reswap"] = (
            "#pane",
            "#case-pane",
            "innerHTML",
        )
    return response
