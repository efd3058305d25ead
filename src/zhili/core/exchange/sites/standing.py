"""How sending to each site stands, for operators; and the warning when something has waited for more than a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhili.core.exchange.models import Fetching, Outgoing, RemoteSite, Sending, WantedFile
from zhili.core.exchange.sites import alarms
from zhili.core.notices.models import Channel, Notice, State

LATE: Final = timedelta(days=1)
KIND: Final = "exchange.undelivered"


@dataclass(frozen=True, slots=True)
class Standing:
    """One site. ``oldest``: since when its longest waiting message waits; ``refused``: messages it never took, of the
    last thirty days; ``next_at``: when it is tried again, None: at once."""

    site: str
    title: str
    url: str
    active: bool
    by_gate: bool
    waiting: int
    oldest: datetime | None
    refused: int
    files: int
    failures: int
    error: str
    error_at: datetime | None
    heard_at: datetime | None
    next_at: datetime | None

    @property
    def late(self) -> bool:
        """Whether something has waited for more than a day."""
        return self.active and self.oldest is not None and timezone.now() - self.oldest > LATE

    @property
    def troubled(self) -> bool:
        """Whether an operator should look."""
        return self.active and (self.late or self.failures > 3)


def standings() -> list[Standing]:
    """Every site, by name. Three queries for any number."""
    month = timezone.now() - timedelta(days=30)
    of_site = Outgoing.objects.values("site_id").order_by()
    waiting: dict[int, dict[str, Any]] = {
        row["site_id"]: dict(row)
        for row in of_site.filter(state=Sending.WAITING).annotate(n=Count("pk"), oldest=Min("made_at"))
    }
    refused = {
        row["site_id"]: row["n"]
        for row in of_site.filter(state=Sending.REFUSED, made_at__gt=month).annotate(n=Count("pk"))
    }
    files = dict(
        WantedFile.objects.filter(state=Fetching.WAITING)
        .order_by()
        .values_list("link__site_id")
        .annotate(Count("pk"))
    )
    found = []
    for one in RemoteSite.objects.order_by("site"):
        mine: dict[str, Any] = waiting.get(one.pk, {"n": 0, "oldest": None})
        due = one.next_at if one.next_at and one.next_at > timezone.now() else None
        own = {
            name: getattr(one, name)
            for name in (
                "site",
                "title",
                "url",
                "active",
                "by_gate",
                "failures",
                "error",
                "error_at",
                "heard_at",
            )
        }
        found.append(
            Standing(
                **own,
                waiting=mine["n"],
                oldest=mine["oldest"],
                refused=refused.get(one.pk, 0),
                files=files.get(one.pk, 0),
                next_at=due,
            )
        )
    return found


def warn_late() -> int:
    """Tell administrators of each site to which something has waited for more than a day, once a day; how many."""
    late = [one for one in standings() if one.late]
    return sum(_warn(one) for one in late)


def _warn(one: Standing) -> int:
    now = timezone.now()
    rows = []
    for account in alarms.administrators():
        with translation.override(account.language or settings.LANGUAGE_CODE):
            since = timezone.localtime(one.oldest).strftime("%Y-%m-%d %H:%M") if one.oldest else ""
            rows.append(
                Notice(
                    account=account,
                    kind=KIND,
                    channel=Channel.APP,
                    subject=(_("发往%(site)s的消息超过一天没有送达") % {"site": one.title})[:200],
                    body=_("%(count)s条消息在等待，最早的从%(since)s起。最近一次出错：%(error)s")
                    % {"count": one.waiting, "since": since, "error": one.error or _("没有错误记录")},
                    key=f"{KIND}/{one.site}/{timezone.localdate():%F}/{account.pk}"[:120],
                    state=State.SENT,
                    sent_at=now,
                )
            )
    before = Notice.objects.filter(key__in=[row.key for row in rows]).count()
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows) - before
