"""/wages/pay: a worker's own wages in large type, to sign or to say what is wrong. By account, or by the link sent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.portal.asked import text_in
from zhili.portal.errors import attempt
from zhili.scenarios.wages import who as days_who
from zhili.scenarios.wages.models import WageLine, Worker
from zhili.scenarios.wages.money import signing
from zhili.scenarios.wages.money.pages import common, printed, slip

SHOWN = 12
"""Months on the page: the ledger is kept longer, a complaint looks two years back."""


def own(request: HttpRequest) -> HttpResponse:
    """By account; somebody registered nowhere is told how it works."""
    actor, elsewhere = common.asked(request)
    if elsewhere is not None:
        return elsewhere
    worker = days_who.worker_of(actor)
    return _page(request, worker, actor, "account")


def by_link(request: HttpRequest, code: str) -> HttpResponse:
    """By the link of an SMS or a slip of paper; no account needed."""
    found = days_who.behind(code)
    if found is None:
        raise Http404
    worker, actor = found
    response = _page(request, worker, actor, "grant")
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response


def _page(request: HttpRequest, worker: Worker | None, actor: Actor, how: str) -> HttpResponse:
    if wanted := text_in(request.GET, "slip"):
        return _slip(worker, wanted)
    trouble = None
    if request.method == "POST":
        done, trouble = attempt(lambda: _do(request, worker, actor, how))
        if done is not None:
            return redirect(request.path)
    lines = list(lines_of(worker)[:SHOWN]) if worker else []
    context: dict[str, Any] = {
        "worker": worker,
        "slips": [_shown(one) for one in lines],
        "trouble": trouble,
        "days": request.path.replace("/wages/pay", "/wages/me", 1),
    }
    return render(request, "wages/money/worker.html", context, status=trouble.status if trouble else 200)


def _slip(worker: Worker | None, wanted: str) -> HttpResponse:
    """One of their own slips as PDF (article 15); 404 for another's."""
    rows = lines_of(worker) if worker else WageLine.objects.none()
    found = (
        rows.filter(pk=int(wanted)).first()
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 18
        else None
    )
    if found is None:
        raise Http404
    return printed.answered(lambda: printed.slip_pdf(found), f"slip-{found.pk}.pdf")


def lines_of(worker: Worker) -> Any:
    rows = WageLine.objects.filter(engagement__worker=worker).exclude(sheet__state__in=("draft", "void"))
    return rows.select_related("sheet__project__case", "sheet__crew__firm", "engagement__worker").order_by(
        "-sheet__month", "sheet_id"
    )


def _shown(line: WageLine) -> dict[str, Any]:
    """A slip, with what its worker is to do now (a returned one: what the bank said, in words)."""
    found = slip.of(line)
    last = found["marks"][-1] if found["marks"] and line.state == "returned" else {}
    return found | {"signable": line.state in signing.SIGNABLE, "todo": last.get("todo", [])}


def _do(request: HttpRequest, worker: Worker | None, actor: Actor, how: str) -> bool:
    pk = request.POST.get("line", "")
    line = lines_of(worker).filter(pk=int(pk)).first() if worker and pk.isdigit() and len(pk) < 18 else None
    if line is None:
        raise Refused("not_yours", gettext("没有找到这一笔工资，请刷新页面"), 409)
    seen = request.POST.get("digest", "")[:64]
    if request.POST.get("_do") == "object":
        signing.objects(actor, line, seen, request.POST.get("words", "")[:600], how)
        messages.success(request, gettext("记下了。劳资专管员会看到；这一笔先不发，弄清楚再发。"))
    else:
        signing.sign(actor, line, seen, how)
        messages.success(request, gettext("已签字。发到账户后这里会显示。"))
    return True
