"""Everything an administrator looks at of the sites we know, a few queries for any number of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Max, Min, Sum
from django.utils import timezone

from zhili.base.exchange import agreement
from zhili.base.exchange.agreement import Agreement
from zhili.core.exchange.handover import naming
from zhili.core.exchange.models import (
    Incoming,
    Link,
    Outgoing,
    RefusedMessage,
    RemoteSite,
    Sending,
    SiteAgreement,
    SiteFork,
    SiteKey,
    Witnessed,
)
from zhili.core.exchange.sites import keys

LOOKED_BACK: Final = timedelta(days=30)
LATE: Final = timedelta(days=1)
SHOWN: Final = 20


@dataclass(frozen=True)
class Row:
    """One site in the list. ``oldest``: since when the longest waiting message waits."""

    site: RemoteSite
    waiting: int = 0
    oldest: datetime | None = None
    refused: int = 0
    forks: int = 0
    keys: int = 0

    @property
    def late(self) -> bool:
        return self.oldest is not None and timezone.now() - self.oldest > LATE


@dataclass(frozen=True)
class ShownKey:
    """A key with what is read over the telephone. ``state``: valid, coming, over, revoked."""

    key: SiteKey
    fingerprint: str
    state: str


@dataclass(frozen=True)
class ShownAgreement:
    """An edition with its text as values."""

    row: SiteAgreement
    text: Agreement

    @property
    def personal(self) -> list[str]:
        return naming.fields(self.text.personal)

    @property
    def topics(self) -> list[str]:
        return naming.topics(self.text.topics)


@dataclass(frozen=True)
class Page:
    """One site."""

    row: Row
    keys: Sequence[ShownKey]
    agreements: Sequence[ShownAgreement]
    refused: Sequence[RefusedMessage]
    witnessed: Sequence[Witnessed]
    forks: Sequence[SiteFork]
    matters: dict[str, int] = field(default_factory=dict)
    """By way, in and out."""
    received: int = 0
    last_received: datetime | None = None
    unproven: int = 0
    """Checkpoints of it that were not vouched for, of the last thirty days."""


def listing() -> list[Row]:
    """Every site by name."""
    sites = RemoteSite.objects.select_related("office").order_by("site")
    found = _numbers(None)
    return [_row(one, found) for one in sites]


def page(site: RemoteSite) -> Page:
    """One site, all there is to see of it."""
    refused = list(RefusedMessage.objects.filter(site=site, day__gte=since()).order_by("-day", "code")[:100])
    links = Link.objects.filter(site=site, stream__startswith="matter:")
    taken: dict[str, Any] = Incoming.objects.filter(link__site=site).aggregate(
        n=Count("pk"), last=Max("received_at")
    )
    editions = SiteAgreement.objects.filter(site=site).order_by("-active", "code", "-version")[:50]
    return Page(
        row=_row(site, _numbers(site)),
        keys=sorted(_keys(site), key=lambda one: one.state != "valid"),
        agreements=[ShownAgreement(one, agreement.parse_document(one.document)) for one in editions],
        refused=refused,
        witnessed=list(Witnessed.objects.filter(site=site).order_by("-pk")[:SHOWN]),
        forks=list(SiteFork.objects.filter(site=site).order_by("-pk")[:SHOWN]),
        matters=dict(links.values_list("way").annotate(n=Count("pk")).order_by()),
        received=taken["n"],
        last_received=taken["last"],
        unproven=sum(one.count for one in refused if one.code.startswith("checkpoint")),
    )


def _keys(site: RemoteSite) -> list[ShownKey]:
    """Newest first."""
    return [
        ShownKey(one, keys.fingerprint(bytes(one.public)), _state(one)) for one in site.keys.order_by("-pk")
    ]


def strangers() -> list[RefusedMessage]:
    """What was refused of nobody we know, of the last thirty days."""
    return list(RefusedMessage.objects.filter(site=None, day__gte=since()).order_by("-day", "code")[:SHOWN])


def since() -> date:
    """The first day that is looked back to."""
    return timezone.localdate() - LOOKED_BACK


def forks() -> int:
    """How many contradictions of other sites' trails were ever found: they stay."""
    return SiteFork.objects.count()


def _numbers(site: RemoteSite | None) -> dict[str, dict[int, Any]]:
    only = {"site": site} if site is not None else {}
    waiting = Outgoing.objects.filter(state=Sending.WAITING, **only).values("site_id").order_by()
    refused = (
        RefusedMessage.objects.filter(day__gte=since(), site__isnull=False, **only)
        .values("site_id")
        .order_by()
    )
    live = SiteKey.objects.filter(revoked_at=None, **only).values("site_id").order_by()
    return {
        "waiting": {one["site_id"]: one for one in waiting.annotate(n=Count("pk"), oldest=Min("made_at"))},
        "refused": {one["site_id"]: one["n"] for one in refused.annotate(n=Sum("count"))},
        "forks": dict(
            SiteFork.objects.filter(**only).values_list("site_id").annotate(n=Count("pk")).order_by()
        ),
        "keys": {one["site_id"]: one["n"] for one in live.annotate(n=Count("pk"))},
    }


def _row(site: RemoteSite, found: dict[str, dict[int, Any]]) -> Row:
    waiting = found["waiting"].get(site.pk, {"n": 0, "oldest": None})
    return Row(
        site, waiting["n"], waiting["oldest"], found["refused"].get(site.pk, 0), found["forks"].get(site.pk, 0),
        found["keys"].get(site.pk, 0),
    )  # fmt: skip


def _state(key: SiteKey) -> str:
    now = timezone.now()
    if key.revoked_at is not None:
        return "revoked"
    if key.until is not None and key.until <= now:
        return "over"
    return "coming" if key.since > now else "valid"
