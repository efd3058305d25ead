"""A town with a few shops, items of two bodies, and officers who may check them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from zhili.base.codes import made_uscc
from zhili.core.cases.tests.city import SmallCity
from zhili.core.people.actors import Actor
from zhili.core.registers import firms, premises
from zhili.core.registers.given import GivenFirm, GivenPremises
from zhili.core.registers.models import Premises
from zhili.core.visits import catalogue, inspectors
from zhili.core.visits.catalogue import GivenItem
from zhili.core.visits.inspectors import GivenInspector
from zhili.core.visits.models import Inspector, Item

QUESTIONS: list[dict[str, Any]] = [
    {"code": "exit", "title": "安全出口是否畅通", "kind": "yes_no"},
    {"code": "oil", "title": "油烟浓度", "kind": "number", "unit": "mg/m³", "max": 2},
]


class Town:
    """Bodies: 南湖区综合行政执法局 (``fire``) and 秀洲区社会治理中心 (``market``), both under the city."""

    def __init__(self, city: SmallCity, shops: int = 3) -> None:
        self.city = city
        self.admin: Actor = city.actor("city", "admin", "leader")
        self.fire, self.market = city.offices["A.zhzf"], city.offices["B"]
        self.shops = [self._shop(n) for n in range(shops)]
        self.items = [self.item("F1", self.fire.pk), self.item("M1", self.market.pk)]

    def _shop(self, n: int) -> Premises:
        code = made_uscc("91", "330402", f"TT{n:06}")
        clerk = self.city.actor("A", "handler")
        firms.save(replace(GivenFirm(code, f"第{n + 1}饭店", "firm"), division_id=clerk.division_id), clerk)
        given = GivenPremises(code, "restaurant", f"第{n + 1}饭店", lon=120.05, lat=30.05)
        return premises.save(given, clerk)

    def item(self, code: str, body: int, **more: Any) -> Item:
        given = GivenItem(
            code, f"检查{code}", "消防法第五十三条", body, object_kind="restaurant", checklist=QUESTIONS
        )
        return catalogue.save(replace(given, **more), self.admin)

    def inspector(self, office: str, n: int, until: date | None = None, *special: str) -> Inspector:
        seat = self.city.actor(office, "handler", name=f"{office}-officer-{n}")
        assert seat.account_id is not None
        until = until or timezone.localdate() + timedelta(days=700)
        number = f"浙{office}-{n:04}"
        given = GivenInspector(seat.account_id, self.city.offices[office].pk, number, until, special)
        return inspectors.save(given, self.admin)
