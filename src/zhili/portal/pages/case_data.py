"""/c/<number>/data: what is kept of the reporter in one matter and who looked, for its reporter, by code or account."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import of_request
from zhili.core.personal import looked, mine
from zhili.portal.asked import number_in
from zhili.portal.pages.case import find


@require_GET
def show(request: HttpRequest, number: str) -> HttpResponse:
    actor = of_request(request)
    case, own = find(number, actor)
    held = [one for one in mine.held(actor) if one.case is not None and one.case.pk == case.pk] if own else []
    if not own or case.pk not in mine.cases_of(actor):
        raise Refused(
            "not_own", gettext("这一页只给上报人本人看。请用编号和查询码打开，或者登录后再看。"), 404
        )
    sent = [one for one in mine.originals(actor) if one.case.pk == case.pk]
    page = looked.page(actor, [*held, *sent], number_in(request.GET, "before"))
    counts = looked.counted(held)
    code = request.GET.get("g", "")
    kept = f"g={quote(code)}&" if code else ""
    context = {
        "case": case,
        "back": f"/c/{case.number}" + (f"?g={quote(code)}" if code else ""),
        "looks": page.looks,
        "more": f"?{kept}before={page.next}" if page.next else "",
        "paged": "before" in request.GET,
        "kept": [(one, counts.get(one.id, 0)) for one in held],
        "by_code": actor.kind == "grant",
    }
    return render(request, "portal/case_data.html", context)
