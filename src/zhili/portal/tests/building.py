"""A building project of the scene: filed, under way, a crew, days, and last month's wages from the sheet to the bank.

What its people do they do on their pages, as a browser without scripts would.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from typing import Any

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from zhili.base.codes import made_uscc
from zhili.core.cases import doors
from zhili.core.cases.models import Category, Duty
from zhili.core.cases.tests.city import INSIDE, SmallCity, forget
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.core.registers.models import Firm
from zhili.portal.tests.pages_client import reader

KINDS = {"W1": "工程项目备案", "W2": "考勤异议", "W3": "欠薪投诉"}
FIRMS = ("南湖城投", "大工建设", "小河劳务")
CREW = ("孙大力", "李小木", "阿卜杜热西提·买买提明", "周来福")
"""The first leads; the last has not signed anything yet."""
Looks = tuple[tuple[Actor | None, str], ...]


@dataclass
class Built:
    """``people``: officer, clerk, leader, worker, each an account. ``links``: code of each worker's own link."""

    number: str
    people: dict[str, Actor]
    crew: int
    engagements: list[int]
    codes: list[str]
    links: list[str]
    month: str
    sheet: int = 0
    lines: tuple[int, ...] = ()
    file: int = 0
    disputed: str = ""
    complaint: str = ""


