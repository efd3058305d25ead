"""/wages/N: the notice board of article 34, for everybody; and the page for the screen at the site's gate."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.cases.errors import Refused
from zhili.portal import receipts
from zhili.portal.lenses import Page
from zhili.portal.offline import keep
from zhili.scenarios.wages import actions, asked, sitecode, who
from zhili.scenarios.wages.models import Crew, Project

SHOWN = ("accepted", "running", "completed")


def board(request: HttpRequest, number: str) -> HttpResponse:
    """What article 34 orders, in its order; printable. Gone once the account is closed, with the officer's name."""
    one = public_project(number)
    address = request.build_absolute_uri(f"/wages/{number}")
    crews = Crew.objects.filter(project=one, ended_on=None).select_related("firm").order_by("firm__name")
    context = {
        "one": one,
        "firms": sorted({crew.firm.name for crew in crews}),
        "officer": one.contacts.get("officer", {}),
        "department": one.contacts.get("department", ""),
        "industry": one.contacts.get("industry", {}),
        "minimum": f"{one.minimum_wage_fen / 100:.0f}",
        "lines": _lines(),
        "notice": actions.notice_over(one.pk, timezone.now()) if one.case.stage == "completed" else None,
        "address": address,
        "picture": receipts.qr(address),
    }
    return render(request, "wages/board.html", context)


def _lines() -> list[dict[str, Any]]:
    """Where to complain, as the city has set it (parameters ``wages.line_…``)."""
    return [
        {"title": _("劳动保障监察投诉举报"), "phone": params.get("wages.line_inspection").text},
        {"title": _("劳动争议调解仲裁申请"), "phone": params.get("wages.line_arbitration").text},
        {"title": _("法律援助申请"), "phone": params.get("wages.line_aid").text},
        {"title": _("公共法律服务热线"), "phone": params.get("wages.line_law").text},
    ]


def screen(request: HttpRequest, number: str) -> HttpResponse:
    """The site's code, anew every half minute, for the screen at its gate: the page asks for itself again.

    The screen keeps the page with the codes of the next hours, so that it goes on without signal.
    """
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    one = asked.project_of(actor, number)
    if not who.hands(actor, one).any:
        raise Refused("forbidden", _("现场码由本项目的人员打开"), 403)
    now = timezone.now()
    code = sitecode.code(one, now)
    address = request.build_absolute_uri(f"/wages/{number}/tap?c={code}")
    running = one.case.stage == "running"
    hours = params.duration("wages.codes_ahead")[0].amount if running else 0
    first, codes = sitecode.ahead(one, now, hours)
    context = {
        "one": one,
        "now": round(now.timestamp() * 1000),
        "first": first,
        "codes": " ".join(codes),
        "code": f"{code[:3]} {code[3:]}",
        "picture": receipts.qr(address),
        "left": sitecode.left_s(now),
        "running": running,
    }
    page = asked.quiet(render(request, "wages/screen.html", context))
    return keep(page) if running else page


def public_project(number: str) -> Project:
    """Raises Refused (404) for one that is not filed, or over."""
    rows = Project.objects.select_related("case", "developer", "contractor", "division")
    found = rows.filter(case__number=number, case__stage__in=SHOWN).first()
    if found is None:
        raise Refused("no_project", _("没有这个项目，或它的备案还没有受理、已经注销。"), 404)
    return found


pages = (
    Page("wages/<str:number>", board, "wages_board"),
    Page("wages/<str:number>/screen", screen, "wages_screen"),
)
