"""What is due and not paid: by sheet, by project, and before a wage account may be closed (article 27)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.scenarios.wages import days
from zhili.scenarios.wages.models import DaySheet, Project, WageLine, WageSheet

UNPAID = ("open", "signed", "objected", "sent", "returned")


@dataclass(frozen=True)
class Owed:
    """Fen not paid of sheets that are not void; ``late_days``: since the earliest payday that has passed, 0 if
    none.
    """

    fen: int
    lines: int
    late_days: int
    late_fen: int


def owed(project: Project, today: date | None = None) -> Owed:
    """What a project owes by its sheets. One query."""
    day = today or timezone.localdate()
    rows = WageLine.objects.filter(sheet__project=project, state__in=UNPAID).exclude(sheet__state="void")
    by_due = list(rows.values_list("sheet__due").annotate(fen=Sum("net_fen")).order_by("sheet__due"))
    late = [(due, fen) for due, fen in by_due if due < day]
    return Owed(
        fen=sum(fen for _due, fen in by_due),
        lines=rows.count(),
        late_days=(day - late[0][0]).days if late else 0,
        late_fen=sum(fen for _due, fen in late),
    )


def months_without_sheet(project: Project, today: date | None = None) -> list[tuple[date, int]]:
    """Months that are over and in which a crew worked, with how many crews have no sheet; the oldest first."""
    this = (today or timezone.localdate()).replace(day=1)
    worked = set(
        DaySheet.objects.filter(crew__project=project, date__lt=this).values_list(
            "crew_id", "date__year", "date__month"
        )
    )
    have = {
        (crew, month.year, month.month)
        for crew, month in WageSheet.objects.filter(project=project)
        .exclude(state="void")
        .values_list("crew_id", "month")
    }
    lacking: dict[date, int] = {}
    for _crew, year, month in worked - have:
        lacking[date(year, month, 1)] = lacking.get(date(year, month, 1), 0) + 1
    return sorted(lacking.items())


def crews_without_sheet(projects: list[int], month: date) -> dict[int, int]:
    """How many crews with days in a month have no sheet of it, of projects where there is one. Two queries."""
    first, after = days.month_of(month)
    there = DaySheet.objects.filter(crew__project__in=projects, date__gte=first, date__lt=after)
    worked = set(there.values_list("crew__project_id", "crew_id").distinct())
    sheets = WageSheet.objects.filter(project__in=projects, month=first).exclude(state="void")
    have = set(sheets.values_list("project_id", "crew_id").distinct())
    lacking: dict[int, int] = {}
    for project, _crew in worked - have:
        lacking[project] = lacking.get(project, 0) + 1
    return lacking


def before_closing(project: Project) -> str:
    """Why the wage account may not be closed yet, in words; "" when nothing is owed (article 27)."""
    now = owed(project)
    if now.fen:
        from zhili.scenarios.wages.money.keeping import fen_text

        return _("还有 %(n)d 笔工资没有付清，共 %(yuan)s 元") % {"n": now.lines, "yuan": fen_text(now.fen)}
    if without := months_without_sheet(project):
        return _("%(month)s 有考勤还没有编制工资表") % {"month": f"{without[0][0]:%Y-%m}"}
    return ""
