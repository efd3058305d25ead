"""Requests of other sites: read no further than the protocol allows, judged by core/exchange/sites, answered signed.

No session, no cookie, no CSRF token: whoever asks is known by a signature. The address a request is signed for is this
site's own (ZHILI_URL), whatever a proxy in front made of it.
"""

from __future__ import annotations

import hashlib
import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.encoding import escape_uri_path

from zhili.base.exchange import signing, wire
from zhili.base.exchange.wire import WireError
from zhili.core.exchange.sites import keys, matters, own, receiving
from zhili.core.exchange.sites.receiving import Reply

DISCOVERY_SECONDS = 60


def discovery(request: HttpRequest) -> HttpResponse:
    """Who we are: public, and the same for everybody for a minute."""
    if request.method not in ("GET", "HEAD"):
        return _not_allowed("GET, HEAD")
    body = json.dumps(own.document(), ensure_ascii=False, separators=(",", ":")).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    fresh = request.headers.get("If-None-Match") == etag
    response = HttpResponse(b"" if fresh else body, status=304 if fresh else 200, content_type=wire.MEDIA)
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={DISCOVERY_SECONDS}"
    return response


def deliveries(request: HttpRequest) -> HttpResponse:
    """Messages of another site."""
    if request.method != "POST":
        return _not_allowed("POST")
    try:
        body = _read(request)
    except CutOff:
        return HttpResponse(
            status=400
        )  # nobody is there to read it; no fault of the site's, so nothing is counted
    except WireError as error:
        asked = signing.Request("POST", target(request), headers_of(request))
        return respond(receiving.refuse(asked, None, error))
    return respond(receiving.receive("POST", target(request), headers_of(request), body))


def matter(request: HttpRequest, matter: UUID) -> HttpResponse:
    """How a matter between us stands here, for a site to reconcile."""
    if request.method != "GET":
        return _not_allowed("GET")
    return respond(
        receiving.answering(
            "GET",
            target(request),
            headers_of(request),
            b"",
            lambda caller: matters.of(caller.site, str(matter)),
        )
    )


def nothing(request: HttpRequest) -> HttpResponseBase:
    """Any other address below /exchange."""
    _status, body = wire.problem(WireError("malformed", "no such address; see docs/protocol.md"))
    return HttpResponse(body, status=404, content_type="application/problem+json")


def target(request: HttpRequest) -> str:
    """The address as its sender signed it: under our own base address, with its query as it came."""
    base = keys.public_url() or f"{request.scheme}://{request.get_host()}"
    query = request.META.get("QUERY_STRING", "")
    return base + escape_uri_path(request.path_info) + (f"?{query}" if query else "")


def headers_of(request: HttpRequest) -> dict[str, str]:
    """What a signature can cover, by lower-case name."""
    return {name: request.headers[name] for name in signing.SIGNATURE_HEADERS if name in request.headers}


def respond(reply: Reply) -> HttpResponse:
    """A reply of the protocol as Django's."""
    response = HttpResponse(reply.body, status=reply.status)
    for name, value in reply.headers.items():
        response[name] = value
    return response


class CutOff(Exception):
    """The line broke before the whole body had come."""


def _read(request: HttpRequest) -> bytes:
    """The body. Raises CutOff; WireError too_large without reading on, malformed for one that is packed."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise WireError("malformed", "the body is sent as it is, not compressed", "Content-Encoding")
    told = str(request.META.get("CONTENT_LENGTH") or "")
    if told.isascii() and told.isdigit() and int(told) > wire.MOST_BYTES:
        raise WireError("too_large")
    body: bytes = request.read(wire.MOST_BYTES + 1)
    if len(body) > wire.MOST_BYTES:
        raise WireError("too_large")
    if told.isascii() and told.isdigit() and len(body) < int(told):
        raise CutOff
    return body


def _not_allowed(methods: str) -> HttpResponse:
    response = HttpResponse(status=405)
    response["Allow"] = methods
    return response
