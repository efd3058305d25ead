"""/register: the public register of what this site does by itself, measures, and asks of people."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language

from zhili.core.personal import delaying, exporting
from zhili.core.trail import heads
from zhili.core.transparency import editions, entries
from zhili.portal.inbox import sheet
from zhili.portal.pages.admin.frame import page_of

CACHED = "public, max-age=300"
LONGEST = 60
DRAWINGS = {"rule": "layers", "element": "lock", "camera": "eye", "sensor": "layers"}


def show(request: HttpRequest, of: str = entries.RULE) -> HttpResponse:
    """One kind of entry, searched; the numbers of all kinds above."""
    if of not in entries.KINDS:
        raise Http404
    wanted = request.GET.get("q", "").strip()[:LONGEST]
    whole = entries.everything()
    found = [one for one in whole[of] if one.matches(wanted)]
    rows, more = page_of(found, request)
    edition = editions.latest()
    context = {
        "tabs": [(name, title, len(whole[name]), name == of) for name, title in entries.KINDS.items()],
        "kind": of,
        "title": entries.KINDS[of],
        "rows": rows,
        "more": more,
        "wanted": wanted,
        "drawing": DRAWINGS[of],
        "edition": edition,
        "watched": {**delaying.figures(), **exporting.figures()} if of == entries.ELEMENT else None,
        "index": heads.number_of(edition.leaf_id) if edition else None,
    }
    return render(request, "portal/register.html", context)


def document(request: HttpRequest) -> HttpResponse:
    """All of it for programs."""
    edition = editions.latest()
    content = {
        "format": "zhili-register/1",
        "language": get_language(),
        "declared": {"sha256": edition.sha256, "at": edition.at.isoformat()} if edition else None,
        "withheld": delaying.figures(),
        "exports_with_personal_data": exporting.figures(),
        "entries": {kind: [one.as_json() for one in rows] for kind, rows in entries.everything().items()},
    }
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Cache-Control"] = CACHED
    return response


def table(request: HttpRequest, of: str) -> HttpResponse:
    """One kind as CSV."""
    if of not in entries.KINDS:
        raise Http404
    rows = entries.of_kind(of)
    names = [name for name, _value in rows[0].facts] if rows else []
    head = ["key", "title", "purpose", "owner", "until", "state", *names]
    lines = [[*_told(one), *(dict(one.facts).get(name, "") for name in names)] for one in rows]
    response = HttpResponse(sheet.as_csv([head, *lines]), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="register-{of}.csv"'
    response["Cache-Control"] = CACHED
    return response


def _told(one: entries.Entry) -> list[str]:
    return [one.key, one.title, one.purpose, one.owner, one.until, one.state_title]
