"""GeoJSON as an answer: packed, with a tag so that an unchanged one is not sent again."""

from __future__ import annotations

import gzip
import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

Packed = tuple[bytes, str]


def pack(content: Any) -> Packed:
    """(gzipped, its tag)."""
    raw = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return gzip.compress(raw, 6, mtime=0), f'"{hashlib.sha256(raw).hexdigest()[:24]}"'


def answer(request: HttpRequest, packed: Packed, cache: str) -> HttpResponse:
    """``cache`` is what Cache-Control says."""
    body, tag = packed
    if tag in request.headers.get("If-None-Match", ""):
        response: HttpResponse = HttpResponseNotModified()
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(body, content_type="application/geo+json")
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(gzip.decompress(body), content_type="application/geo+json")
    response["ETag"] = tag
    response["Cache-Control"] = cache
    response["Vary"] = "Accept-Encoding"
    return response
