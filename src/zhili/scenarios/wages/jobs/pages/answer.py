"""/wages/jobs/answer/N: where an application or enrolment stands, by account or by the code given with it."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from zhili.base.codes import CodeError, parse_case_number
from zhili.core.cases import doors, present, query
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor, of_request
from zhili.portal import receipts
from zhili.portal.errors import attempt
from zhili.portal.lenses import Page
from zhili.portal.submitted import key_of, new_key
from zhili.scenarios.wages import asked
from zhili.scenarios.wages.jobs import reading
from zhili.scenarios.wages.models import Reply


def answer(request: HttpRequest, number: str) -> HttpResponse:
    actor = of_request(request)
    reply = _mine(number, actor)
    code = request.GET.get("g", "")
    base = f"/wages/jobs/answer/{reply.case.number}" + (f"?g={quote(code)}" if code else "")
    trouble = None
    if request.method == "POST":
        done, trouble = attempt(lambda: doors.act(reply.case_id, "withdraw", actor, key=key_of(request)))
        if done is not None:
            return redirect(base)
        reply.case.refresh_from_db()
    link = request.build_absolute_uri(base)
    last = [one for one in present.timeline(reply.case, actor) if one.fields and one.seq > 1]
    context = {
        "case": reply.case,
        "posting": reading.shown(reading.posting(reply.posting.number)),
        "stage": present.stage_title(reply.case, plain=True),
        "open": reply.case.closed_at is None,
        "said": last[-1].fields if last else [],
        "entries": present.timeline(reply.case, actor),
        "base": base,
        "key": new_key(),
        "code": code,
        "grant": f"?g={quote(code)}" if code else "",
        "link": link if code else "",
        "picture": receipts.qr(link) if code else "",
        "trouble": trouble,
    }
    return asked.quiet(
        render(request, "wages/jobs/answer.html", context, status=trouble.status if trouble else 200)
    )


def _mine(number: str, actor: Actor) -> Reply:
    """Only whoever sent it. Raises Refused (404)."""
    try:
        parsed = parse_case_number(number)
    except CodeError:
        parsed = ""
    case = Case.objects.filter(number=parsed).first()
    mine = case is not None and query.sees(actor, case) and _sent(case, actor)
    found = Reply.objects.select_related("case", "posting").filter(case=case).first() if mine else None
    if found is None:
        raise Refused("no_reply", _("没有找到这条应聘或报名。请用送出时给的链接，或者登录后查看。"), 404)
    return found


def _sent(case: Case, actor: Actor) -> bool:
    if actor.kind == "grant":
        return actor.grant_party == "reporter"
    return actor.account_id is not None and actor.account_id == case.opener_id


pages = (Page("wages/jobs/answer/<str:number>", answer, "wages_job_answer"),)
