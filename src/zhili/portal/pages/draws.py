"""/draw: every draw of this site, and each with all that is needed to run it again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from zhili.base.draw import DrawError, read_list
from zhili.core.draws import running, seeds, telling
from zhili.core.draws.kinds import kind_of
from zhili.core.draws.models import Draw
from zhili.core.people.actors import Actor, of_request
from zhili.core.places.tree import nodes
from zhili.core.trail import programs
from zhili.portal.asked import number_in, text_in

PAGE = 50
SHOWN = 1000
"""Lines of a list on the page; the file has them all."""
GIVES_NUMBERS = frozenset({"auditor"})
LONGEST = 2000


def listing(request: HttpRequest) -> HttpResponse:
    found = Draw.objects.select_related("outcome").defer("frozen").order_by("-id")
    if (before := number_in(request.GET, "before")) is not None:
        found = found.filter(id__lt=before)
    page = list(found[: PAGE + 1])
    more = f"?before={page[PAGE - 1].pk}" if len(page) > PAGE else ""
    rows = [
        {"draw": draw, "state": telling.state(draw, getattr(draw, "outcome", None)), "title": _title(draw)}
        for draw in page[:PAGE]
    ]
    return render(request, "portal/draws.html", {"rows": rows, "more": more})


def show(request: HttpRequest, draw: int, trouble: str = "") -> HttpResponse:
    found = _draw(draw)
    actor = of_request(request)
    file = telling.as_json(found)
    kind = kind_of(found)
    context = {
        "draw": found,
        "file": file,
        "title": _title(found),
        "due": found.draw_at <= timezone.now(),
        "drawn_at": datetime.fromisoformat(file["drawn_at"]) if file["drawn_at"] else None,
        "sources": _sources(found, file, actor),
        "result": [{"name": n, "url": kind.link(n) if kind else ""} for n in file["result"] or ()],
        "strata": _strata(found),
        "cut": max(0, found.size - SHOWN),
        "trouble": trouble,
        "program": programs.address("verify_draw"),
        "typed": {"numbers": text_in(request.POST, "numbers"), "said": text_in(request.POST, "said")},
    }
    return render(request, "portal/draw.html", context, status=422 if trouble else 200)


def file(request: HttpRequest, draw: int) -> HttpResponse:
    response = JsonResponse(
        telling.as_json(_draw(draw)), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    response["Content-Disposition"] = f'inline; filename="draw-{draw}.json"'
    return response


def number(request: HttpRequest, draw: int) -> HttpResponse:
    """An auditor types in a public number, with where it can be looked up."""
    actor = of_request(request)
    if not may_give(actor):
        raise PermissionDenied(gettext("公开号码由审计岗位录入"))
    found = _draw(draw)
    if request.method != "POST":
        return HttpResponseRedirect(f"/draw/{draw}")
    try:
        numbers = seeds.read_numbers(request.POST.get("numbers", "")[:LONGEST])
        source = number_in(request.POST, "source")
        seeds.give(found, -1 if source is None else source, numbers, text_in(request.POST, "said"), actor)
        running.run(found, actor)
    except DrawError as error:
        return show(request, draw, str(error))
    return HttpResponseRedirect(f"/draw/{draw}")


def may_give(actor: Actor) -> bool:
    """Whether somebody may type in public numbers."""
    return actor.kind == "post" and bool(actor.roles & GIVES_NUMBERS)


def _draw(number: int) -> Draw:
    found = Draw.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _title(draw: Draw) -> str:
    kind = kind_of(draw)
    return gettext(kind.title) if kind else draw.kind


def _sources(draw: Draw, file: dict[str, Any], actor: Actor) -> list[dict[str, Any]]:
    """Each source in words, with its value or the place to type it."""
    found = []
    for i, (source, value) in enumerate(zip(draw.sources, file["values"], strict=True)):
        head = source["kind"] == "head"
        found.append(
            {
                "index": i,
                "head": head,
                "after": datetime.fromisoformat(source["after"]) if head else None,
                "name": source.get("name", ""),
                "where": source.get("where", ""),
                "value": _words(value["value"]) if value else "",
                "said": value["said"] if value and not head else "",
                "at": datetime.fromisoformat(value["at"]) if value and head else None,
                "wanted": value is None and not head and file["state"] == "announced" and may_give(actor),
            }
        )
    return found


def _words(value: Any) -> str:
    return value if isinstance(value, str) else " ".join(map(str, value))


def _strata(draw: Draw) -> list[dict[str, Any]]:
    """The list as people read it: each stratum's place by name, and its lines."""
    try:
        listed = read_list(bytes(draw.frozen))[:SHOWN]
    except DrawError:
        return []
    places = {node.code: node.name for node in nodes().values()}
    groups: dict[str, list[str]] = {}
    for one in listed:
        groups.setdefault(one.stratum, []).append(one.name)
    return [{"name": places.get(code, code), "names": names} for code, names in groups.items()]
