"""/uploads/tus/: large files in pieces, by the open protocol tus 1.0.0, with four of its extensions.

No form's token is asked for: every request needs the header ``Tus-Resumable``, which no other site's page may send. The
address of an upload is a word nobody guesses; one begun with an account answers to that account alone. GET is ours:
what became of the upload, with the id and token of the finished file.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import http_date
from django.utils.translation import gettext as _

from zhili.core.files import UploadRefused, limits, resuming
from zhili.core.files.models import Resumable
from zhili.core.files.uploads import origin
from zhili.core.people.actors import Actor, of_request

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,checksum,termination"
BODY = "application/offset+octet-stream"
HOME = "/uploads/tus/"
CHECKSUM_MISMATCH = 460
LONGEST_METADATA = 4096


class Asked(Exception):
    """A request that does not keep to the protocol."""

    def __init__(self, status: int, words: str, **headers: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words
        self.headers = headers


def begin(request: HttpRequest) -> HttpResponse:
    """OPTIONS: what we speak. POST: a new upload; its address is in ``Location``."""
    return answered(request, {"OPTIONS": options, "POST": create}, "")


def upload(request: HttpRequest, word: str) -> HttpResponse:
    """HEAD: how far it is. PATCH: go on. DELETE: give it up. GET: what became of it."""
    known = {"OPTIONS": options, "HEAD": head, "PATCH": patch, "DELETE": delete, "GET": state}
    return answered(request, known, word)


Method = Callable[[HttpRequest, Actor, str], HttpResponse]


def answered(request: HttpRequest, known: Mapping[str, Method], word: str) -> HttpResponse:
    method = request.method or ""
    if method == "POST":  # for proxies that let only GET and POST through
        method = request.headers.get("X-HTTP-Method-Override", "POST").upper()
    actor = of_request(request)
    try:
        if method not in known:
            raise Asked(405, _("这个地址不接受这种请求。"), Allow=", ".join(known))
        if method not in ("OPTIONS", "GET") and request.headers.get("Tus-Resumable") != VERSION:
            raise Asked(412, _("只支持 tus 1.0.0。"), **{"Tus-Version": VERSION})
        response = known[method](request, actor, word)
    except Asked as asked:
        response = said(asked.words, asked.status)
        for name, value in asked.headers.items():
            response[name] = value
    except resuming.NoUpload:
        response = said(_("没有这个上传，或者它已经过期。请重新上传。"), 404)
    except resuming.WrongOffset as wrong:
        response = said(_("接着传的位置不对，请从已收到的地方接着传。"), 409)
        response["Upload-Offset"] = str(wrong.at)
    except resuming.WrongChecksum:
        response = said(_("这一段在路上传坏了，请再传一次。"), CHECKSUM_MISMATCH)
    except resuming.BadChecksum:
        response = said(_("校验和的写法不对，或算法不支持。"), 400)
    except resuming.TooLong:
        response = said(_("这一段太长：不能超过说好的长度；带校验的一段最多 64 MB。"), 413)
    except UploadRefused as refusal:
        response = said(refusal.reason, refusal.status)
    response["Tus-Resumable"] = VERSION
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def said(words: str, status: int) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")


def options(request: HttpRequest, actor: Actor, word: str) -> HttpResponse:
    response = HttpResponse(status=204)
    response["Tus-Version"] = VERSION
    response["Tus-Extension"] = EXTENSIONS
    response["Tus-Max-Size"] = str(limits.max_resumable(anonymous=actor.kind == "anonymous"))
    response["Tus-Checksum-Algorithm"] = ",".join(resuming.ALGORITHMS)
    return response


def create(request: HttpRequest, actor: Actor, word: str) -> HttpResponse:
    if request.headers.get("Upload-Defer-Length"):
        raise Asked(400, _("请说明文件有多长（Upload-Length）。"))
    length = number(request, "Upload-Length")
    name = metadata(request).get("filename", "")
    word, row = resuming.create(length, name, actor, origin(request))
    response = HttpResponse(status=201)
    response["Location"] = HOME + word
    response["Upload-Expires"] = when(row.expires_at)
    return response


def head(request: HttpRequest, actor: Actor, word: str) -> HttpResponse:
    row = found(word, actor)
    response = HttpResponse()
    response["Upload-Offset"] = str(row.offset)
    response["Upload-Length"] = str(row.length)
    response["Upload-Expires"] = when(row.expires_at)
    return response


def patch(request: HttpRequest, actor: Actor, word: str) -> HttpResponse:
    if request.content_type != BODY:
        raise Asked(415, _("请用 Content-Type: application/offset+octet-stream。"))
    length = str(request.META.get("CONTENT_LENGTH") or "")
    if not (length.isascii() and length.isdigit()):
        raise Asked(411, _("请求里没有说明长度（Content-Length），请改正后再传。"))
    row = found(word, actor)
    checksum = request.headers.get("Upload-Checksum", "")
    offset = resuming.append(row, number(request, "Upload-Offset"), request, int(length), checksum)
    row.refresh_from_db()
    resuming.finish(row, word)
    response = HttpResponse(status=204)
    response["Upload-Offset"] = str(offset)
    response["Upload-Expires"] = when(row.expires_at)
    return response


def delete(request: HttpRequest, actor: Actor, word: str) -> HttpResponse:
    resuming.terminate(resuming.find(word, actor))
    return HttpResponse(status=204)


def state(request: HttpRequest, actor: Actor, word: str) -> HttpResponse:
    """How far it is; once whole, the file. Asked again after 503 it tries once more to finish."""
    row = found(word, actor)
    done = resuming.finish(row, word)
    answer: dict[str, object] = {"offset": row.offset, "length": row.length}
    if done is not None:
        file = done.file
        answer["file"] = {
            "id": str(file.pk),
            "token": done.token,
            "name": file.name,
            "mime": file.mime,
            "size": file.size,
            "sha256": file.sha256,
            "width": file.width,
            "height": file.height,
        }
    return JsonResponse(answer)


def found(word: str, actor: Actor) -> Resumable:
    """Raises NoUpload; UploadRefused with its old reason for one that was refused."""
    row = resuming.find(word, actor)
    if row.refused:
        raise UploadRefused(row.refused, row.refused_status)
    return row


def number(request: HttpRequest, name: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Asked(400, _("请求里缺少 {name}，或它不是数字。").format(name=name))
    return int(text)


def metadata(request: HttpRequest) -> dict[str, str]:
    """``filename 5LqV55uWLm1wNA==,filetype …``; what cannot be read counts as not said."""
    told: dict[str, str] = {}
    for pair in request.headers.get("Upload-Metadata", "")[:LONGEST_METADATA].split(","):
        key, _blank, value = pair.strip().partition(" ")
        try:
            told[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError, ValueError):
            continue
    return told


def when(at: datetime) -> str:
    return http_date(at.timestamp())
