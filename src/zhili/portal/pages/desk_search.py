"""/desk/search: everything a post may see."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from zhili.base.codes import CodeError, parse_case_number
from zhili.core.cases import query
from zhili.core.cases.routing import directory
from zhili.core.people.actors import Actor
from zhili.portal.asked import number_in, text_in
from zhili.portal.inbox.choices import places_of
from zhili.portal.inbox.lens import narrowed
from zhili.portal.inbox.paging import PAGE
from zhili.portal.rows import rows


def search(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/desk/search: everything the post may see, open or closed, newest first."""
    asked = request.GET
    text = text_in(asked, "q")
    found = query.visible(actor).filter(narrowed(asked)).order_by("-id")
    if asked.get("open") == "1":
        found = found.filter(closed_at=None)
    elif asked.get("open") == "0":
        found = found.exclude(closed_at=None)
    before = number_in(asked, "before")
    if before is not None:
        found = found.filter(id__lt=before)
    wanted = bool(text or asked.get("category") or asked.get("place") or asked.get("open"))
    page = list(found[: PAGE + 1]) if wanted else []
    if len(page) == 1 and text and page[0].number == _number(text):
        return redirect("desk_case", page[0].number)
    more = _following(asked, str(page[PAGE - 1].pk)) if len(page) > PAGE else ""
    book = directory()
    context = {
        "asked": asked,
        "wanted": wanted,
        "rows": rows(page[:PAGE], desk=True),
        "more": more,
        "first": _following(asked, "") if before is not None else "",
        "places": places_of(actor),
        "categories": sorted((code, gettext(name)) for (_scenario, code), name in book.names.items()),
    }
    return render(request, "portal/search.html", context)


def _following(asked: QueryDict, before: str) -> str:
    """The page's address from a place on; from the first for none."""
    kept = asked.copy()
    kept["before"] = before
    said = [(name, value) for name in kept if (value := kept.get(name))]
    return f"?{urlencode(said)}"


def _number(text: str) -> str:
    try:
        return parse_case_number(text)
    except CodeError:
        return ""
