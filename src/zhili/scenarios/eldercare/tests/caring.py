"""A wearer of village A with a wristband, and the people who go, for the tests of eldercare."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from zhili.core.cases import doors
from zhili.core.cases.doors import Opened
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import Actor
from zhili.core.signals import sources
from zhili.core.signals.models import Source
from zhili.scenarios.eldercare.models import AlarmDetail

WEARING, ALARM = "eldercare.wearing", "eldercare.alarm"
RULE = Actor(kind="rule", label="按了呼救键")
WISH: dict[str, Any] = {
    "consent_by": "own",
    "name": "陈阿婆",
    "phone": "13800138000",
    "home": {"lon": INSIDE["lon"], "lat": INSIDE["lat"]},
    "address": "港胡村三组12号",
    "notes": "心脏病，钥匙在隔壁",
    "contact": "陈建国",
    "contact_phone": "13900139000",
    "agreed": True,
}


@dataclass
class Caring:
    city: SmallCity

    @cached_property
    def village(self) -> Actor:
        return self.city.actor("A.village")

    @cached_property
    def grid(self) -> Actor:
        return self.city.actor("A.grid")

    @cached_property
    def town(self) -> Actor:
        return self.city.actor("A.town")

    @cached_property
    def elder(self) -> Actor:
        return self.city.resident("陈阿婆的账号")

    def device(self, number: str = "3700000001", protocol: str = "watch") -> Source:
        """A wristband of village A that is about nobody yet."""
        office = self.city.offices["A.village"].pk
        made, _key = sources.register(number, protocol, "wristband", actor=RULE, office_id=office)
        return made

    def applied(self, **more: Any) -> Opened:
        return doors.open_case(WEARING, "apply", self.elder, {**WISH, **more})

    def worn(self, number: str = "3700000001", **more: Any) -> Case:
        """A wearing with its wristband bound."""
        self.device(number)
        opened = self.applied(**more)
        doors.act(opened.case_id, "activate", self.village, {"device": number})
        return Case.objects.get(pk=opened.case_id)

    def calls(self, wearing: Case, kind: str = "sos") -> Case:
        """A rule raises an alarm of this wearer."""
        opened = doors.open_case(ALARM, "rise", RULE, {"subject": wearing.pk, "kind": kind})
        return Case.objects.get(pk=opened.case_id)

    def detail(self, alarm: Case) -> AlarmDetail:
        return AlarmDetail.objects.select_related("case").get(pk=alarm.pk)
