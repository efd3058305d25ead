"""What paired televisions hear on `/live`: that their village's alarms or content changed. Never what, nor about whom.

The television then asks for its page, and reads there the sentence meant for screens (``core.signals.showing``).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from zhili.core.cases.watching import Seat, over
from zhili.core.streams.live import Row, Told
from zhili.portal.live.doors import Door, Found
from zhili.scenarios.village_screens.displays import pairing
from zhili.scenarios.village_screens.models import Display

TOPIC = "tv"
WARNING, STEP, CHANGED = "signals.warning", "step", "village_screens.changed"
OWN = "village_screens."


@dataclass(frozen=True)
class Television(Seat):
    """A paired display. As a seat it sits in no office and over no ground: audiences made for posts shut it out."""

    village_id: int = 0


@dataclass(frozen=True, slots=True)
class Pass:
    """What let a television in."""

    session: str
    display_id: int


@dataclass(frozen=True, slots=True)
class Screens:
    """The televisions of the village over a ground; no post."""

    over: frozenset[int]

    def admits(self, who: object) -> bool:
        return isinstance(who, Television) and who.village_id in self.over


def let_in(request: HttpRequest) -> Found | None:
    display = pairing.of_request(request)
    if display is None:
        return None
    seat = Television(
        office_id=-1,
        division_id=None,
        cell_id=None,
        everywhere=False,
        roles=frozenset(),
        village_id=display.division_id,
    )
    return Found(seat, Pass(f"tv:{display.pk}", display.pk))


def ended(passes: Collection[Pass]) -> dict[Pass, str]:
    """Those revoked meanwhile. One query."""
    ids = {one.display_id for one in passes}
    held = set(Display.objects.filter(pk__in=ids, revoked_at=None).values_list("pk", flat=True))
    return {one: "revoked" for one in passes if one.display_id not in held}


def tell(rows: list[Row]) -> Iterable[Told]:
    """A word for each event that changes what a village's screens show. No query when warm."""
    for row in rows:
        what = row.payload
        if row.type == STEP and not str(what.get("procedure", "")).startswith(OWN):
            continue
        division = what.get("division")
        if not isinstance(division, int):
            continue
        said = json.dumps({"id": row.id, "what": "alarms" if row.type == WARNING else "content"})
        data = {language: said for language, _name in settings.LANGUAGES}
        yield Told(row, TOPIC, frozenset({TOPIC}), Screens(over(division)), data)


DOOR = Door(TOPIC, let_in, ended, Pass)
