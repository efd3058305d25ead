"""/care/family/CODE: what a relative sees whom the wearer named: how it stands, alarms, and, on request, where.

The address is the key, so it is told to no other site and kept in no cache. The page asks every second and a half
whether anything changed (``state``, three small queries); without scripts it is read again by hand.
"""

from __future__ import annotations

from typing import Any, TypeVar

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from zhili.base.text import redact
from zhili.core.cases import present
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.scenarios.eldercare import devices, family, looking
from zhili.scenarios.eldercare.family import Relative
from zhili.scenarios.eldercare.kinds import FINDINGS, KINDS
from zhili.scenarios.eldercare.models import AlarmDetail, WearingDetail
from zhili.scenarios.eldercare.pages.alarms import responder_of

LIMIT = "240/m/ip"
LONGEST = 60
R = TypeVar("R", bound=HttpResponse)


@require_safe
def show(request: HttpRequest, code: str) -> HttpResponse:
    case, relative = _behind(request, code)
    return _draw(request, code, case, relative)


@require_POST
def where(request: HttpRequest, code: str) -> HttpResponse:
    """Only with a purpose, which the wearer reads."""
    case, relative = _behind(request, code)
    purpose = redact(" ".join(request.POST.get("purpose", "").split()))[:LONGEST]
    if not relative.location:
        raise Refused("not_named", _("老人没有让您看位置"), 403)
    if not purpose:
        return _draw(request, code, case, relative, fault=_("请写一句为什么要看，老人看得到。"))
    found = devices.position(case.pk, relative.actor, purpose)
    return _draw(request, code, case, relative, place=found, asked="where")


@require_POST
def health(request: HttpRequest, code: str) -> HttpResponse:
    case, relative = _behind(request, code)
    if not relative.health:
        raise Refused("not_named", _("老人没有让您看心率和步数"), 403)
    days = devices.health(case.pk, relative.actor, _("家人查看"))
    return _draw(request, code, case, relative, days=days, asked="health")


@require_safe
def state(request: HttpRequest, code: str) -> JsonResponse:
    """A word that changes when the page would."""
    case, _relative = _behind(request, code)
    alarms = AlarmDetail.objects.filter(wearing=case, joined=None).order_by("-case_id")
    newest = alarms.values_list("case_id", "case__seq").first()
    answer = JsonResponse({"state": f"{case.seq}/{newest}"})
    return _quiet(answer)


def past(case: Case) -> list[dict[str, Any]]:
    """The alarms of a wearing in words."""
    return [
        {
            "number": one.case.number,
            "kind": _(KINDS[one.kind].title),
            "at": one.case.opened_at,
            "stage": present.stage_title(one.case),
            "open": one.case.closed_at is None,
            "responder": responder_of(one),
            "finding": _(dict(FINDINGS)[one.finding]) if one.finding else "",
        }
        for one in looking.alarms_of(case)
    ]


def _behind(request: HttpRequest, code: str) -> tuple[Case, Relative]:
    if not ratelimit.consume(request, app="eldercare", action="family", config={"family": LIMIT}, key="all"):
        raise Refused("too_fast", _("打开得太频繁，请过一分钟再看"), 429)
    found = family.behind(code)
    if found is None:
        raise Refused("no_link", _("这个链接不对、已到期，或者老人已经收回。请向老人或村社区再要一个。"), 404)
    return found


def _draw(
    request: HttpRequest,
    code: str,
    case: Case,
    relative: Relative,
    *,
    place: Any = None,
    days: Any = (),
    asked: str = "",
    fault: str = "",
) -> HttpResponse:
    detail = WearingDetail.objects.get(pk=case.pk)
    known = devices.statuses([detail.source_id] if detail.source_id else [])
    alarms = past(case)
    context = {
        "code": code,
        "relative": relative,
        "status": known.get(detail.source_id or 0),
        "running": next((one for one in alarms if one["open"]), None),
        "alarms": [one for one in alarms if not one["open"]],
        "looks": looking.looks(case),
        "office": present.office_name(case.office_id),
        "place": place,
        "days": days,
        "asked": asked,
        "fault": fault,
    }
    return _quiet(render(request, "eldercare/family.html", context, status=422 if fault else 200))


def _quiet(answer: R) -> R:
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "same-origin"
    answer["X-Robots-Tag"] = "noindex"
    return answer
