"""/desk/wages/accounts/N: a worker's own bank account, entered by the clerk, confirmed by the worker: here with their
digits on the pad, or on their own page.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from zhili.core.cases.errors import Refused
from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.portal.asked import text_in
from zhili.portal.errors import attempt
from zhili.scenarios.wages import asked, pins
from zhili.scenarios.wages import who as hands
from zhili.scenarios.wages.models import AccountChange, Engagement, WageLine
from zhili.scenarios.wages.money import accounts
from zhili.scenarios.wages.money.pages import common


def show(request: HttpRequest, engagement: int) -> HttpResponse:
    """For the crew's own clerk and the contractor's officer; nobody else sees so much as whether there is one."""
    actor, elsewhere = common.asked(request)
    if elsewhere is not None:
        return elsewhere
    one = asked.engagement_with_all(engagement)
    if one is None or not _may(actor, one):
        raise Http404
    trouble = None
    if request.method == "POST":
        done, trouble = attempt(lambda: _do(request, actor, one))
        if done is not None:
            messages.success(request, done)
            return redirect(request.path)
    context = _context(one) | {"trouble": trouble}
    response = render(request, "wages/money/account.html", context, status=trouble.status if trouble else 200)
    return asked.quiet(response)


def _may(actor: Actor, one: Engagement) -> bool:
    mine = hands.hands(actor, one.crew.project)
    return mine.officer or mine.speaks_for(one.crew)


def _context(one: Engagement) -> dict[str, Any]:
    rows = list(AccountChange.objects.filter(worker=one.worker).order_by("-id")[:20])
    ids = {row.bank_account_id for row in rows} | {one.worker.bank_account_id}
    shown = secrets.masked(pk for pk in ids if pk is not None)
    waiting = rows[0] if rows and rows[0].step == "asked" else None
    return {
        "one": one,
        "name": asked.names([one.worker])[one.worker_id],
        "now": shown.get(one.worker.bank_account_id, "") if one.worker.bank_account_id else "",
        "waiting": waiting,
        "asked": shown.get(waiting.bank_account_id, "") if waiting else "",
        "returned": WageLine.objects.filter(engagement__worker=one.worker, state="returned").count(),
        "history": [{"one": row, "account": shown.get(row.bank_account_id, "")} for row in rows],
        "month": f"{common.last_month():%Y-%m}",
    }


def _do(request: HttpRequest, actor: Actor, one: Engagement) -> str:
    what = text_in(request.POST, "do")
    if what == "ask":
        accounts.ask(actor, one, text_in(request.POST, "number"))
        return _(
            "记下了。请本人在自己的网页上确认，或者由另一位经办人让本人在这里输密码；确认以前工资仍按原来的账号发。"
        )
    elif what == "pad":
        waiting = accounts.waiting(one.worker)
        if waiting is None:
            raise Refused("stale", _("没有等着确认的账号，请刷新页面"), 409)
        pins.check(one.worker, text_in(request.POST, "pin"))
    else:
        raise Refused("forbidden", _("这一步不由您办理"), 403)
    accounts.answer(actor, waiting, "confirmed", "pad")
    return _("本人已确认。退回的工资可以重新发了。")
