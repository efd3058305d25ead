"""What passed between us and a neighbour under each agreement: counted from the links, days exact to the hour.

One query over the matters of a year, percentiles by nearest rank (PostgreSQL's ``percentile_disc``); days are calendar
days from handing over to the result, on both sides of the border the same way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from zhili.core.exchange.models import RemoteSite, SiteAgreement
from zhili.scenarios.cross_border.documents import VERSION
from zhili.scenarios.cross_border.kinds import BY_CODE

SPAN: Final = timedelta(days=365)
ELSE: Final = "else"
"""Matters of a category that is none of the ten."""
_COUNTED = """
SELECT agreement.code, link.way, count(*),
       count(*) FILTER (WHERE link.state = 'waiting'),
       count(*) FILTER (WHERE link.state = 'accepted'),
       count(*) FILTER (WHERE link.state = 'closed'),
       count(*) FILTER (WHERE link.state IN ('refused', 'returned', 'withdrawn')),
       count(*) FILTER (WHERE link.state = 'closed' AND made.days <= (agreement.document->>'due_days')::int),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY made.days) FILTER (WHERE link.state = 'closed'),
       percentile_disc(0.9) WITHIN GROUP (ORDER BY made.days) FILTER (WHERE link.state = 'closed')
FROM exchange_link link
JOIN exchange_siteagreement agreement ON agreement.id = link.agreement_id
JOIN cases_case matter ON matter.id = link.case_id,
LATERAL (SELECT extract(epoch FROM coalesce(matter.answered_at, matter.closed_at) - matter.opened_at)::float8
         / 86400 AS days) made
WHERE link.site_id = %s AND matter.opened_at >= %s
GROUP BY agreement.code, link.way
"""
_SHARES = """
SELECT agreement.code, matter.category, link.way, count(*)
FROM exchange_link link
JOIN exchange_siteagreement agreement ON agreement.id = link.agreement_id
JOIN cases_case matter ON matter.id = link.case_id
WHERE link.site_id = %s AND matter.opened_at >= %s
GROUP BY agreement.code, matter.category, link.way
"""


@dataclass(frozen=True, slots=True)
class Way:
    """Matters that went one way. ``median``, ``p90``: calendar days of those done; None when none is."""

    came: int = 0
    waiting: int = 0
    open: int = 0
    done: int = 0
    not_taken: int = 0
    on_time: int = 0
    median: float | None = None
    p90: float | None = None

    @property
    def share_on_time(self) -> float | None:
        return self.on_time / self.done if self.done else None


@dataclass
class Figures:
    """Of one agreement. ``shares``: sub-scenario (or ``ELSE``) → matters, both ways."""

    code: str
    ins: Way = field(default_factory=Way)
    outs: Way = field(default_factory=Way)
    shares: dict[str, int] = field(default_factory=dict)


def of_site(site: RemoteSite, since: datetime | None = None) -> dict[str, Figures]:
    """By the agreement's code; every agreement ever loaded for the site stands there. Three queries."""
    since = since or timezone.now() - SPAN
    editions = list(SiteAgreement.objects.filter(site=site).order_by("code", "loaded_at"))
    found = {one.code: Figures(one.code) for one in editions}
    ours = {one.code: _categories(one) for one in editions}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [site.pk, since])
        for code, way, came, waiting, open_, done, not_taken, on_time, median, p90 in cursor.fetchall():
            made = Way(came, waiting, open_, done, not_taken, on_time, _days(median), _days(p90))
            if way == "in":
                found[code].ins = made
            else:
                found[code].outs = made
        cursor.execute(_SHARES, [site.pk, since])
        for code, category, _way, number in cursor.fetchall():
            sub = category if category in BY_CODE else ours[code].get(category, ELSE)
            found[code].shares[sub] = found[code].shares.get(sub, 0) + number
    return found


def total(all_of: Mapping[str, Figures]) -> dict[str, int]:
    """Matters of each sub-scenario over all agreements."""
    sums: dict[str, int] = defaultdict(int)
    for one in all_of.values():
        for sub, number in one.shares.items():
            sums[sub] += number
    return dict(sums)


def document(site: RemoteSite) -> dict[str, Any]:
    """Our figures as the neighbour is told them (topic ``figures``)."""
    now = timezone.localtime()
    found = of_site(site, now - SPAN)
    return {
        "version": VERSION,
        "since": (now - SPAN).date().isoformat(),
        "until": now.date().isoformat(),
        "agreements": [
            {
                "code": one.code,
                "in": _way(one.ins),
                "out": _way(one.outs),
                "shares": [{"category": sub, "count": one.shares[sub]} for sub in sorted(one.shares)],
            }
            for one in found.values()
        ],
    }


def nothing() -> dict[str, Any]:
    """What is told when figures are not, or no longer, shared."""
    day = date(2000, 1, 1).isoformat()
    return {"version": VERSION, "since": day, "until": day, "agreements": []}


def read(told: Mapping[str, Any]) -> dict[str, Figures]:
    """A neighbour's document, already checked: their "in" is what we handed over."""
    return {
        one["code"]: Figures(
            one["code"],
            Way(**one["in"]),
            Way(**one["out"]),
            {each["category"]: each["count"] for each in one["shares"]},
        )
        for one in told["agreements"]
    }


def _way(way: Way) -> dict[str, Any]:
    return {name: getattr(way, name) for name in Way.__dataclass_fields__}


def _days(found: float | None) -> float | None:
    return None if found is None else round(found, 2)


def _categories(agreement: SiteAgreement) -> dict[str, str]:
    """Category of other scenarios → the sub-scenario the agreement makes of it."""
    found: dict[str, str] = {}
    for one in agreement.document.get("categories", ()):
        for ours, theirs in ((one.get("a"), one.get("b")), (one.get("b"), one.get("a"))):
            if theirs in BY_CODE and ours not in BY_CODE:
                found.setdefault(ours, theirs)
    return found
