"""Roads, fields and estates: each sensor's last value, its state in a word, since when, and whether it is stale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.scenarios.village_screens import sensing
from zhili.scenarios.village_screens.models import Tile

BACK = timedelta(days=2)
"""How far a last value is looked for; whatever is older is no value of now."""
NORMAL, WATCH, ALARM, STALE, SILENT = "normal", "watch", "alarm", "stale", "silent"
ORDER = (ALARM, WATCH, STALE, SILENT, NORMAL)


def word(state: str) -> str:
    """What stands beside the colour."""
    return {
        NORMAL: _("正常"),
        WATCH: _("注意"),
        ALARM: _("报警"),
        STALE: _("数据过时"),
        SILENT: _("没有数据"),
    }[state]


@dataclass(frozen=True)
class Reading:
    """A tile with its last value. ``since``: from when on it has been in this state, as far as two days go back."""

    tile: Tile
    value: float | None
    at: datetime | None
    state: str
    since: datetime | None

    @property
    def word(self) -> str:
        return word(self.state)

    @property
    def number(self) -> str:
        return "—" if self.value is None else f"{self.value:g}"


def of(division_id: int, now: datetime | None = None) -> list[Reading]:
    """Every tile of a village, what needs looking at first. Two queries."""
    tiles = list(Tile.objects.filter(division_id=division_id, removed_at=None).order_by("order", "pk"))
    return readings(tiles, now or timezone.now())


def readings(tiles: Iterable[Tile], now: datetime) -> list[Reading]:
    shown = [one for one in tiles if sensing.public(one.measure)]
    asked = {one.source_id for one in shown}, {one.measure for one in shown}
    values = sensing.values(*asked, now - BACK, now)
    found = [read(one, values.get((one.source_id, one.measure), []), now) for one in shown]
    return sorted(found, key=lambda one: ORDER.index(one.state))


def read(tile: Tile, values: list[tuple[datetime, float]], now: datetime) -> Reading:
    """From its values, oldest first."""
    if not values:
        return Reading(tile, None, None, SILENT, None)
    at, value = values[-1]
    if now - at > timedelta(minutes=tile.stale_minutes):
        return Reading(tile, value, at, STALE, at)
    state, since = state_of(tile, value), at
    for when, before in reversed(values):
        if state_of(tile, before) != state:
            break
        since = when
    return Reading(tile, value, at, state, since)


def state_of(tile: Tile, value: float) -> str:
    def reached(limit: float | None) -> bool:
        return limit is not None and (value <= limit if tile.below else value >= limit)

    return ALARM if reached(tile.alarm_from) else WATCH if reached(tile.notice_from) else NORMAL
