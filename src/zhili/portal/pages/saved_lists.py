"""/desk/lists: the lists somebody named, in this post: keep, rename, show first, delete."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.core.cases import saved
from zhili.core.people.actors import Actor
from zhili.portal.inbox import counting
from zhili.portal.inbox.choices import chips
from zhili.portal.inbox.lens import Lens


def manage(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The page; a form sent to it keeps a list (``name``, ``query``)."""
    if request.method == "POST":
        return _keep(request, actor)
    named = saved.of(actor)
    here = Lens.of(actor, QueryDict("view=todo"))
    tabs = {tab.name: tab for tab in counting.saved_tabs(here, named)}
    lists = [(one, tabs[f"s{one.pk}"], _in_words(actor, one.query)) for one in named]
    return render(request, "portal/saved_lists.html", {"lists": lists, "most": saved.MOST})


def _keep(request: HttpRequest, actor: Actor) -> HttpResponse:
    # written anew from what it asks for, so that nothing else can be kept
    query = Lens.of(actor, QueryDict(request.POST.get("query", "")[:600].replace("\x00", ""))).query
    try:
        kept = saved.keep(actor, request.POST.get("name", ""), query or "view=todo")
    except saved.NotSaved as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, gettext("已存为“%(name)s”，在待办上方。") % {"name": kept.name})
    return redirect(f"/desk?{query or 'view=todo'}")


@require_POST
def change(request: HttpRequest, actor: Actor, saved_list: int) -> HttpResponse:
    """``do``: rename (with ``name``), first, not_first, drop. Of the asker's own only."""
    match request.POST.get("do"):
        case "rename":
            try:
                saved.rename(actor, saved_list, request.POST.get("name", ""))
            except saved.NotSaved as refused:
                messages.error(request, str(refused))
        case "first":
            saved.put_first(actor, saved_list)
        case "not_first":
            saved.put_first(actor, None)
        case "drop":
            saved.drop(actor, saved_list)
    return redirect("saved_lists")


def _in_words(actor: Actor, query: str) -> str:
    """What a list shows, in a line."""
    lens = Lens.of(actor, QueryDict(query))
    views = {"area": gettext("辖区内全部"), "todo": gettext("待办")}
    named = counting.titles()
    head = named.get(lens.state) or views.get(lens.view) or named[lens.view]
    return " · ".join([head, *(chip.text for chip in chips(lens))])
