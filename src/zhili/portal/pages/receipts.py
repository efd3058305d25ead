"""/c/<number>/receipt: what of a matter is in the trail, step by step, and the file that proves it to anybody."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from zhili.core.cases import receipts
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.documents import aside, printing
from zhili.core.documents import receipts as paper
from zhili.core.people.actors import of_request
from zhili.core.trail import bundles, programs
from zhili.portal.pages.case import find
from zhili.portal.receipts import qr

NOT_KEPT = "private, no-store"


@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    """The page: every step with its number in the tree, and the downloads."""
    case, own, file = _made(request, number)
    code = request.GET.get("g", "")
    context = {
        "case": case,
        "own": own,
        "page": paper.page_of(file),
        "program": programs.address("verify_receipt"),
        "grant": f"?g={quote(code)}" if code else "",
    }
    return _unkept(render(request, "portal/receipt.html", context))


@require_safe
def as_json(request: HttpRequest, number: str) -> HttpResponse:
    """The file itself."""
    case, _own, file = _made(request, number)
    response = HttpResponse(bundles.as_bytes(file), content_type="application/json")
    return _saved(response, case, "json")


@require_safe
def as_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The page to print or keep, with the file inside. For whoever sees the matter whole: making it takes a while."""
    case, own, file = _made(request, number)
    if not own:
        raise Refused("forbidden", gettext("PDF 只给当事人和承办单位；这件事的凭据可下载 JSON 文件。"), 403)
    address = request.build_absolute_uri("/verify")
    try:
        pdf = paper.printed(file, qr(address), address)
    except printing.Busy:
        raise Refused("busy", gettext("正在制作凭据的人多，请稍等几秒再试。"), 503) from None
    except (aside.Lacking, aside.Failed):
        words = gettext("这台服务器现在不能制作PDF；请下载 JSON 文件，证明的内容完全相同。")
        raise Refused("no_press", words, 503) from None
    return _saved(HttpResponse(pdf, content_type="application/pdf"), case, "pdf")


def _made(request: HttpRequest, number: str) -> tuple[Case, bool, dict[str, Any]]:
    actor = of_request(request)
    case, own = find(number, actor)
    site = f"{request.scheme}://{request.get_host()}"
    return case, own, receipts.receipt(case, actor, own=own, site=site)


def _saved(response: HttpResponse, case: Case, ending: str) -> HttpResponse:
    """Saved, not shown; nothing in it runs."""
    response["Content-Disposition"] = f'attachment; filename="receipt-{case.number}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return _unkept(response)


def _unkept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = NOT_KEPT
    return response
