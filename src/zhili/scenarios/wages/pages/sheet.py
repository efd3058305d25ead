"""A crew's day: the leader writes it, leader and firm confirm it, workers without phones confirm on the pad."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.portal.asked import text_in
from zhili.portal.errors import attempt
from zhili.portal.lenses import Page
from zhili.scenarios.wages import asked, days, pins, tapping, who
from zhili.scenarios.wages.days import Given, Said
from zhili.scenarios.wages.kinds import PARTIES, ROLES
from zhili.scenarios.wages.models import Confirmation, Crew, DayLine, DaySheet, Engagement, Tap


def day(request: HttpRequest, pk: int, day: str) -> HttpResponse:
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    crew, on = asked.crew_of(actor, pk), asked.day_of(day)
    hands = who.hands(actor, crew.project)
    trouble = None
    if request.method == "POST":
        _done, trouble = attempt(lambda: _act(request, actor, hands, crew, on))
        if trouble is None:
            return redirect(f"/desk/wages/crews/{pk}/{day}")
    context = _context(crew, on, hands) | {"trouble": trouble}
    return render(request, "wages/day.html", context, status=trouble.status if trouble else 200)


def _act(request: HttpRequest, actor: Actor, hands: who.Hands, crew: Crew, on: date) -> None:
    what, sheet = text_in(request.POST, "do"), days.sheet_of(crew, on)
    if what == "write" and (crew.pk in hands.leads or hands.speaks_for(crew)):
        lines = days.write(sheet, _given(request, crew, on))
        if crew.pk in hands.leads:
            days.confirm(actor, sheet, [Said(one.pk, "leader") for one in lines])
    elif what == "leader" and crew.pk in hands.leads:
        days.confirm(actor, sheet, _said(request, sheet, "leader"))
    elif what == "firm" and hands.speaks_for(crew):
        days.confirm(actor, sheet, _said(request, sheet, "firm"))
    elif what == "pad" and hands.keeps(crew):
        days.confirm(actor, sheet, _typed(request, sheet))
    else:
        raise Refused("forbidden", _("这一步不由您办理"), 403)


def _given(request: HttpRequest, crew: Crew, on: date) -> list[Given]:
    """What the leader typed; a worker whose day is left empty was not there and has no line."""
    found = []
    for one in _there(crew, on):
        typed = text_in(request.POST, f"days_{one.pk}").replace("，", ".").strip()
        if not typed:
            continue
        try:
            tenths = Decimal(typed) * 10
        except InvalidOperation:
            raise Refused("bad_day", _("“工”应是 0 到 2 之间的数，例如 1 或 0.5"), 422) from None
        if tenths != tenths.to_integral_value():
            raise Refused("bad_day", _("“工”最多一位小数，例如 0.5"), 422)
        minutes, pieces = text_in(request.POST, f"over_{one.pk}"), text_in(request.POST, f"pieces_{one.pk}")
        note = text_in(request.POST, f"note_{one.pk}")
        found.append(Given(one.pk, int(tenths), _whole(minutes), _whole(pieces), note))
    if not found:
        raise Refused("nobody", _("还没有填任何人的“工”"), 422)
    return found


def _whole(text: str) -> int:
    text = text.strip() or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise Refused("bad_number", _("加班分钟和件数应是整数"), 422)
    return int(text)


def _said(request: HttpRequest, sheet: DaySheet, role: str) -> list[Said]:
    """One word for all lines; a line with something written beside it is a no."""
    found = []
    for line in days.lines_of(sheet):
        no = text_in(request.POST, f"no_{line.pk}")
        found.append(Said(line.pk, role, "dispute" if no else "agree", no))
    if not found:
        raise Refused("nobody", _("这一天还没有记录"), 422)
    return found


def _typed(request: HttpRequest, sheet: DaySheet) -> list[Said]:
    """Workers' own digits from the pad: whoever typed theirs has spoken, the others are left out."""
    found, wrong = [], []
    for line in days.lines_of(sheet):
        worker, pin = line.engagement.worker, text_in(request.POST, f"pin_{line.pk}")
        if not pin:
            continue
        if not pins.fits(worker, pin):
            wrong.append(worker.code)
            continue
        no = text_in(request.POST, f"no_{line.pk}")
        found.append(Said(line.pk, "worker", "dispute" if no else "agree", no, "pad"))
    if wrong:
        words = _("这些工号的密码不对，都没有确认：%(codes)s。请本人重新输入") % {"codes": "、".join(wrong)}
        raise Refused("wrong_pin", words, 422)
    if not found:
        raise Refused("nobody", _("还没有人输入密码"), 422)
    return found


