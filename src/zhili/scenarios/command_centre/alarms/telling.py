"""Alarms on the screens that are open now."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation

from zhili.core.cases.watching import Seat, over
from zhili.core.places.tree import nodes
from zhili.core.streams.live import Row, Told
from zhili.scenarios.command_centre.actions import INSTRUCTION
from zhili.scenarios.command_centre.alarms.showing import shown
from zhili.scenarios.command_centre.models import Alarm, InstructionDetail

TOPIC = "alarms"
ROLES = frozenset({"commander", "leader"})


@dataclass(frozen=True, slots=True)
class Commanders:
    """Posts that lead or command over the ground of an alarm, or whose office gave the instruction it is about."""

    over: frozenset[int]
    giver: int | None

    def admits(self, who: Seat) -> bool:
        if not who.roles & ROLES or not (who.everywhere or who.division_id):
            return False
        return who.everywhere or who.office_id == self.giver or who.division_id in self.over


def tell(rows: list[Row]) -> Iterable[Told]:
    """Alarms raised, acknowledged, ended. Two queries for all of them."""
    ids = [row.payload["alarm"] for row in rows]
    alarms = {one.pk: one for one in Alarm.objects.filter(pk__in=ids).select_related("case")}
    instructed = [one.case.pk for one in alarms.values() if one.case and one.case.procedure == INSTRUCTION]
    givers = dict(InstructionDetail.objects.filter(case_id__in=instructed).values_list("case_id", "giver_id"))
    for row in rows:
        alarm = alarms.get(row.payload["alarm"])
        if alarm is None or (alarm.case is not None and alarm.case.confidential):
            continue
        own = alarm.case_id in givers
        ground = frozenset() if own else over(alarm.division_id)
        data = {}
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                data[language] = json.dumps(_said(row, alarm), ensure_ascii=False)
        yield Told(row, "alarm", frozenset({TOPIC}), Commanders(ground, givers.get(alarm.case_id or 0)), data)


def _said(row: Row, alarm: Alarm) -> dict[str, Any]:
    one = shown(alarm)
    ground = nodes().get(alarm.division_id or 0)
    return {
        "id": row.id,
        "kind": row.payload["kind"],
        "at": row.payload["at"],
        "alarm": alarm.pk,
        "alarm_kind": one.kind,
        "title": one.title,
        "level": one.level,
        "text": one.text,
        "number": one.number,
        "office": alarm.office_id,
        "office_name": one.office_name,
        "divisions": list(ground.line) if ground else [],
        "lon": one.lon,
        "lat": one.lat,
        "url": one.url,
    }
