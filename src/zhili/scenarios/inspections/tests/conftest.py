"""A city whose catalogue is in force, and short words for what its offices do."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from zhili.core import files
from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import Actor
from zhili.scenarios.inspections.catalogue import keeping

APPROVAL, ORDER = "inspections.approval", "inspections.rectification"
UNSCANNED = "inspections.unscanned"


class Office:
    """A department of county A: one who drafts and inspects, one who confirms and approves."""

    def __init__(self, city: SmallCity) -> None:
        self.city = city
        self.officer = city.actor("A.zhzf", "handler", "leader", name="经办")
        self.leader = city.actor("A.zhzf", "leader", name="负责人")

    def catalogue(self) -> None:
        keeping.seed(self.officer)
        keeping.confirm_read(self.leader)

    def applied(self, **more: Any) -> Case:
        data = {
            "scene": "life-01",
            "items": ["M02", "Z01"],
            "why": "plan",
            "ground": "年度计划",
            "first": day(1),
        }
        opened = doors.open_case(APPROVAL, "apply", self.officer, {**data, "last": day(10), **more})
        return Case.objects.get(pk=opened.case_id)

    def ordered(self, by: Actor | None = None, **more: Any) -> Case:
        data = {
            "name": "老街面馆",
            "item": "Z01",
            "what": "净化设施未开",
            "demand": "正常使用",
            "until": day(5),
        }
        opened = doors.open_case(ORDER, "order", by or self.officer, {**data, "place": INSIDE, **more})
        return Case.objects.get(pk=opened.case_id)

    def photo(self, by: Actor) -> str:
        """A picture uploaded by somebody, as a form names it."""
        out = BytesIO()
        Image.new("RGB", (40, 30), "green").save(out, "JPEG")
        kept = files.store(BytesIO(out.getvalue()), "after.jpg", by)
        return f"{kept.id}:{kept.token}"

    def holder(self, case: Case) -> Actor:
        """Somebody of the office that has the case."""
        short = next(name for name, one in self.city.offices.items() if one.pk == case.office_id)
        return self.city.actor(short, "handler", "leader", name="承办")


def fortnight() -> tuple[str, str]:
    """From tomorrow, or from the new year where a plan would cross it."""
    first = timezone.localdate() + timedelta(days=1)
    if (first + timedelta(days=13)).year != first.year:
        first = date(first.year + 1, 1, 4)
    return first.isoformat(), (first + timedelta(days=13)).isoformat()


def day(ahead: int) -> str:
    return (timezone.localdate() + timedelta(days=ahead)).isoformat()


@pytest.fixture
def office(small_city: SmallCity) -> Office:
    made = Office(small_city)
    made.catalogue()
    return made
