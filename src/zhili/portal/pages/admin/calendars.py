"""/desk/admin/calendar: working days and holidays of a year; a day is put right, a year taken in from a list."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core import params
from zhili.core.administration import calendars as kernel
from zhili.core.administration.calendars import Given
from zhili.core.forms import Choice, Form, LongText, Text
from zhili.core.params.models import CalendarDay
from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.trail.models import Change
from zhili.core.web import words
from zhili.portal.asked import number_in
from zhili.portal.pages.admin import frame
from zhili.portal.pages.admin.frame import Task
from zhili.portal.pages.admin.tables import takes_tables

SALT = "zhili.calendar"


class DayForm(Form):
    working = Choice("这一天", [("1", "上班"), ("0", "休息")], required=True)
    note = Text(
        "依据的文件",
        max_length=200,
        required=True,
        help="如：国务院办公厅关于2027年部分节假日安排的通知（国办发明电〔2026〕X号）。",
    )


class YearForm(Form):
    year = Text("年份", max_length=4, required=True)
    note = Text("依据的文件", max_length=200, required=True, help="国务院办公厅通知的名称和文号。")
    days = LongText(
        "放假和调休上班的日子",
        max_length=10_000,
        required=True,
        help="每行一天或一段：2027-02-05~2027-02-11,休息；2027-01-31,上班。可从表格直接粘贴。",
    )


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A year, month by month."""
    frame.check_leads(actor)
    today = timezone.localdate()
    asked = number_in(request.GET, "year")
    year = (
        asked
        if asked is not None and today.year - 10 <= asked <= today.year + kernel.LONGEST_AHEAD
        else today.year
    )
    context = {
        "year": year,
        "months": [_weeks(month) for month in kernel.year(year)],
        "years": range(today.year - 1, today.year + 3),
        "missing": [one for one in (today.year, today.year + 1) if kernel.missing(one)],
        "own": CalendarDay.objects.filter(date__year=year).order_by("date"),
        "may": managing.city_wide(actor),
        "today": today,
        "weekdays": gettext("一 二 三 四 五 六 日").split(),
    }
    return frame.show(request, actor, "calendar", context)


def day(request: HttpRequest, actor: Actor, day: str) -> HttpResponse:
    managing.check_city(actor)
    when = _day(day)
    own = CalendarDay.objects.filter(date=when).first()
    working = params.calendar().is_working(when)
    now = gettext("上班") if working else gettext("休息")
    task = Task(
        words.day(when),  # type: ignore[arg-type]
        f"/desk/admin/calendar?year={when.year}",
        gettext("保存"),
        kernel.CALENDAR,
        when.isoformat(),
        DayForm,
        facts=[(gettext("现在"), now), (gettext("依据的文件"), own.note if own else gettext("公布的安排"))],
        initial={"working": "0" if working else "1", "note": own.note if own else ""},
        consequences=_said(when),
        more={"clear": f"/desk/admin/calendar/{when.isoformat()}/clear" if own else "",
              "history": frame.history(kernel.CALENDAR, when.isoformat(), actor)},
        template="day",
    )  # fmt: skip

    def do(values: dict[str, Any], seen: int | None) -> str:
        kernel.set_day(when, values["working"] == "1", values["note"], actor, seen)
        return gettext("日历已更改。")

    return frame.run(request, actor, task, do)


def clear(request: HttpRequest, actor: Actor, day: str) -> HttpResponse:
    managing.check_city(actor)
    when = _day(day)
    task = Task(
        gettext("恢复公布的安排"),
        f"/desk/admin/calendar?year={when.year}",
        gettext("恢复"),
        kernel.CALENDAR,
        when.isoformat(),
        lead=words.day(when),  # type: ignore[arg-type]
        consequences=_said(when),
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        kernel.clear_day(when, actor, seen)
        return gettext("已恢复公布的安排。")

    return frame.run(request, actor, task, do)


@takes_tables
def bring_in(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A year's list: shown first, then written. A file counts as if its text had been pasted."""
    managing.check_city(actor)
    year = str(number_in(request.GET, "year") or timezone.localdate().year + 1)
    if request.method == "POST" and "packed" in request.POST:
        return _write(request, actor)
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and (file := request.FILES.get("file")) is not None:
        data["days"] = file.read(20_000).decode("utf-8-sig", "replace")
        request.POST = data  # type: ignore[assignment]
    task = Task(
        gettext("导入一年的安排"),
        "/desk/admin/calendar",
        gettext("预览"),
        form=YearForm,
        initial={"year": year},
        consequences=[gettext("先看预览，再写入；已经过去的日子不改。")],
        template="calendar_import",
    )

    def do(values: dict[str, Any], seen: int | None) -> HttpResponse:
        number = int(values["year"]) if values["year"].isdigit() else 0
        if not timezone.localdate().year <= number <= timezone.localdate().year + kernel.LONGEST_AHEAD:
            raise managing.AdminRefused("year", gettext("年份应为今年或今后三年。"))
        given, faults = kernel.parse(values["days"], number, values["note"])
        if not given:
            reasons = "；".join(f"{line}：{why}" for line, _text, why in faults[:3])
            raise managing.AdminRefused("days", gettext("没有读出日子。%(why)s") % {"why": reasons})
        fresh = [one for one in given if one.date > timezone.localdate()]
        last = Change.objects.order_by("-id").values_list("id", flat=True).first() or 0
        packed = signing.dumps([[[d.date.isoformat(), d.working, d.note] for d in fresh], last], salt=SALT)
        context = {"task": task, "given": fresh, "faults": faults, "packed": packed, "year": number}
        return frame.show(request, actor, "calendar_import", context)

    return frame.run(request, actor, task, do)


def _write(request: HttpRequest, actor: Actor) -> HttpResponse:
    try:
        rows, seen = signing.loads(request.POST["packed"], salt=SALT, max_age=24 * 3600)
    except signing.BadSignature:
        return redirect("/desk/admin/calendar/import")
    given = [Given(date.fromisoformat(day), working, note) for day, working, note in rows]
    task = Task(gettext("导入一年的安排"), f"/desk/admin/calendar?year={given[0].date.year}", gettext("写入"))

    def do(values: dict[str, Any], ignored: int | None) -> str:
        count = kernel.take_in(given, actor, seen)
        return gettext("已写入%(count)d天。") % {"count": count}

    return frame.run(request, actor, task, do)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error


def _weeks(month: list[kernel.Day]) -> list[list[kernel.Day | None]]:
    """A month in weeks from Monday; None where another month's day would stand."""
    cells: list[kernel.Day | None] = [None] * month[0].date.weekday() + [*month]
    cells += [None] * (-len(cells) % 7)
    return [cells[n : n + 7] for n in range(0, len(cells), 7)]


def _said(when: date) -> list[str]:
    count = kernel.running_across(when)
    return [
        gettext("正在走的时限不重算：眼下有%(count)d个时限在那天或以后到期，截止时间不变。")
        % {"count": count},
        gettext("改后开始的时限、暂停后继续的时限，按新的日历计算。"),
    ]
