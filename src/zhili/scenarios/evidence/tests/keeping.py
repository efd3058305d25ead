"""A store room in the small city, and the people who work in it, for the tests of evidence."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.files.intake import store
from zhili.core.files.tests.samples import picture
from zhili.core.people.actors import Actor
from zhili.scenarios.evidence.models import ItemDetail, Rack, Room, Slot, Store

ITEM = "evidence.item"
KEEPS = "A.zhzf"


@dataclass
class Keeping:
    """``custodian`` takes things in, ``leader`` is another person of the same office, ``other`` is of another."""

    city: SmallCity
    store: Store

    @property
    def custodian(self) -> Actor:
        return self.city.actor(KEEPS, "handler")

    @property
    def leader(self) -> Actor:
        return self.city.actor(KEEPS, "leader")

    @property
    def other(self) -> Actor:
        return self.city.actor("A.town", "handler")

    def photo(self, by: Actor | None = None) -> str:
        """A picture uploaded by somebody, as a form names it."""
        kept = store(BytesIO(picture()), "photo.jpg", by or self.custodian)
        return f"{kept.id}:{kept.token}"

    def take_in(self, **more: Any) -> Case:
        data = {
            "matter_kind": "administrative", "matter": "嘉综执立〔2026〕12号", "what": "蓝色三轮车",
            "quantity": "1 辆", "ground": "seized", **more,
        }  # fmt: skip
        return Case.objects.get(pk=doors.open_case(ITEM, "take_in", self.custodian, data).case_id)

    def take_in_file(self, content: bytes | None = None, sha256: str = "", **more: Any) -> Case:
        body = content or picture()
        kept = store(BytesIO(body), "video.jpg", self.custodian)
        data = {
            "matter_kind": "administrative", "matter": "嘉综执立〔2026〕12号", "what": "路口照片", "ground": "drawn",
            "file": [f"{kept.id}:{kept.token}"], "sha256": sha256 or hashlib.sha256(body).hexdigest(), **more,
        }  # fmt: skip
        return Case.objects.get(pk=doors.open_case(ITEM, "take_in_file", self.custodian, data).case_id)

    def on_the_shelf(self, slot: str = "W1-101-A101", **more: Any) -> Case:
        case = self.take_in(**more)
        self.do(case, "shelve", slot=slot)
        return case

    def do(self, case: Case, action: str, by: Actor | None = None, **data: Any) -> ItemDetail:
        """A step, and the item's columns after it."""
        doors.act(case.pk, action, by or self.custodian, data)
        case.refresh_from_db()
        return ItemDetail.objects.get(pk=case.pk)

    def lend(self, case: Case, days: int = 5, **more: Any) -> ItemDetail:
        until = timezone.localdate() + timedelta(days=days)
        data = {
            "office": self.city.offices["A.town"].pk,
            "post": "检验员",
            "purpose": "送检",
            "until": str(until),
        }
        return self.do(case, "lend", **{**data, **more})

    def approved(self, case: Case, disposal: str) -> None:
        self.do(case, "propose", disposal=disposal, reason="案件已办结")
        self.do(case, "approve", by=self.leader)

    def hand_out(self, case: Case) -> None:
        signed = {"signature": [self.photo()], "custodian_signature": [self.photo()]}
        self.do(case, "hand_out", owner="王小明", right="owner", way="glass", **signed)


def a_store(city: SmallCity) -> Store:
    """One room with two racks of two levels with three slots each."""
    office = city.offices[KEEPS]
    made = Store.objects.create(office=office, code="W1", name="物证室", address="建设路1号")
    room = Room.objects.create(store=made, code="101", name="101室", width=6, depth=4)
    for n, code in enumerate("AB"):
        rack = Rack.objects.create(
            room=room, code=code, x=0.5, y=0.5 + 1.5 * n, width=4, depth=0.6, rows=2, columns=3
        )
        Slot.objects.bulk_create(
            Slot(rack=rack, office_id=office.pk, row=r, column=c, code=f"W1-101-{code}{r}{c:02}")
            for r in (1, 2)
            for c in (1, 2, 3)
        )
    return made
