"""The figures the warnings go by, told when something happens to the money, and every quarter of an hour for the time
that passes by itself. A few statements for any number of projects."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, ClassVar, Final

from django.db.models import Count, Sum
from django.utils import timezone

from zhili.core.signals.models import Source
from zhili.core.signals.store import storing
from zhili.core.streams import Consumer, Event
from zhili.scenarios.wages.models import DayLine, DaySheet, Project, ProjectFact, WageLine, WageSheet
from zhili.scenarios.wages.money import keeping, owing, rules

PATIENCE: Final = timedelta(days=2)
BACK: Final = timedelta(days=40)
SHEET_DAY: Final = 25
MOST_COVER: Final = 1_000_000
Fed = dict[int, list[tuple[str, float]]]


class Figures(Consumer):
    """Tells the figures of whatever project something happened to, in the transaction of its place in the stream."""

    name: ClassVar[str] = "wages_figures"
    types: ClassVar[frozenset[str] | None] = frozenset(
        f"record.{kind}"
        for kind in (keeping.STEPPED, keeping.SENT, keeping.ANSWERED, keeping.TOLD, keeping.MARKED)
    )
    from_start: ClassVar[bool] = False

    def handle(self, events: list[Event]) -> None:
        tell({int(one.payload["project"]) for one in events if one.payload.get("project")}, confirmed=False)


def tell_all() -> int:
    """Every project under way; how many."""
    running = Project.objects.filter(case__closed_at=None).values_list("pk", flat=True)
    return tell(set(running))


def tell(projects: Collection[int], *, confirmed: bool = True, today: date | None = None) -> int:
    """Tell the figures of these projects and their contractors. ``confirmed``: also what lacks confirmation."""
    rows = list(Project.objects.filter(pk__in=list(projects)).select_related("case", "contractor"))
    if not rows:
        return 0
    now, day = timezone.now(), today or timezone.localdate()
    figures: Fed = {one.pk: [] for one in rows}
    late = late_days(list(figures), day)
    for pk in figures:
        figures[pk].append((rules.LATE, float(late.get(pk, 0))))
    _cover(figures)
    if confirmed:
        _time(rows, figures, day)
    told = [("project", pk, name, now, value) for pk, each in figures.items() for name, value in each]
    storing.feed_many([*told, *_firms(rows, day, now), *_power(list(figures), now)])
    _place(rows)
    return len(rows)


def late_days(projects: list[int], day: date) -> dict[int, int]:
    """For how many days something is due and not paid, of projects where that is so. One query."""
    unpaid = WageLine.objects.filter(sheet__project__in=projects, state__in=owing.UNPAID)
    rows = unpaid.exclude(sheet__state="void").filter(sheet__due__lt=day)
    found: dict[int, int] = {}
    for project, due in rows.values_list("sheet__project_id", "sheet__due").distinct():
        found[project] = max(found.get(project, 0), (day - due).days)
    return found


def _cover(figures: Fed) -> None:
    """The balance as told last, against what sheets have still to pay."""
    told = ProjectFact.objects.filter(project__in=list(figures), kind="balance").order_by("project", "-id")
    balance = dict(told.distinct("project").values_list("project_id", "value"))
    unpaid = WageLine.objects.filter(sheet__project__in=list(balance), state__in=owing.UNPAID)
    sums = unpaid.exclude(sheet__state="void").values_list("sheet__project_id").annotate(fen=Sum("net_fen"))
    for project, fen in sums:
        if fen:
            figures[project].append((rules.COVER, float(min(balance[project] * 100 // fen, MOST_COVER))))


def _time(rows: list[Project], figures: Fed, day: date) -> None:
    """What grows with the days: lines not confirmed, crews without a sheet."""
    lacking = unconfirmed(list(figures), day)
    last = (day.replace(day=1) - timedelta(days=1)).replace(day=1)
    missing = owing.crews_without_sheet(list(figures), last) if day.day > SHEET_DAY else {}
    for project in rows:
        figures[project.pk].append((rules.UNCONFIRMED, float(lacking.get(project.pk, 0))))
        figures[project.pk].append((rules.MISSING, float(missing.get(project.pk, 0))))


def unconfirmed(projects: list[int], day: date) -> dict[int, int]:
    """Lines of the last forty days that two days later are not confirmed by all three. One query."""
    sheets = DaySheet.objects.filter(crew__project__in=projects, lacking__gt=0)
    sheets = sheets.filter(date__gte=day - BACK, date__lte=day - PATIENCE)
    return dict(sheets.values_list("crew__project_id").annotate(n=Sum("lacking")))


def _firms(rows: list[Project], day: date, now: Any) -> list[storing.Fed]:
    """How many projects of a contractor are late. Never of a sole trader, who is a person."""
    firms = {one.contractor_id for one in rows if one.contractor.kind == "firm"}
    if not firms:
        return []
    late = WageSheet.objects.filter(project__contractor__in=firms, due__lt=day)
    late = late.exclude(state__in=("void", "closed"))
    counted = dict(late.values_list("project__contractor_id").annotate(n=Count("project", distinct=True)))
    return [("firm", firm, rules.FIRM_LATE, now, float(counted.get(firm, 0))) for firm in sorted(firms)]


def _power(projects: list[int], now: Any) -> list[storing.Fed]:
    """Heads and power of the last day of which power is known: together, so that they are held against each other."""
    told = ProjectFact.objects.filter(project__in=projects, kind="power").order_by("project", "-id")
    fed: list[storing.Fed] = []
    for one in told.distinct("project"):
        there = DayLine.objects.filter(sheet__crew__project=one.project_id, sheet__date=one.on, tenths__gt=0)
        heads = there.values("engagement_id").distinct().count()
        fed.append(("project", one.project_id, rules.HEADS, now, float(heads)))
        fed.append(("project", one.project_id, rules.POWER, now, float(one.value)))
    return fed


def _place(rows: list[Project]) -> None:
    """Where a project's figures belong: its division and the office that has its case, said once."""
    for one in rows:
        for number in (f"internal:project:{one.pk}", f"internal:firm:{one.contractor_id}"):
            Source.objects.filter(number=number, office=None).update(
                division_id=one.division_id, office_id=one.case.office_id
            )
