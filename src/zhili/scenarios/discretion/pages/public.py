"""/penalties: decisions made public (48); and for the office, the code by which a party reads its own case."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from zhili.base.codes import parse_case_number
from zhili.core.cases import permission
from zhili.core.cases.models import Case
from zhili.core.cases.present import office_name
from zhili.core.people.actors import Actor
from zhili.portal import receipts
from zhili.portal.asked import text_in
from zhili.scenarios.discretion import kinds, law, party, provisions, publishing
from zhili.scenarios.discretion.models import PenaltyDetail

MOST = 200
SINCE = timedelta(days=365)


def penalties(request: HttpRequest) -> HttpResponse:
    """Everybody's page, whole without scripts: no case number, no person, nothing that is not stated to be public."""
    words, of = text_in(request.GET, "q"), text_in(request.GET, "law")
    found = publishing.shown()
    known = provisions.known()
    if of:
        found = found.filter(provision__in=[one.code for one in known.values() if one.law == of])
    if words:
        codes = [one.code for one in known.values() if words in one.violation]
        found = found.filter(
            Q(published_as__icontains=words) | Q(document__icontains=words) | Q(provision__in=codes)
        )
    since = timezone.localdate() - SINCE
    context = {
        "rows": [row for one in found[:MOST] if (row := _row(one)) is not None],
        "withdrawn": [
            (one.document, one.withdrawn_on, gettext(dict(kinds.WITHDRAWN).get(one.withdrawn_for, "")))
            for one in publishing.withdrawn(since)[:MOST]
        ],
        "laws": sorted({one.law for one in known.values()}),
        "law": of,
        "q": words,
    }
    return render(request, "discretion/penalties.html", context)


def _row(detail: PenaltyDetail) -> dict[str, object] | None:
    """One decision, of columns made for it; None where the clause is no longer known."""
    clause = provisions.known().get(detail.provision)
    if clause is None:
        return None
    kind = {law.ENTITY: "", law.SOLE_TRADER: gettext("个体工商户"), law.NATURAL: gettext("个人")}
    shown = "" if detail.party_kind == law.NATURAL else detail.published_as
    fine = gettext("罚款%(fine)s元") % {"fine": law.yuan(detail.fine or 0)}
    return {
        "document": detail.document,
        "violation": clause.violation,
        "where": clause.where,
        "penalty": fine if detail.outcome == kinds.FINE else gettext("警告"),
        "decided": detail.decided_on,
        "published": detail.published_on,
        "party": shown or kind.get(detail.party_kind, ""),
        "office": office_name(detail.case.office_id),
    }


def code(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The party's own way in, as words and as a picture, for the office that has the case."""
    case = Case.objects.filter(number=parse_case_number(number), procedure="discretion.penalty").first()
    seen = permission.refuse_unless_seen(case, actor)
    if seen.office_id != actor.office_id or not actor.roles & {"handler", "leader"}:
        raise Http404
    word = party.code_of(seen)
    address = receipts.address_with(request, seen.number, word) if word else ""
    context = {
        "case": seen,
        "code": word,
        "address": address,
        "picture": receipts.qr(address) if address else "",
    }
    response = render(request, "discretion/code.html", context)
    response["Cache-Control"] = "no-store"
    return response
