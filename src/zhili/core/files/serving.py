"""Handing out a file so that a browser shows or saves it, never runs it. Who may have it is asked first."""

import re
from collections.abc import Callable, Iterator
from typing import IO, Any

from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from zhili.core.files import blobs, copies, decisions, scanning
from zhili.core.files.decisions import NOTHING, Standing
from zhili.core.files.models import File
from zhili.core.web.errors import error_page

YEAR = 365 * 24 * 3600
PIECE = 64 * 1024
KINDS = {"public": "image/jpeg", "wide": "image/jpeg", "thumbnail": "image/webp", "clean": "image/jpeg"}
MASKED = ("public", "wide", "thumbnail")
"""Copies that change with the masks."""
COPY: dict[str, Callable[[Standing], tuple[str, Standing]]] = {
    "public": lambda standing: ("public", standing),
    "wide": lambda standing: ("wide", standing),
    "thumbnail": lambda standing: ("thumbnail", standing),
    "clean": lambda standing: ("public", NOTHING),
}


def response(
    file: File,
    variant: str = "original",
    request: HttpRequest | None = None,
    *,
    public: bool = False,
    once: bool = False,
) -> HttpResponseBase:
    """variant: "original"; "public" (upright, ≤ 2048 px, camera data gone, masked), "wide" (the same, ≤ 8192 px) or
    "thumbnail" (≤ 320 px, masked; also a PDF's first page); "clean" (public without masks: for offices).

    With the request, ranges (for players) and If-None-Match are answered. Copies may be kept and are asked for again
    each time, so that what is masked or withdrawn is gone at once; public: also by shared caches. once: by nobody.
    What was withdrawn, or waits for its scan, is refused in words (410, 503). Raises Http404 if there is no such copy.
    Never hand strangers the original or the clean copy: they say where and with what it was taken, and whom it shows.
    """
    standing = decisions.standing(file.sha256)
    if refusal := withheld(file, standing, request):
        return refusal
    name, kind = located(file, variant, standing)
    version = standing.version if variant in MASKED else 0
    tag = f'"{file.sha256[:32]}-{variant}-{version}"'
    kept = "no-store" if once else keeping(variant, public)
    if request is not None and tag in re.split(r"\s*,\s*", request.headers.get("If-None-Match", "")):
        return armoured(HttpResponse(status=304), tag, kept)
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
    return armoured(answer, tag, kept)


def withheld(file: File, standing: Standing, request: HttpRequest | None) -> HttpResponse | None:
    """The refusal, in words, of what nobody is shown now."""
    if standing.withdrawn:
        status, words = 410, _("这个文件已由管理员停止查看：{reason}").format(reason=standing.reason)
    elif file.scan == scanning.WAITS:
        status, words = 503, _("这个文件正在等待安全检查，暂时不能查看，请过一会儿再来。")
    else:
        return None
    if request is None or request.path_info.startswith("/api/"):
        answer: HttpResponse = JsonResponse({"detail": words}, status=status)
    else:
        answer = error_page(request, status, words)
    answer["Cache-Control"] = "no-store"
    return answer


def located(file: File, variant: str, standing: Standing) -> tuple[str, str]:
    """(storage name, content type). Raises Http404."""
    if variant == "original":
        return blobs.original(file.sha256), file.mime
    if variant not in KINDS:
        raise Http404
    try:
        return copies.made(file, *COPY[variant](standing)), KINDS[variant]
    except (copies.NoCopy, FileNotFoundError):
        raise Http404 from None


def keeping(variant: str, public: bool) -> str:
    if variant == "original":
        return f"private, max-age={YEAR}, immutable"
    return "public, no-cache" if public else "private, no-cache"


def armoured(answer: HttpResponseBase, tag: str, kept: str) -> HttpResponseBase:
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["ETag"] = tag
    answer["Cache-Control"] = kept
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
