"""The working calendar of the city: days put right by their source paper, a year taken in from a list. Each a leaf.

A running clock keeps the end it was given when it started, paused or went on; it counts anew with the calendar of that
moment only when it goes on after a pause. So a change reaches clocks that start or go on afterwards.
"""

from __future__ import annotations

import csv
import io
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.cases.models import Clock
from zhili.core.params.models import CalendarDay
from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused
from zhili.core.trail import changes

CALENDAR: Final = "calendar"
WORKING_WORDS: Final = {"上班": True, "1": True, "休息": False, "放假": False, "0": False}
LONGEST_AHEAD: Final = 3
"""Years: no list is published earlier."""


@dataclass(frozen=True)
class Day:
    """A day as the grid shows it. ``own``: put right here, by the paper in ``note``."""

    date: date
    working: bool
    own: bool
    note: str


@dataclass(frozen=True)
class Given:
    """A day as a list gives it."""

    date: date
    working: bool
    note: str


def year(number: int) -> list[list[Day]]:
    """The days of a year, month by month. One query."""
    own = {one.date: one for one in CalendarDay.objects.filter(date__year=number)}
    known = params.calendar()
    months = []
    for month in range(1, 13):
        days = (date(number, month, n) for n in range(1, monthrange(number, month)[1] + 1))
        months.append(
            [Day(one, known.is_working(one), one in own, own[one].note if one in own else "") for one in days]
        )
    return months


def missing(number: int) -> bool:
    """Whether the holidays of a year are not known."""
    return params.calendar().unpublished(number)


@transaction.atomic
def set_day(day: date, working: bool, note: str, actor: Actor, seen: int | None) -> CalendarDay:
    """This day is worked, or free, by the paper named. Raises AdminRefused, PermissionDenied, Overtaken."""
    managing.check_city(actor)
    changes.begin(CALENDAR, day.isoformat(), seen)
    _check_day(day)
    if not note.strip():
        raise AdminRefused("note", _("请写明依据的文件，如“国办发明电〔2026〕12号”。"))
    former = CalendarDay.objects.filter(date=day).first()
    if former is not None and (former.working, former.note) == (working, note):
        raise AdminRefused("working", _("日历上已经是这样，没有改动。"))
    before = facts_of(day, former)
    made, _new = CalendarDay.objects.update_or_create(date=day, defaults={"working": working, "note": note})
    _keep("changed" if former else "added", day, actor, before=before, after=facts_of(day, made), reason=note)
    return made


@transaction.atomic
def clear_day(day: date, actor: Actor, seen: int | None) -> None:
    """Back to the published list. Raises as ``set_day``."""
    managing.check_city(actor)
    changes.begin(CALENDAR, day.isoformat(), seen)
    _check_day(day)
    former = CalendarDay.objects.filter(date=day).first()
    if former is None:
        raise AdminRefused("", _("这一天没有调整过。"))
    before = facts_of(day, former)
    former.delete()
    _keep("ended", day, actor, before=before, after=facts_of(day, None))


@transaction.atomic
def take_in(days: list[Given], actor: Actor, seen: int | None) -> int:
    """Write the days of a list that differ from what stands; how many. Raises as ``set_day``."""
    managing.check_city(actor)
    standing = {one.date: one for one in CalendarDay.objects.filter(date__in=[one.date for one in days])}
    count = 0
    for one in days:
        former = standing.get(one.date)
        if former is None or (former.working, former.note) != (one.working, one.note):
            set_day(one.date, one.working, one.note, actor, seen)
            count += 1
    return count


def parse(text: str, number: int, note: str) -> tuple[list[Given], list[tuple[int, str, str]]]:
    """(days, rows at fault as (number, text, reason)) of a list: a day or first–last, 上班 or 休息, in each row."""
    found: dict[date, Given] = {}
    faults = []
    for line, row in enumerate(csv.reader(io.StringIO(text.lstrip("\ufeff").replace("\t", ","))), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0] in ("日期", "date"):
            continue
        try:
            for one in _given(cells, number, note):
                if one.date in found and found[one.date].working != one.working:
                    raise AdminRefused("", _("同一天出现了两种说法"))
                found[one.date] = one
        except AdminRefused as error:
            faults.append((line, ",".join(row)[:80], error.message))
    return [found[day] for day in sorted(found)], faults


def running_across(first: date) -> int:
    """How many running clocks end on that day or later: they keep the end they have."""
    return Clock.objects.filter(running=True, due_at__date__gte=first).count()


def facts_of(day: date, row: CalendarDay | None) -> dict[str, Any]:
    """A day as the log shows it."""
    if row is None:
        return {"working": None, "note": ""}
    return {"working": row.working, "note": row.note}


def _given(cells: list[str], number: int, note: str) -> Iterator[Given]:
    if len(cells) < 2 or cells[1] not in WORKING_WORDS:
        raise AdminRefused("", _("第二列应写“上班”或“休息”"))
    first, dash, last = cells[0].partition("~")
    try:
        begin = date.fromisoformat(first.strip())
        until = date.fromisoformat(last.strip()) if dash else begin
    except ValueError as error:
        raise AdminRefused("", _("日期应写成 2027-01-01，或 2027-02-05~2027-02-11")) from error
    if begin.year != number or until.year != number or until < begin:
        raise AdminRefused("", _("日期不在 %(year)d 年，或前后颠倒") % {"year": number})
    while begin <= until:
        yield Given(begin, WORKING_WORDS[cells[1]], (cells[2] if len(cells) > 2 and cells[2] else note)[:200])
        begin += timedelta(days=1)


def _check_day(day: date) -> None:
    today = timezone.localdate()
    if day <= today:
        raise AdminRefused("", _("今天和过去的日子不能改：已按它算过期限。"))
    if day.year > today.year + LONGEST_AHEAD:
        raise AdminRefused("", _("离得太远，尚无公布的安排。"))


def _keep(done: str, day: date, actor: Actor, **told: Any) -> None:
    _forget()
    facts = {"day": day.isoformat(), "working": told["after"]["working"]}
    changes.record(
        CALENDAR, done, actor, key=day.isoformat(), name=day.isoformat(), since=day, facts=facts, **told
    )


def _forget() -> None:
    params.forget()
    transaction.on_commit(params.forget)
