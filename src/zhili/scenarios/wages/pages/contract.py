"""A contract at the desk: drafted by the firm, signed by leader and firm; the worker signs on their own page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from zhili.core.cases.errors import Refused
from zhili.core.documents import aside
from zhili.core.people.actors import Actor
from zhili.portal.asked import text_in
from zhili.portal.errors import attempt
from zhili.portal.lenses import Page
from zhili.scenarios.wages import asked, contracts, papers, who
from zhili.scenarios.wages.kinds import PARTIES, PAY
from zhili.scenarios.wages.models import ContractVersion, Engagement
from zhili.scenarios.wages.pages import people

MORE = ("work", "hours")


def contract(request: HttpRequest, pk: int) -> HttpResponse:
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    engagement = find(actor, pk)
    hands, trouble = who.hands(actor, engagement.crew.project), None
    if request.method == "POST":
        _done, trouble = attempt(lambda: _act(request, actor, hands, engagement))
        if trouble is None:
            return redirect(f"/desk/wages/contracts/{pk}")
    context = shown(engagement) | {
        "trouble": trouble,
        "leads": engagement.crew_id in hands.leads,
        "firm": hands.speaks_for(engagement.crew),
        "pay": PAY,
    }
    response = render(request, "wages/contract.html", context, status=trouble.status if trouble else 200)
    return asked.quiet(response)


def find(actor: Actor, pk: int) -> Engagement:
    """Raises Refused (404) for one the actor has no part in."""
    found = asked.engagement_with_all(pk)
    there = found is not None and who.projects(actor).filter(pk=found.crew.project_id).exists()
    if found is None or not there or not who.sees_crew(actor, found.crew):
        raise Refused("no_contract", _("没有找到这份合同，或您无权查看。"), 404)
    return found


def shown(engagement: Engagement) -> dict[str, Any]:
    """A contract for a page: its newest version in words, who signed when, and former versions."""
    versions = list(
        ContractVersion.objects.filter(engagement=engagement)
        .prefetch_related("signatures")
        .order_by("-number")
    )
    newest = versions[0] if versions else None
    standing = contracts.standing(newest) if newest else None
    signed = {one.role: one for one in newest.signatures.all()} if newest else {}
    return {
        "one": engagement,
        "name": asked.names([engagement.worker])[engagement.worker_id],
        "version": newest,
        "former": versions[1:],
        "standing": standing,
        "terms": papers.lines(newest) if newest else [],
        "parts": [{"role": role, "title": title, "by": signed.get(role)} for role, title in PARTIES],
    }


def _act(request: HttpRequest, actor: Actor, hands: who.Hands, engagement: Engagement) -> None:
    what = text_in(request.POST, "do")
    if what == "draft" and hands.speaks_for(engagement.crew):
        more = {name: " ".join(text_in(request.POST, name).split())[:200] for name in MORE}
        pay, rate = text_in(request.POST, "pay"), text_in(request.POST, "rate")
        if pay not in dict(PAY):
            raise Refused("no_pay", _("请选择计薪方式"), 422)
        change = {"pay": pay, "rate_fen": people.fen(rate)}
        contracts.draft(actor, engagement, {**more, **change}, text_in(request.POST, "reason"))
    elif what in ("leader", "firm") and (
        engagement.crew_id in hands.leads if what == "leader" else hands.speaks_for(engagement.crew)
    ):
        contracts.sign(actor, newest(engagement, text_in(request.POST, "version")), what, "account")
    else:
        raise Refused("forbidden", _("这一步不由您办理"), 403)


def newest(engagement: Engagement, number: str) -> ContractVersion:
    """The version its signer was shown. Raises Refused when a newer one has come since."""
    found = contracts.latest(engagement)
    if found is None or str(found.number) != number:
        raise Refused("replaced", _("这份合同已有新的一份，请看过新的再签"), 409)
    return found


def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The contract on paper, with whose signature stands in the trail under which number."""
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    return printed(find(actor, pk))


def printed(engagement: Engagement) -> HttpResponse:
    found = contracts.latest(engagement)
    if found is None:
        raise Refused("no_contract", _("还没有合同"), 404)
    try:
        content = papers.pdf(found, asked.names([engagement.worker])[engagement.worker_id])
    except (aside.Lacking, aside.Failed):
        raise Refused("no_press", _("现在印不出来，请稍后再试；页面上的内容同样有效"), 503) from None
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="contract-{engagement.pk}-{found.number}.pdf"'
    return asked.quiet(response)


pages = (
    Page("desk/wages/contracts/<int:pk>", contract, "wages_contract"),
    Page("desk/wages/contracts/<int:pk>.pdf", pdf, "wages_contract_pdf"),
)
