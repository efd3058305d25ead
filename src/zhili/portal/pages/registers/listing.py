"""/desk/registers/firms and …/premises: found by name, code, address, phone; narrowed by kind, place, licence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.people.actors import Actor
from zhili.core.places import tree
from zhili.core.registers import firms, premises, rights
from zhili.core.registers.models import Firm, FirmKind, FirmStatus, Premises, PremisesKind
from zhili.portal.asked import number_in, text_in
from zhili.portal.inbox.choices import places_of

PAGE = 50
COUNTED = 100_000
"""More are not counted: the page says that there are more."""
SOON = timedelta(days=60)


def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    check(actor)
    return redirect("register_premises")


def of_premises(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Premises the actor may see, in the order they were registered."""
    check(actor)
    found = premises_asked(request.GET, actor)
    context = {
        "kinds": PremisesKind.choices,
        "today": timezone.localdate(),
        "soon": timezone.localdate() + SOON,
    }
    return _show(request, actor, "premises", found, context)


def of_firms(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Firms the actor may see."""
    check(actor)
    found = firms_asked(request.GET, actor)
    return _show(request, actor, "firms", found, {"kinds": FirmKind.choices, "statuses": FirmStatus.choices})


def check(actor: Actor) -> None:
    """Raises PermissionDenied, in words."""
    if not rights.may_read(actor):
        raise PermissionDenied(gettext("登记簿由办事和管理岗位使用。"))


def premises_asked(asked: QueryDict, actor: Actor) -> QuerySet[Premises]:
    """Those the address asks for."""
    found = premises.find(text_in(asked, "q"), actor).order_by("pk")
    if asked.get("kind") in PremisesKind.values:
        found = found.filter(kind=asked["kind"])
    if (place := _place(asked)) is not None:
        found = found.filter(division__in=place)
    today = timezone.localdate()
    match asked.get("state"):
        case "over":
            found = found.filter(licence_until__lt=today, active=True)
        case "soon":
            found = found.filter(licence_until__gte=today, licence_until__lt=today + SOON, active=True)
        case "closed":
            found = found.filter(active=False)
    return found


def firms_asked(asked: QueryDict, actor: Actor) -> QuerySet[Firm]:
    """Those the address asks for."""
    found = firms.find(text_in(asked, "q"), actor).select_related("division").order_by("pk")
    if asked.get("kind") in FirmKind.values:
        found = found.filter(kind=asked["kind"])
    if asked.get("status") in FirmStatus.values:
        found = found.filter(status=asked["status"])
    if (place := _place(asked)) is not None:
        found = found.filter(Q(division__in=place) | Q(premises__division__in=place)).distinct()
    return found


def _place(asked: QueryDict) -> Any:
    number = number_in(asked, "place")
    return tree.subtree(number) if number is not None and number in tree.nodes() else None


def _show(
    request: HttpRequest, actor: Actor, what: str, found: QuerySet[Any], context: dict[str, Any]
) -> HttpResponse:
    after = number_in(request.GET, "after")
    page = list((found.filter(pk__gt=after) if after is not None else found)[: PAGE + 1])
    kept = [(name, value) for name in request.GET if name != "after" and (value := request.GET.get(name))]
    count = found.order_by()[: COUNTED + 1].count()
    told = {
        "what": what,
        "rows": page[:PAGE],
        "count": min(count, COUNTED),
        "many": count > COUNTED,
        "asked": request.GET,
        "narrowed": any(request.GET.get(one) for one in ("q", "kind", "place", "state", "status")),
        "more": f"?{urlencode([*kept, ('after', page[PAGE - 1].pk)])}" if len(page) > PAGE else "",
        "first": f"?{urlencode(kept)}" if after is not None else "",
        "query": urlencode(kept),
        "places": places_of(actor),
        "may_write": rights.may_write(actor),
        "may_import": rights.may_import(actor),
        **context,
    }
    return render(request, f"portal/registers/{what}.html", told)
