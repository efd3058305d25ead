"""A building project of the scene: filed, under way, with a crew, a worker who has a link, and a day to confirm."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.utils import timezone

from zhili.base.codes import made_uscc
from zhili.core.cases import doors
from zhili.core.cases.models import Category, Duty
from zhili.core.cases.tests.city import INSIDE, SmallCity, forget
from zhili.core.people import grants, secrets
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.core.registers.models import Firm


def building_in(city: SmallCity) -> tuple[tuple[Actor | None, str], ...]:
    """Who looks at which of its pages."""
    officer = city.resident("劳资专管员")
    number, project = _filed(city, officer)
    crew, engagement, code = _crew(project)
    today = timezone.localdate().isoformat()
    desk = (f"/{number}", f"/crews/{crew}", f"/crews/{crew}/{today}", f"/contracts/{engagement}")
    me = f"/wages/me/{code}"
    return (
        (officer, "/desk/wages"),
        (officer, "/desk/wages?q=zzz"),
        (officer, "/new/wages.project/file"),
        *((officer, f"/desk/wages{one}") for one in desk),
        (officer, f"/wages/{number}/screen"),
        (officer, f"/desk/wages/crews/{crew}/pad"),
        (None, f"/wages/{number}"),
        (None, f"/wages/{number}/tap"),
        *_board(project, officer),
        (None, me),
        (None, f"{me}/contract/{engagement}"),
    )


def _board(project: Any, officer: Actor) -> tuple[tuple[Actor | None, str], ...]:
    """A vacancy somebody applied for, a course with nobody yet, and their pages."""
    today = timezone.localdate()
    later = [(today + timedelta(days=n)).isoformat() for n in (3, 5, 6)]
    own = {"project": project.case.number, "firm": project.contractor_id, "trade": "carpenter"}
    own |= {"closes": later[0], "starts": later[1], "contact": "项目部 王工", "phone": "0573-82711234"}
    vacancy = own | {"wanted": 2, "pay": "day", "pay_from": "300", "pay_to": "350", "work": "支模板。"}
    course = own | {
        "subject": "架子工安全",
        "place": "项目部二楼",
        "ends": later[2],
        "places": 9,
        "work": "两天。",
    }
    posted = doors.open_case("wages.vacancy", "post", officer, vacancy).number
    taught = doors.open_case("wages.course", "announce", officer, course).number
    told = {"posting": posted, "name": "周来福", "phone": "13900000001", "note": "做过八年"}
    sent = doors.open_case("wages.application", "apply", ANONYMOUS, told)
    desk = (
        "",
        "/new/vacancy",
        "/new/course",
        f"/{posted}",
        f"/{posted}/edit",
        f"/{taught}",
        f"/{taught}/edit",
    )
    public = ("jobs", "jobs?q=zzz", "training", "training?pay=free", f"jobs/{posted}", f"training/{taught}")
    return (
        *((officer, f"/desk/wages/jobs{one}") for one in desk),
        *((None, f"/wages/{one}") for one in public),
        (None, f"/wages/jobs/answer/{sent.number}?g={sent.code}"),
    )


def _filed(city: SmallCity, officer: Actor) -> tuple[str, Any]:
    Category.objects.create(scenario="wages", code="W1", name="工程项目备案", public=False)
    Duty.objects.create(
        scenario="wages", category="W1", division=city.divisions["A"], office=city.department, direct=True
    )
    forget()
    codes = [made_uscc("91", "330402", f"MA29{n:04d}") for n in (1, 2)]
    for code, name in zip(codes, ("南湖城投", "大工建设"), strict=True):
        Firm.objects.create(
            code=code, name=name, kind="firm", division=city.divisions["A"], updated_at=timezone.now()
        )
    told = {
        "name": "南湖公寓二期", "site": INSIDE, "developer": codes[0], "contractor": codes[1],
        "department": "二期项目部", "industry": "南湖区住房和城乡建设局", "industry_phone": "0573-82710000",
        "officer_name": "钱一鸣", "officer_phone": "13800138000", "bank": "某银行南湖支行",
        "account_number": "33001638747053000001", "deposit_kind": "guarantee", "payday": 15,
        "starts": timezone.localdate().isoformat(),
    }  # fmt: skip
    case = doors.open_case("wages.project", "file", officer, told)
    doors.act(case.case_id, "accept", city.actor("A.zhzf", "handler"), {})
    doors.act(case.case_id, "start", officer)
    return case.number, apps.get_model("wages", "Project").objects.get(pk=case.case_id)


def _crew(project: Any) -> tuple[int, int, str]:
    """A crew of one, with a day written; the code of the worker's link."""
    made = {
        name: apps.get_model("wages", name).objects
        for name in ("Crew", "Worker", "Engagement", "DaySheet", "DayLine")
    }
    rows = [secrets.prepare("name", "李小木"), secrets.prepare("citizen_id", "11010519491231002X")]
    secrets.save(rows)
    today = timezone.localdate()
    worker = made["Worker"].create(
        code="ABC234", name_id=rows[0].id, citizen_id_id=rows[1].id, registered_at=timezone.now()
    )
    crew = made["Crew"].create(project=project, firm=project.contractor, name="木工班", leader=worker)
    engagement = made["Engagement"].create(
        crew=crew, worker=worker, pay="day", rate_fen=30000, starts=today - timedelta(days=9)
    )
    sheet = made["DaySheet"].create(crew=crew, date=today, opened_at=timezone.now())
    made["DayLine"].create(sheet=sheet, engagement=engagement, overtime_minutes=60)
    code, row = grants.prepare(
        project.pk, "worker:ABC234", (), timezone.now() + timedelta(days=9), door="wages"
    )
    grants.save([row])
    return crew.pk, engagement.pk, code
