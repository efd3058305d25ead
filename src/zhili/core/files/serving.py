"""Handing out a file so that a browser shows or saves it, never runs it. Who may have it is asked first."""

import re
from collections.abc import Iterator
from typing import IO, Any

from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header

from zhili.core.files import blobs, copies
from zhili.core.files.models import File

YEAR = 365 * 24 * 3600
DAY = 24 * 3600
PIECE = 64 * 1024
KINDS = {"public": "image/jpeg", "thumbnail": "image/webp"}


def response(
    file: File, variant: str = "original", request: HttpRequest | None = None, *, public: bool = False
) -> HttpResponseBase:
    """variant: "original", "public" (upright, ≤ 2048 px, camera data gone) or "thumbnail" (≤ 320 px).

    With the request, ranges (for players) and If-None-Match are answered. public: shared caches may keep it,
    for a day, so that a withdrawn picture fades. Raises Http404 if there is no such copy. Never hand
    strangers the original: it says where and with what it was taken.
    """
    name, kind = located(file, variant)
    tag = f'"{file.sha256[:32]}-{variant}"'
    if request is not None and tag in re.split(r"\s*,\s*", request.headers.get("If-None-Match", "")):
        return armoured(HttpResponse(status=304), tag, public)
    try:
        source = default_storage.open(name)
    except FileNotFoundError:
        raise Http404 from None
    size = source.size
    span = wanted_range(request, size)
    answer: HttpResponseBase
    if span is None:
        answer = FileResponse(source, content_type=kind)
        answer["Content-Length"] = str(size)
    elif span == UNSATISFIABLE:
        source.close()
        answer = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        answer = partial(source, span, size, kind)
    answer["Accept-Ranges"] = "bytes"
    answer["Content-Disposition"] = content_disposition_header(not kind.startswith("image/"), file.name) or ""
    return armoured(answer, tag, public)


def located(file: File, variant: str) -> tuple[str, str]:
    """(storage name, content type). Raises Http404."""
    if variant == "original":
        return blobs.original(file.sha256), file.mime
    if variant not in KINDS:
        raise Http404
    try:
        make = copies.public_copy if variant == "public" else copies.thumbnail
        return make(file), KINDS[variant]
    except (copies.NoCopy, FileNotFoundError):
        raise Http404 from None


def armoured(answer: HttpResponseBase, tag: str, public: bool) -> HttpResponseBase:
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["ETag"] = tag
    answer["Cache-Control"] = f"public, max-age={DAY}" if public else f"private, max-age={YEAR}, immutable"
    return answer


UNSATISFIABLE = (-1, -1)


def wanted_range(request: HttpRequest | None, size: int) -> tuple[int, int] | None:
    """(first, last) byte of a single-range request; None: send all; UNSATISFIABLE: beyond the end."""
    header = request.headers.get("Range", "") if request is not None else ""
    found = re.fullmatch(r"bytes=([0-9]{0,15})-([0-9]{0,15})", header.strip())
    if not found or not (found[1] or found[2]):
        return None
    if found[1]:
        first, last = int(found[1]), min(int(found[2] or size), size - 1)
    else:
        first, last = max(0, size - int(found[2])), size - 1
    return (first, last) if first <= last else UNSATISFIABLE


def partial(source: IO[Any], span: tuple[int, int], size: int, kind: str) -> StreamingHttpResponse:
    first, last = span
    headers = {"Content-Range": f"bytes {first}-{last}/{size}", "Content-Length": str(last - first + 1)}
    answer = StreamingHttpResponse(
        pieces(source, first, last), status=206, content_type=kind, headers=headers
    )
    answer._resource_closers.append(source.close)  # type: ignore[attr-defined]
    return answer


def pieces(source: IO[Any], first: int, last: int) -> Iterator[bytes]:
    source.seek(first)
    left = last - first + 1
    while left > 0 and (piece := source.read(min(PIECE, left))):
        left -= len(piece)
        yield piece
