"""Asking a receiver whether it wants to be told, before anything is sent to it (CloudEvents webhooks 1.0, §4).

An OPTIONS request names this site and how many requests a minute it would send; the receiver agrees by naming the site
(or ``*``) and the rate it allows. Nobody is flooded because somebody else typed their address here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.exchange.models import Subscription
from zhili.core.exchange.sites import keys
from zhili.core.exchange.webhooks import tokens
from zhili.core.exchange.webhooks.patience import spread
from zhili.core.exchange.webhooks.posting import Answer, Request, send_one

WAITS: Final = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 720, 1440, 1440))
"""After the last of them it is asked only when somebody says so."""
CLAIM: Final = timedelta(minutes=2)
BIGGEST_RATE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Said:
    """What came of asking. ``rate``: requests a minute, None for any; ``why`` it was not given, in words."""

    given: bool
    rate: int | None = None
    why: str = ""


def origin() -> str:
    """How this site calls itself to receivers: its host name, else its name in the protocol."""
    return keys.public_url().partition("://")[2].partition("/")[0] or keys.site()


def ask(one: Subscription) -> Said:
    """Ask it now, and keep what it says. At most a quarter of a minute; call it outside a transaction."""
    try:
        ours = origin()
    except keys.ExchangeKeysError as error:
        return _keep(one, Said(False, why=str(error)))
    headers = {"WebHook-Request-Origin": ours, "WebHook-Request-Rate": str(one.per_minute)}
    if token := tokens.token(one):
        headers["Authorization"] = f"Bearer {token}"
    request = Request(None, one.url, headers, method="OPTIONS", private_allowed=one.private_allowed)
    return _keep(one, read(send_one(request), ours))


def read(answer: Answer, origin: str) -> Said:
    """Whether an answer is a permission."""
    if answer.status is None:
        return Said(False, why=answer.error)
    if not 200 <= answer.status < 300:
        return Said(False, why=_("对方回答 %(status)s，没有同意。") % {"status": answer.status})
    allowed = {one.strip().lower() for one in answer.headers.get("webhook-allowed-origin", "").split(",")}
    if not allowed & {origin.lower(), "*"}:
        return Said(
            False,
            why=_("对方没有用 WebHook-Allowed-Origin 表示同意接收 %(origin)s 的事件。") % {"origin": origin},
        )
    rate = answer.headers.get("webhook-allowed-rate", "").strip()
    if rate.isascii() and rate.isdigit() and 0 < int(rate[:9]) <= BIGGEST_RATE:
        return Said(True, int(rate[:9]))
    return Said(True)


def _keep(one: Subscription, said: Said) -> Said:
    now = timezone.now()
    with transaction.atomic():
        row = Subscription.objects.select_for_update().filter(pk=one.pk, url=one.url).first()
        if row is None:  # deleted, or at another address by now
            return said
        if said.given:
            row.agreed_at, row.allowed_rate, row.ask_at, row.asked, row.gone_at = (
                now,
                said.rate,
                None,
                0,
                None,
            )
            row.failures, row.failing_since, row.next_at, row.error = 0, None, None, ""
        else:
            row.asked += 1
            more = row.asked <= len(WAITS)
            row.ask_at = now + spread(WAITS[row.asked - 1]) if more else None
            row.agreed_at = row.agreed_at if more else None
            row.error, row.error_at = said.why[:500], now
        row.save()
    return said


def ask_due(limit: int = 20) -> int:
    """Ask those whose time has come; how many agreed. Any number of workers may."""
    now = timezone.now()
    with transaction.atomic():
        due = Subscription.objects.filter(active=True, gone_at=None, ask_at__lte=now).order_by("ask_at")
        rows = list(due.select_for_update(skip_locked=True)[:limit])
        Subscription.objects.filter(pk__in=[one.pk for one in rows]).update(ask_at=now + CLAIM)
    return sum(ask(one).given for one in rows)
