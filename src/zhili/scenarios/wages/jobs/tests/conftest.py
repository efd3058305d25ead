"""A project under way, and what its clerk posts on the board."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.doors import Opened
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.notices.telling import Notices
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.core.streams import Event
from zhili.core.streams.models import StreamEvent
from zhili.scenarios.wages.jobs.following import Board
from zhili.scenarios.wages.tests.conftest import Site


def day(n: int) -> str:
    found: date = timezone.localdate() + timedelta(days=n)
    return found.isoformat()


class JobBoard(Site):
    """``clerk`` speaks for the sub-contractor, ``officer`` for the contractor, ``office`` is the labour office."""

    def __init__(self, city: SmallCity) -> None:
        super().__init__(city)
        self.read = StreamEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def told(self, **more: Any) -> dict[str, Any]:
        return {
            "project": self.project.case.number, "firm": self.firms[2].pk, "trade": "carpenter", "wanted": 2,
            "pay": "day", "pay_from": "300", "pay_to": "350.50", "starts": day(5), "closes": day(10),
            "board": True, "lodging": True, "work": "支模板，会看图纸的优先。", "contact": "项目部 王工",
            "phone": "0573-82711234", **more,
        }  # fmt: skip

    def taught(self, **more: Any) -> dict[str, Any]:
        return {
            "subject": "架子工安全操作", "trade": "scaffold", "place": "区人力社保局二楼", "starts": day(20),
            "ends": day(22), "closes": day(15), "places": 1, "fee": "0", "certificate": "",
            "work": "三天，带身份证原件。", "contact": "培训科", "phone": "0573-82715678", **more,
        }  # fmt: skip

    def post(self, actor: Actor | None = None, **more: Any) -> Case:
        made = doors.open_case("wages.vacancy", "post", actor or self.clerk, self.told(**more))
        return Case.objects.get(pk=made.case_id)

    def announce(self, **more: Any) -> Case:
        made = doors.open_case("wages.course", "announce", self.office, self.taught(**more))
        return Case.objects.get(pk=made.case_id)

    def apply(
        self, posting: Case, phone: str = "13900000001", actor: Actor = ANONYMOUS, name: str = "周来福"
    ) -> Opened:
        data = {"posting": posting.number, "name": name, "phone": phone, "note": "做过八年"}
        return doors.open_case("wages.application", "apply", actor, data)

    def enrol(self, posting: Case, phone: str, opening: str = "enrol", actor: Actor = ANONYMOUS) -> Opened:
        data = {"posting": posting.number, "name": "周来福", "phone": phone}
        return doors.open_case("wages.enrolment", opening, actor, data)

    def follow(self) -> None:
        """What follows by itself, follows; within the test's transaction, which no reader of the stream sees."""
        while rows := list(StreamEvent.objects.filter(pk__gt=self.read, type="step").order_by("pk")):
            self.read = rows[-1].pk
            events = [Event(one.pk, 0, one.at, one.type, one.subject, one.payload) for one in rows]
            for consumer in (Board(), Notices()):
                consumer.handle(events)


@pytest.fixture
def board(small_city: SmallCity) -> JobBoard:
    return JobBoard(small_city)
