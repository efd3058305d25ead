"""/desk/wages/pay/NUMBER: a project's month: drawing up, adjustments, the bank's files out and in, the account's
balance.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from zhili.base.wages.bank import LARGEST, fen
from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.portal.asked import text_in
from zhili.portal.errors import attempt
from zhili.scenarios.wages import days
from zhili.scenarios.wages.models import (
    Adjustment,
    Engagement,
    PaymentFile,
    Project,
    ProjectFact,
    WageLine,
    WageSheet,
)
from zhili.scenarios.wages.money import accounts, adjusting, answering, drafting, owing, sending, telling, who
from zhili.scenarios.wages.money.pages import common
from zhili.scenarios.wages.money.words import ADDED, RETURNED

SHOWN = 200
"""Lines, adjustments at most on the page, the newest first; the sheet itself has them all."""


def show(request: HttpRequest, number: str) -> HttpResponse:
    actor, elsewhere = common.asked(request)
    if elsewhere is not None:
        return elsewhere
    project, may = who.project(number, actor)
    month = common.month_in(text_in(request.GET, "month"))
    trouble = None
    if request.method == "POST":
        month = common.month_in(request.POST.get("month", ""), month)
        done, trouble = attempt(lambda: _do(request, actor, project, may, month))
        if done is not None:
            return redirect(f"{request.path}?month={month:%Y-%m}")
    context = _context(project, may, month) | {"trouble": trouble, "given": request.POST if trouble else {}}
    return render(request, "wages/money/pay.html", context, status=trouble.status if trouble else 200)


@require_safe
def download(request: HttpRequest, file: int) -> HttpResponse:
    """The file for the bank again, for the officer alone; opening names and accounts is a leaf each time."""
    actor, elsewhere = common.asked(request)
    if elsewhere is not None:
        return elsewhere
    rows = PaymentFile.objects.select_related("project__case", "project__contractor")
    found = rows.filter(pk=file).first()
    if found is None or not who.may(actor, found.project).pays:
        raise Http404
    response = HttpResponse(sending.contents(actor, found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.project.case.number}-{found.pk}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _context(project: Project, may: who.May, month: date) -> dict[str, Any]:
    since, before = days.month_of(month)
    sheets = WageSheet.objects.filter(project=project, month=month).exclude(state="void")
    lines = WageLine.objects.filter(sheet__in=sheets)
    if not may.pays and may.drafts:
        sheets = sheets.filter(crew__firm__in=may.drafts)
        lines = lines.filter(sheet__crew__firm__in=may.drafts)
    sheets = sheets.select_related("crew__firm")
    now = owing.owed(project)
    balance = ProjectFact.objects.filter(project=project, kind="balance").order_by("-id").first()
    return {
        "project": project,
        "may": may,
        "month": f"{month:%Y-%m}",
        "words": common.month_words(month),
        "sheets": [
            {
                "one": one,
                "state": common.state(one.state, common.SHEET_WORDS),
                "total": common.money(one.total_fen),
            }
            for one in sheets.order_by("crew__name")
        ],
        "lacking": len(days.lacking(project, since, before)),
        "owed": common.money(now.fen),
        "late": now.late_days,
        "balance": {"fen": common.money(balance.value), "on": balance.on} if balance else None,
        "todo": [_todo(one) for one in _troubled(lines)],
        "rebanked": accounts.just_changed(project) if may.pays else [],
        "ready": lines.filter(state__in=sending.READY).count(),
        "silent": lines.filter(state="open", sheet__state__in=("checked", "paying")).count(),
        "files": [
            {"one": one, "total": common.money(one.total_fen)}
            for one in project.payments.filter(month=month).order_by("-id")
        ]
        if may.pays or not may.drafts
        else [],
        "answers": list(project.answers.order_by("-id")[:5]) if may.pays or not may.drafts else [],
        "adjustments": _adjustments(project, may, month),
        "engagements": _engagements(project, may) if may.drafts else [],
        "kinds": [one for one in ADDED if one[0] != "cancel"],
    }


def _troubled(lines: Any) -> Any:
    rows = lines.filter(state__in=("returned", "objected")).select_related(
        "engagement__worker", "sheet__crew"
    )
    return rows.order_by("sheet_id", "engagement_id")[:SHOWN]


def _todo(one: WageLine) -> dict[str, Any]:
    last = one.marks.filter(mark=one.state).order_by("-id").first()
    reason = RETURNED.get(last.reason if last else "", ("", ""))
    return {
        "one": one,
        "net": common.money(one.net_fen),
        "state": common.state(one.state, common.LINE_WORDS),
        "why": gettext(reason[0]) if reason[0] else "",
        "then": gettext(reason[1]) if reason[1] else gettext("先和本人核对考勤；要改的，退回工资表重新编制"),
        "said": last.words if last else "",
    }


def _adjustments(project: Project, may: who.May, month: date) -> list[dict[str, Any]]:
    rows = Adjustment.objects.filter(engagement__crew__project=project, month=month, cancels=None)
    if may.drafts and not may.pays:
        rows = rows.filter(engagement__crew__firm__in=may.drafts)
    kinds = dict(ADDED)
    return [
        {
            "one": one,
            "kind": str(kinds[one.kind]),
            "yuan": common.money(one.amount_fen),
            "void": hasattr(one, "cancelled_by"),
        }
        for one in rows.select_related("engagement__worker", "cancelled_by").order_by("-id")[:SHOWN]
    ]


def _engagements(project: Project, may: who.May) -> list[Engagement]:
    rows = Engagement.objects.filter(crew__project=project, crew__firm__in=may.drafts)
    return list(rows.select_related("worker", "crew").order_by("crew__name", "worker__code")[:1000])


def _do(request: HttpRequest, actor: Actor, project: Project, may: who.May, month: date) -> bool:
    what = request.POST.get("_do", "")
    allowed = {
        "draft": bool(may.drafts), "adjust": bool(may.drafts), "cancel": bool(may.drafts),
        "send": may.pays, "answer": may.pays, "tell": may.told,
    }  # fmt: skip
    if not allowed.get(what):
        raise Refused("forbidden", gettext("这一步不由您办理"), 403)
    messages.success(request, {
        "draft": _draft, "adjust": _adjust, "cancel": _cancel, "send": _send, "answer": _answer, "tell": _tell,
    }[what](request, actor, project, may, month))  # fmt: skip
    return True


def _draft(request: HttpRequest, actor: Actor, project: Project, may: who.May, month: date) -> str:
    """All crews of the firms it speaks for that have no sheet beyond a draft; or one worker who leaves."""
    if leaving := request.POST.get("settles", ""):
        one = _engagement(leaving, project, may)
        drafting.draft(actor, project, month, settles=one)
        return gettext("已编制结清的工资表，等劳资专管员审核。")
    made = drafting.draft(actor, project, month, who.to_draft(project, may, month))
    return gettext("已编制 %(n)d 份工资表，等劳资专管员审核。") % {"n": len(made)}


def _engagement(text: str, project: Project, may: who.May) -> Engagement:
    rows = Engagement.objects.filter(crew__project=project, crew__firm__in=may.drafts)
    rows = rows.select_related("worker", "crew__project__case")
    found = (
        rows.filter(pk=int(text)).first() if text.isascii() and text.isdigit() and len(text) < 18 else None
    )
    if found is None:
        raise Refused("no_worker", gettext("请选一位工人"), 422)
    return found


def _amount(text: str) -> int:
    try:
        return fen(text)
    except ValueError as error:
        raise Refused("bad_amount", gettext("金额写法有误，应如 1234.56"), 422) from error


def _adjust(request: HttpRequest, actor: Actor, project: Project, may: who.May, month: date) -> str:
    one = _engagement(request.POST.get("engagement", ""), project, may)
    given = (
        request.POST.get("kind", ""),
        _amount(request.POST.get("amount", "")),
        request.POST.get("note", ""),
    )
    adjusting.adjust(actor, one, month, *given)
    return gettext("记下了。重新编制工资表以后生效，本人在工资单上看得到。")


def _cancel(request: HttpRequest, actor: Actor, project: Project, may: who.May, month: date) -> str:
    text = request.POST.get("adjustment", "")
    rows = Adjustment.objects.filter(engagement__crew__project=project, engagement__crew__firm__in=may.drafts)
    rows = rows.select_related("engagement__crew__project__case")
    found = (
        rows.filter(pk=int(text)).first() if text.isascii() and text.isdigit() and len(text) < 18 else None
    )
    if found is None:
        raise Http404
    adjusting.cancel(actor, found, request.POST.get("note", ""))
    return gettext("已撤销，原来的记录仍在。")


def _send(request: HttpRequest, actor: Actor, project: Project, _may: who.May, month: date) -> str:
    made = sending.send(actor, project, month, unsigned=request.POST.get("unsigned", "")[:300])
    told = gettext("已做好代发文件，%(n)d 笔。请下载后交银行。") % {"n": made.file.lines}
    if made.held:
        held = "；".join(f"{code} {why}" for code, why in made.held[:20])
        messages.warning(request, gettext("没有发的：%(held)s") % {"held": held})
    return told


def _answer(request: HttpRequest, actor: Actor, project: Project, _may: who.May, _month: date) -> str:
    given = request.FILES.get("file")
    if given is None or (given.size or 0) > LARGEST:
        raise Refused("no_file", gettext("请选银行的回单文件（CSV，不超过 8MB）"), 422)
    made = answering.answer(actor, project, given.read())
    return gettext("收下 %(good)d 行，有问题的 %(bad)d 行。") % {"good": made.good, "bad": len(made.faults)}


def _tell(request: HttpRequest, actor: Actor, project: Project, _may: who.May, _month: date) -> str:
    kind, text = request.POST.get("kind", ""), request.POST.get("value", "")
    value = _amount(text) if kind == "balance" else _amount(text) // 100
    telling.tell(actor, project, kind, value)
    return gettext("记下了。")
