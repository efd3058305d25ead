"""How often a stranger may ask: a token bucket for each network address, kept in the process.

Deliberately cheap: no table and no server stands behind it, so each process counts for itself, and a site
with four
processes allows four times the number. That is enough against a script gone wild; a flood is the
balancer's work.
Residents behind an operator's gateway share an address, so the default is generous. ZHILI_RATE_LIMIT=0
turns it off.
"""

from __future__ import annotations

import ipaddress
import math
import os
import threading
import time
from collections import OrderedDict

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.params import Param
from zhili.portal.api.problems import Problem

KEY = "api.anonymous_per_minute"
PARAM = Param(KEY, "600", title="接口：每个网络地址每分钟的匿名请求数上限", source="平台约定，城市可改")
KEPT = 20_000
"""So many addresses are remembered; the longest unseen is forgotten first."""


class Buckets:
    """Token buckets of one minute's worth each. ``take`` says how many seconds to wait; 0 means go on."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._known: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, who: str, per_minute: int, now: float) -> float:
        """Takes one token. ``now``: seconds of any steady clock."""
        with self._lock:
            left, at = self._known.pop(who, (float(per_minute), now))
            left = min(float(per_minute), left + max(0.0, now - at) * per_minute / 60)
            wait = 0.0 if left >= 1 else (1 - left) * 60 / per_minute
            self._known[who] = (left if wait else left - 1, now)
            if len(self._known) > self._kept:
                self._known.popitem(last=False)
            return wait

    def forget(self) -> None:
        """Everybody begins anew (tests)."""
        with self._lock:
            self._known.clear()


buckets = Buckets()


def slow_down(request: HttpRequest) -> None:
    """Counts an anonymous request. Raises Problem (429) with Retry-After when its address has asked too
    often."""
    if os.environ.get("ZHILI_RATE_LIMIT") == "0":
        return
    per_minute = allowed()
    if per_minute <= 0:
        return
    wait = buckets.take(address(request), per_minute, time.monotonic())
    if wait:
        seconds = math.ceil(wait)
        words = _("短时间内请求太多，请在%(seconds)s秒后再试；登录后不受此限。") % {"seconds": seconds}
        raise Problem(429, "too_many", words, headers={"Retry-After": str(seconds)})


def allowed() -> int:
    """Requests a minute; an unreadable value counts as the default, 0 as no limit."""
    text = params.get(KEY).text
    return int(text) if text.isascii() and text.isdigit() else int(PARAM.default)


def address(request: HttpRequest) -> str:
    """Whom to count: the visitor behind our own proxies; a whole /64 of IPv6, which one household has."""
    hops = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    proxies = int(settings.ALLAUTH_TRUSTED_PROXY_COUNT)
    text = hops[-proxies] if 0 < proxies <= len(hops) else str(request.META.get("REMOTE_ADDR", ""))
    if ":" not in text:
        return text
    try:
        return str(ipaddress.IPv6Network((text, 64), strict=False))
    except ValueError:
        return text
