"""What was not taken: counted by site, reason and day, and written into the log without any value it held."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from zhili.base.exchange.wire import WireError
from zhili.core.exchange.models import RefusedMessage, RemoteSite

log = logging.getLogger("zhili.exchange")
KEPT: Final = timedelta(days=90)
# Losing the last of them in a crash harms nobody; waiting for the disk for each would help whoever floods.
COUNT: Final = """
INSERT INTO exchange_refusedmessage AS r (day, site_id, code, detail, at, count) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (day, site_id, code) DO UPDATE SET count = r.count + EXCLUDED.count, detail = EXCLUDED.detail,
    at = EXCLUDED.at"""
WHOLE: Final = frozenset(
    {
        "unsigned",
        "bad_signature",
        "unknown_site",
        "unknown_key",
        "revoked_key",
        "expired",
        "ahead",
        "unknown_version",
    }
)
"""Refusals whose detail tells of the frame or the signature, never of what a message holds."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refusal: of a whole request (no ``where``), or of a message."""

    error: WireError
    where: str = ""

    @property
    def detail(self) -> str:
        """What may be kept and logged: where, which field, and what was wrong unless it could tell a value."""
        said = self.error.detail if self.error.code in WHOLE else ""
        return " ".join(part for part in (self.where, self.error.field, said) if part)[:300]


def note(site: RemoteSite | None, refused: Iterable[Refusal]) -> None:
    """Log and count them. Never raises WireError."""
    known = site.site if site else "?"
    counted: Counter[str] = Counter()
    last: dict[str, str] = {}
    for one in refused:
        code = one.error.code
        log.warning("exchange: refused from %s: %s %s", known, code, one.detail)
        counted[code] += 1
        last[code] = one.detail
    if counted:
        _write(site, counted, last)


def count(site: RemoteSite, code: str, detail: str = "") -> None:
    """Something else of it that was not taken: a checkpoint of an unknown key, one without its proof."""
    log.warning("exchange: not taken from %s: %s %s", site.site, code, detail)
    _write(site, Counter([code]), {code: detail})


def _write(site: RemoteSite | None, counted: Counter[str], last: dict[str, str]) -> None:
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        for code in sorted(counted):
            row = [timezone.localdate(now), site.pk if site else None, code, last[code], now, counted[code]]
            cursor.execute(COUNT, row)


def forget(limit: int = 5_000) -> int:
    """Counts of long ago. For the worker; how many."""
    old = RefusedMessage.objects.filter(day__lt=timezone.localdate() - KEPT).values_list("pk", flat=True)[
        :limit
    ]
    return RefusedMessage.objects.filter(pk__in=list(old)).delete()[0]
