"""/desk/c/<number>/files/<id>: one file of a matter. Masks over faces and plates are drawn here, and only by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext

from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.files import decisions, limits
from zhili.core.files.decisions import WHOLE, BadBoxes, Box
from zhili.core.files.inspection import FORMATS
from zhili.core.files.models import Attachment
from zhili.core.people.actors import Actor
from zhili.core.trail.changes import Overtaken
from zhili.portal import attachments
from zhili.portal.pages.admin import telling
from zhili.portal.pages.admin.frame import seen_in
from zhili.portal.pages.desk_case import find

EMPTY_ROWS = 3
"""Rows for further rectangles where no script adds them."""
LONGEST_REASON = 200


def page(request: HttpRequest, actor: Actor, number: str, file: UUID) -> HttpResponse:
    case = find(number, actor)
    one = next((a for a in attachments.shown(case, actor, own=True) if a.file_id == file), None)
    if one is None:
        raise Refused("no_file", gettext("没有这个文件，或者它不对您公开。"), 404)
    if request.method != "POST":
        return draw(request, actor, case, one)
    try:
        messages.success(request, decide(request, actor, one))
    except BadBoxes as bad:
        return draw(request, actor, case, one, trouble=str(bad), status=422)
    except Overtaken as error:
        return draw(request, actor, case, one, trouble=error.message, status=409)
    # decided beside the picture in the matter: back to the matter, where the next one stands
    back = "" if request.POST.get("_from") == "case" else f"/files/{file}"
    return HttpResponseRedirect(f"/desk/c/{case.number}{back}")


def administers(actor: Actor) -> bool:
    """Who may withdraw a file from everybody's view."""
    return "admin" in actor.roles


def decide(request: HttpRequest, actor: Actor, one: Attachment) -> str:
    """Take the decision asked for; a sentence about it. Raises BadBoxes, Overtaken, PermissionDenied."""
    sha256, seen = one.file.sha256, seen_in(request)
    reason = request.POST.get("reason", "").replace("\x00", "").strip()[:LONGEST_REASON]
    match request.POST.get("_do", ""):
        case "mask" if one.file.mime in FORMATS:
            boxes = boxes_of(request.POST)
            decisions.mask(sha256, boxes, request.POST.get("style", ""), actor, reason=reason, seen=seen)
            if not boxes:
                return gettext("已去掉全部打码。公开的图片已换成没有打码的。")
            return gettext("已打码 %(n)d 处。公开的图片和缩略图都已换过，原件没有动。") % {"n": len(boxes)}
        case "fit" if one.file.is_image:
            decisions.check(sha256, actor, fit=True, reason=reason, seen=seen)
            return gettext("已记下：这张图片可以公开。")
        case "hide" if one.file.is_image:
            decisions.check(sha256, actor, fit=False, reason=reason, seen=seen)
            return gettext("已记下：这张图片不公开。")
        case "withdraw" | "give_back" as what:
            if not administers(actor):
                raise PermissionDenied(gettext("停止查看和恢复查看由单位管理员办理。"))
            if not reason:
                raise BadBoxes(gettext("请写明原因。"))
            if what == "withdraw":
                decisions.withdraw(sha256, actor, reason, seen=seen)
                return gettext("已停止查看。文件本身还在，作为证据保存。")
            decisions.give_back(sha256, actor, reason, seen=seen)
            return gettext("已恢复查看。")
    raise BadBoxes(gettext("没有收到要办的事，请重新选择。"))


def boxes_of(sent: QueryDict) -> list[Box]:
    """The rectangles of the form, in percent; rows left empty are no rectangle. Raises BadBoxes."""
    found = []
    columns = [sent.getlist(name) for name in ("left", "top", "width", "height")]
    for row in zip(*columns, strict=False):
        if not any(text.strip() for text in row):
            continue
        try:
            found.append(Box(*(round(float(text) * WHOLE / 100) for text in row)))
        except (ValueError, OverflowError):
            raise BadBoxes(gettext("方框的四个数都要填，填 0 到 100 的百分数。")) from None
    return found


def draw(
    request: HttpRequest, actor: Actor, case: Case, one: Attachment, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    standing = decisions.standing(one.file.sha256)
    checked = limits.checked_first(case.scenario)
    rows: list[Any] = [(n, *box, *percents(box)) for n, box in enumerate(standing.boxes, 1)]
    fit = one.public and attachments.fit(standing, checked)
    context = {
        "case": case,
        "one": one,
        "file": one.file,
        "standing": standing,
        "picture": one.file.mime in FORMATS,
        "pdf": one.file.mime == "application/pdf",
        "size": limits.in_words(one.file.size),
        "fit": fit,
        "public": fit and case.public,
        "waits_for_check": one.public and checked and standing.checked is None,
        "rows": rows,
        "empty": range(len(rows) + 1, len(rows) + EMPTY_ROWS + 1),
        "history": telling.lines(decisions.history(one.file.sha256), actor),
        "administers": administers(actor),
        "trouble": trouble,
    }
    return render(request, "portal/desk_file.html", context, status=status)


def percents(box: Box) -> tuple[str, ...]:
    return tuple(f"{value * 100 / WHOLE:.2f}".rstrip("0").rstrip(".") for value in box)
