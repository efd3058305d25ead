"""Answers and refusals in GeoReport's own format, XML or JSON by the address's ending."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

from zhili.base.codes import CodeError
from zhili.core.cases.errors import Refused
from zhili.core.exchange.open311.wire import JSON_TYPE, XML_TYPE, to_json, to_xml
from zhili.core.forms import FormErrors
from zhili.core.people.actors import TokenRefused
from zhili.core.web.errors import error_id
from zhili.core.web.words import fault_of

log = logging.getLogger("zhili.open311")
XML, JSON = ".xml", ".json"
Handler = Callable[..., HttpResponse]


class Refusal(Exception):
    """A request that cannot be answered. Each sentence becomes an error with the status as its code."""

    def __init__(self, status: int, *sentences: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(*sentences)
        self.status = status
        self.sentences = sentences
        self.headers = dict(headers or {})


def answer(request: HttpRequest, root: str, content: Any, status: int = 200) -> HttpResponse:
    """The content under its root element in XML, alone in JSON."""
    if fmt_of(request) == JSON:
        response = HttpResponse(to_json(content), status=status, content_type=JSON_TYPE)
    else:
        response = HttpResponse(to_xml(root, content), status=status, content_type=XML_TYPE)
    response["Access-Control-Allow-Origin"] = "*"  # nothing here rests on a cookie
    return response


def fmt_of(request: HttpRequest) -> str:
    """By the ending of the address; without one, JSON for whoever accepts nothing else, XML for all others."""
    found = getattr(request, "open311_format", "")
    if found in (XML, JSON):
        return str(found)
    accepted = request.headers.get("Accept", "")
    return JSON if "json" in accepted and "xml" not in accepted and not found else XML


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal as the specification's list of errors."""
    errors = [{"code": refusal.status, "description": one} for one in refusal.sentences]
    response = answer(request, "errors", errors, refusal.status)
    response["Cache-Control"] = "no-store"
    for name, value in refusal.headers.items():
        response[name] = value
    return response


def of_exception(request: HttpRequest, error: Exception) -> Refusal:
    """The refusal behind an exception: 404 for what is not there, 403 for keys, 400 for all else asked wrong."""
    match error:
        case Refusal():
            return error
        case FormErrors():
            return Refusal(400, *_named(error.errors.items()))
        case Refused():
            return Refusal(error.status if error.status in (403, 404) else 400, error.message)
        case CodeError():
            return Refusal(404, fault_of(error))
        case TokenRefused() | PermissionDenied():
            return Refusal(403, str(error) or _("您无权进行此操作。"))
        case RequestDataTooBig():
            return Refusal(413, _("请求太大，没有读取；内容没有保存。"))
        case SuspiciousOperation() | BadRequest() | MultiPartParserError():
            return Refusal(400, _("请求的内容不完整或格式不对；内容没有保存。"))
        case OperationalError() | InterfaceError():
            log.exception("database unavailable, error id %s", error_id(request), exc_info=error)
            words = _("系统暂时连不上数据库，这次操作没有完成；请稍后用同一个请求标识重试。")
            return Refusal(503, words, headers={"Retry-After": "5"})
    log.error("answered 500 on %s, error id %s", request.path, error_id(request), exc_info=error)
    words = _("这次操作没有完成，请稍后再试；仍然不行，请把错误编号告诉我们。")
    return Refusal(500, f"{words} {error_id(request)}")


def _named(errors: Iterable[tuple[str, list[str]]]) -> list[str]:
    return [f"{name}: {sentence}" for name, found in errors for sentence in found]


def resource(**handlers: Handler) -> Handler:
    """A view of one resource: a handler for each method (``get=``, ``post=``), whatever goes wrong in the format."""
    known = {name.upper(): handler for name, handler in handlers.items()}
    allowed = sorted({*known, "OPTIONS", *(["HEAD"] if "GET" in known else [])})

    @wraps(next(iter(known.values())))
    def view(request: HttpRequest, fmt: str = "", **named: str) -> HttpResponse:
        request.open311_format = fmt  # type: ignore[attr-defined]
        method = "GET" if request.method == "HEAD" else str(request.method)
        try:
            if "\x00" in request.path_info:
                raise Refusal(400, _("地址中有无法处理的字符。"))
            if method == "OPTIONS":
                return _options(allowed)
            if method not in known:
                words = _("这个地址只接受 %(methods)s。") % {"methods": "、".join(allowed)}
                raise Refusal(405, words, headers={"Allow": ", ".join(allowed)})
            if fmt not in ("", XML, JSON):
                raise Refusal(404, _("只提供 .xml 和 .json 两种格式。"))
            return known[method](request, **named)
        except Exception as error:
            return refused(request, of_exception(request, error))

    view.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie is believed here
    return view


def _options(allowed: list[str]) -> HttpResponse:
    """What a browser asks before it lets another site's page send a key."""
    response = HttpResponse(status=204)
    response["Allow"] = response["Access-Control-Allow-Methods"] = ", ".join(allowed)
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Idempotency-Key, Prefer"
    return response
