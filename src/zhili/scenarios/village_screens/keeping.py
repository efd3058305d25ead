"""What a village sets up beside its cases: how its television runs, what its tiles show, where waste is brought."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.core.streams import emit
from zhili.core.trail import changes
from zhili.scenarios.village_screens import content, sensing
from zhili.scenarios.village_screens.kinds import LONGEST, SHORTEST, TITLES
from zhili.scenarios.village_screens.models import Loop, Tile, WastePoint

CHANGED = "village_screens.changed"
MOST_TILES = 30


def set_loop(actor: Actor, division_id: int, kinds: list[str], seconds: list[int], *, monthly: bool) -> Loop:
    """The order of the loop and how long each page stands. Raises Refused (422)."""
    if (
        not kinds
        or len(set(kinds)) != len(kinds)
        or not set(kinds) <= set(TITLES)
        or len(seconds) != len(kinds)
    ):
        raise Refused("bad_loop", _("至少选一类内容，每类只能有一个位置"), 422)
    if not all(SHORTEST <= one <= LONGEST for one in seconds):
        words = _("每页应停留 %(low)d 到 %(high)d 秒") % {"low": SHORTEST, "high": LONGEST}
        raise Refused("bad_seconds", words, 422)
    with transaction.atomic():
        changes.begin("village_loop", division_id)
        old = content.loop(division_id)
        after = {"kinds": kinds, "seconds": seconds, "monthly_finance": monthly}
        made, _new = Loop.objects.update_or_create(division_id=division_id, defaults=after)
        before = {"kinds": old.kinds, "seconds": old.seconds, "monthly_finance": old.monthly_finance}
        _record(actor, "village_loop", "set", division_id, division_id, before=before, after=after)
    return made


def add_tile(actor: Actor, division_id: int, values: Mapping[str, Any]) -> Tile:
    """A sensor's value on the screens. Raises Refused (422): what tells of a person is never shown."""
    if not sensing.public(str(values["measure"])):
        raise Refused("personal", _("这一项说的是人，不能放在屏上"), 422)
    with transaction.atomic():
        changes.begin("village_tile", division_id)
        here = Tile.objects.filter(division_id=division_id, removed_at=None)
        if here.count() >= MOST_TILES:
            raise Refused("too_many", _("一个村最多放 %d 格") % MOST_TILES, 422)
        made = Tile.objects.create(division_id=division_id, order=here.count(), **values)
        _record(actor, "village_tile", "added", made.pk, division_id, name=str(made), after=dict(values))
    return made


def remove_tile(actor: Actor, tile: Tile) -> None:
    with transaction.atomic():
        changes.begin("village_tile", tile.pk)
        Tile.objects.filter(pk=tile.pk).update(removed_at=timezone.now())
        _record(actor, "village_tile", "removed", tile.pk, tile.division_id, name=str(tile))


def add_point(actor: Actor, division_id: int, name: str) -> WastePoint:
    """Where waste is brought. Raises Refused (422)."""
    with transaction.atomic():
        changes.begin("village_waste_point", division_id)
        if WastePoint.objects.filter(division_id=division_id, name=name).exists():
            raise Refused("known", _("已经有叫这个名称的投放点"), 422)
        made = WastePoint.objects.create(division_id=division_id, name=name)
        _record(actor, "village_waste_point", "added", made.pk, division_id, name=name)
    return made


def close_point(actor: Actor, point: WastePoint, on: date | None = None) -> None:
    with transaction.atomic():
        changes.begin("village_waste_point", point.pk)
        WastePoint.objects.filter(pk=point.pk).update(closed_on=on or timezone.localdate())
        _record(actor, "village_waste_point", "closed", point.pk, point.division_id, name=point.name)


def _record(
    actor: Actor,
    subject: str,
    done: str,
    key: int,
    division_id: int,
    *,
    name: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    changes.record(
        subject, done, actor, key=key, name=name, office=actor.office_id, before=before, after=after
    )
    emit(CHANGED, None, {"division": division_id})
