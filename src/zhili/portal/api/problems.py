"""Every refusal of the API, as problem details (RFC 9457) in the asker's language."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja.errors import ValidationError

from zhili.base.codes import CodeError
from zhili.core.cases import registry
from zhili.core.cases.errors import Refused, Stale
from zhili.core.cases.present import actions_for, office_name, stage_title
from zhili.core.files import UploadRefused
from zhili.core.forms import FormErrors
from zhili.core.people import tokens
from zhili.core.people.actors import PostNotHeld, TokenRefused, of_request
from zhili.core.web.errors import error_id
from zhili.core.web.words import fault_of, moment
from zhili.portal.api.wording import reason

log = logging.getLogger("zhili.api")
MEDIA_TYPE = "application/problem+json"
Errors = Mapping[str, Iterable[str]]


class Problem(Exception):
    """A refusal. ``code`` is a stable word for programs; ``errors`` gives each field's reasons."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Errors | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = dict(errors or {})
        self.headers = dict(headers or {})
        self.more = more


def titles() -> dict[int, str]:
    """What each status means, for whatever detail."""
    return {
        400: _("请求没有看懂"),
        401: _("需要先登录"),
        403: _("无权进行此操作"),
        404: _("没有找到"),
        405: _("不支持这种请求方法"),
        409: _("事项已有变化"),
        411: _("请求没有说明长度"),
        413: _("请求太大"),
        415: _("不支持这种内容类型"),
        416: _("范围超出文件"),
        422: _("内容有不符合要求的地方"),
        429: _("请求太多"),
        500: _("系统出错"),
        503: _("系统暂时不可用"),
        507: _("暂时没有空间"),
    }


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem as a response; its id is the one in the log."""
    body: dict[str, Any] = {
        "type": f"urn:zhili:problem:{problem.code}",
        "title": titles().get(problem.status, str(problem.status)),
        "status": problem.status,
        "detail": problem.detail,
        "instance": f"urn:zhili:error:{error_id(request)}",
    }
    if problem.errors:
        body["errors"] = [{"field": name, "messages": list(found)} for name, found in problem.errors.items()]
    text = json.dumps(body | problem.more, ensure_ascii=False)
    # a field's name comes from the asker and may hold what UTF-8 cannot
    content = text.encode("utf-8", "replace")
    response = HttpResponse(content, status=problem.status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    for name, value in problem.headers.items():
        response[name] = value
    return response


def of_exception(request: HttpRequest, error: Exception) -> Problem:
    """The problem behind an exception. What nobody foresaw is logged whole and answered with 500."""
    match error:
        case Problem():
            return error
        case FormErrors():
            return Problem(422, "form", _("请按各项的说明改正后再提交；内容没有保存。"), errors=error.errors)
        case Stale():
            steps = [step_taken(step) for step in error.steps]
            return Problem(409, "stale", error.message, steps=steps, now=_now(request, error.case))
        case Refused():
            return Problem(error.status, error.code, error.message)
        case UploadRefused():
            return Problem(error.status, "upload", error.reason)
        case ValidationError():
            return _misasked(error)
        case CodeError():
            return Problem(404, "no_case", fault_of(error))
        case TokenRefused():
            return _token(request, error)
        case PostNotHeld():
            return Problem(403, "post_not_held", str(error))
        case PermissionDenied():
            return Problem(403, "forbidden", str(error) or _("您无权进行此操作。"))
        case Http404():
            return no_such_address()
        case RequestDataTooBig() | TooManyFilesSent():
            return Problem(413, "too_large", _("请求太大，没有读取；内容没有保存。"))
        case TooManyFieldsSent() | SuspiciousOperation() | BadRequest() | MultiPartParserError():
            return Problem(400, "bad_request", _("请求的内容不完整或格式不对；内容没有保存。"))
        case OperationalError() | InterfaceError():
            log.exception("database unavailable, error id %s", error_id(request), exc_info=error)
            words = _("系统暂时连不上数据库，这次操作没有完成；请稍后用同一个请求标识重试。")
            return Problem(503, "unavailable", words, headers={"Retry-After": "5"})
    log.error("answered 500 on %s, error id %s", request.path, error_id(request), exc_info=error)
    return Problem(500, "internal", _("这次操作没有完成，请稍后再试；仍然不行，请把错误编号告诉我们。"))


def no_such_address() -> Problem:
    """Nothing is offered here."""
    return Problem(404, "no_address", _("接口中没有这个地址，请核对；全部地址见 openapi.json。"))


def needs_account() -> Problem:
    """A passer-by asks for what belongs to somebody."""
    words = _("请先登录，或带上访问令牌（Authorization: Bearer …）。")
    return Problem(401, "sign_in", words, headers={"WWW-Authenticate": "Bearer"})


def _token(request: HttpRequest, error: TokenRefused) -> Problem:
    """Unknown, ended and expired look alike (401); a live token without the scope is told so (403)."""
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and tokens.resolve(text.strip()) is not None:
        return Problem(
            403, "scope", str(error), headers={"WWW-Authenticate": 'Bearer error="insufficient_scope"'}
        )
    return Problem(401, "token", str(error), headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


def _misasked(error: ValidationError) -> Problem:
    """A query or path that does not fit; each part's reason in words."""
    errors: dict[str, list[str]] = {}
    for one in error.errors:
        name = str(one["loc"][-1])[:64]
        errors.setdefault(name, []).append(reason(one))
    return Problem(422, "query", _("请求中有不符合要求的条件，请改正后再试。"), errors=errors)


def _now(request: HttpRequest, case: Any) -> dict[str, Any]:
    """How the matter stands, and what the asker may still do with it: enough to decide what becomes of their act."""
    offers = actions_for(case, of_request(request))
    return {
        "seq": case.seq,
        "stage": case.stage,
        "stage_title": stage_title(case),
        "office": office_name(case.office_id) or None,
        "actions": [one.name for one in offers],
    }


def step_taken(step: Any) -> dict[str, Any]:
    """A step somebody else took meanwhile: what, when, which office; nothing of what was written."""
    procedure = registry.procedure(step.case.procedure)
    known = {**procedure.openings, **procedure.actions} if procedure else {}
    action = known.get(step.action)
    office = office_name(step.actor_office_id)
    title = _(action.title) if action else step.action
    return {
        "seq": step.seq,
        "at": step.at.isoformat(),
        "action": step.action,
        "title": title,
        "office": office or None,
        "stage": step.to_stage,
        "words": _("%(at)s %(who)s：%(what)s")
        % {"at": moment(step.at), "who": office or _("对方"), "what": title},
    }
