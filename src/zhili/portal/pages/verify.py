"""/verify: is this file ours, and as it was? Any file we hand out; what is sent here is not kept."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from zhili.core.documents import aside
from zhili.core.documents.verifying import LARGEST, Busy
from zhili.core.trail import keys, programs
from zhili.portal import verifying
from zhili.portal.errors import View
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
        "programs": _programs(),
    }
    response = render(request, "portal/verify.html", context, status=422 if trouble else 200)
    response["Cache-Control"] = "no-store"
    return response


def program(name: str) -> View:
    """The view of one program for checking at home, to be saved."""

    @require_safe
    def send(_request: HttpRequest) -> HttpResponse:
        source = programs.source(name)
        if source is None:
            raise Http404
        response = HttpResponse(source, content_type="text/x-python; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}.py"'
        response["X-Content-Type-Options"] = "nosniff"
        return response

    return send


def _programs() -> list[dict[str, str]]:
    """What each program checks, and where it is; only those that came along."""
    what = {
        "verify_receipt": gettext("存证凭据"),
        "verify_bag": gettext("证据包，和上一个程序放在同一个文件夹"),
        "verify_draw": gettext("抽签文件"),
        "verify_stats": gettext("公开的统计数字"),
    }
    found = [{"name": f"{name}.py", "url": programs.address(name), "what": what[name]} for name in what]
    return [one for one in found if one["url"]]


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
