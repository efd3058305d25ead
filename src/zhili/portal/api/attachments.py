"""Files: sent ahead of the step they belong to, and handed out again to those who may see them."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Router

from zhili.core.cases.errors import Refused
from zhili.core.files import uploads
from zhili.portal.api import shapes, showing
from zhili.portal.api.asking import actor_of
from zhili.portal.api.cases import find
from zhili.portal.attachments import handed_out, may_have_original, shown

router = Router(tags=["files"])
Variant = Literal["original", "public", "thumbnail", "wide", "clean"]


@router.post("/files", response={201: list[shapes.FileOut]}, summary="Send files", operation_id="upload")
def upload(request: HttpRequest) -> HttpResponse:
    """Either multipart/form-data with any number of files, or one file as the whole body with its own
    Content-Type and
    its name, percent-encoded, in X-File-Name. Kept for 24 hours, or for good once attached to a step."""
    actor = actor_of(request)
    stored = uploads.receive(request, actor)
    found = [
        shapes.FileOut(
            id=str(one.id),
            token=one.token,
            name=one.name,
            mime=one.mime,
            size=one.size,
            width=one.width,
            height=one.height,
        )
        for one in stored
    ]
    body = "[" + ",".join(one.model_dump_json() for one in found) + "]"
    response = HttpResponse(body, status=201, content_type="application/json")
    response["Cache-Control"] = "no-store"  # it holds the tokens
    return response


@router.get(
    "/cases/{number}/files",
    response=list[shapes.AttachmentOut],
    summary="Files of a case",
    operation_id="files",
)
def listing(request: HttpRequest, number: str) -> list[shapes.AttachmentOut]:
    """The files the asker may see, in the order of the steps they came with."""
    actor = actor_of(request)
    case, own = find(number, actor)
    return [
        shapes.AttachmentOut(
            id=str(one.file_id),
            step=one.step_seq,
            name=one.file.name,
            mime=one.file.mime,
            size=one.file.size,
            width=one.file.width,
            height=one.file.height,
            url=f"{showing.case_url(case.number)}/files/{one.file_id}",
        )
        for one in shown(case, actor, own=own)
    ]


@router.get("/cases/{number}/files/{uuid:file}", summary="One file", operation_id="download")
def download(
    request: HttpRequest, number: str, file: UUID, variant: Variant | None = None
) -> HttpResponseBase:
    """The bytes. Offices get the original, and reporters that of what they sent; everybody else the
    cleaned copy
    (`public`: no camera data, masked, at most 2048 px). `thumbnail`: at most 320 px; `wide`: `public` at up to 8192 px,
    for panoramas; `clean`: `public` without masks, for whoever may have the original. An office that opens an original
    which says where it was taken, or whose camera it was, is recorded like whoever opens a personal value."""
    actor = actor_of(request)
    case, own = find(number, actor)
    found = next((one for one in shown(case, actor, own=own) if one.file_id == file), None)
    if found is None:
        raise _no_file()
    original = may_have_original(found, case, actor, own=own)
    chosen = variant or ("original" if original else "public")
    if chosen in ("original", "clean") and not original:
        raise _no_file()
    return handed_out(found.file, case, actor, chosen, request, own=own)


def _no_file() -> Refused:
    return Refused("no_file", _("没有这个文件，或者它不对您公开。"), 404)
