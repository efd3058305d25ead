"""/care/w/NUMBER: a wearing as the wearer sees it, and as the village office that keeps it does.

The wearer comes by account, or by the code on the paper they were given (``?g=``).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhili.core.cases import doors, present
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people import secrets
from zhili.core.people.actors import Actor, of_request
from zhili.portal.submitted import key_of, new_key
from zhili.scenarios.eldercare import devices, family, looking
from zhili.scenarios.eldercare.kinds import CONSENT
from zhili.scenarios.eldercare.models import WearingDetail
from zhili.scenarios.eldercare.pages import family as shown
from zhili.scenarios.eldercare.pages import who


def show(request: HttpRequest, number: str) -> HttpResponse:
    actor = of_request(request)
    case, detail = who.wearing(number, actor)
    return _draw(request, actor, case, detail)


@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """One press: consent, device and data end together."""
    actor = of_request(request)
    case, _detail = who.wearing(number, actor)
    doors.act(case.pk, "withdraw", actor, key=key_of(request))
    messages.success(request, _("已撤回同意：手环已解绑，数据已删除，家人的链接已失效。手环请交回村社区。"))
    return HttpResponseRedirect(f"/care/w/{case.number}{_code(request)}")


@require_POST
def health(request: HttpRequest, number: str) -> HttpResponse:
    """The wearer's own last thirty days. The office does not get them."""
    actor = of_request(request)
    case, detail = who.wearing(number, actor)
    if not who.is_wearers(case, actor):
        raise Refused("not_yours", _("心率和步数只有老人本人和老人指定的家人能看"), 403)
    return _draw(request, actor, case, detail, days=devices.health(case.pk, actor, "本人查看"), asked=True)


def _draw(
    request: HttpRequest,
    actor: Actor,
    case: Case,
    detail: WearingDetail,
    *,
    days: Any = (),
    asked: bool = False,
) -> HttpResponse:
    wearers = who.is_wearers(case, actor)
    ids = looking.secret_ids(case.pk)
    masked = secrets.masked(ids.values())
    known = devices.statuses([detail.source_id] if detail.source_id else [])
    office = actor.kind == "post"
    code = _code(request)
    context = {
        "case": case,
        "detail": detail,
        "stage": present.stage_title(case, plain=not office),
        "consent": _(dict(CONSENT)[detail.consent_by]),
        "status": known.get(detail.source_id or 0),
        "kept": [
            (_(looking.LABELS[one]), masked.get(pk, "")) for one, pk in ids.items() if one in looking.LABELS
        ],
        "relatives": family.of(case),
        "alarms": shown.past(case),
        "looks": looking.looks(case),
        "own": wearers,
        "office": office,
        "over": case.closed_at is not None,
        "base": f"/desk/c/{case.number}" if office else f"/c/{case.number}",
        "code": code,
        "fill": f"{code}&fill=" if code else "?fill=",
        "days": days,
        "asked": asked,
        "key": new_key(),
        "host": request.build_absolute_uri("/")[:-1],
    }
    answer = render(request, "eldercare/wearing.html", context)
    if asked:
        answer["Cache-Control"] = "no-store"
    return answer


def _code(request: HttpRequest) -> str:
    code = request.GET.get("g", "")
    return f"?g={quote(code)}" if code else ""
