"""/desk/admin/sites/<site>/gate: signed files for a site behind a gate (摆渡), taken away and brought back by hand."""

from __future__ import annotations

import tempfile
from typing import Any, Final

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.exchange.models import Direction, GateFile, Outgoing, RemoteSite, Sending
from zhili.core.exchange.sites import gate, gate_pack
from zhili.core.people.actors import Actor
from zhili.portal.pages.admin import frame
from zhili.portal.pages.admin.sites import found
from zhili.portal.pages.admin.tables import takes_tables

SHOWN: Final = 30
MOST: Final = 20
"""Files brought back at once."""


@takes_tables
def show(request: HttpRequest, actor: Actor, remote: int) -> HttpResponseBase:
    """What waits and what is on its way; a file made, or files read."""
    site = found(actor, remote)
    if request.method != "POST":
        return _page(request, actor, site)
    if request.POST.get("do") == "make":
        return _made(request, actor, site)
    return _read(request, actor, site)


def answer(request: HttpRequest, actor: Actor, remote: int, gate_file: int) -> HttpResponse:
    """The answer to a file that came, to be carried back."""
    site = found(actor, remote)
    one = GateFile.objects.filter(pk=gate_file, site=site, way=Direction.IN).first()
    if one is None:
        raise Http404
    name = f"{one.name.removesuffix(gate.ENDING)}{gate.ANSWER}{gate.ENDING}"
    headers = {"Content-Disposition": f'attachment; filename="{_plain(name)}"', "Cache-Control": "no-store"}
    return HttpResponse(str(one.request["answer"]), content_type="application/json", headers=headers)


def _page(
    request: HttpRequest, actor: Actor, site: RemoteSite, status: int = 200, **more: Any
) -> HttpResponse:
    waiting = Outgoing.objects.filter(site=site, state=Sending.WAITING)
    context = {
        "site": site,
        "waiting": waiting.filter(next_at__lte=timezone.now()).count(),
        "under_way": waiting.filter(next_at__gt=timezone.now()).count(),
        "files": GateFile.objects.filter(site=site).order_by("-pk")[:SHOWN],
        **more,
    }
    return frame.show(request, actor, "site_gate", context, status)


def _made(request: HttpRequest, actor: Actor, site: RemoteSite) -> HttpResponseBase:
    target = tempfile.TemporaryFile()  # noqa: SIM115 — closed by the response
    number = gate_pack.pack(site, target, actor.account_id, again="again" in request.POST)
    if not number:
        target.close()
        return _page(request, actor, site, nothing=True)
    target.seek(0)
    name = f"{site.site}-{timezone.now():%Y%m%dT%H%M%SZ}.zip"
    response = FileResponse(target, as_attachment=True, filename=_plain(name), content_type="application/zip")
    response["Cache-Control"] = "no-store"
    return response


def _read(request: HttpRequest, actor: Actor, site: RemoteSite) -> HttpResponse:
    """Whatever site they are from: each says so itself, and is verified."""
    brought = request.FILES.getlist("file")[:MOST]
    if not brought:
        return _page(request, actor, site, 422, trouble=gettext("请选择文件。"))
    read: list[gate.Read] = []
    for one in brought:
        if one.file is None:
            continue
        try:
            read += gate_pack.take_in(one.file, one.name or "", actor.account_id)
        except gate_pack.NoPack:
            read.append(
                gate.Read(
                    one.name or "", "unreadable", error=gettext("不是摆渡文件，也不是装着摆渡文件的 ZIP。")
                )
            )
    answered = [row.name for row in read if row.answer is not None]
    back = {
        one.name: one.pk for one in GateFile.objects.filter(way=Direction.IN, name__in=answered, site=site)
    }
    rows = [(one, back.get(one.name)) for one in read if one.kind != "ours"]
    return _page(request, actor, site, read=rows)


def _plain(name: str) -> str:
    return "".join(sign for sign in name if sign.isascii() and (sign.isalnum() or sign in "._-"))
