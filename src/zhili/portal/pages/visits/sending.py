"""What belongs to a visit besides its page: what a phone sends of it, its pictures, its record as PDF."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from zhili.core.cases.errors import Refused
from zhili.core.documents import aside, printing
from zhili.core.files import serving
from zhili.core.files.models import File
from zhili.core.people.actors import Actor
from zhili.core.visits import papers, photos, records, rights, sending
from zhili.core.visits.answers import VisitRefused
from zhili.core.visits.models import Visit
from zhili.portal.api.problems import Problem
from zhili.portal.offline import told
from zhili.portal.receipts import qr

LARGEST = 1_000_000
"""Bytes of what is sent: answers in words; pictures come ahead of it."""


@require_POST
def send(request: HttpRequest, actor: Actor, visit: int) -> HttpResponse:
    """A phone's answers, scans and signatures, as `sending.take` has them; refusals as problems in JSON."""
    return told(request, lambda: _taken(request, actor, visit))


def _taken(request: HttpRequest, actor: Actor, visit: int) -> HttpResponse:
    found = rights.visits(actor).filter(pk=visit).first()
    if found is None:
        raise Http404
    try:
        body = json.loads(request.body[: LARGEST + 1])
        if not isinstance(body, dict) or len(request.body) > LARGEST:
            raise ValueError
    except ValueError:
        raise Problem(400, "bad_request", gettext("请求的内容不完整或格式不对；内容没有保存。")) from None
    try:
        taken = sending.take(found.pk, body, actor)
    except VisitRefused as error:
        wrong = {f"{item} {question}": [why] for (item, question), why in error.wrong.items()}
        raise Problem(422, "visit", str(error), errors=wrong) from None
    return JsonResponse({"visit": taken.pk, "stage": taken.state, "url": f"/desk/visits/{taken.pk}"})


@require_safe
def picture(request: HttpRequest, actor: Actor, visit: int, file: UUID) -> HttpResponseBase:
    """A photo or signature of a visit the reader may read; ?small=1 the thumbnail."""
    found = rights.visits(actor).filter(pk=visit).first()
    if found is None or str(file) not in photos.files_of(found):
        raise Http404
    variant = "thumbnail" if "small" in request.GET else "clean"
    return serving.response(File.objects.get(pk=file), variant, request)


@require_safe
def record(request: HttpRequest, actor: Actor, visit: int) -> HttpResponse:
    """The record as PDF, for the offices."""
    found = rights.visits(actor).filter(pk=visit).first()
    if found is None:
        raise Http404
    return as_pdf(request, found)


def as_pdf(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The newest record of a visit, saved and never kept on the way. Raises Refused while there is none."""
    row = records.newest(visit)
    if row is None:
        raise Refused("no_record", gettext("检查办结后才有笔录。"), 404)
    address = request.build_absolute_uri("/verify")
    site = f"{request.scheme}://{request.get_host()}"
    try:
        made = papers.pdf(row, qr(address), address, site)
    except printing.Busy:
        raise Refused("busy", gettext("正在制作文书的人多，请稍等几秒再试。"), 503) from None
    except (aside.Lacking, aside.Failed):
        words = gettext("这台服务器现在不能制作PDF（管理员可用 zhili doctor 查看缺什么）。")
        raise Refused("no_press", words, 503) from None
    response = HttpResponse(made, content_type="application/pdf")
    named: dict[str, Any] = {
        "Content-Disposition": f'attachment; filename="inspection-{visit.pk}-{row.number}.pdf"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
    for name, value in named.items():
        response[name] = value
    return response
