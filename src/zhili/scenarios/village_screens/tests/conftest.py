"""A village of the small city, and short words for what its committee does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.people.actors import Actor

NOTICE, DISCLOSURE = "village_screens.notice", "village_screens.disclosure"
MOTION, QUESTION = "village_screens.motion", "village_screens.question"


class Committee:
    """Of village A: a member who writes, a secretary who approves."""

    def __init__(self, city: SmallCity) -> None:
        self.city = city
        self.division = city.divisions["A.village"]
        self.member = city.actor("A.village", "handler")
        self.secretary = city.actor("A.village", "handler", "leader")

    def notice(self, heading: str = "停水通知", by: Actor | None = None, **more: Any) -> int:
        data = {"heading": heading, "body": "八点到十六点停水。", "ends": in_days(3), **more}
        return doors.open_case(NOTICE, "write", by or self.member, data).case_id

    def shown(self, heading: str = "停水通知", **more: Any) -> int:
        case = self.notice(heading, **more)
        doors.act(case, "approve", self.secretary, {})
        return case

    def disclosed(self, item: str, first: str, last: str, heading: str = "公开") -> str:
        data = {"item": item, "heading": heading, "first": first, "last": last, "body": "收入三万元。"}
        case = doors.open_case(DISCLOSURE, "write", self.member, data)
        doors.act(case.case_id, "approve", self.secretary, {})
        return case.number

    def stage(self, case: int) -> str:
        return Case.objects.get(pk=case).stage


def in_days(days: float) -> str:
    return (timezone.now() + timedelta(days=days)).isoformat()


@pytest.fixture
def committee(small_city: SmallCity) -> Committee:
    return Committee(small_city)
