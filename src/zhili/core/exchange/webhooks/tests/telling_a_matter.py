"""A matter of the small city whose steps are told; full of what must never be told."""

from __future__ import annotations

from typing import Any

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.exchange.webhooks.choosing import Webhooks
from zhili.core.people.actors import ANONYMOUS
from zhili.core.streams.testing import deliver

REPORT = "citizen_reports.report"
PERSONAL = {"name": "张三丰", "phone": "13912345678"}
WRITTEN = "王小明家门口井盖松动，电话13812345678"
PLACE = {**INSIDE, "address": "建设路1号李四家"}
NEVER = ("张三丰", "13912345678", "王小明", "井盖", "13812345678", "李四", "建设路", "120.05", "30.05")


def opened(city: SmallCity, **more: Any) -> Case:
    """A report by somebody who gave a name, of a place, in words with more names."""
    data = {"what": WRITTEN, "place": PLACE, "category": "201001", "anonymous": False, **PERSONAL, **more}
    return Case.objects.get(number=doors.open_case(REPORT, "report", ANONYMOUS, data).number)


def holder(city: SmallCity, case: Case) -> Any:
    case.refresh_from_db()
    return city.actor(next(name for name, office in city.offices.items() if office.pk == case.office_id))


def accept(city: SmallCity, case: Case) -> None:
    doors.act(case, "accept", holder(city, case), {})


def told(after: int = 0) -> int:
    """Give the consumer what happened since; the last event's id."""
    return deliver(Webhooks(), after)