def building_in(city: SmallCity) -> Looks:
    """Who looks at which of its pages."""
    one = built_in(city)
    officer, clerk, leader, worker = (one.people[name] for name in ("officer", "clerk", "leader", "worker"))
    today, yesterday = timezone.localdate(), timezone.localdate() - timedelta(days=1)
    crew, pay = f"/desk/wages/crews/{one.crew}", f"/desk/wages/pay/{one.number}?month={one.month}"
    labour, me = city.actor("A.zhzf", "leader"), f"/wages/me/{one.links[1]}"
    return (
        *((officer, f"/desk/wages{end}") for end in ("", "?q=zzz", f"/{one.number}")),
        (officer, "/new/wages.project/file"),
        (officer, crew),
        (officer, f"{crew}/pad"),
        (officer, f"{crew}/photo/{one.engagements[1]}"),
        *((officer, f"/desk/wages/contracts/{one.engagements[n]}") for n in (1, 3)),
        (officer, f"/desk/wages/accounts/{one.engagements[1]}"),
        (officer, f"/wages/{one.number}/screen"),
        (officer, pay),
        (officer, f"/desk/wages/sheets/{one.sheet}"),
        (officer, "/desk/wages/cockpit"),
        (clerk, pay),
        (clerk, f"/desk/wages/lines/{one.lines[1]}"),
        (leader, f"{crew}/{today}"),
        (clerk, f"{crew}/{yesterday}"),
        (worker, "/wages/me"),
        (worker, "/wages/pay"),
        (worker, f"/wages/{one.number}/tap"),
        (None, f"/wages/{one.number}"),
        (None, f"/wages/{one.number}/tap"),
        (None, me),
        (None, f"{me}/contract/{one.engagements[1]}"),
        (None, f"/wages/pay/{one.links[2]}"),
        (labour, "/desk/wages/cockpit"),
        (labour, f"/desk/wages/{one.number}"),
        (labour, f"/desk/c/{one.disputed}"),
        (labour, f"/desk/c/{one.complaint}"),
        *_board(_one("Project", case__number=one.number), officer),
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


def built_in(city: SmallCity) -> Built:
    """Make it all: last month three days whole and paid, one line returned; today and yesterday still open."""
    people = {name: city.resident(f"工地{name}") for name in ("officer", "clerk", "leader", "worker")}
    number, firm = _filed(city, people["officer"])
    project = _one("Project", case__number=number)
    apps.get_model("wages", "Seat").objects.create(
        project=project, firm=firm, account_id=people["clerk"].account_id, kind="clerk", since=timezone.now()
    )
    first = (timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1)
    clerk = reader(people["clerk"])
    clerk.post(f"/desk/wages/{number}/crews", {"firm": firm.code, "name": "木工班"})
    crew = _one("Crew", project=project)
    one = Built(number, people, crew.pk, [], [], [], f"{first:%Y-%m}")
    for n, name in enumerate(CREW):
        _registered(one, clerk, name, n, first)
    _contracts(one)
    last = first.replace(day=28)
    for day in (last - timedelta(days=2), last - timedelta(days=1), last):
        _day(one, day, "1")
    for link in one.links:
        reader().post(f"/wages/me/{link}", {"line": "all", "verdict": "agree"})
    _paid(one)
    _day(one, timezone.localdate() - timedelta(days=1), "1", firm=False)
    _day(one, timezone.localdate(), "0.5", firm=False)
    _said_no(one)
    told = {
        "cause": "unpaid",
        "what": "木工班八月的工资没有发",
        "project": number,
        "people": 3,
        "amount": 9000,
    }
    complained = doors.open_case("wages.complaint", "complain", people["worker"], told)
    one.complaint = complained.number
    return one


def _filed(city: SmallCity, officer: Actor) -> tuple[str, Firm]:
    """The project's number, and the firm whose crew works there."""
    for code, name in KINDS.items():
        Category.objects.create(scenario="wages", code=code, name=name, public=False)
        place = {"division": city.divisions["A"], "office": city.department, "direct": True}
        Duty.objects.create(scenario="wages", category=code, **place)
    forget()
    codes = [made_uscc("91", "330402", f"MA29{n:04d}") for n in range(len(FIRMS))]
    for code, name in zip(codes, FIRMS, strict=True):
        kept = {"kind": "firm", "division": city.divisions["A"], "updated_at": timezone.now()}
        Firm.objects.create(code=code, name=name, **kept)
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
    return case.number, Firm.objects.get(code=codes[2])


def _registered(one: Built, clerk: Any, name: str, n: int, first: date) -> None:
    """By the clerk's form; the slip is read as the worker reads it."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    begun = f"33040219800101{901 + n:03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(begun, weights, strict=True)) % 11
    told = {"name": name, "citizen_id": begun + "10X98765432"[rest], "bank_account": f"622202000000000000{n}"}
    told |= {"pay": "piece" if n == 3 else "day", "rate": "30" if n == 3 else "300", "starts": str(first)}
    page = clerk.post(f"/desk/wages/crews/{one.crew}", told).content.decode()
    (link,) = re.findall(r"/wages/me/([0-9A-Z-]+)", page)
    (code,) = re.findall(r'<b class="wages-pin">([0-9A-Z]+)</b>', page)[:1]
    engagement = _one("Engagement", crew_id=one.crew, worker__code=code)
    one.engagements.append(engagement.pk)
    one.links.append(link)
    one.codes.append(code)
    who = {0: "leader", 1: "worker"}.get(n)
    if who:
        engagement.worker.account_id = one.people[who].account_id
        engagement.worker.save()
    if n == 0:
        clerk.post(f"/desk/wages/{one.number}/appoint", {"kind": "leader", "crew": one.crew, "code": code})


def _contracts(one: Built) -> None:
    """The second's is signed by all three, the third's by the firm alone, the last has none."""
    clerk, leader = reader(one.people["clerk"]), reader(one.people["leader"])
    terms = {"do": "draft", "work": "木工模板制作、安装", "hours": "每天 8 小时", "pay": "day", "rate": "300"}
    for n in (0, 1, 2):
        address = f"/desk/wages/contracts/{one.engagements[n]}"
        clerk.post(address, terms)
        clerk.post(address, {"do": "firm", "version": "1"})
        if n < 2:
            leader.post(address, {"do": "leader", "version": "1"})
            mine = f"/wages/me/{one.links[n]}/contract/{one.engagements[n]}"
            reader().post(mine, {"version": "1"})


def _day(one: Built, day: date, tenths: str, *, firm: bool = True) -> None:
    """Written and confirmed by the leader, and by the firm."""
    page = f"/desk/wages/crews/{one.crew}/{day}"
    told = {"do": "write"} | {f"days_{pk}": tenths for pk in one.engagements}
    told |= {f"over_{one.engagements[1]}": "60", f"pieces_{one.engagements[3]}": "12"}
    reader(one.people["leader"]).post(page, told)
    if firm:
        reader(one.people["clerk"]).post(page, {"do": "firm"})


def _said_no(one: Built) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    line = _one("DayLine", sheet__date=yesterday, engagement=one.engagements[2])
    words = {"line": line.pk, "verdict": "dispute", "said": "下午也在，是一个整工"}
    reader().post(f"/wages/me/{one.links[2]}", words)
    one.disputed = _one("DisputeDetail", line=line).case.number


def _paid(one: Built) -> None:
    """Drawn up with an advance, checked, signed by two, objected to by one; one paid, one returned by the bank."""
    clerk, officer = reader(one.people["clerk"]), reader(one.people["officer"])
    pay, month = f"/desk/wages/pay/{one.number}", {"month": one.month}
    advance = {"_do": "adjust", "engagement": one.engagements[1], "kind": "advance", "amount": "200"}
    clerk.post(pay, month | advance | {"note": "收据 12 号"})
    clerk.post(pay, month | {"_do": "draft"})
    sheet = _one("WageSheet", project__case__number=one.number)
    officer.post(f"/desk/wages/sheets/{sheet.pk}", {"_do": "check", "digest": sheet.digest})
    lines = list(sheet.lines.order_by("engagement_id"))
    for n in (0, 1):
        mine = {"line": lines[n].pk, "digest": lines[n].digest, "_do": "sign"}
        reader().post(f"/wages/pay/{one.links[n]}", mine)
    wrong = {"line": lines[2].pk, "digest": lines[2].digest, "_do": "object", "words": "少算了一天"}
    reader().post(f"/wages/pay/{one.links[2]}", wrong)
    officer.post(pay, month | {"_do": "send"})
    file = _one("PaymentFile", project__case__number=one.number)
    sent = list(file.payments.order_by("line_id"))
    rows = [f"{sent[0].reference},成功,{sent[0].amount_fen / 100:.2f},,,"]
    rows += [f"{sent[1].reference},退票,{sent[1].amount_fen / 100:.2f},closed,,", "别的,成功,1.00,,,"]
    text = "流水号,状态,金额（元）,原因代码,说明,日期\n" + "\n".join(rows) + "\n"
    answer = SimpleUploadedFile("回单.csv", text.encode(), "text/csv")
    officer.post(pay, month | {"_do": "answer", "file": answer})
    officer.post(pay, month | {"_do": "tell", "kind": "balance", "value": "500"})
    one.sheet, one.lines, one.file = sheet.pk, tuple(line.pk for line in lines), file.pk


def tapped(one: Built, link: str) -> Any:
    """A phone that opened the worker's link taps in with the code on the screen."""
    screen = reader(one.people["officer"]).get(f"/wages/{one.number}/screen").content.decode()
    (code,) = re.findall(r'class="wages-code">([^<]+)<', screen)
    phone = reader()
    phone.get(f"/wages/me/{link}")
    page = phone.get(f"/wages/{one.number}/tap").content.decode()
    (key,) = re.findall(r'name="_key" value="([^"]+)"', page)
    return phone.post(f"/wages/{one.number}/tap", {"_key": key, "code": unescape(code), "way": "in"})


def _one(model: str, **of: Any) -> Any:
    return apps.get_model("wages", model).objects.select_related().get(**of)
