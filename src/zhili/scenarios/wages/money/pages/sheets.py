"""/desk/wages/sheets: the sheets of a month; /desk/wages/sheets/N: one, checked, sent back, drawn up again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_safe

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.portal.asked import text_in
from zhili.portal.errors import attempt
from zhili.scenarios.wages.models import WageLine, WageSheet
from zhili.scenarios.wages.money import checking, drafting, owing, verifying, who
from zhili.scenarios.wages.money.pages import common

PER_PAGE = 50
STANDS = {
    "open": gettext_noop("还没有付清"),
    "late": gettext_noop("过了支付日没有付清"),
    "returned": gettext_noop("有银行退回的"),
    "objected": gettext_noop("工人有异议的"),
}
"""How a sheet stands, over all months."""


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Sheets the asker may see, by month; those of a firm's own crews for its clerk."""
    actor, elsewhere = common.asked(request)
    if elsewhere is not None:
        return elsewhere
    given, stands = text_in(request.GET, "month"), text_in(request.GET, "state")
    month = common.month_in(given)
    rows = visible(actor).exclude(state="void")
    if stands in STANDS:
        rows = _standing(rows, stands)
    if given or stands not in STANDS:
        rows = rows.filter(month=month)
    project = text_in(request.GET, "project")
    if project:
        rows = rows.filter(project__case__number=project)
    page = Paginator(rows.order_by("due", "project_id", "crew_id"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "month": f"{month:%Y-%m}" if given or stands not in STANDS else "",
        "words": gettext(STANDS[stands]) if stands in STANDS else common.month_words(month),
        "stands": [(name, gettext(words)) for name, words in STANDS.items()],
        "state": stands,
        "page": page,
        "rows": [_row(one) for one in page],
        "projects": _projects(actor),
        "project": project,
    }
    return render(request, "wages/money/sheets.html", context)


def _standing(rows: Any, stands: str) -> Any:
    unpaid = WageLine.objects.filter(sheet=OuterRef("pk"))
    unpaid = (
        unpaid.filter(state=stands)
        if stands in ("returned", "objected")
        else unpaid.filter(state__in=owing.UNPAID)
    )
    rows = rows.filter(Exists(unpaid))
    return rows.filter(due__lt=timezone.localdate()) if stands == "late" else rows


def visible(actor: Actor) -> Any:
    """The sheets an actor may see."""
    rows = WageSheet.objects.filter(project__in=who.projects(actor))
    if actor.kind == "account":
        rows = rows.filter(who.sheets_of(actor))
    return rows.select_related("project__case", "crew__firm")


def _projects(actor: Actor) -> list[dict[str, str]]:
    rows = who.projects(actor).order_by("name").values_list("case__number", "name")[:300]
    return [{"number": number, "name": name} for number, name in rows]


def _row(one: WageSheet) -> dict[str, Any]:
    return {
        "one": one,
        "state": common.state(one.state, common.SHEET_WORDS),
        "total": common.money(one.total_fen),
    }


def show(request: HttpRequest, sheet: int) -> HttpResponse:
    """The sheet with its lines; ``_do``: check, back, redraw."""
    actor, elsewhere = common.asked(request)
    if elsewhere is not None:
        return elsewhere
    found, may = who.sheet(sheet, actor)
    trouble = None
    if request.method == "POST":
        done, trouble = attempt(lambda: _do(request, actor, found, may))
        if done is not None:
            return redirect(f"/desk/wages/sheets/{done.pk}")
    lines = list(verifying.lines_of(found))
    checked = verifying.verify(found, lines)
    context = {
        "sheet": found,
        "may_check": may.pays and found.state == "draft",
        "may_return": may.pays and found.state in ("draft", "checked"),
        "may_redraw": may.drafts_for(found.crew) and found.state == "draft" and not found.settles_id,
        "may_pay": may.pays and found.state in ("checked", "paying"),
        "state": common.state(found.state, common.SHEET_WORDS),
        "month": common.month_words(found.month),
        "total": common.money(found.total_fen),
        "lines": [_line(one) for one in lines],
        "checked": checked,
        "steps": found.steps.order_by("id"),
        "signed": sum(one.state not in ("open", "objected", "nothing") for one in lines),
        "trouble": trouble,
    }
    return render(request, "wages/money/sheet.html", context, status=trouble.status if trouble else 200)


def _line(one: Any) -> dict[str, Any]:
    return {
        "one": one,
        "days": f"{one.facts.get('tenths', 0) / 10:g}",
        "gross": common.money(one.gross_fen),
        "withheld": common.money(one.withheld_fen),
        "net": common.money(one.net_fen),
        "short": common.money(one.short_fen) if one.short_fen else "",
        "state": common.state(one.state, common.LINE_WORDS),
    }


def _do(request: HttpRequest, actor: Actor, sheet: WageSheet, may: who.May) -> WageSheet:
    what = request.POST.get("_do", "")
    if what == "check" and may.pays:
        checking.check(actor, sheet, request.POST.get("digest", "")[:64])
        messages.success(request, gettext("已审核。工人现在可以看工资单、签字。"))
        return sheet
    if what == "back" and may.pays:
        checking.send_back(actor, sheet, request.POST.get("reason", "")[:300])
        messages.success(request, gettext("已退回，分包单位可以重新编制。"))
        return sheet
    if what == "redraw" and may.drafts_for(sheet.crew):
        (made,) = drafting.draft(actor, sheet.project, sheet.month, {sheet.crew_id})
        messages.success(request, gettext("已按现在确认的考勤重新编制。"))
        return made
    raise Refused("forbidden", gettext("这一步不由您办理"), 403)
