"""Who is asking: a request's signature against the keys we pinned, and how often that site may ask.

Keys are read from the database for every request, in every process: a revoked one stops at once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection
from django.utils import timezone

from zhili.base.exchange import signing
from zhili.base.exchange.wire import WireError
from zhili.core.exchange.models import RemoteSite, SeenNonce, SiteKey

LEAST_BURST: Final = 10
# One statement, so that any number of processes share one bucket; nothing comes back when it is empty.
TAKE: Final = """
INSERT INTO exchange_siteallowance AS a (site_id, "left", at) VALUES (%(site)s, %(most)s - 1, clock_timestamp())
ON CONFLICT (site_id) DO UPDATE SET at = clock_timestamp(), "left" =
    LEAST(%(most)s, a."left" + GREATEST(0, extract(epoch FROM clock_timestamp() - a.at)) * %(rate)s) - 1
WHERE LEAST(%(most)s, a."left" + GREATEST(0, extract(epoch FROM clock_timestamp() - a.at)) * %(rate)s) >= 1
RETURNING "left\""""
REMEMBER: Final = """
INSERT INTO exchange_seennonce (keyid, nonce, until) VALUES (%s, %s, %s)
ON CONFLICT (keyid, nonce) DO NOTHING RETURNING id"""


@dataclass(frozen=True, slots=True)
class Caller:
    """A site that proved who it is. ``site`` comes with its account and office."""

    site: RemoteSite
    verified: signing.Verified


def admit(method: str, url: str, headers: Mapping[str, str], body: bytes, *, gate: bool = False) -> Caller:
    """Whose request this is. Raises WireError: unsigned … revoked_key, expired, ahead. One query.

    How often it asks is counted by ``slow_down``; whether it was made before (replayed) is found out by
    ``remember``, in the transaction of what it does.
    """
    found: list[RemoteSite] = []
    now = timezone.now()

    def resolve(keyid: str) -> Ed25519PublicKey:
        key = key_of(keyid, now)
        found.append(key.site)
        return Ed25519PublicKey.from_public_bytes(bytes(key.public))

    longest = signing.GATE_LASTS if gate else signing.LASTS
    verified = signing.verify_request(method, url, headers, body, resolve, now=now, longest=longest)
    return Caller(found[0], verified)


def key_of(keyid: str, now: datetime) -> SiteKey:
    """The key as it stands now, with its site. Raises WireError: unknown_site, unknown_key, revoked_key. One query."""
    key = SiteKey.objects.select_related("site__account", "site__office").filter(keyid=keyid).first()
    if key is None:
        known = RemoteSite.objects.filter(site=signing.site_of(keyid), active=True).exists()
        raise WireError("unknown_key" if known else "unknown_site")
    if key.revoked_at is not None or (key.until is not None and key.until <= now):
        raise WireError("revoked_key")
    if not key.site.active:
        raise WireError("unknown_site", "this site is not active here")
    if key.since > now:
        raise WireError("unknown_key", "this key is not valid yet")
    return key


def slow_down(site: RemoteSite) -> None:
    """Counts one request. Raises WireError slow_down when the site has asked more than it may; no other is touched."""
    per_minute = max(1, site.per_minute)
    given = {"site": site.pk, "most": max(LEAST_BURST, per_minute // 4), "rate": per_minute / 60}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, given)
        if cursor.fetchone() is None:
            wait = max(1, math.ceil(60 / per_minute))
            raise WireError("slow_down", f"{per_minute} requests a minute", retry_after=wait)


def remember(verified: signing.Verified) -> None:
    """In the transaction of what the request does: it is not taken again. Raises WireError replayed."""
    with connection.cursor() as cursor:
        cursor.execute(REMEMBER, [verified.keyid, verified.nonce, verified.forget_at])
        if cursor.fetchone() is None:
            raise WireError("replayed")


def forget_nonces(limit: int = 5_000) -> int:
    """Those whose signatures have expired. For the worker; how many."""
    old = SeenNonce.objects.filter(until__lt=timezone.now()).order_by("until").values("pk")[:limit]
    return SeenNonce.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]
