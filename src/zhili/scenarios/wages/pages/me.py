"""/wages/me: the worker's own page, by account or by the link in an SMS. Large type, no script needed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.portal.asked import number_in, text_in
from zhili.portal.errors import attempt
from zhili.portal.lenses import Page
from zhili.scenarios.wages import asked, contracts, days, devices, who
from zhili.scenarios.wages.jobs import reading as jobs
from zhili.scenarios.wages.kinds import PARTIES
from zhili.scenarios.wages.models import DayLine, Engagement, Worker
from zhili.scenarios.wages.pages import contract as contract_page
from zhili.scenarios.wages.pages.sheet import said_of
from zhili.scenarios.wages.pages.tap import LINK

TRIES = "600/m/ip"
"""A site's whole crew may share one address; a code is 80 bits."""
BACK = timedelta(days=62)
"""So that the whole of last month can still be confirmed on the last day of this one."""


def mine(request: HttpRequest) -> HttpResponse:
    """By account."""
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    worker = who.worker_of(actor)
    if worker is None:
        raise Refused(
            "no_worker", _("您的账号没有对应的工人登记。请用登记时的手机号登录，或打开短信里的链接。"), 404
        )
    return _page(request, worker, actor, "/wages/me", "account")


def by_link(request: HttpRequest, code: str) -> HttpResponse:
    worker, actor = _behind(request, code)
    request.session[LINK] = code
    return _page(request, worker, actor, f"/wages/me/{code}", "grant")


def contract(request: HttpRequest, pk: int) -> HttpResponse:
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    worker = who.worker_of(actor)
    if worker is None:
        raise Refused("no_contract", _("没有找到这份合同，或您无权查看。"), 404)
    return _contract(request, worker, actor, pk, "/wages/me", "account")


def contract_by_link(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    worker, actor = _behind(request, code)
    return _contract(request, worker, actor, pk, f"/wages/me/{code}", "grant")


def _behind(request: HttpRequest, code: str) -> tuple[Worker, Actor]:
    if not ratelimit.consume(request, app="wages", action="me", config={"me": TRIES}, key="all"):
        raise Refused("too_fast", _("打开得太频繁，请过一分钟再试"), 429)
    found = who.behind(code)
    if found is None:
        raise Refused("no_link", _("这个链接不对，或已到期。请向班组长再要一个。"), 404)
    return found


def _page(request: HttpRequest, worker: Worker, actor: Actor, base: str, how: str) -> HttpResponse:
    trouble = None
    if request.method == "POST":
        _done, trouble = attempt(lambda: _say(request, worker, actor, how))
        if trouble is None:
            return redirect(base)
    context = _context(worker, base) | {"trouble": trouble}
    return asked.quiet(render(request, "wages/me.html", context, status=trouble.status if trouble else 200))


def _say(request: HttpRequest, worker: Worker, actor: Actor, how: str) -> None:
    """Yes to one day, to all that wait, or no to one with a word; or a phone that is no longer theirs."""
    if (device := number_in(request.POST, "retire")) is not None:
        for one in devices.in_use(worker, None).filter(pk=device):
            devices.retire(actor, one)
        return
    wanted, verdict = text_in(request.POST, "line"), text_in(request.POST, "verdict")
    lines = [one for one in lines_of(worker) if wanted in ("all", str(one.pk))]
    if not lines or verdict not in ("agree", "dispute") or (wanted == "all" and verdict != "agree"):
        raise Refused("stale_line", _("这一天的记录刚才改过，请看过新的记录再确认"), 409)
    if wanted == "all":
        said = said_of(lines)
        lines = [one for one in lines if "worker" not in said.get(one.pk, {})]
    for line in lines:
        what = days.Said(line.pk, "worker", verdict, text_in(request.POST, "said"), how)
        days.confirm(actor, line.sheet, [what])


def lines_of(worker: Worker) -> list[DayLine]:
    """The worker's days of the last two months as they stand now, newest first. One query."""
    rows = DayLine.objects.filter(
        engagement__worker=worker, sheet__date__gte=timezone.localdate() - BACK
    ).select_related("sheet__crew__project", "engagement__worker")
    found = list(rows.order_by("sheet_id", "engagement_id", "-number").distinct("sheet_id", "engagement_id"))
    return sorted(found, key=lambda one: (one.sheet.date, one.pk), reverse=True)


def _context(worker: Worker, base: str) -> dict[str, Any]:
    lines = lines_of(worker)
    said = said_of(lines)
    rows = [_row(line, said.get(line.pk, {})) for line in lines]
    first = timezone.localdate().replace(day=1)
    month = [row for row in rows if row["line"].sheet.date >= first]
    engagements = list(
        Engagement.objects.filter(worker=worker)
        .select_related("crew__project", "crew__firm")
        .prefetch_related("versions__signatures")
        .order_by("-starts")
    )
    return {
        "worker": worker,
        "name": asked.names([worker])[worker.pk],
        "base": base,
        "pay": base.replace("/wages/me", "/wages/pay", 1),
        "waiting": [row for row in rows if row["mine"] == ""],
        "past": [row for row in rows if row["mine"] != ""],
        "confirmed": f"{sum(row['line'].tenths for row in month if row['whole']) / 10:g}",
        "open": sum(not row["whole"] for row in month),
        "contracts": [_agreed(one) for one in engagements],
        "devices": list(devices.in_use(worker, None)),
        "answers": jobs.answers_of(worker.account_id) if base == "/wages/me" else [],
    }


def _row(line: DayLine, said: dict[str, tuple[str, str]]) -> dict[str, Any]:
    yes = [role for role, (verdict, _said) in said.items() if verdict == "agree"]
    return {
        "line": line,
        "days": f"{line.tenths / 10:g}",
        "mine": said.get("worker", ("", ""))[0],
        "words": said.get("worker", ("", ""))[1],
        "whole": len(yes) == len(PARTIES),
        "missing": [title for role, title in PARTIES if role not in said and role != "worker"],
    }


def _agreed(one: Engagement) -> dict[str, Any]:
    newest = max(one.versions.all(), key=lambda version: version.number, default=None)
    signed = {row.role for row in newest.signatures.all()} if newest else set()
    return {
        "one": one,
        "drafted": newest is not None,
        "mine": "worker" in signed,
        "whole": len(signed) == len(PARTIES),
    }


def _contract(
    request: HttpRequest, worker: Worker, actor: Actor, pk: int, base: str, how: str
) -> HttpResponse:
    engagement = asked.engagement_with_all(pk)
    if engagement is None or engagement.worker_id != worker.pk:
        raise Refused("no_contract", _("没有找到这份合同，或您无权查看。"), 404)
    if text_in(request.GET, "as") == "pdf":
        return contract_page.printed(engagement)
    trouble = None
    if request.method == "POST":
        number = text_in(request.POST, "version")
        _done, trouble = attempt(
            lambda: contracts.sign(actor, contract_page.newest(engagement, number), "worker", how)
        )
        if trouble is None:
            return redirect(f"{base}/contract/{pk}")
    context = contract_page.shown(engagement) | {"base": base, "trouble": trouble}
    return asked.quiet(
        render(request, "wages/my_contract.html", context, status=trouble.status if trouble else 200)
    )


pages = (
    Page("wages/me", mine, "wages_me"),
    Page("wages/me/contract/<int:pk>", contract, "wages_my_contract"),
    Page("wages/me/<str:code>", by_link, "wages_me_link"),
    Page("wages/me/<str:code>/contract/<int:pk>", contract_by_link, "wages_my_contract_link"),
)
