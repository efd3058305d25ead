"""The committee's big screen: the same content, with what the committee owes beside it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from zhili.core.cases.models import Case
from zhili.core.places.tree import Node
from zhili.core.streams.live.position import position
from zhili.scenarios.village_screens import checklist, content, sensing, waste
from zhili.scenarios.village_screens.content import Content
from zhili.scenarios.village_screens.models import Display

WRITTEN = 6
ALARMS = POINTS = 3
"""So many lines of alarms and of waste stand on the screen, each alarm for one of waste; the rest is a number."""
HEIGHT = 100
"""Of the bars of waste, in units of the drawing."""


def board_context(division: Node) -> dict[str, Any]:
    """Everything the screen shows; ``last`` before anything is read, so that nothing is lost in between."""
    last = str(position())
    shown = content.of(division)
    lines = checklist.of(division.id, content.loop(division.id).monthly_finance)
    open_ = Case.objects.filter(
        scenario="village_screens", division_id=division.id, closed_at=None, confidential=False
    )
    stages = list(open_.values_list("procedure", "stage", "overdue"))
    days = waste.total(shown.waste) if shown.waste else []
    alarms = sensing.alarms(division.id)
    room = max(0, POINTS - len(alarms))
    return {
        "last": last,
        "now": timezone.localtime(),
        "shown": shown,
        "checklist": lines,
        "missing": checklist.missing(lines),
        "waiting": sum(stage == "draft" for _procedure, stage, _o in stages),
        "asked": sum(procedure.endswith("question") for procedure, _s, _o in stages),
        "motions_open": sum(procedure.endswith("motion") for procedure, _s, _o in stages),
        "late": sum(overdue for _p, _s, overdue in stages),
        "alarms": alarms[:ALARMS],
        "alarms_more": max(0, len(alarms) - ALARMS),
        "displays": Display.objects.filter(division_id=division.id, revoked_at=None).count(),
        "written": _written(shown),
        "bars": bars(days),
        "days": days,
        "points": shown.waste[:room],
        "points_more": max(0, len(shown.waste) - room),
        "kilograms": f"{sum(one.kilograms or 0 for one in days[-7:]):g}",
        "tiles_alert": sum(one.state in ("alarm", "watch") for one in shown.tiles),
    }


def bars(days: list[waste.Day]) -> list[dict[str, Any]]:
    """For the drawing: one bar a day, the highest ``HEIGHT`` high."""
    most = max((one.kilograms or 0 for one in days), default=0) or 1
    made = []
    for n, one in enumerate(days):
        height = round((one.kilograms or 0) / most * HEIGHT)
        made.append({"x": n * 20, "y": HEIGHT - height, "height": height, "day": one.day})
    return made


def _written(shown: Content) -> list[content.Item]:
    return [*shown.notices, *shown.motions, *shown.disclosures][:WRITTEN]
