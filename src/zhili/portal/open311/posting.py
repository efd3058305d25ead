"""POST requests; GET a token."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from zhili.core.cases import present
from zhili.core.cases.models import Case
from zhili.core.exchange.models import Submission
from zhili.core.exchange.open311 import catalogue, filling
from zhili.core.exchange.open311.accepting import Accepted, accept
from zhili.core.forms import FormErrors
from zhili.portal.open311.answering import Refusal, answer
from zhili.portal.open311.asking import Args, asked, key_of, one_of, reader, refuse_elsewhere, sent, writer

LATER = "respond-async"


def post(request: HttpRequest) -> HttpResponse:
    """Begin a case: 201 with its number, or 202 with a token for who prefers not to wait (RFC 7240)."""
    args = sent(request)
    account = writer(request, args)
    refuse_elsewhere(request, args)
    later = LATER in request.headers.get("Prefer", "").lower()
    try:
        accepted = accept(account, args, key=key_of(request), later=later)
    except FormErrors as error:
        raise FormErrors(_as_arguments(args, error)) from None
    response = answer(request, "service_requests", [_shown(request, accepted)], 202 if later else 201)
    if later:
        response["Preference-Applied"] = LATER
    if accepted.repeated:
        response["Idempotent-Replay"] = "true"
    response["Cache-Control"] = "no-store"
    return response


def token(request: HttpRequest, token: str) -> HttpResponse:
    """The number behind a token. Until it is given out, the answer holds the token alone."""
    args = asked(request)
    reader(request, args)
    refuse_elsewhere(request, args)
    found = Submission.objects.filter(token=token).first()
    if found is None:
        raise Refusal(404, _("没有这个 token，或它已过期。"))
    if found.error:
        raise Refusal(400, _("这次提交没有受理：%(why)s") % {"why": found.error})
    number = Case.objects.filter(pk=found.case_id or 0).values_list("number", flat=True).first()
    content = {"service_request_id": number, "token": token}
    return answer(request, "service_requests", [content])


def _shown(request: HttpRequest, accepted: Accepted) -> dict[str, Any]:
    if accepted.token:
        return {"token": accepted.token, "service_notice": accepted.notice or None, "account_id": None}
    case = Case.objects.get(number=accepted.number)
    words = _("%(stage)s。公开后可在 %(url)s 查看进展。") % {
        "stage": present.stage_title(case, plain=True),
        "url": request.build_absolute_uri(f"/c/{case.number}"),
    }
    notice = f"{accepted.notice} {words}".strip()
    return {"service_request_id": accepted.number, "service_notice": notice, "account_id": None}


def _as_arguments(args: Args, error: FormErrors) -> dict[str, list[str]]:
    """A form's complaints under the names the sender used."""
    service = catalogue.services().get(one_of(args, "service_code"))
    if service is None:
        return error.errors
    return {filling.argument_of(service.form, name): found for name, found in error.errors.items()}
