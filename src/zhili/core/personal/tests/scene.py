"""A resident with a matter whose phone and name an office may open, and the clock moved at will."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from zhili.core.cases import doors, present
from zhili.core.cases.models import Case, CaseSecret
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS, Actor

REPORT = "citizen_reports.report"
PHONE = "13812345678"


def report(city: SmallCity, by: Actor = ANONYMOUS, **more: Any) -> tuple[Case, str]:
    """A report with name and phone that has come to the department; (case, its code)."""
    data = {
        "what": "院里搭了违建",
        "place": INSIDE,
        "category": "201013",
        "anonymous": False,
        "name": "张三丰",
        "phone": PHONE,
    }
    made = doors.open_case(REPORT, "report", by, data | more)
    doors.act(made.case_id, "pass_up", city.actor("A.grid"), {"reason": "x"})
    hand = {"office": str(city.department.pk), "reason": "x"}
    doors.act(made.case_id, "hand_over", city.actor("A.village"), hand)
    return Case.objects.get(pk=made.case_id), made.code or ""


def secret_of(case: Case, field: str = "phone") -> UUID:
    found: UUID = CaseSecret.objects.filter(case=case, field=field).latest("pk").secret_id
    return found


def opens(case: Case, actor: Actor, field: str = "phone") -> str:
    """Somebody of the department looks."""
    return present.open_personal(Case.objects.get(pk=case.pk), secret_of(case, field), actor)


def finish(case: Case) -> None:
    """As if it had been answered and closed."""
    Case.objects.filter(pk=case.pk).update(closed_at=timezone.now())


class Later:
    """Moves `timezone.now` for what asks Python; rows written meanwhile carry that time too."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.moved = timedelta(0)
        self.real = timezone.now

    def by(self, **length: float) -> datetime:
        self.moved += timedelta(**length)
        self.monkeypatch.setattr(timezone, "now", lambda: self.real() + self.moved)
        return timezone.now()
