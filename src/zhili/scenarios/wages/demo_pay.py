"""The money of the demo city: at one project last month is paid but for what the bank sent back and a worker says; at
the other the wage account is short, the month before last is late, and its workers have complained."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from zhili.base.wages.bank import yuan
from zhili.core.cases import doors
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.core.signals.judge import judging_run
from zhili.scenarios.wages import days, holidays
from zhili.scenarios.wages.kinds import ROLES
from zhili.scenarios.wages.models import (
    Confirmation,
    Crew,
    DayLine,
    DaySheet,
    Engagement,
    Project,
    WageLine,
    WageSheet,
)
from zhili.scenarios.wages.money import (
    answering,
    checking,
    drafting,
    feeding,
    sending,
    signing,
    telling,
)

DAYS = 12
"""Worked in a month: the rest was rain."""
APART = 8
"""Days back that the crews' own week in the demo takes."""


def paid(who: dict[str, Actor], project: Project) -> None:
    """Drawn up, checked, signed but for one who is silent and one who objects; sent; one line came back."""
    last = _months_back(1)
    _worked(who["clerk"], project, last)
    sheets = _checked(who["clerk"], who["officer"], project, last)
    lines = list(WageLine.objects.filter(sheet__in=sheets).order_by("engagement_id"))
    telling.tell(who["officer"], project, "balance", 2 * sum(one.net_fen for one in lines))
    telling.tell(who["officer"], project, "power", 640)
    telling.tell(who["officer"], project, "water", 21)
    for line in lines[:-2]:
        signing.sign(who["clerk"], line, line.digest, "pad")
    said = "少算了半天，10 日下午也在"
    signing.objects(who["clerk"], lines[-2], lines[-2].digest, said, "pad")
    made = sending.send(who["officer"], project, last, unsigned="本人回乡，电话里说没有异议")
    answering.answer(who["officer"], project, _bank(made.file.pk))


def behind(who: dict[str, Actor], project: Project, office: Actor) -> None:
    """The month before last is checked and not paid, last month only drawn up, and somebody has complained."""
    officer, clerk, late = who["officer2"], who["clerk"], _months_back(2)
    for month in (late, _months_back(1)):
        _worked(clerk, project, month)
    sheets = _checked(clerk, officer, project, late)
    for line in WageLine.objects.filter(sheet=sheets[0]):
        signing.sign(clerk, line, line.digest, "pad")
    drafting.draft(clerk, project, _months_back(1))
    telling.tell(officer, project, "balance", 300_000)
    complaint = {
        "cause": "unpaid",
        "what": f"泥工班 {late.month} 月的工资到现在没有发，项目部说甲方的钱没有到。",
        "project": project.case.number,
        "people": 4,
        "amount": 15_000,
        "since": late.isoformat(),
    }
    case = doors.open_case("wages.complaint", "complain", ANONYMOUS, complaint).case_id
    doors.act(case, "file", office, {})
    feeding.tell_all()
    judging_run.run_once()


def _months_back(n: int) -> date:
    day = timezone.localdate()
    for _one in range(n):
        day = day.replace(day=1) - timedelta(days=1)
    return day.replace(day=1)


def _checked(clerk: Actor, officer: Actor, project: Project, month: date) -> list[WageSheet]:
    sheets = drafting.draft(clerk, project, month)
    return [checking.check(officer, one, one.digest) for one in sheets]


def _worked(clerk: Actor, project: Project, month: date) -> None:
    """Days of a month that all three confirmed: lines of all crews in one go, their confirmations in another."""
    first, after = days.month_of(month)
    edge = min(after, timezone.localdate() - timedelta(days=APART))
    there = [first + timedelta(days=n) for n in range((edge - first).days)]
    on = [day for day in there if holidays.kind(day) == "workday"][:DAYS]
    now = timezone.now()
    sheets = DaySheet.objects.bulk_create(
        DaySheet(crew=crew, date=day, opened_at=now)
        for crew in Crew.objects.filter(project=project)
        for day in on
    )
    joined: dict[int, list[Engagement]] = {}
    for one in Engagement.objects.filter(crew__project=project).order_by("pk"):
        joined.setdefault(one.crew_id, []).append(one)
    lines = DayLine.objects.bulk_create(
        DayLine(
            sheet=sheet,
            engagement=one,
            tenths=5 if (sheet.date.day + n) % 9 == 0 else 10,
            overtime_minutes=60 if (sheet.date.day + n) % 4 == 0 else 0,
        )
        for sheet in sheets
        for n, one in enumerate(joined[sheet.crew_id])
    )
    said = [
        Confirmation(
            line=line,
            role=role,
            verdict="agree",
            how="pad" if role == "worker" else "account",
            account_id=clerk.account_id,
        )
        for line in lines
        for role in ROLES
    ]
    number = project.case.number
    facts = [(days.public(row, number, row.line.sheet.date), days.private(row)) for row in said]
    for row, kept in zip(
        said, doors.record_many(days.RECORD, clerk, facts, {"project": project.pk}), strict=True
    ):
        row.at, row.leaf_id, row.salt = kept.at, kept.leaf_id, kept.salt
    Confirmation.objects.bulk_create(said)


def _bank(file: int) -> bytes:
    """What the bank says of a file: all paid, but the second account is closed."""
    rows = WageLine.objects.filter(payments__file=file).order_by("payments__id")
    told = ["流水号,状态,金额（元）,原因代码"]
    for n, (reference, fen) in enumerate(rows.values_list("payments__reference", "net_fen")):
        told.append(f"{reference},{'退票' if n == 1 else '成功'},{yuan(fen)},{'closed' if n == 1 else ''}")
    return "\n".join(told).encode()
