"""A plan's reasons in words: why these checks together, why this day, why not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from math import cos, hypot, radians
from typing import Any

from django.utils.translation import gettext as _

from zhili.core.people.offices import tree
from zhili.core.visits.models import DueCheck, Plan, Visit


def why(visits: Iterable[Visit]) -> dict[int, list[str]]:
    """By visit: sentences why it is what it is. One query for any number."""
    rows = [one for one in visits if one.explanation]
    named = {one.explanation[key] for one in rows for key in ("opened_by", "closed_by")}
    titles = dict(DueCheck.objects.filter(pk__in=named).values_list("pk", "item__title"))
    return {one.pk: [_together(one.explanation, titles), _day(one.explanation)] for one in rows}


def _together(said: dict[str, Any], titles: dict[int, str]) -> str:
    begins, ends = date.fromisoformat(said["begins"]), date.fromisoformat(said["ends"])
    names = {"begins": _date(begins), "ends": _date(ends), "opened": titles.get(said["opened_by"], "")}
    if begins == ends:
        return _("各项检查只有%(begins)s这一天都能做。") % names
    if said["opened_by"] == said["closed_by"]:
        return _("各项检查都能在%(begins)s至%(ends)s做，期限最紧的是“%(opened)s”。") % names
    names["closed"] = titles.get(said["closed_by"], "")
    return (
        _("各项检查都能在%(begins)s至%(ends)s做：“%(opened)s”这时才到期，“%(closed)s”到这时要做完。") % names
    )


def _day(said: dict[str, Any]) -> str:
    node = tree().nodes.get(said["busiest"])
    names = {"n": said["open_days"], "body": node.name if node else "", "load": f"{said['load']:.0%}"}
    match said["shape"]:
        case "part":
            return _("没有一天容得下全部检查，这一天能一起做的最多。")
        case "rest":
            return (
                _("原本应与另一次合并，那天人手不够，另排在这一天；最忙的%(body)s这天用到%(load)s。") % names
            )
    return _("其中%(n)s天各单位都有人手；这一天最忙的%(body)s也只用到%(load)s，是各天里最空的。") % names


def _date(day: date) -> str:
    return _("%(month)s月%(day)s日") % {"month": day.month, "day": day.day}


def unplaced(plan: Plan) -> list[tuple[str, int]]:
    """Why checks have no visit, in words, and how many."""
    words = {
        "outside": _("期限不在计划的日子里"),
        "nobody": _("期限内没有证件有效、专业相符的人员"),
        "cap": _("该经营主体今年的检查次数已满"),
        "full": _("期限内每一天的人手都已排满"),
    }
    return [(words.get(name, name), n) for name, n in plan.explanation.get("unplaced", {}).items() if n]


def in_order(points: Sequence[tuple[float, float] | None]) -> list[int]:
    """The order of a day's way: from the westernmost on always to the nearest not yet visited; no road is known.

    ``points``: (lon, lat) in degrees; those without come last, as they stand.
    """
    left = [n for n, one in enumerate(points) if one is not None]
    order: list[int] = []
    while left:
        at = min(
            left, key=lambda n: far(points[order[-1]], points[n]) if order else (points[n] or (0.0, 0.0))[0]
        )
        order.append(at)
        left.remove(at)
    return order + [n for n, one in enumerate(points) if one is None]


def far(one: tuple[float, float] | None, other: tuple[float, float] | None) -> float:
    assert one is not None
    assert other is not None
    return hypot((one[0] - other[0]) * cos(radians(one[1])), one[1] - other[1])
