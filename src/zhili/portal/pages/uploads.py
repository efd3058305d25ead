"""Files sent ahead of their form, one request each; and the files of a case, to those who may see them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.core import files
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.files.models import Attachment
from zhili.core.people.actors import Actor, of_request
from zhili.portal.attachments import handed_out, may_have_original, shown
from zhili.portal.pages.case import find


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Keeps one file for a day, waiting for its form. Answers {id, token}; refusals in words, with 4xx."""
    sent = request.FILES.get("file")
    if sent is None:
        return JsonResponse({"detail": gettext("没有收到文件。")}, status=400)
    try:
        stored = files.store(
            sent, sent.name or "", of_request(request), origin=request.META.get("REMOTE_ADDR", "")
        )
    except files.UploadRefused as refusal:
        return JsonResponse({"detail": refusal.reason}, status=refusal.status)
    return JsonResponse({"id": str(stored.id), "token": stored.token}, status=201)


def attachment(request: HttpRequest, number: str, file: UUID) -> HttpResponseBase:
    """A file that stands in the reader's timeline of the case; the original only for offices and its sender."""
    actor = of_request(request)
    case, own = find(number, actor)
    found = next((one for one in shown(case, actor, own=own) if one.file_id == file), None)
    if found is None:
        raise Refused("no_file", gettext("没有这个文件，或者它不对您公开。"), 404)
    variant = variant_for(request, found, case, actor, own=own)
    return handed_out(found.file, case, actor, variant, request, own=own)


def variant_for(request: HttpRequest, found: Attachment, case: Case, actor: Actor, *, own: bool) -> str:
    """?small=1: the thumbnail; ?original=1: the original, for those who may; else what is best to look at."""
    pdf = found.file.mime == "application/pdf" and own
    if "small" in request.GET and (found.file.is_image or pdf):
        return "thumbnail"
    if not may_have_original(found, case, actor, own=own):
        return "public"
    return "original" if "original" in request.GET or not found.file.is_image else "clean"
