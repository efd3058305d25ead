"""/c/<number>: one matter for the person who reported it, and, without personal parts, for everyone."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from zhili.base.codes import parse_case_number
from zhili.core.cases import joining, query
from zhili.core.cases.errors import Refused
from zhili.core.cases.joining import Standing
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor, of_request
from zhili.portal.acting import View, take, view_of
from zhili.portal.asked import text_in
from zhili.portal.errors import Trouble
from zhili.portal.lenses import told_of
from zhili.portal.pages.joining import device_of
from zhili.portal.rights import FILL
from zhili.portal.submitted import Submission


def find(number: str, actor: Actor) -> tuple[Case, bool]:
    """The case, and whether the actor sees it as their own. One 404 for hidden and for not there."""
    case = Case.objects.select_related("division").filter(number=parse_case_number(number)).first()
    if case is not None:
        if query.sees(actor, case):
            return case, True
        if query.is_open_to_all(case):
            return case, False
    raise Refused(
        "no_case", gettext("没有找到这件事，或者它不对外公开。是您本人报的，请用编号和查询码查看。"), 404
    )


def show(request: HttpRequest, number: str) -> HttpResponse:
    actor = of_request(request)
    case, own = find(number, actor)
    fill = text_in(request.GET, FILL)
    page = view_of(case, actor, own=own, base=f"/c/{case.number}", grant=_grant(request), fill=fill)
    return _draw(request, page)


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    if request.method != "POST":  # a form drawn again stands at this address: opened anew it leads back
        return HttpResponseRedirect(f"/c/{quote(number)}{_grant(request)}")
    actor = of_request(request)
    case, own = find(number, actor)
    grant = _grant(request)
    sent, trouble = take(request, case, action, actor)
    if trouble is None:
        messages.success(request, gettext("已收到，并记入办理记录。"))
        return HttpResponseRedirect(f"/c/{case.number}{grant}")
    case.refresh_from_db()
    page = view_of(case, actor, own=own, base=f"/c/{case.number}", grant=grant, tried=(action, sent, trouble))
    return _draw(request, page, trouble, sent)


def _grant(request: HttpRequest) -> str:
    """The code of the link is carried on by the page's own forms."""
    code = request.GET.get("g", "")
    return f"?g={quote(code)}" if code else ""


def _joining(request: HttpRequest, page: View) -> Standing | None:
    """For everybody but offices: how many met with the same, and whether the reader may join them."""
    case, actor = page.case, of_request(request)
    if not query.is_open_to_all(case) or actor.kind == "post":
        return None
    found = joining.standing(case, actor, device_of(request))
    return found if found.may or found.joined or found.count else None


def _draw(
    request: HttpRequest, page: View, trouble: Trouble | None = None, sent: Submission | None = None
) -> HttpResponse:
    parts = told_of(page.case) if page.own else []
    context = {
        "parts": parts,
        "page": page,
        "trouble": trouble,
        "sent": sent,
        "joining": _joining(request, page),
    }
    return render(request, "portal/case.html", context, status=trouble.status if trouble else 200)
