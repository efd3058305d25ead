"""/evidence: what one's office keeps, by stage; what is overdue; what was refused at the door."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.cases import query, registry
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.portal.asked import number_in, text_in
from zhili.portal.rows import Row, rows
from zhili.scenarios.evidence.models import DoorRefusal, ItemDetail, Store
from zhili.scenarios.evidence.pages.who import PROCEDURE

SHOWN = 50
REFUSALS = 5


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The list, one stage of it (``?stage=``) or what a word finds (``?q=``), fifty at a time."""
    kept = mine(actor)
    stage, words = text_in(request.GET, "stage"), text_in(request.GET, "q")
    page = max(1, number_in(request.GET, "page") or 1)
    found = kept.filter(stage=stage) if stage else kept
    if words:
        about = ItemDetail.objects.filter(matter__icontains=words).values("case_id")
        found = found.filter(Q(title__icontains=words) | Q(number=words) | Q(pk__in=about))
    shown = list(
        found.order_by(F("due_at").asc(nulls_last=True), "-id")[(page - 1) * SHOWN : page * SHOWN + 1]
    )
    context = {
        "rows": lines(shown[:SHOWN], actor),
        "more": len(shown) > SHOWN,
        "page": page,
        "stage": stage,
        "q": words,
        "counts": _counts(kept),
        "stores": Store.objects.filter(office_id=actor.office_id or 0, closed_on=None).order_by("code"),
        "refusals": DoorRefusal.objects.filter(office_id=actor.office_id, zone__in=query.zones()).order_by(
            "-id"
        )[:REFUSALS],
        "late": _late(kept),
    }
    return render(request, "evidence/overview.html", context)


def lines(cases: Iterable[Case], actor: Actor) -> list[Row]:
    """Lines that lead to the items' own pages and say on which slot each one is."""
    cases = list(cases)
    placed = ItemDetail.objects.filter(case__in=cases, slot__isnull=False)
    slots = dict(placed.values_list("case__number", "slot__code"))
    told = rows(cases, desk=True, own_office=actor.office_id)
    return [
        replace(one, url=f"/evidence/i/{one.number}", place=slots.get(one.number, one.place)) for one in told
    ]


def mine(actor: Actor) -> QuerySet[Case]:
    """The items one's office keeps, or kept until they left."""
    return query.visible(actor).filter(procedure=PROCEDURE, office_id=actor.office_id or 0)


def _counts(kept: QuerySet[Case]) -> list[dict[str, object]]:
    """How many in each stage, in the order of the procedure; stages nothing is in are left out."""
    numbers = dict(kept.order_by().values_list("stage").annotate(Count("pk")))
    stages = registry.procedures()[PROCEDURE].own_stages().values()
    return [
        {"name": s.name, "title": gettext(s.title), "number": numbers[s.name]}
        for s in stages
        if numbers.get(s.name)
    ]


def _late(kept: QuerySet[Case]) -> int:
    late = ItemDetail.objects.filter(until__lt=timezone.localdate(), borrower_id__isnull=False)
    return kept.filter(closed_at=None, pk__in=late.values("case_id")).count()
