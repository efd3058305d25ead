"""One firm, one premises: what is registered, who runs it (masked), what other apps show of it, its changes."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from zhili.core.people.actors import Actor
from zhili.core.places import tree
from zhili.core.registers import firms, rights, tabs, telling
from zhili.core.registers.models import Firm, Premises
from zhili.portal.asked import text_in
from zhili.portal.pages.registers import history
from zhili.portal.pages.registers.listing import check

SHOWN = 50


def firm(request: HttpRequest, actor: Actor, firm: str) -> HttpResponse:
    return _firm(request, actor, _found_firm(actor, firm))


def premises(request: HttpRequest, actor: Actor, premises: int) -> HttpResponse:
    check(actor)
    found = get_object_or_404(rights.premises(actor).select_related("firm", "division", "cell"), pk=premises)
    context = {
        "one": found,
        "place": tree.full_name(found.division_id),
        "may_see_firm": rights.firms(actor).filter(pk=found.firm_id).exists(),
        **_more(request, actor, tabs.PREMISES, found, telling.PREMISES),
    }
    return render(request, "portal/registers/one_premises.html", context)


@require_POST
def personal(request: HttpRequest, actor: Actor, firm: str, column: str) -> HttpResponse:
    """Open one personal value: the purpose is asked, and the opening recorded before the value is shown."""
    found = _found_firm(actor, firm)
    if column not in telling.SEALED:
        raise Http404
    purpose = request.POST.get("purpose", "").strip()[:200]
    if not purpose:
        if not rights.may_open(actor):
            rights.refuse_opening()
        return _firm(request, actor, found, asking=column, status=422)
    plain = firms.open_personal(found, column, actor, purpose)
    response = _firm(request, actor, found, opened={column: plain})
    response["Cache-Control"] = "no-store"
    return response


def _found_firm(actor: Actor, code: str) -> Firm:
    check(actor)
    return get_object_or_404(rights.firms(actor).select_related("division"), code=code.upper())


def _firm(
    request: HttpRequest,
    actor: Actor,
    found: Firm,
    *,
    opened: dict[str, str] | None = None,
    asking: str = "",
    status: int = 200,
) -> HttpResponse:
    titles: dict[str, Any] = {one.name: one.verbose_name for one in Firm._meta.concrete_fields}
    shown = firms.masked(found)
    people = [
        (name, titles[name], shown[name], (opened or {}).get(name))
        for name in telling.SEALED
        if name in shown
    ]
    premises_of = list(
        rights.premises(actor).filter(firm=found).select_related("division").order_by("pk")[:SHOWN]
    )
    context = {
        "one": found,
        "place": tree.full_name(found.division_id) if found.division_id else "",
        "people": people,
        "asking": asking,
        "may_open": rights.may_open(actor),
        "premises": premises_of,
        **_more(request, actor, tabs.FIRM, found, telling.FIRM),
    }
    return render(request, "portal/registers/one_firm.html", context, status=status)


def _more(request: HttpRequest, actor: Actor, of: str, one: Firm | Premises, subject: str) -> dict[str, Any]:
    known = tabs.tabs(of, actor)
    asked = text_in(request.GET, "tab")
    open_tab = next((tab for tab in known if tab.name == asked), None)
    return {
        "tabs": known,
        "open_tab": open_tab,
        "tab_rows": list(open_tab.rows(one, actor))[:SHOWN] if open_tab else [],
        "history": history.of(one, subject, actor) if asked == "history" else None,
        "asked_tab": asked,
        "may_write": rights.may_write(actor) and rights.covers(actor, one.division_id),
    }
