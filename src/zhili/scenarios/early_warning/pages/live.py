"""/desk/warnings/live: how much comes in, what is refused, how long judging takes. Counts of the whole site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from zhili.core.people.actors import Actor
from zhili.core.signals.models import Batch, Refusal, Source, Warning
from zhili.core.signals.store import storing
from zhili.portal.asked import text_in
from zhili.portal.lenses import Page
from zhili.scenarios.early_warning import plots
from zhili.scenarios.early_warning.pages.who import reads, sections
from zhili.scenarios.early_warning.plots import Plot

PARTS = ("now", "hour", "refused", "seen")
SEEN = (
    (timedelta(minutes=10), gettext_noop("10 分钟以内")),
    (timedelta(hours=1), gettext_noop("1 小时以内")),
    (timedelta(days=1), gettext_noop("1 天以内")),
    (timedelta(days=7), gettext_noop("1 周以内")),
)


@dataclass(frozen=True)
class Figure:
    """One number with its unit and what it counts."""

    number: str
    unit: str
    title: str


@dataclass(frozen=True)
class Counted:
    """A line of a table."""

    title: str
    count: int
    sources: int = 0


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The page, or one of its parts when it is drawn anew."""
    part = text_in(request.GET, "part")
    if part in PARTS:
        return render(request, f"early_warning/parts/{part}.html", _PARTS[part]())
    context: dict[str, Any] = {"sections": sections(request)}
    for one in _PARTS.values():
        context.update(one())
    return render(request, "early_warning/live.html", context)


def now() -> dict[str, Any]:
    """The last whole minute, what waits for the judge, and the last hour's warnings. Three queries."""
    at = timezone.now()
    minutes = storing.statistics(60)
    last = at.replace(second=0, microsecond=0) - timedelta(minutes=1)
    whole = next((one for one in minutes if one.at == last), None)
    waiting = Batch.objects.aggregate(oldest=Min("made_at"), readings=Sum("count"))
    lag = (at - waiting["oldest"]).total_seconds() if waiting["oldest"] else 0.0
    times = list(
        Warning.objects.filter(raised_at__gte=at - timedelta(hours=1))
        .exclude(received_at=None)
        .annotate(took=F("raised_at") - F("received_at"))
        .values_list("took", flat=True)
    )
    figures = [
        Figure(_per_second(whole.readings if whole else 0), gettext("个/秒"), gettext("收下的测量值")),
        Figure(str(sum(one.refused for one in minutes)), gettext("条"), gettext("一小时里没有收下")),
        Figure(str(sum(one.undecoded for one in minutes)), gettext("帧"), gettext("一小时里读不懂")),
        Figure(str(waiting["readings"] or 0), gettext("个"), gettext("等着判的")),
        Figure(_seconds(lag), gettext("秒"), gettext("最早一个等了")),
        Figure(str(len(times)), gettext("条"), gettext("一小时里的预警")),
    ]
    return {"figures": figures, "now": at, "lag_said": _lag_said(times)}


def hour() -> dict[str, Any]:
    """The last sixty minutes, those without anything too. One query."""
    at = timezone.now().replace(second=0, microsecond=0)
    known = {one.at: one for one in storing.statistics(60)}
    slots = [at - timedelta(minutes=n) for n in range(59, 0, -1)]
    taken = [known[one].readings if one in known else 0 for one in slots]
    refused = [known[one].refused if one in known else 0 for one in slots]
    unread = [known[one].undecoded if one in known else 0 for one in slots]
    names = [f"{timezone.localtime(one):%H:%M}" for one in slots]
    told = {"n": sum(taken), "refused": sum(refused), "most": max(taken, default=0)}
    said = (
        gettext("最近一小时收下 %(n)s 个测量值，最多的一分钟 %(most)s 个；没有收下 %(refused)s 条。") % told
    )
    rows = [
        [name, str(n), str(r), str(u)]
        for name, n, r, u in zip(names, taken, refused, unread, strict=True)
        if n or r or u
    ]
    drawing = {
        "names": names,
        "lines": [
            plots.line(gettext("收下的测量值"), "now", taken),
            plots.line(gettext("没有收下"), "bad", refused),
            plots.line(gettext("读不懂"), "soon", unread),
        ],
    }
    heads = [gettext("时间"), gettext("收下的测量值"), gettext("没有收下"), gettext("读不懂")]
    return {"hour": Plot(said, heads, rows, drawing)}


def refused() -> dict[str, Any]:
    """Today's refusals by reason. One query."""
    rows = (
        Refusal.objects.filter(day=timezone.localdate())
        .values("reason")
        .annotate(n=Sum("count"), senders=Count("number", distinct=True))
        .order_by("-n")
    )
    titles = dict(Refusal._meta.get_field("reason").flatchoices)
    return {
        "refused": [
            Counted(str(titles.get(one["reason"], one["reason"])), one["n"], one["senders"]) for one in rows
        ]
    }


def seen() -> dict[str, Any]:
    """How many devices were heard of how lately; the platform's own counts are none. One query."""
    at = timezone.now()
    edges: list[datetime] = [at - span for span, _title in SEEN]
    asked = {"all": Count("pk"), "never": Count("pk", filter=Q(last_seen_at=None))}
    for n, edge in enumerate(edges):
        since = Q(last_seen_at__gte=edge)
        asked[f"s{n}"] = Count("pk", filter=since & Q(last_seen_at__lt=edges[n - 1]) if n else since)
    devices = Source.objects.filter(active=True).exclude(protocol="internal")
    counts = devices.aggregate(**asked)
    if not counts["all"]:
        return {"seen": []}
    rows = [Counted(gettext(title), counts[f"s{n}"]) for n, (_span, title) in enumerate(SEEN)]
    older = counts["all"] - counts["never"] - sum(one.count for one in rows)
    rows += [Counted(gettext("更久"), older), Counted(gettext("从来没有"), counts["never"])]
    return {"seen": rows}


_PARTS = {"now": now, "hour": hour, "refused": refused, "seen": seen}


def _per_second(minute: int) -> str:
    rate = minute / 60
    return f"{rate:.0f}" if rate >= 10 else f"{rate:.1f}"


def _seconds(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def _lag_said(times: list[timedelta]) -> str:
    """From the message to the warning: half of them, and nearly all."""
    if not times:
        return gettext("最近一小时没有预警，没有快慢可说。")
    taken = sorted(one.total_seconds() for one in times)
    told = {
        "half": f"{taken[(len(taken) - 1) // 2]:.2f}",
        "most": f"{taken[int(0.99 * (len(taken) - 1))]:.2f}",
    }
    return gettext("从收到数据到报出来：一半在 %(half)s 秒内，99%% 在 %(most)s 秒内。") % told


pages = (Page("desk/warnings/live", show, "warnings_live", may=reads),)
