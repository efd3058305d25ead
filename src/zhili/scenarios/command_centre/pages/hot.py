"""Places that have notably more than their own past: villages, or the cells of one village."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from zhili.core.cases.ground import matters
from zhili.core.indicators.unusual import WEEK, WEEKS, Hot, standing_out, villages
from zhili.core.places.tree import nodes
from zhili.scenarios.command_centre.pages.asked import Place, below
from zhili.scenarios.command_centre.pages.figures import midnight

KEPT_S = 300.0
SHOWN = 3


@dataclass(frozen=True)
class HotLine:
    """A place that stands out; ``cases`` opens what came in there within the week."""

    name: str
    count: int
    usual: str
    url: str
    cases: str


_lock = threading.Lock()
_known: tuple[object, float, list[Hot]] = (None, 0.0, [])


def hot_lines(place: Place, today: date) -> list[HotLine]:
    """The first few. Of villages at most one query in five minutes for the whole site; of cells one each time."""
    if place.ground.cell_id is not None:
        return []
    if place.level == "village":
        names = {one.id: one.name for one in below(place)}
        return [_line(one, names[one.place], "cell") for one in _cells(place, today) if one.place in names][
            :SHOWN
        ]
    known = nodes()
    here = [
        one
        for one in _villages(today)
        if place.division_id is None or place.division_id in known[one.place].line
    ]
    return [_line(one, _name(one.place), "place") for one in here][:SHOWN]


def _line(one: Hot, name: str, what: str) -> HotLine:
    query = f"{what}={one.place}"
    return HotLine(
        name,
        one.count,
        f"{one.usual:.1f}",
        f"/screen?{query}",
        f"/screen/cases?{query}&what=opened&days={WEEK}",
    )


def _name(division: int) -> str:
    """With its town before it: many a city has two villages of one name."""
    known = nodes()
    return " ".join(
        known[one].name for one in known[division].line if known[one].level in ("town", "village")
    )


def _villages(today: date) -> list[Hot]:
    global _known
    stamp = (connection.settings_dict["NAME"], today)
    with _lock:
        if _known[0] != stamp or time.monotonic() - _known[1] > KEPT_S:
            places = [n.id for n in nodes().values() if n.level == "village" and n.valid_to is None]
            _known = (stamp, time.monotonic(), villages(places, today))
        return _known[2]


def forget() -> None:
    """Count again at the next question (tests)."""
    global _known
    _known = (None, 0.0, [])


def _cells(place: Place, today: date) -> list[Hot]:
    since, week = today - timedelta(days=WEEK * (WEEKS + 1) - 1), midnight(today - timedelta(days=WEEK - 1))
    counts: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    found = matters(place.ground).filter(opened_at__gte=midnight(since), cell__isnull=False)
    for cell, at in found.values_list("cell_id", "opened_at"):
        now, before = counts[cell]
        counts[cell] = (now + 1, before) if at >= week else (now, before + 1)
    return standing_out(counts)
