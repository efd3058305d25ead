"""A store as it is drawn and listed: its rooms from above, its racks from the front, each slot with what is in it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhili.core.cases import query
from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.core.trail import changes
from zhili.scenarios.evidence.models import ItemDetail, Rack, Room, Slot, Store

SUBJECT = "evidence_store"
CELL_WIDTH, CELL_HEIGHT, EDGE = 72, 60, 4
"""Of a slot as drawn, in pixels: wide enough for a finger."""
SCALE = 60
"""Pixels for a metre of the room as drawn."""
EMPTY, SOME, FULL, SEALED, OVERDUE = "empty", "some", "full", "sealed", "overdue"


@dataclass(frozen=True)
class Cell:
    """A slot: where it is drawn, what is in it, in colour, sign and words."""

    code: str
    short: str
    x: int
    y: int
    items: int
    capacity: int
    state: str
    words: str


@dataclass(frozen=True)
class RackView:
    """A rack: its foot print in the room's drawing, its front as cells."""

    rack: Rack
    x: float
    y: float
    width: float
    depth: float
    front_width: int
    front_height: int
    cells: list[Cell]
    state: str

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.depth / 2 + 5


@dataclass(frozen=True)
class RoomView:
    room: Room
    width: float
    depth: float
    racks: list[RackView]


@dataclass
class _Held:
    items: int = 0
    sealed: int = 0
    lent: int = 0
    overdue: int = 0


def rooms(store: Store) -> list[RoomView]:
    """The whole store, ready to draw. Four queries."""
    held = _held(store, timezone.now())
    found = []
    for room in store.rooms.prefetch_related("racks__slots").order_by("code"):
        racks = [_rack(one, held) for one in sorted(room.racks.all(), key=lambda r: r.code)]
        found.append(RoomView(room, room.width * SCALE, room.depth * SCALE, racks))
    return found


def _held(store: Store, now: datetime) -> dict[int, _Held]:
    """What is in each slot. An item on loan keeps its place; one of a zone not served here is not counted."""
    items = ItemDetail.objects.filter(slot__rack__room__store=store, case__zone__in=query.zones())
    found: dict[int, _Held] = defaultdict(_Held)
    for slot, sealed, borrower, due in items.values_list("slot_id", "sealed", "borrower_id", "case__due_at"):
        one = found[slot or 0]
        one.items += 1
        one.sealed += sealed
        one.lent += borrower is not None
        one.overdue += due is not None and due < now
    return found


def _rack(rack: Rack, held: dict[int, _Held]) -> RackView:
    cells = [_cell(slot, rack, held[slot.pk]) for slot in sorted(rack.slots.all(), key=_order)]
    states = {cell.state for cell in cells}
    worst = next((s for s in (OVERDUE, SEALED, SOME) if s in states), EMPTY)
    return RackView(
        rack,
        rack.x * SCALE,
        rack.y * SCALE,
        rack.width * SCALE,
        rack.depth * SCALE,
        rack.columns * CELL_WIDTH + 2 * EDGE,
        rack.rows * CELL_HEIGHT + 2 * EDGE,
        cells,
        FULL if states == {FULL} else worst,
    )


def _order(slot: Slot) -> tuple[int, int]:
    """From the top level down, as one looks at it."""
    return -slot.row, slot.column


def _cell(slot: Slot, rack: Rack, held: _Held) -> Cell:
    if held.overdue:
        state = OVERDUE
    elif held.items >= slot.capacity:
        state = FULL
    elif held.sealed:
        state = SEALED
    else:
        state = SOME if held.items else EMPTY
    return Cell(
        slot.code,
        f"{rack.code}{slot.row}{slot.column:02}",
        EDGE + (slot.column - 1) * CELL_WIDTH,
        EDGE + (rack.rows - slot.row) * CELL_HEIGHT,
        held.items,
        slot.capacity,
        state,
        _words(held, slot),
    )


def _words(held: _Held, slot: Slot) -> str:
    if not held.items:
        return _("空")
    told = [ngettext("放有 %(n)d 件", "放有 %(n)d 件", held.items) % {"n": held.items}]
    if held.items >= slot.capacity:
        told.append(_("放满"))
    if held.sealed:
        told.append(_("有封存"))
    if held.lent:
        told.append(_("有借出"))
    if held.overdue:
        told.append(_("有超期"))
    return "，".join(told)


def add_store(actor: Actor, code: str, name: str, address: str) -> Store:
    """A store of the actor's own office; a leaf says so."""
    office = actor.office_id or 0
    with transaction.atomic():
        changes.begin(SUBJECT, office)
        if Store.objects.filter(office_id=office, code=code).exists():
            raise Refused("taken", _("本单位已有代码为“%(code)s”的库房") % {"code": code}, 422)
        store = Store.objects.create(office_id=office, code=code, name=name, address=address)
        _record(actor, store, "added", {"code": code, "name": name, "address": address})
    return store


def add_room(actor: Actor, store: Store, code: str, name: str, width: float, depth: float) -> Room:
    with transaction.atomic():
        changes.begin(SUBJECT, store.office_id)
        if store.rooms.filter(code=code).exists():
            raise Refused("taken", _("这个库房已有代码为“%(code)s”的房间") % {"code": code}, 422)
        room = Room.objects.create(store=store, code=code, name=name, width=width, depth=depth)
        _record(actor, store, "room", {"room": code, "name": name, "width": width, "depth": depth})
    return room


def add_rack(actor: Actor, room: Room, rack: Rack, capacity: int) -> Rack:
    """A rack with all its slots; it must stand within its room."""
    if rack.x < 0 or rack.y < 0 or rack.x + rack.width > room.width or rack.y + rack.depth > room.depth:
        raise Refused("outside", _("货架超出了房间：请看房间的宽和深，改小货架或换个位置"), 422)
    with transaction.atomic():
        changes.begin(SUBJECT, room.store.office_id)
        if room.racks.filter(code=rack.code).exists():
            raise Refused("taken", _("这个房间已有代码为“%(code)s”的货架") % {"code": rack.code}, 422)
        rack.room = room
        rack.save()
        Slot.objects.bulk_create(
            Slot(
                rack=rack,
                office_id=room.store.office_id,
                row=r,
                column=c,
                capacity=capacity,
                code=f"{room.store.code}-{room.code}-{rack.code}{r}{c:02}",
            )
            for r in range(1, rack.rows + 1)
            for c in range(1, rack.columns + 1)
        )
        told = {"rack": rack.code, "room": room.code, "rows": rack.rows, "columns": rack.columns}
        _record(actor, room.store, "rack", told)
    return rack


def _record(actor: Actor, store: Store, done: str, after: dict[str, object]) -> None:
    changes.record(SUBJECT, done, actor, key=store.pk, name=store.name, office=store.office_id, after=after)
