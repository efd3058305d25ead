"""/evidence/loans: what is out, to whom and until when, the late ones first; and what one's own office has borrowed."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from zhili.core.cases import present, query
from zhili.core.people.actors import Actor
from zhili.portal.lenses import Page
from zhili.scenarios.evidence.models import ItemDetail
from zhili.scenarios.evidence.pages.who import PROCEDURE, custodian

SHOWN = 200


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    seen = query.visible(actor).filter(procedure=PROCEDURE, stage="lent")
    out = ItemDetail.objects.select_related("case").filter(
        case__in=seen.filter(office_id=actor.office_id or 0)
    )
    ours = ItemDetail.objects.select_related("case").filter(case__in=seen, borrower_id=actor.office_id)
    context = {"out": _lines(out, borrower=True), "ours": _lines(ours, borrower=False)}
    return render(request, "evidence/loans.html", context)


def _lines(found: QuerySet[ItemDetail], *, borrower: bool) -> list[dict[str, object]]:
    today = timezone.localdate()
    return [
        {
            "number": one.case.number,
            "title": one.case.title,
            "office": present.office_name(one.borrower_id if borrower else one.case.office_id),
            "lent_at": one.lent_at,
            "due_at": one.case.due_at,
            "late": one.until is not None and one.until < today,
        }
        for one in found.order_by("until", "case_id")[:SHOWN]
    ]


pages = (Page("evidence/loans", show, "evidence_loans", may=custodian),)
