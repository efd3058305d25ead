"""One firm, one premises: what is registered, who runs it (masked), what other apps show of it, its changes."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.core.people.actors import Actor
from zhili.core.places import tree
from zhili.core.registers import firms, rights, tabs, telling
from zhili.core.registers.models import Firm, Premises
from zhili.core.trail.models import Change
from zhili.portal.asked import text_in
from zhili.portal.pages.registers.listing import check

CHANGES = 20
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
    made = Change.objects.filter(subject=subject, key=str(one.pk)).order_by("-id")[:CHANGES]
    return {
        "tabs": known,
        "open_tab": open_tab,
        "tab_rows": list(open_tab.rows(one, actor))[:SHOWN] if open_tab else [],
        "history": [_told(change) for change in made] if asked == "history" else None,
        "asked_tab": asked,
    }


def _told(change: Change) -> dict[str, Any]:
    names = {
        "kind": gettext("种类"), "status": gettext("状态"), "name": gettext("名称"), "address": gettext("地址"),
        "division": gettext("所在地"), "industry": gettext("行业代码"), "lon": gettext("经度"), "lat": gettext("纬度"),
        "licence_number": gettext("许可证号"), "licence_until": gettext("许可证最后一天"), "active": gettext("在用"),
        "operator": gettext("经营者"), "identity": gettext("经营者证件号码"), "phone": gettext("联系电话"),
        "full_name": gettext("登记全名"), "cell": gettext("网格"), "firm": gettext("市场主体"),
        "source": gettext("来源"),
    }  # fmt: skip
    differing = [
        title
        for key, title in names.items()
        if change.before and change.before.get(key) != change.after.get(key)
    ]
    return {
        "at": change.at,
        "done": gettext("登记") if change.done == "added" else gettext("改动"),
        "what": "、".join(differing),
        "source": change.after.get("source", ""),
        "reason": change.reason,
        "by": change.actor_label,
        "leaf": change.leaf_id,
    }
