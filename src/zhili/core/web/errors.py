"""Error pages: what happened, what was kept, what to do next, and an id for the log."""

import logging
import secrets
import sys
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

log = logging.getLogger("zhili.web")


@dataclass(frozen=True)
class Page:
    title: Any
    happened: Any
    kept: Any
    next: Any


PAGES = {
    400: Page(
        _("这个请求没有看懂"),
        _("发来的内容不完整，或者格式不对。"),
        _("没有保存，也没有改动任何内容。"),
        _("请返回上一页，再试一次。"),
    ),
    403: Page(
        _("这一页您现在不能看"),
        _("这件事不由您办理，或者需要先登录。"),
        _("没有改动任何内容。"),
        _("如果这是您报的事，请登录，或用编号和查询码查看。"),
    ),
    404: Page(
        _("没有找到这一页"),
        _("网址可能输错了，或者这件事不对外公开。"),
        _("没有改动任何内容。"),
        _("请核对编号，或从首页重新进入。"),
    ),
    405: Page(
        _("不能这样打开这一页"),
        _("这个网址只接受表单提交。"),
        _("没有改动任何内容。"),
        _("请从首页重新进入。"),
    ),
    409: Page(
        _("这件事刚刚有了变化"),
        _("在您打开之后，已有别人办了一步。"),
        _("您的这一步没有办，原来的记录都在。"),
        _("请回到这件事，看过最新进展后再办。"),
    ),
    413: Page(
        _("文件太大"),
        _("上传的内容超过了限制，还没有读完就停下了。"),
        _("已填的文字还在上一页。"),
        _("请返回上一页，换小一点的照片，或少选几张。"),
    ),
    422: Page(
        _("这一步没有办成"),
        _("填写的内容有不符合要求的地方。"),
        _("没有改动任何内容。"),
        _("请返回上一页改正后再提交。"),
    ),
    429: Page(
        _("请稍等一会儿"), _("短时间内请求太多。"), _("之前提交成功的都已保存。"), _("请过一分钟再试。")
    ),
    500: Page(
        _("系统出了问题"),
        _("这是我们的问题，不是您的问题。"),
        _("显示过编号的事都已保存；刚才这一步没有保存。"),
        _("请过几分钟再试。仍然不行，请把下面的错误编号告诉我们。"),
    ),
    503: Page(
        _("系统暂时不可用"),
        _("数据库正在恢复，通常不到一分钟。"),
        _("显示过编号的事都已保存；刚才这一步没有保存，重复提交也不会记两次。"),
        _("请稍后刷新这一页。浏览器里通常还留着您填的内容。"),
    ),
}
API = "/api/"
"""Below this path programs ask: every refusal is problem details there, never a page."""
PROBLEMS = {
    400: "bad_request",
    403: "forbidden",
    404: "no_address",
    413: "too_large",
    500: "internal",
    503: "unavailable",
}
AGAIN = "5"
"""Seconds after which to ask again while the database is away."""


def error_id(request: HttpRequest) -> str:
    """The id of this request, made on the first asking; the log carries the same."""
    known = getattr(request, "id", None) or getattr(request, "error_id", None)
    if not known:
        known = secrets.token_hex(5)
        request.error_id = known  # type: ignore[attr-defined]
    return str(known)


def error_page(
    request: HttpRequest, status: int, happened: str = "", *, kept: str = "", then: str = "", **more: Any
) -> HttpResponse:
    """The page (or, for htmx, the fragment; for programs, problem details) of a refusal.

    Texts given here replace the status's own.
    """
    base = PAGES.get(status) or PAGES[500 if status >= 500 else 400]
    number = error_id(request)
    machine = request.path_info.startswith(API)
    log.log(
        logging.ERROR if status >= 500 else logging.INFO,
        "answered %s on %s, error id %s",
        status,
        request.path,
        number,
    )
    if machine:
        return _problem(number, status, base.title, happened or f"{base.happened}{base.kept}")
    context = {
        "status": status,
        "title": base.title,
        "happened": happened or base.happened,
        "kept": kept or base.kept,
        "then": then or base.next,
        "error_id": number,
        **more,
    }
    # A script that asked for a part gets a part; one that asked for the whole main column gets the page.
    part = request.headers.get("HX-Request") == "true" and request.headers.get("HX-Target") != "main"
    template = "web/parts/refusal.html" if part else "web/error.html"
    return render(request, template, context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 413 if isinstance(exception, RequestDataTooBig | TooManyFilesSent) else 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Must not fail itself: when the base page cannot be drawn, one that asks nothing is sent.

    While the database is away it is not even tried, since every page asks it who is looking.
    """
    number = error_id(request)
    status = 503 if isinstance(sys.exception(), InterfaceError | OperationalError) else 500
    if request.path_info.startswith(API):
        return _failure(number, status)
    if status == 503:
        return _without_database(number)
    try:
        return error_page(request, 500)
    except Exception:
        log.exception("the error page itself failed, error id %s", number)
    return HttpResponse(render_to_string("500.html", {"error_id": number}), status=500)


def _without_database(number: str) -> HttpResponse:
    page = render_to_string("503.html", {"page": PAGES[503], "error_id": number})
    return HttpResponse(page, status=503, headers={"Retry-After": AGAIN, "Cache-Control": "no-store"})


def _failure(number: str, status: int) -> HttpResponse:
    """For programs, when nothing may be asked any more, not even the language."""
    title = "系统暂时不可用 Unavailable" if status == 503 else "系统出错 Internal error"
    detail = "这次操作没有完成，请稍后再试。 The action was not completed; try again later."
    return _problem(number, status, title, detail)


def _problem(number: str, status: int, title: Any, detail: str) -> HttpResponse:
    """Problem details (RFC 9457) for programs."""
    body = {
        "type": f"urn:zhili:problem:{PROBLEMS.get(status, status)}",
        "title": str(title),
        "status": status,
        "detail": detail,
        "instance": f"urn:zhili:error:{number}",
    }
    response = JsonResponse(
        body,
        status=status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )
    response["Cache-Control"] = "no-store"
    if status == 503:
        response["Retry-After"] = AGAIN
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long, or cookies are off."""
    return error_page(
        request,
        403,
        gettext("这一页打开太久，或浏览器不允许保存 Cookie，无法确认是您本人提交。"),
        kept=gettext("刚才填写的内容没有提交。"),
        then=gettext("请返回上一页刷新后再提交；浏览器里通常还留着您填的内容。"),
    )
