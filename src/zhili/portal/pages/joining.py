"""我也遇到: one press on a public matter instead of a second report; and taking it back."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.base.codes import parse_case_number
from zhili.core.cases import joining
from zhili.core.cases.errors import Refused
from zhili.core.cases.joining import Standing
from zhili.core.people.actors import Actor, of_request
from zhili.portal.api.limits import Buckets, address, slow_down
from zhili.portal.api.problems import Problem

DEVICE_COOKIE = "zhili_device"
YEAR = 365 * 24 * 3600
PER_MINUTE = 12
"""So often a network address without an account may join or leave; a household behind one address stays below."""
buckets = Buckets()


def device_of(request: HttpRequest) -> str:
    """The word this browser keeps so that it counts once; "" before it ever joined anything."""
    return request.COOKIES.get(DEVICE_COOKIE, "")[:64]


@require_POST
def join(request: HttpRequest, number: str) -> HttpResponse:
    """/c/<number>/join"""
    device = device_of(request) or joining.new_device()
    response = _answer(request, number, lambda actor, found: joining.join(found, actor, device))
    if of_request(request).account_id is None:
        response.set_cookie(
            DEVICE_COOKIE, device, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return response


@require_POST
def leave(request: HttpRequest, number: str) -> HttpResponse:
    """/c/<number>/leave"""
    return _answer(request, number, lambda actor, found: joining.leave(found, actor, device_of(request)))


def _answer(request: HttpRequest, number: str, do: Callable[[Actor, str], Standing]) -> HttpResponse:
    actor = of_request(request)
    part = request.headers.get("HX-Request") == "true"
    try:
        _slow_down(request, actor)
        standing = do(actor, parse_case_number(number))
    except (Refused, Problem) as refusal:
        if part:  # said where it was pressed; the form around it stays
            said = refusal.message if isinstance(refusal, Refused) else refusal.detail
            return render(request, "portal/parts/joined.html", {"refusal": said, "number": number})
        if isinstance(refusal, Problem):
            raise Refused(refusal.code, refusal.detail, refusal.status) from None
        raise
    if part:
        return render(request, "portal/parts/joined.html", {"standing": standing, "inside": True})
    said = gettext("已记上：您也遇到。") if standing.joined else gettext("已撤回。")
    messages.success(request, said)
    return HttpResponseRedirect(f"/c/{standing.number}")


def _slow_down(request: HttpRequest, actor: Actor) -> None:
    """Raises Problem (429)."""
    if actor.account_id is not None or os.environ.get("ZHILI_RATE_LIMIT") == "0":
        return
    slow_down(request)
    wait = buckets.take(address(request), PER_MINUTE, time.monotonic())
    if wait:
        raise Problem(429, "too_many", gettext("按得太频繁了，请过一会儿再试；登录后不受此限。"))
