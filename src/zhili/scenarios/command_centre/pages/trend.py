"""Today by the hour against the same weekday of the four weeks before; or the last eight weeks, day by day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext

from zhili.core.indicators.overview import by_hour
from zhili.scenarios.command_centre.pages.asked import Place
from zhili.scenarios.command_centre.pages.figures import Past

BEFORE = 4


@dataclass(frozen=True)
class Trend:
    """A chart: a sentence that says what it shows, the table behind it, and the numbers a script draws."""

    kind: str
    sentence: str
    heads: list[str]
    rows: list[list[str]]
    drawing: dict[str, Any] = field(default_factory=dict)


def trend(place: Place, past: Past, now: datetime, wanted: str) -> Trend:
    """By the hour for towns and above (one query); villages and cells have too few for hours and show days."""
    if wanted == "weeks" or place.level in ("village", "cell"):
        return _weeks(past)
    return _hours(place, now)


def _hours(place: Place, now: datetime) -> Trend:
    today = now.date()
    former = [today - timedelta(days=7 * n) for n in range(1, BEFORE + 1)]
    found = by_hour(place.ground.division_id, [today, *former])
    upto = list(accumulate(found[today][: now.hour + 1]))
    weeks = [list(accumulate(found[day])) for day in former if any(found[day])]
    usual = [sum(week[hour] for week in weeks) / len(weeks) for hour in range(24)] if weeks else []
    names = [gettext("%(hour)s时") % {"hour": hour + 1} for hour in range(24)]
    rows = [
        [
            names[hour],
            str(upto[hour]) if hour < len(upto) else "",
            f"{usual[hour]:.0f}" if usual else "–",
            *[str(week[hour]) for week in weeks],
        ]
        for hour in range(24)
    ]
    heads = [
        gettext("截至"),
        gettext("今天"),
        gettext("平均"),
        *[_short(day) for day in former if any(found[day])],
    ]
    return Trend(
        "hours",
        _said(upto[-1], usual[now.hour] if usual else None, len(weeks), now),
        heads,
        rows,
        {
            "names": [str(hour + 1) for hour in range(24)],
            "lines": [
                {"name": gettext("今天"), "role": "now", "values": upto},
                {"name": gettext("前几周平均"), "role": "usual", "values": [round(v, 1) for v in usual]},
            ],
            "low": [min(week[hour] for week in weeks) for hour in range(24)] if weeks else [],
            "high": [max(week[hour] for week in weeks) for hour in range(24)] if weeks else [],
        },
    )


def _said(count: int, usual: float | None, weeks: int, now: datetime) -> str:
    """The chart in one sentence."""
    told = {"n": count, "day": date_format(now, "l"), "weeks": weeks, "usual": f"{usual or 0:.0f}"}
    if usual is None:
        return gettext("今天到现在收到 %(n)s 件；前四周的%(day)s还没有记录可比。") % told
    if abs(count - usual) <= max(2.0, 0.1 * usual):
        return (
            gettext("今天到现在收到 %(n)s 件，与前%(weeks)s个%(day)s的同一时候（平均 %(usual)s 件）差不多。")
            % told
        )
    if count > usual:
        return (
            gettext("今天到现在收到 %(n)s 件，比前%(weeks)s个%(day)s的同一时候（平均 %(usual)s 件）多。")
            % told
        )
    return (
        gettext("今天到现在收到 %(n)s 件，比前%(weeks)s个%(day)s的同一时候（平均 %(usual)s 件）少。") % told
    )


def _weeks(past: Past) -> Trend:
    days = sorted(past.days)
    weeks = [days[n : n + 7] for n in range(0, len(days), 7)]
    opened = [sum(past.days[day].opened for day in week) for week in weeks]
    answered = [sum(past.days[day].answered for day in week) for week in weeks]
    reopened = [sum(past.days[day].reopened for day in week) for week in weeks]
    names = [gettext("%(since)s至%(until)s") % {"since": _short(w[0]), "until": _short(w[-1])} for w in weeks]
    told = {
        "now": opened[-1],
        "before": f"{sum(opened[:-1]) / (len(opened) - 1):.0f}",
        "answered": answered[-1],
    }
    return Trend(
        "weeks",
        gettext("最近7天收到 %(now)s 件、答复 %(answered)s 次；再往前7周平均每周收到 %(before)s 件。") % told,
        [gettext("一周"), gettext("收到"), gettext("答复"), gettext("要求重办")],
        [
            [name, str(o), str(a), str(r)]
            for name, o, a, r in zip(names, opened, answered, reopened, strict=True)
        ],
        {
            "names": [_short(week[0]) for week in weeks],
            "lines": [
                {"name": gettext("收到"), "role": "now", "values": opened},
                {"name": gettext("答复"), "role": "usual", "values": answered},
            ],
        },
    )


def _short(day: date) -> str:
    """11月21日, without its year."""
    if (get_language() or "zh").startswith("zh"):
        return f"{day.month}月{day.day}日"
    return date_format(day, "j M")
