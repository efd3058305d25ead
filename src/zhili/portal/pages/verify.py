"""/verify: is this file ours, and as it was? Any file we hand out; what is sent here is not kept."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from zhili.core.documents import aside
from zhili.core.documents.verifying import LARGEST, Busy
from zhili.core.trail import keys
from zhili.portal import verifying
from zhili.portal.verifying import Looked


def verify(request: HttpRequest) -> HttpResponse:
    """The page, and without scripts the check itself. With scripts the reader's own browser checks what it can."""
    found: Looked | None = None
    trouble = name = ""
    if request.method == "POST":
        found, trouble, name = _look(request)
    context = {
        "found": found,
        "trouble": trouble,
        "keys": json.dumps(keys.vkeys()),
        "name": name,
    }
    response = render(request, "portal/verify.html", context, status=422 if trouble else 200)
    response["Cache-Control"] = "no-store"
    return response


def _look(request: HttpRequest) -> tuple[Looked | None, str, str]:
    sent = request.FILES.get("file")
    if sent is None:
        return None, gettext("请先选择一个文件。"), ""
    if (sent.size or 0) > LARGEST:
        return None, gettext("文件太大，最多30 MB。"), ""
    try:
        return verifying.look(sent.read()), "", sent.name or ""
    except Busy:
        return None, gettext("正在检查的人多，请稍等几秒再试。"), ""
    except (aside.Lacking, aside.Failed):
        return None, gettext("这个文件没有能检查出来。请用原始文件再试一次。"), ""
