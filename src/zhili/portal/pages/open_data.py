"""/stats/open: the rows behind the figures, month by month, to be counted again by anyone."""

from __future__ import annotations

from datetime import date

from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    JsonResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import render

from zhili.core import params
from zhili.core.indicators import publishing
from zhili.core.indicators.matters import COLUMNS
from zhili.core.indicators.models import Publication
from zhili.core.trail import programs
from zhili.portal import proof

CACHED = "public, max-age=3600"


def listing(request: HttpRequest) -> HttpResponse:
    context = {
        "months": publishing.all_latest(),
        "columns": COLUMNS.items(),
        "definitions": proof.definitions(),
        "program": programs.address("verify_stats"),
        "licence": params.get("statistics.licence").text,
    }
    return render(request, "portal/open_data.html", context)


def document(request: HttpRequest, month: str) -> HttpResponse:
    """The figures of a month as published, with their definitions."""
    response = JsonResponse(
        publishing.as_published(_published(month)), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    response["Cache-Control"] = CACHED
    return response


def packed(request: HttpRequest, month: str) -> HttpResponseBase:
    """The zip of a month, streamed; not sent again to who has it."""
    found = _published(month)
    etag = f'"{found.sha256}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified()
    try:
        stream = default_storage.open(found.file)
    except OSError as error:  # a newer one has just taken its place
        raise Http404 from error
    name = f"{month}.zip"
    response = FileResponse(stream, as_attachment=True, filename=name, content_type="application/zip")
    response["ETag"], response["Cache-Control"] = etag, CACHED
    return response


def _published(month: str) -> Publication:
    try:
        found = publishing.latest(date.fromisoformat(f"{month}-01")) if len(month) == 7 else None
    except ValueError:
        found = None
    if found is None or not found.file:
        raise Http404
    return found
