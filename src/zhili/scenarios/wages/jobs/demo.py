"""The board's share of the demo city: two vacancies, a course, an application and an enrolment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.core.registers.models import Firm
from zhili.scenarios.wages.models import Project

CONTACT = {"contact": "项目部 王工", "phone": "0573-82711234"}


def load(office: Actor, clerk: Actor, worker: Actor, project: Project, firm: Firm) -> None:
    """Make them once, with the project."""
    own = {"project": project.case.number, "firm": firm.pk, **CONTACT}
    steel = own | {
        "trade": "steel", "wanted": 4, "pay": "day", "pay_from": "320", "pay_to": "380", "board": True,
        "lodging": True, "starts": _day(7), "closes": _day(20),
        "work": "地下室底板钢筋绑扎，工期约两个月。会看图纸、能带班的另加。不收任何费用。",
    }  # fmt: skip
    cook = own | {
        "trade": "cook", "wanted": 1, "pay": "month", "pay_from": "4500", "pay_to": "5000", "lodging": True,
        "starts": _day(10), "closes": _day(25), "work": "工地食堂，六十人左右，每周休一天。",
    }  # fmt: skip
    posted = doors.open_case("wages.vacancy", "post", clerk, steel)
    doors.open_case("wages.vacancy", "post", clerk, cook)
    taught = doors.open_case("wages.course", "announce", office, _course())
    doors.open_case("wages.application", "apply", ANONYMOUS, _person(posted.number, "陈水生", "13900010001"))
    doors.open_case("wages.enrolment", "enrol", worker, _person(taught.number, "李小木", "13900010002"))


def _course() -> dict[str, Any]:
    return CONTACT | {
        "subject": "架子工安全操作", "trade": "scaffold", "place": "区职业技能培训中心 201", "starts": _day(18),
        "ends": _day(20), "closes": _day(15), "places": 30, "fee": "0", "certificate": "结业证明（示范）",
        "work": "三天，白天上课，管一顿午饭。带身份证原件登记，不收押。",
    }  # fmt: skip


def _person(number: str, name: str, phone: str) -> dict[str, str]:
    return {"posting": number, "name": name, "phone": phone, "note": "做过八年，随时能来。"}


def _day(n: int) -> str:
    return (timezone.localdate() + timedelta(days=n)).isoformat()
