"""Service request updates, FixMyStreet's extension of GeoReport: what happened to requests, and words about them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.cases import registry
from zhili.core.cases.models import Case, Step
from zhili.core.exchange.open311 import catalogue
from zhili.core.exchange.open311.accepting import alone
from zhili.core.exchange.open311.telling import declared, words_of
from zhili.core.exchange.open311.updating import CLOSED, OPEN, tell
from zhili.core.exchange.open311.wire import w3
from zhili.core.people.actors import of_account
from zhili.portal.open311.answering import Refusal, answer
from zhili.portal.open311.asking import (
    Args,
    asked,
    key_of,
    moment,
    one_of,
    reader,
    sent,
    several,
    whole,
    writer,
)
from zhili.portal.open311.asking import refuse_elsewhere as refuse
from zhili.portal.open311.requests import MOST, SPAN, numbers, readable

# FixMyStreet knows more states than open and closed; its words for the two of ours
OPEN_WORDS = {
    "OPEN",
    "IN_PROGRESS",
    "ACTION_SCHEDULED",
    "INVESTIGATING",
    "REOPEN",
    "FOR_TRIAGE",
    "INTERNAL_REFERRAL",
}
CLOSED_WORDS = {"CLOSED", "FIXED", "DUPLICATE", "NO_FURTHER_ACTION", "NOT_COUNCILS_RESPONSIBILITY"}


def listing(request: HttpRequest) -> HttpResponse:
    """The steps of the requests one may see, oldest first, within a span of 90 days (by default the latest)."""
    args = asked(request)
    actor = reader(request, args)
    refuse(request, args)
    size, page = whole(args, "page_size", MOST, MOST), whole(args, "page", 1, 100)
    cases = Case.objects.filter(readable(actor))
    steps = Step.objects.select_related("case").filter(_told(), _when(args), case__in=cases.values("pk"))
    if ids := several(args, "service_request_id", MOST):
        steps = steps.filter(case__number__in=numbers(ids))
    begin = (page - 1) * size
    found = list(steps.order_by("at", "id")[begin : begin + size])
    return answer(request, "service_request_updates", [_shown(step) for step in found])


def _told() -> Q:
    """Steps that tell an outsider something: declared ones, public or leading on. The opening is the request itself."""
    found = Q(pk__in=[])
    for name in catalogue.open_procedures():
        actions = registry.procedures()[name].actions.values()
        told = [one.name for one in actions if one.public or one.move.target is not None]
        found |= Q(case__procedure=name, action__in=told)
    return found & Q(seq__gt=1)


def _when(args: Args) -> Q:
    start, end = moment(args, "start_date"), moment(args, "end_date")
    if start is not None and end is not None:
        if end < start:
            raise Refusal(400, _("end_date 早于 start_date。"))
        if end - start > SPAN + timedelta(days=1):
            raise Refusal(400, _("start_date 至 end_date 最多90天，请分段查询。"))
        return Q(at__gte=start, at__lte=end)
    if end is not None:
        return Q(at__gte=end - SPAN, at__lte=end)
    return Q(at__gte=start, at__lte=start + SPAN) if start is not None else Q(at__gte=timezone.now() - SPAN)


def _shown(step: Step) -> dict[str, Any]:
    action = declared(step.case, step)
    return {
        "update_id": f"{step.case.number}-{step.seq}",
        "service_request_id": step.case.number,
        "status": _status(step),
        "updated_datetime": w3(step.at),
        "description": words_of(step.case, step) or (_(action.plain) if action else ""),
        "media_url": None,
    }


def _status(step: Step) -> str:
    stage = registry.procedures()[step.case.procedure].stages.get(step.to_stage)
    return CLOSED if stage is not None and (stage.answers or stage.final) else OPEN


def post(request: HttpRequest) -> HttpResponse:
    """A word about a request becomes the step that fits it. ``update_id`` is the sender's: a repeat is harmless."""
    args = sent(request)
    account = writer(request, args)
    refuse(request, args)
    closing, text = _said(args)
    number = numbers([one_of(args, "service_request_id")])
    actor = of_account(account)
    case = Case.objects.filter(readable(actor), number__in=number).first()
    if case is None:
        raise Refusal(404, _("没有这个 service_request_id，或它不公开：%(id)s") % {"id": "".join(number)})
    key = key_of(request) or one_of(args, "update_id")[:100]
    if case.opener_id == account.pk:  # it speaks as the reporter it spoke for
        actor = alone(account)
    acted = tell(case, actor, text, closing=closing, key=f"open311/update/{key}" if key else None)
    content = {"update_id": f"{acted.number}-{acted.seq}", "account_id": None}
    response = answer(request, "service_request_updates", [content], 201)
    if acted.repeated:
        response["Idempotent-Replay"] = "true"
    response["Cache-Control"] = "no-store"
    return response


def _said(args: Args) -> tuple[bool, str]:
    """Whether the sender counts it as closed, and what they say. Raises Refusal (400) with every fault."""
    faults = [
        _("缺少 %(name)s。") % {"name": name}
        for name in ("service_request_id", "description")
        if not one_of(args, name)
    ]
    status = one_of(args, "status").upper()
    if status and status not in OPEN_WORDS | CLOSED_WORDS:
        faults.append(_("status 只能是 open 或 closed，没有 %(given)s。") % {"given": status[:40]})
    moment(args, "updated_datetime")
    if faults:
        raise Refusal(400, *faults)
    return status in CLOSED_WORDS, one_of(args, "description")