def _there(crew: Crew, on: date) -> list[Engagement]:
    rows = crew.engagements.select_related("worker").filter(starts__lte=on).order_by("worker__code")
    return [one for one in rows if one.ends is None or one.ends >= on]


def _context(crew: Crew, on: date, hands: who.Hands) -> dict[str, Any]:
    """Everybody of the crew that day: what is written, what taps say, who has confirmed. Six queries."""
    there = _there(crew, on)
    sheet = DaySheet.objects.filter(crew=crew, date=on).first()
    lines = {one.engagement_id: one for one in days.lines_of(sheet)} if sheet else {}
    said = said_of(list(lines.values()))
    names, taps = asked.names([one.worker for one in there]), _taps(there, on)
    rows: list[dict[str, Any]] = [
        {
            "one": one,
            "name": names[one.worker_id],
            "line": (line := lines.get(one.pk)),
            "taps": taps.get(one.pk, []),
            "days": f"{line.tenths / 10:g}" if line else "",
            "said": said.get(line.pk, {}) if line else {},
            "parts": parts(said.get(line.pk, {})) if line else [],
        }
        for one in there
    ]
    today = timezone.localdate()
    return {
        "crew": crew,
        "on": on,
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1) if on < today else None,
        "rows": rows,
        "written": len(lines),
        "lack": {role: any(row["line"] and role not in row["said"] for row in rows) for role in ROLES},
        "whole": sum(
            all(one == "agree" for one, _said in row["said"].values()) and len(row["said"]) == 3
            for row in rows
        ),
        "leads": crew.pk in hands.leads,
        "firm": hands.speaks_for(crew),
        "keeps": hands.keeps(crew),
        "pieces": any(one.pay == "piece" for one in there),
    }


def said_of(lines: list[DayLine]) -> dict[int, dict[str, tuple[str, str]]]:
    """By line and role, the last verdict and what was said with it. One query."""
    found: dict[int, dict[str, tuple[str, str]]] = {}
    for one in Confirmation.objects.filter(line__in=lines).order_by("id"):
        found.setdefault(one.line_id, {})[one.role] = (one.verdict, one.said)
    return found


def parts(said: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """Of each of the three: their title, and yes, no or nothing yet."""
    return [
        {
            "role": role,
            "title": title,
            "verdict": said.get(role, ("", ""))[0],
            "said": said.get(role, ("", ""))[1],
        }
        for role, title in PARTIES
    ]


def _taps(there: list[Engagement], on: date) -> dict[int, list[dict[str, Any]]]:
    """The shifts that began that day, in words, with what is to be looked at: outside, a clock off, sent later."""
    midnight = timezone.make_aware(datetime.combine(on, time.min))
    rows = Tap.objects.filter(
        engagement__in=there, happened__gte=midnight, happened__lt=midnight + timedelta(hours=40)
    ).order_by("happened", "id")
    by: dict[int, list[Tap]] = {}
    for one in rows:
        by.setdefault(one.engagement_id, []).append(one)
    return {pk: _shifts(taps, on) for pk, taps in by.items()}


def _shifts(taps: list[Tap], on: date) -> list[dict[str, Any]]:
    found = []
    for shift in tapping.shifts(taps):
        began = shift.came or shift.went
        if began is None or timezone.localdate(began) != on:
            continue
        of = [one for one in taps if one.happened in (shift.came, shift.went)]
        found.append(
            {
                "came": shift.came,
                "went": shift.went,
                "next_day": shift.went is not None and timezone.localdate(shift.went) != on,
                "outside": any(one.inside is False for one in of),
                "clock": any(tapping.clock_off(one) for one in of),
                "offline": any(tapping.came_late(one) for one in of),
                "pad": any(one.source == "pad" for one in of),
                "no_code": any(not one.code_ok and one.source != "pad" for one in of),
            }
        )
    return found


pages = (Page("desk/wages/crews/<int:pk>/<str:day>", day, "wages_day"),)
