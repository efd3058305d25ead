"""The table of quality on /stats: what became of what came in, by category and by month of opening."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext

from zhili.core.cases.routing import directory
from zhili.core.indicators.measures import TO_ANSWER, TO_CLOSE
from zhili.core.indicators.quality import Pace, Quality, Report, quality
from zhili.core.places.tree import nodes

TOP = 15
"""Categories shown before "all" is asked for."""


@dataclass(frozen=True)
class Line:
    """One row; ``url`` are the cases behind its number."""

    name: str
    url: str
    of: Quality
    pace: Pace
    within_15: float | None
    within_60: float | None


@dataclass(frozen=True)
class Shown:
    """Two tables of whole months and how they were asked for."""

    report: Report
    to: str
    total: Line
    categories: list[Line]
    months: list[Line]
    more: int
    links: dict[str, str]


def shown(asked: Any, to: str, everything: bool) -> Shown | None:
    """None for a village, which has too few cases, and where nothing came in. ``asked`` is a stats.Asked."""
    place = nodes().get(asked.division or 0)
    if place is not None and place.level == "village":
        return None
    report = quality(asked.division, asked.since, asked.until, asked.scenario)
    if not report.total.opened:
        return None
    if to not in (TO_ANSWER, TO_CLOSE):
        to = TO_ANSWER if report.total.to_answer.count else TO_CLOSE
    today = timezone.localdate()
    span = {"since": report.first.isoformat(), "until": min(_last(report.last), today).isoformat()}
    names = directory().names
    categories = [
        _line(
            gettext(names.get((c.scenario, c.category), c.category)) if c.category else gettext("未分类"),
            asked.link("opened", category=c.category, **span) if c.category else "",
            c.quality,
            to,
        )
        for c in report.by_category
    ]
    months = [
        _line(
            m.month.strftime("%Y-%m"),
            asked.link("opened", since=m.month.isoformat(), until=min(_last(m.month), today).isoformat()),
            m.quality,
            to,
        )
        for m in report.by_month
    ]
    cut = len(categories) if everything else TOP
    return Shown(
        report,
        to,
        _line(gettext("全部"), asked.link("opened", **span), report.total, to),
        categories[:cut],
        months,
        len(categories[cut:]),
        _links(asked),
    )


def _line(name: str, url: str, one: Quality, to: str) -> Line:
    pace = one.to_answer if to == TO_ANSWER else one.to_close
    return Line(name, url, one, pace, pace.share(15), pace.share(60))


def _links(asked: Any) -> dict[str, str]:
    given = {
        "since": asked.since.isoformat(),
        "until": asked.until.isoformat(),
        "division": asked.division or "",
        "scenario": asked.scenario or "",
    }
    base = {key: value for key, value in given.items() if value != ""}
    return {
        TO_ANSWER: f"/stats?{urlencode({**base, 'to': TO_ANSWER})}#quality",
        TO_CLOSE: f"/stats?{urlencode({**base, 'to': TO_CLOSE})}#quality",
        "all": f"/stats?{urlencode({**base, 'types': 'all'})}#quality",
    }


def _last(month: date) -> date:
    """The month's last day."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)
