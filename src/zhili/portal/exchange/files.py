"""GET /exchange/v1/files/<sha256>?matter=<uuid>: a file offered to the asking site in that matter, or a part of it."""

from __future__ import annotations

import hashlib
from typing import IO, Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from zhili.base.exchange import signing
from zhili.base.exchange.wire import WireError
from zhili.core.exchange.sites import admitting, keys, offering, receiving
from zhili.core.exchange.sites.offering import Place
from zhili.core.files import serving
from zhili.portal.exchange.views import headers_of, respond, target


def file(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """The bytes, streamed; signed like every answer, by their hash."""
    if request.method != "GET":
        return HttpResponse(status=405, headers={"Allow": "GET"})
    asked = signing.Request("GET", target(request), headers_of(request))
    caller = None
    try:
        caller = admitting.admit("GET", asked.url, asked.headers, b"")
        admitting.slow_down(caller.site)
        with transaction.atomic():
            admitting.remember(caller.verified)
        place = offering.place(caller.site, request.GET.get("matter", ""), sha256)
        return _given(request, asked, place)
    except WireError as error:
        return respond(receiving.refuse(asked, caller.site if caller else None, error))
    except FileNotFoundError:
        return respond(receiving.refuse(asked, caller.site if caller else None, WireError("file_unknown")))


def _given(request: HttpRequest, asked: signing.Request, place: Place) -> HttpResponseBase:
    """The whole, the part asked for, or 416."""
    source = default_storage.open(place.name)
    size = source.size
    span = serving.wanted_range(request, size)
    answer: HttpResponseBase
    if span == serving.UNSATISFIABLE:
        source.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    if span is None:
        digest = bytes.fromhex(place.offered.sha256)
        answer = FileResponse(source, content_type=place.offered.mime)
        answer["Content-Length"] = str(size)
        offering.fetched(place.offered)
    else:
        digest = _hash(source, span)
        answer = serving.partial(source, span, size, place.offered.mime)
    own = keys.current()
    signed = signing.sign_response(
        answer.status_code, b"", asked, own.private, own.keyid, now=timezone.now(), digest=digest
    )
    for name, value in {**signed, "Accept-Ranges": "bytes", "Cache-Control": "no-store"}.items():
        answer[name] = value
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Disposition"] = "attachment"
    return answer


def _hash(source: IO[Any], span: tuple[int, int]) -> bytes:
    """Of the part alone, since that is the content of the answer (RFC 9530)."""
    digest = hashlib.sha256()
    for piece in serving.pieces(source, *span):
        digest.update(piece)
    return digest.digest()
