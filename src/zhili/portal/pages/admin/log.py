"""/desk/admin/log: every change to how offices are set up, newest first, as a page and as a workbook."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict

from zhili.core.cases import duties, duty_sheet
from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.registers.telling import FIRM, PREMISES
from zhili.core.trail.models import Change
from zhili.core.web import words
from zhili.portal.asked import number_in, text_in
from zhili.portal.pages.admin import frame, telling
from zhili.portal.pages.admin.duty_import import workbook

SHOWN = 50
MOST = 5000
HEADS = ("时间", "对象", "做了什么", "名称", "变更前", "变更后", "自哪天起", "原因", "办理岗位", "存证号")
WIDTHS = (18, 10, 18, 36, 36, 36, 14, 30, 30, 12)


def visible(actor: Actor) -> QuerySet[Change]:
    """Changes of the offices an actor oversees, and those of the whole city; the arbiter sees the duty list's.

    Not those of the register of firms and premises: an import makes forty thousand, and each is told on its own page.
    """
    if managing.city_wide(actor):
        return Change.objects.exclude(subject__in=(FIRM, PREMISES))
    mine = Q(office_id__in=tree().under(actor.office_id or 0)) if frame.manages(actor) else Q(pk__in=[])
    everybody = Q(office_id=None)
    list_of_duties = Q(subject=duties.DUTY) if duties.keeps_all(actor) else Q(pk__in=[])
    found = Change.objects.filter(mine | everybody | list_of_duties)
    return found.exclude(subject__in=(FIRM, PREMISES))


def narrow(actor: Actor, asked: QueryDict) -> QuerySet[Change]:
    """Those asked for, newest first."""
    found = visible(actor).order_by("-id")
    if (subject := text_in(asked, "subject")) in telling.SUBJECTS:
        found = found.filter(subject=subject)
    if wanted := text_in(asked, "q"):
        found = found.filter(
            Q(name__icontains=wanted)
            | Q(actor_label__icontains=wanted)
            | Q(reason__icontains=wanted)
            | Q(key=wanted)
        )
    if first := _day(asked, "first"):
        found = found.filter(at__date__gte=first)
    if last := _day(asked, "last"):
        found = found.filter(at__date__lt=last + timedelta(days=1))
    return found


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    frame.check_manages(actor)
    found = narrow(actor, request.GET)
    if (before := number_in(request.GET, "before")) is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: SHOWN + 1])
    rest = request.GET.copy()
    if len(rows) > SHOWN:
        rest["before"] = str(rows[SHOWN - 1].pk)
    context = {
        "rows": telling.lines(rows[:SHOWN], actor),
        "more": f"?{rest.urlencode()}" if len(rows) > SHOWN else "",
        "subjects": list(telling.SUBJECTS.items()),
        "asked": {name: text_in(request.GET, name) for name in ("subject", "q", "first", "last")},
        "query": request.GET.urlencode(),
        "may_undo": duties.may_read(actor),
    }
    return frame.show(request, actor, "log", context)


def export(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The same changes as a workbook, 5,000 at most."""
    frame.check_manages(actor)
    rows = list(narrow(actor, request.GET)[:MOST])
    leaf = {one.pk: one.leaf_id for one in rows}
    told = (_cells(one, leaf[one.id]) for one in telling.lines(rows, actor))
    return workbook(duty_sheet.book(HEADS, told, WIDTHS), "changes")


def _cells(one: telling.Line, leaf: int) -> list[Any]:
    since = one.since.isoformat() if one.since else ""
    was = "；".join(f"{name}：{before}" for name, before, _after in one.parts if before)
    now = "；".join(f"{name}：{after}" for name, _before, after in one.parts if after)
    return [words.moment(one.at), one.subject, one.done, one.name, was, now, since, one.reason, one.who, leaf]


def _day(asked: QueryDict, name: str) -> date | None:
    try:
        return date.fromisoformat(text_in(asked, name))
    except ValueError:
        return None
