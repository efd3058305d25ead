"""/desk/inspections/order: order something to be put right, and the code that goes to the business."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from zhili.base.codes import parse_case_number
from zhili.core.cases import doors, permission
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.visits import remedies
from zhili.portal import receipts
from zhili.portal.asked import number_in, text_in
from zhili.portal.lenses import Page
from zhili.portal.submitted import Submission
from zhili.scenarios.inspections import actions, forms, remedying
from zhili.scenarios.inspections.catalogue import keeping
from zhili.scenarios.inspections.models import RectificationDetail
from zhili.scenarios.inspections.pages import filling, who

PROCEDURE: Final = "inspections.rectification"
GIVEN: Final = ("name", "firm", "premises", "item", "visit")


def order(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The order: once it is written, it is served from its own page."""
    start: dict[str, Any] = {name: text_in(request.GET, name) for name in GIVEN}
    finding = remedying.found(number_in(request.GET, "finding") or 0, actor)
    if finding is not None:
        start = remedying.given(finding)
    made = filling.filled(
        request,
        actor,
        forms.Order,
        lambda sent: _order(actor, sent),
        gettext("已开具。送达后，把查询码交给经营者。"),
        start={name: text for name, text in start.items() if text},
    )
    if made.response:
        return made.response
    context = {"made": made, "ready": bool(keeping.in_force())}
    return render(request, "inspections/order.html", context, status=made.status)


@transaction.atomic
def _order(actor: Actor, sent: Submission) -> str:
    """A finding that is named becomes this case, and no second one."""
    number = str(sent.data.get("finding") or "")
    finding = remedying.found(int(number), actor) if number.isdigit() and len(number) < 19 else None
    if number and finding is None:
        raise Refused("not_found", gettext("没有这个问题，或已经开具过责令改正"), 409)
    made = doors.open_case(PROCEDURE, "order", actor, sent.data, key=sent.key)
    if finding is not None:
        remedies.tie(finding, made.case_id)
    return f"/desk/c/{made.number}"


def code(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The business's own way in, as words and as a picture, for the office that has the case."""
    case = Case.objects.filter(number=parse_case_number(number), procedure=PROCEDURE).first()
    seen = permission.refuse_unless_seen(case, actor)
    if seen.office_id != actor.office_id or not who.works(actor):
        raise Http404
    word = actions.code_of(seen)
    address = receipts.address_with(request, seen.number, word) if word else ""
    context = {
        "case": seen,
        "detail": RectificationDetail.objects.filter(pk=seen.pk).first(),
        "code": word,
        "address": address,
        "picture": receipts.qr(address) if address else "",
    }
    response = render(request, "inspections/code.html", context)
    response["Cache-Control"] = "no-store"
    return response


pages = (
    Page("desk/inspections/order", order, "inspection_order", may=who.works),
    Page("desk/inspections/order/<str:number>/code", code, "inspection_order_code", may=who.works),
)
