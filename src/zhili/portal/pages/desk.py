"""/desk: the inbox of an office over all scenarios, due first."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from zhili.base.codes import CodeError, parse_case_number
from zhili.core.cases import saved
from zhili.core.people.actors import Actor
from zhili.portal.asked import text_in
from zhili.portal.inbox import counting, paging
from zhili.portal.inbox.choices import chips, choices
from zhili.portal.inbox.counting import Tab
from zhili.portal.inbox.lens import Lens
from zhili.portal.inbox.lines import Group, groups
from zhili.portal.inbox.quick import entries, quick
from zhili.portal.inbox.seats import seat_of


def inbox(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The list the address asks for. Without one, the list its reader chose to begin with, if any."""
    asked = request.GET
    lens = Lens.of(actor, asked)
    named = saved.of(actor)
    first = next((one for one in named if one.first), None)
    if first is not None and not lens.told:
        return HttpResponseRedirect(f"/desk?{first.query}")
    cases, more = paging.page_of(lens, asked.get("after", ""))
    after = text_in(asked, "after")
    tabs = counting.tabs(lens)
    listed = groups(lens, cases, seat_of(request), counting.titles())
    context = {
        "lens": lens,
        "tabs": tabs,
        "saved": counting.saved_tabs(lens, named),
        "groups": [_with_count(one, tabs) for one in listed] if lens.view == "todo" else listed,
        "more": lens.address(after=more) if more else "",
        "first": lens.address() if after else "",
        "asked": asked,
        "choices": choices(lens),
        "chips": chips(lens),
        "quick": quick(actor),
        "entries": entries(actor),
        "label": actor.label,
        "open": _number(text_in(asked, "open")),
    }
    return render(request, "portal/desk.html", context)


def _with_count(group: Group, tabs: list[Tab]) -> Group:
    """The heading of a group says how many there are in all, on this page or not."""
    count = next((tab.count for tab in tabs if tab.name == group.name), None)
    return replace(group, count=count)


def _number(text: str) -> str:
    """The matter to open beside the list; "" for what is no number."""
    try:
        return parse_case_number(text) if text else ""
    except CodeError:
        return ""
